"""What datasets carry from agreements, and what that forbids."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from doumen.kits.policy import carried, offering_faults, read_terms
from doumen.kits.policy.agreements import agreement_as_json
from doumen.kits.policy.carried import (
    Came,
    carries,
    check_carried,
    check_givable,
    clause,
    kept,
)
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref

NOW = datetime(2027, 5, 1, 12, tzinfo=UTC)
TERMS = "for: [research]\nuntil: 2027-12-31\ndatasets: {w.a: {}, w.b: {}}\n"
FREE = "datasets: {w.a: {}}\n"
ONE, TWO, NONE = Ref("p", "one"), Ref("p", "two"), Ref("p", "none")


def agreed(key: str, terms: str, **changes: Any) -> Fact:
    made = Agreement(key, f"urn:{key}", Side.CONSUMER, "did:web:w", "w", read_terms(terms), "2027")
    return Fact("agreement", key, agreement_as_json(made) | changes)


def known(*facts: Fact) -> Facts:
    rows = [FactRow(n, fact, "e", "t") for n, fact in enumerate(facts, start=1)]
    return Facts().extended(rows)


def dataset(ref: Ref, **carrying: Any) -> Fact:
    return Fact("dataset", str(ref), {"kind": "table", **carrying})


FACTS = known(
    agreed("A-1", TERMS),
    dataset(ONE, agreements={"A-1": ["w.b"]}, delete={"A-1": "2027-06-01"}),
    dataset(TWO, agreements={"A-1": ["w.a"], "A-2": ["x.y"]}, delete={"A-1": "2027-05-09"}),
    dataset(NONE),
)


def test_what_is_made_of_several_carries_all() -> None:
    assert carried(FACTS, ONE) == {"A-1": ("w.b",)}
    assert carried(FACTS, NONE) == carried(FACTS, Ref("p", "absent")) == {}
    assert carries(FACTS, [ONE, TWO, NONE]) == {
        "agreements": {"A-1": ["w.a", "w.b"], "A-2": ["x.y"]},
        "delete": {"A-1": "2027-05-09"},
    }
    assert carries(FACTS, [NONE]) == {}
    came = [Came("A-3", ("v.c",), date(2027, 5, 5)), Came("A-4", ("v.d",))]
    assert carries(FACTS, [NONE], came) == {
        "agreements": {"A-3": ["v.c"], "A-4": ["v.d"]},
        "delete": {"A-3": "2027-05-05"},
    }


def test_what_was_there_before_goes_on() -> None:
    body = FACTS.dataset(ONE)
    assert kept(body) == {"agreements": {"A-1": ["w.b"]}, "delete": {"A-1": "2027-06-01"}}
    assert kept(None) == kept({"kind": "table"}) == {}


@pytest.mark.parametrize(
    ("agreement", "purpose", "day", "why"),
    [
        (agreed("A-1", TERMS), "research", NOW, None),
        (agreed("A-1", TERMS), None, NOW, "is for purpose `research`"),
        (agreed("A-1", TERMS), "marketing", NOW, "is for purpose `research`"),
        (agreed("A-1", FREE), None, NOW, None),
        (agreed("A-1", TERMS, ended="2027-04-01T00:00:00Z"), "research", NOW, "was ended"),
        (agreed("A-1", TERMS), "research", NOW.replace(year=2028), "ended with 2027-12-31"),
        (agreed("A-1", FREE), None, NOW.replace(month=7), "deleted after 2027-06-01"),
        (agreed("A-2", TERMS), "research", NOW, "is not known any more"),
    ],
)
def test_terms_bind_whoever_reads(
    agreement: Fact, purpose: str | None, day: datetime, why: str | None
) -> None:
    facts = known(
        agreement, dataset(ONE, agreements={"A-1": ["w.b"]}, delete={"A-1": "2027-06-01"})
    )
    if why is None:
        check_carried(facts, ONE, purpose, day)
        return
    with pytest.raises(Refused) as caught:
        check_carried(facts, ONE, purpose, day)
    assert why in str(caught.value.why)
    assert caught.value.code == "refused.agreement"


def test_what_came_for_us_alone_is_given_to_nobody() -> None:
    check_givable(FACTS, NONE)
    with pytest.raises(Refused, match="cannot be given"):
        check_givable(FACTS, ONE)
    told = [str(one) for one in offering_faults(FACTS, [ONE, TWO, NONE])]
    assert ["A-1-2" in told[0], "A-1-1" in told[1], "A-2" in told[2]] == [True] * 3
    assert len(told) == 3


def test_a_clause_has_the_number_of_its_grant() -> None:
    terms = read_terms(TERMS)
    assert clause("A-1", terms, "w.b") == "A-1-2"
    assert clause("A-1", terms, "w.z") == clause("A-1", None, "w.b") == "A-1"
