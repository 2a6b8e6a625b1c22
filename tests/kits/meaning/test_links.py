"""The fact that an accepted proposal of a link makes."""

from __future__ import annotations

import pytest

from doumen.kits.meaning import linked
from doumen.model.errors import Invalid
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.meaning import Link
from doumen.model.proposal import LINK, RULE, Proposal


def facts(*made: Fact) -> Facts:
    return Facts().extended(FactRow(n, fact, "e", "t") for n, fact in enumerate(made, start=1))


NODE = facts(Fact("term", "delay", {}), Fact("element", "day", {}))


def test_it_links_the_column_and_keeps_its_other_links() -> None:
    (made,) = linked([Proposal(LINK, "a.b", "c", {"to": "term", "key": "delay"})], NODE)
    assert made == Fact("link", "a.b.c", {"term": "delay", "element": None, "codelist": None})
    known = facts(*(row.fact for rows in NODE.rows.values() for row in rows.values()), made)
    (made,) = linked([Proposal(LINK, "a.b", "c", {"to": "element", "key": "day"})], known)
    assert Link.of_json(made.body) == Link("delay", "day", None)


@pytest.mark.parametrize(
    "proposal",
    [
        Proposal(RULE, "a.b", "c", {"to": "term", "key": "delay"}),
        Proposal(LINK, "a.b", None, {"to": "term", "key": "delay"}),
        Proposal(LINK, "a.b", "c", {"to": "rule", "key": "delay"}),
        Proposal(LINK, "a.b", "c", {}),
    ],
)
def test_what_is_no_link_is_refused(proposal: Proposal) -> None:
    with pytest.raises(Invalid, match="of no link"):
        linked([proposal], NODE)


def test_what_is_gone_is_refused() -> None:
    with pytest.raises(Invalid, match="not there any more"):
        linked([Proposal(LINK, "a.b", "c", {"to": "term", "key": "gone"})], NODE)


def test_two_of_one_column_make_one_fact() -> None:
    changes = ({"to": "term", "key": "delay"}, {"to": "element", "key": "day"})
    (made,) = linked([Proposal(LINK, "a.b", "c", change) for change in changes], NODE)
    assert Link.of_json(made.body) == Link("delay", "day", None)
