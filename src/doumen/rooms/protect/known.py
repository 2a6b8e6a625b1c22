"""An actor by name, as whoever asks may know them."""

from __future__ import annotations

from doumen.model.errors import NotFound
from doumen.model.fact import Facts
from doumen.model.message import msg
from doumen.model.ref import identifier


def known(facts: Facts, name: str) -> str:
    """The name of an actor who is there.

    Raises:
        Invalid: it is no name.
        NotFound: there is none that the asker may know.
    """
    actor = identifier(name, msg("actor name"))
    if facts.actor(actor) is None:
        raise NotFound(
            msg("There is no actor `{holder}` on this node.", holder=actor),
            next=msg("`doumen actor list` shows them."),
            detail="actor",
        )
    return actor
