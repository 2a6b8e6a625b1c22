"""What somebody writes, held against the node: rules and grants, all faults at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doumen.kits.policy.checking import grant_faults, purpose_faults, rule_faults
from doumen.kits.policy.document import read_rules
from doumen.kits.policy.offers import terms_from_json
from doumen.model.fact import Fact, Facts

Build = Callable[..., Facts]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("who: {role: x}, on: transport.flights", []),
        ("who: {role: x}, on: 'other.*'", []),
        ("who: {role: x}, on: {label: personal}", []),
        ("who: {actor: eve}, on: transport.flights, for: [fun]",
         ["there is no actor `eve`", "purpose `fun` is not on the list"]),
        ("who: {role: x}, on: other.none", ["there is no dataset `other.none`"]),
        ("who: {role: x}, on: {column: other.none.a}", ["there is no dataset `other.none`"]),
        ("who: {role: x}, on: {column: transport.flights.none}", ["has no column `none`; it has "]),
        ("who: {role: x}, on: transport.flights, duties: [{filter: 'none > 1'}]",
         ["on `transport.flights`: "]),
        ("who: {role: x}, on: 'other.*', duties: [{filter: 'none > 1'}]", []),
        ("who: {role: x}, on: {agreement: A-AAAAAAAA}", []),
        ("who: {role: x}, on: {agreement: A-BBBBBBBB}", ["there is no agreement `A-BBBBBBBB`"]),
    ],
)  # fmt: skip
def test_rules(
    facts_of: Build, body_of: Callable[..., dict[str, object]], rule: str, told: list[str]
) -> None:
    (read,) = read_rules(f"rules: [{{id: r, permit: query, {rule}}}]")
    rows = {"_reason": "VARCHAR"}
    aside = {"other.flights__quarantine": {**body_of(rows), "kind": "quarantine"}}
    more = [*(Fact("dataset", *one) for one in aside.items()), Fact("agreement", "A-AAAAAAAA", {})]
    found = rule_faults(read, facts_of(more=more))
    assert len(found) == len(told)
    for fault, words in zip(found, told, strict=True):
        assert fault.startswith("rule `r`: ")
        assert words in fault


@pytest.mark.parametrize(
    ("ref", "grant", "told"),
    [
        ("transport.flights", {}, []),
        ("transport.flights", {"columns": ["YEAR"], "duties": [{"limit": 3}]}, []),
        ("other.none", {}, ["there is no dataset `other.none`"]),
        ("transport.flights", {"columns": ["a", "b", "year"]}, ["no column `a`", "no column `b`"]),
        ("transport.flights", {"duties": [{"filter": "none > 1"}]}, ["on `transport.flights`: "]),
    ],
)
def test_grants(facts_of: Build, ref: str, grant: dict[str, object], told: list[str]) -> None:
    (read,) = terms_from_json({"datasets": {ref: grant}}).grants
    found = grant_faults(read, facts_of())
    assert len(found) == len(told)
    assert all(words in fault for fault, words in zip(found, told, strict=True))


def test_purposes_are_those_of_the_node(facts_of: Build) -> None:
    (told,) = purpose_faults(("research", "fun"), facts_of())
    assert "doumen purpose add fun" in told
