"""The facts that link columns to their meaning, made of what was proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from doumen.model.errors import Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.meaning import LINK as LINK_FACT
from doumen.model.meaning import MEANT, Link
from doumen.model.message import msg
from doumen.model.proposal import LINK, Proposal


def linked(proposals: Sequence[Proposal], facts: Facts) -> list[Fact]:
    """What becomes true where proposals of links are accepted: one fact for each column.

    What a column is linked to in other ways stays: a term goes with an element.

    Args:
        proposals: Of kind `link`; the change of each is `{"to": kind, "key": key}`.
        facts: What is true now.

    Raises:
        Invalid: one proposes no link of a column, or one to what is not there any more.
    """
    links: dict[str, Link] = {}
    for one in proposals:
        kind, key = str(one.change.get("to")), str(one.change.get("key"))
        if one.kind != LINK or one.column is None or kind not in MEANT:
            raise Invalid(msg("Proposal `{key}` is of no link.", key=one.key), detail="proposal")
        if facts.body(kind, key) is None:
            raise Invalid(
                msg("What proposal `{proposal}` links to, `{key}`, is not there any more.",
                    proposal=one.key, key=key),
                detail="proposal",
            )  # fmt: skip
        place = f"{one.dataset}.{one.column}"
        before = links.get(place) or Link.of_json(facts.body(LINK_FACT, place))
        links[place] = replace(before, **{kind: key})
    return [Fact(LINK_FACT, place, link.as_json()) for place, link in links.items()]
