"""Terms as documents: law 8, one order for sets, and every fault at once with its place."""

from __future__ import annotations

import json
import random
from datetime import date
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from tests.counts import count
from tests.kits.policy.offers.strategies import bodies, terms

from doumen.kits.policy.offers import read_terms, terms_as_json, terms_from_json
from doumen.model.errors import Invalid
from doumen.model.ref import Ref
from doumen.model.rule import Filter, Limit, Mask, MinGroup
from doumen.model.terms import Dues, Grant, Per, Quota, Terms

often = settings(max_examples=count(60), deadline=None)
TEXT = """
to: [did:web:port.example, did:web:air.example]
for: [research]
from: 2026-12-01
until: 2027-12-31
places: [NL, CN]
datasets:
  Weather.Hourly:
    columns: [temp, origin]
    duties: [{limit: 100}, {filter: "origin <> 'LGA'"}]
  weather.daily:
duties: [{min_group: 5}, {mask: {column: temp, method: bucket, edges: [0, 10]}}]
quota: [{queries: 100, per: day}, {queries: 1000}]
due: {report: 30, attribute: "Weather Service", delete: 0}
price: 100 EUR a month
"""
BUCKETED = Mask("bucket", "temp", (("edges", (0, 10)),))
TERMS = Terms(
    grants=(
        Grant(Ref("weather", "daily"), duties=(BUCKETED, MinGroup(5))),
        Grant(
            Ref("weather", "hourly"),
            ("origin", "temp"),
            (Filter("origin <> 'LGA'"), BUCKETED, Limit(100), MinGroup(5)),
        ),
    ),
    to=("did:web:air.example", "did:web:port.example"),
    purposes=("research",),
    since=date(2026, 12, 1),
    until=date(2027, 12, 31),
    places=("CN", "NL"),
    quotas=(Quota(1000), Quota(100, Per.DAY)),
    dues=Dues(30, "Weather Service", 0),
    price="100 EUR a month",
)


def why(text: str) -> str:
    with pytest.raises(Invalid) as error:
        read_terms(text)
    assert error.value.code == "invalid.terms"
    return error.value.why or ""


def test_a_document_with_everything_is_read() -> None:
    assert read_terms(TEXT) == TERMS


def test_a_document_with_little_is_read() -> None:
    text = "datasets: {weather.daily: }\nto:\nquota:\ndue:\nprice:"
    assert read_terms(text) == Terms((Grant(Ref("weather", "daily")),))
    assert terms_as_json(read_terms(text)) == {"datasets": {"weather.daily": {}}}


@pytest.mark.law
@often
@given(terms())
def test_what_is_written_is_read(found: Terms) -> None:
    body = terms_as_json(found)
    assert terms_from_json(json.loads(json.dumps(body))) == found
    text = StringIO()
    writer = YAML(typ="safe", pure=True)
    writer.allow_unicode = True
    writer.dump(body, text)
    assert read_terms(text.getvalue()) == found


@pytest.mark.law
@often
@given(bodies(), st.randoms())
def test_nothing_follows_from_the_order_of_a_set(body: Any, dice: random.Random) -> None:
    def shuffled(part: Any, key: str = "") -> Any:
        if isinstance(part, dict):
            return {name: shuffled(part[name], name) for name in dice.sample(list(part), len(part))}
        if isinstance(part, list) and key != "edges":
            return dice.sample([shuffled(one) for one in part], len(part))
        return part

    assert terms_from_json(shuffled(body)) == terms_from_json(body)


@pytest.mark.law
@often
@given(bodies())
def test_duties_on_all_datasets_are_those_of_each(body: Any) -> None:
    common = [{"limit": 3}, {"filter": "a = 1"}]
    each = {
        name: {**grant, "duties": [*grant.get("duties", []), *common]}
        for name, grant in body["datasets"].items()
    }
    assert terms_from_json({**body, "duties": common}) == terms_from_json(
        {**body, "datasets": each}
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "terms: input should be a valid dictionary"),
        ("datasets: {}", "terms, datasets: "),
        ("to: [a]", "terms, datasets: the field is missing"),
        ("datasets: {x.a: {}}\nfor: []", "terms, for: "),
        ("datasets: {x.a: {rows: 1}}", "terms, datasets.x.a.rows: there is no such field"),
        ("datasets: {x.a: {columns: []}}", "terms, datasets.x.a.columns: "),
        ("datasets: {x.a: {columns: [A, b, a]}}", "x.a: column `a` is named 2 times"),
        ("datasets: {x.a: , X.A: }", "terms, datasets.X.A: dataset `x.a` is named twice"),
        ("datasets: {x.*: }", "terms, datasets.x.*: an offer names each dataset"),
        ("datasets: {xa: }", "terms, datasets.xa: `xa` is not a dataset name"),
        ("datasets: {sys.a: }", "terms, datasets.sys.a: `sys` holds no datasets of the node"),
        ("datasets: {n/x.a: }", "terms, datasets.n/x.a: only datasets of this node"),
        ("datasets: {x.a__quarantine: }", "a quarantine is not offered"),
        ("datasets: {x.a: {duties: [{count: 1}]}}", "x.a: `count` is no duty of an offer"),
        ("datasets: {x.a: }\nduties: [{expire: 1}]", "x.a: `expire` is no duty of an offer"),
        ("datasets: {x.a: }\nduties: [{mask: {method: hash}}]", "x.a: a mask names its `column`"),
        (
            "datasets: {x.a: {columns: [b]}}\nduties: [{mask: {column: c, method: hash}}]",
            "x.a: column `c` is masked and not among `columns`",
        ),
        ("datasets: {x.a: }\nfrom: 2027-01-02\nuntil: 2027-01-01", "until: the last day is before"),
        ("datasets: {x.a: }\nuntil: soon", "terms, until: `soon` is not a date"),
        ("datasets: {x.a: }\nplaces: [Cn]", "terms, places.0: "),
        ("datasets: {x.a: }\nquota: {queries: 0}", "terms, quota.0.queries: "),
        ("datasets: {x.a: }\nquota: {queries: 1, per: week}", "terms, quota.0.per: "),
        ("datasets: {x.a: }\nquota: [{queries: 1}, {queries: 2}]", "quota: one quota for the"),
        ("datasets: {x.a: }\ndue: {delete: 40000}", "terms, due.delete: "),
        ("datasets: {x.a: }\ndue: {report: 0}", "terms, due.report: "),
        ("datasets: {x.a: }\nprice: ' '", "terms, price: "),
        ("datasets: {1: }\n2: x", "terms, "),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    assert told in why(text)


def test_all_faults_are_told_at_once() -> None:
    told = why("datasets: {x.a: {columns: [b, B]}, x.*: , y: }\nduties: [{count: 1}]")
    assert told.count("terms, datasets") == 4
    assert why("datasets: 1\nto: 2\nprice: 3").count("terms, ") == 3


def test_case_of_a_masked_column_does_not_count() -> None:
    grant = {"columns": ["Temp"], "duties": [{"mask": {"column": "temp", "method": "hash"}}]}
    (read,) = terms_from_json({"datasets": {"x.a": grant}}).grants
    assert read == Grant(Ref("x", "a"), ("Temp",), (Mask("hash", "temp"),))
