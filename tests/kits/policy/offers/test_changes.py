"""What changes between terms, in words: all of it, nothing else, and nothing that is not told."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from tests.kits.policy.offers.strategies import terms

from doumen.kits import policy
from doumen.model.terms import Terms

BEFORE = """
for: [research]
until: 2027-12-31
datasets:
  w.hourly:
    columns: [city, wind]
    duties: [{filter: "city <> 'Rome'"}, {limit: 100}]
quota: {queries: 50}
price: free
"""
AFTER = """
for: [research, security]
until: 2027-06-30
datasets:
  w.hourly:
    columns: [city, rain]
    duties: [{filter: "city <> 'Oslo'"}, {limit: 100}]
  w.places:
quota: [{queries: 50}, {queries: 5, per: day}]
"""


def told(before: str, after: str, *, literals: bool = True) -> dict[str, tuple[list[str], Any]]:
    found = policy.terms_changes(
        policy.read_terms(before), policy.read_terms(after), literals=literals
    )
    return {
        str(one.heading): ([str(t) for t in one.gone], [str(t) for t in one.come]) for one in found
    }


def test_each_change_stands_under_its_heading() -> None:
    found = told(BEFORE, AFTER)
    assert found == {
        "for": (["research"], ["research, security"]),
        "until": (
            ["2027-12-31, that day (UTC) included"],
            ["2027-06-30, that day (UTC) included"],
        ),
        "quota": ([], ["at most 5 queries a day (UTC), by all actors together"]),
        "price": (["free"], []),
        "dataset `w.hourly`": (
            ["column `wind`", "only rows where city <> 'Rome'"],
            ["column `rain`", "only rows where city <> 'Oslo'"],
        ),
        "dataset `w.places`": ([], ["every column"]),
    }


def test_a_condition_that_one_may_not_know_is_not_told() -> None:
    found = told(BEFORE, AFTER, literals=False)
    assert "Rome" not in str(found)
    assert found["dataset `w.hourly`"] == (["column `wind`"], ["column `rain`"])


@given(terms())
def test_nothing_changes_from_terms_to_themselves(some: Terms) -> None:
    assert list(policy.terms_changes(some, some, literals=True)) == []


@given(terms(), terms())
def test_terms_that_differ_in_words_differ_in_a_change(one: Terms, other: Terms) -> None:
    said = [{(str(h), str(w)) for h, w in policy.terms_words(t, literals=True)
             if not str(h).startswith(("clause", "duty"))} for t in (one, other)]  # fmt: skip
    if said[0] != said[1]:
        assert list(policy.terms_changes(one, other, literals=True))
