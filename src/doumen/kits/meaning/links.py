"""The fact that links a column to its meaning, made of what somebody proposed or said."""

from __future__ import annotations

from dataclasses import replace

from doumen.model.errors import Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.meaning import LINK as LINK_FACT
from doumen.model.meaning import MEANT, Link
from doumen.model.message import msg
from doumen.model.proposal import LINK, Proposal


def linked(proposal: Proposal, facts: Facts) -> Fact:
    """What becomes true where a proposal of a link is accepted.

    What the column is linked to in other ways stays: a term goes with an element.

    Args:
        proposal: Of kind `link`; its change is `{"to": kind, "key": key}`.
        facts: What is true now.

    Raises:
        Invalid: it proposes no link of a column, or one to what is not there any more.
    """
    kind, key = str(proposal.change.get("to")), str(proposal.change.get("key"))
    if proposal.kind != LINK or proposal.column is None or kind not in MEANT:
        raise Invalid(msg("Proposal `{key}` is of no link.", key=proposal.key), detail="proposal")
    if facts.body(kind, key) is None:
        raise Invalid(
            msg("What proposal `{proposal}` links to, `{key}`, is not there any more.",
                proposal=proposal.key, key=key),
            detail="proposal",
        )  # fmt: skip
    place = f"{proposal.dataset}.{proposal.column}"
    before = Link.of_json(facts.body(LINK_FACT, place))
    return Fact(LINK_FACT, place, replace(before, **{kind: key}).as_json())
