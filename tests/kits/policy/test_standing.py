"""Of whom a rule speaks: by name or role, and by claims."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from doumen.kits.policy import DatasetRuling, read_rules, rule_as_json, visible_facts
from doumen.kits.policy.standing import concerns
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Facts

Build = Callable[..., Facts]
Someone = Callable[..., Actor]
Ask = Callable[..., DatasetRuling]

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = """
rules:
  - id: staff
    permit: query
    who: {role: analyst, claims: {department: [transport, health], clearance: "2"}}
    on: transport.flights
  - {id: named, deny: query, who: {role: analyst, claims: {name: eve}}, on: transport.flights}
  - {id: ours, permit: discover, who: {actor: bob, claims: {participant: org}}, on: "*.*"}
  - {id: theirs, permit: discover, who: {actor: bob, claims: {participant: Org}}, on: "*.*"}
"""


@pytest.mark.parametrize(
    ("claims", "speaks"),
    [
        ({"department": "transport", "clearance": "2"}, True),
        ({"department": "health", "clearance": "2", "city": "x"}, True),
        ({"department": "Health", "clearance": "2"}, False),
        ({"department": "health", "clearance": "3"}, False),
        ({"department": "health"}, False),
        ({"clearance": "2"}, False),
        ({}, False),
    ],
)
def test_one_value_of_each_claim(
    facts_of: Build, someone: Someone, ask: Ask, claims: dict[str, str], speaks: bool
) -> None:
    facts = facts_of(RULES)
    ana = someone(**claims)
    if speaks:
        assert ask(facts, ana).rules == ("staff",)
    else:
        with pytest.raises(NotFound):
            ask(facts, ana)
    told = [key for key, _ in visible_facts(ana, facts, NOW).all("rule")]
    assert told == (["staff"] if speaks else [])


def test_name_and_participant_are_fixed(facts_of: Build, someone: Someone, ask: Ask) -> None:
    right = {"department": "health", "clearance": "2"}
    facts = facts_of(RULES)
    with pytest.raises(Refused, match="Rule `named` denies"):
        ask(facts, someone("eve", **right))
    assert ask(facts, Actor("ana", "org", frozenset({"analyst"}), claims=(
        ("clearance", "2"), ("department", "health"), ("name", "eve"),
    ))).rules == ("staff",)  # fmt: skip
    bodies = [rule_as_json(rule) for rule in read_rules(RULES)]
    spoken = [body["id"] for body in bodies if concerns(someone("bob", "guest"), body)]
    assert spoken == ["ours"]
