"""The form of the usual terms says what it says: terms to fields and back, faults all at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.kits.policy.offers.strategies import terms

from doumen.faces.web.pages.market import form
from doumen.faces.web.pages.market.product import questions
from doumen.kits import policy
from doumen.model.errors import Invalid
from doumen.model.terms import Terms

USUAL = """
to: ["did:key:z1"]
for: [research]
from: 2026-12-01
until: 2027-12-31
places: [CN, SG]
datasets:
  w.hourly:
    columns: [city, day, phone]
    duties:
      - mask: {column: phone, method: partial, keep_start: 3}
      - mask: {column: day, method: generalise, levels: month}
      - min_group: {k: 5, unit: city}
      - filter: "city <> 'Rome'"
      - limit: 100
  w.places:
quota: [{queries: 50}, {queries: 5, per: day}]
due: {report: 30, attribute: "W", delete: 0}
price: free
"""


def written(text: str) -> dict[str, Any]:
    return policy.terms_as_json(policy.read_terms(text))


def test_the_usual_terms_are_said_by_the_form_without_loss() -> None:
    whole = written(USUAL)
    assert form.fits(whole)
    assert policy.terms_from_json(form.document(form.values(whole))) == policy.read_terms(USUAL)


@given(terms())
def test_terms_that_fit_are_those_that_come_back(some: Terms) -> None:
    body = policy.terms_as_json(some)
    if form.fits(body):
        assert policy.terms_from_json(form.document(form.values(body))) == some


@pytest.mark.parametrize(
    "duties",
    [
        "[{mask: {column: wind, method: bucket, edges: [1, 2]}}]",
        "[{mask: {column: wind, method: partial, keep_start: 2}}]",
        "[{filter: 'a > 1'}, {filter: 'b > 1'}]",
    ],
)
def test_what_the_form_cannot_say_does_not_fit(duties: str) -> None:
    text = f"datasets: {{w.hourly: {{columns: [a, b, wind], duties: {duties}}}}}"
    assert not form.fits(written(text))


def test_all_faults_are_told_at_once() -> None:
    given = {
        "of:w.hourly": ["some"],
        "show:w.hourly:city": [""],
        "of:w.places": ["some"],
        "show:w.places:name": ["sideways"],
        "quota": ["many"],
        "delete": ["-1"],
    }
    with pytest.raises(Invalid) as caught:
        form.document(given)
    why = str(caught.value.why)
    for words in ("of `w.hourly` no column", "`name` is shown", "`many`", "`-1`"):
        assert words in why


@pytest.mark.parametrize("given", [{}, {"of:w.hourly": ["none"], "show:w.hourly:a": ["plain"]}])
def test_terms_that_grant_nothing_are_none(given: dict[str, list[str]]) -> None:
    with pytest.raises(Invalid) as caught:
        form.document(given)
    assert "nothing of any dataset is granted" in str(caught.value.why)


@given(st.sampled_from(sorted(form.SHOWN)))
def test_each_mask_of_the_form_is_one_that_terms_know(name: str) -> None:
    given = {"of:w.hourly": ["some"], "show:w.hourly:a": [name], "show:w.hourly:b": ["plain"]}
    (grant,) = policy.terms_from_json(form.document(given)).grants
    assert (grant.columns, len(grant.duties)) == (("a", "b"), 1)


def test_ways_follow_the_type_of_a_column() -> None:
    assert "month" in dict(form.ways("TIMESTAMP WITH TIME ZONE"))
    assert "tens" in dict(form.ways("DECIMAL(10,2)"))
    assert dict(form.ways("VARCHAR")).keys() == {"plain", "null", "hash", "partial"}


def test_sample_questions_are_made_of_names_alone() -> None:
    columns = [{"name": 'ci"ty', "type": "VARCHAR"}, {"name": "wind", "type": "DOUBLE"}]
    asked = [sql for _, sql in questions("w.hourly", columns)]
    assert asked[0] == 'SELECT "ci""ty", "wind"\nFROM w.hourly\nLIMIT 100'
    assert 'avg("wind")' in asked[1]
    assert not list(questions("w.hourly", []))
