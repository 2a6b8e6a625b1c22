"""Rules in words."""

from __future__ import annotations

from collections.abc import Callable

from doumen.kits.policy import attributes, read_rules, rule_words
from doumen.model.actor import Actor
from doumen.model.message import msg

TEXT = """
rules:
  - {id: a, permit: query, who: {role: analyst}, on: transport.flights, for: [research, security],
     until: 2027-12-31, duties: [{filter: "origin <> 'LGA'"}, {limit: 5}]}
  - {id: b, deny: discover, who: {actor: ana}, on: {label: personal}}
  - {id: c, permit: query, who: {actor: ana}, on: {column: transport.flights.tailnum}}
  - {id: d, permit: query, who: {actor: ana}, on: "transport.*"}
"""


def test_rules_in_words() -> None:
    first, *others = read_rules(TEXT)
    assert rule_words(first, literals=True) == (
        ("does", "permits reading rows"),
        ("who", "role `analyst`"),
        ("on", "dataset `transport.flights`"),
        ("for", "research, security"),
        ("until", "2027-12-31, that day (UTC) included"),
        ("duty", "only rows where origin <> 'LGA'"),
        ("duty", "at most 5 rows of the result"),
    )
    assert "LGA" not in str(rule_words(first))
    assert rule_words(others[0]) == (
        ("does", "denies knowing names, descriptions, labels"),
        ("who", "actor `ana`"),
        ("on", "every column labelled `personal`"),
        ("for", "any purpose"),
        ("until", "no end"),
    )
    assert [dict(rule_words(rule))[msg("on")] for rule in others[1:]] == [
        "column `transport.flights.tailnum`",
        "every dataset that fits `transport.*`",
    ]


def test_attributes_of_an_actor(someone: Callable[..., Actor]) -> None:
    ana = someone(region="east", participant="forged")
    assert attributes(ana) == {"name": "ana", "participant": "org", "region": "east"}


def test_what_an_agreement_holds_is_named() -> None:
    rule = "{id: r, permit: query, who: {role: x}, on: {agreement: A-7F3KQ2AB}}"
    (read,) = read_rules(f"rules: [{rule}]")
    assert ("on", "what agreement `A-7F3KQ2AB` holds") in rule_words(read, literals=False)
