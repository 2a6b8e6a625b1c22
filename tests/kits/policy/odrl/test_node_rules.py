"""The rules of a node are a special case of ODRL: their evaluation is what the node rules."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from doumen.kits.policy import Asked, attributes, rule_dataset
from doumen.kits.policy.odrl import Request, World, evaluate
from doumen.kits.policy.odrl.world import Values
from doumen.kits.policy.target import means
from doumen.kits.standards.odrl import purpose_iri, write_policy
from doumen.kits.standards.odrl.evaluable import evaluable
from doumen.kits.standards.odrl.profile import vocabulary
from doumen.kits.standards.odrl.terms import ACTORS, COLUMNS, iri
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, Refused
from doumen.model.fact import Facts
from doumen.model.ref import Ref
from doumen.model.rule import Action, Effect, Filter, MinGroup, Rule, Target, TargetKind, Who

pytestmark = pytest.mark.law

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TYPES = {"a": "BIGINT", "b": "VARCHAR", "c": "VARCHAR", "d": "DATE"}
HELD = ("x.raw", "x.other", "ana.made")
LABELS = {"x.raw.c": ["personal", "mine"], "ana.made": ["mine"]}
ROLES: tuple[tuple[str, ...], ...] = (("analyst",), ("analyst",), ("analyst", "pilot"), ("pilot",))
PURPOSES = ("research", "security", "marketing", None)
CLAIMS: tuple[dict[str, str], ...] = ({}, {"city": "a"}, {"city": "c"})
NOTHING = ""
"""What is known of an attribute or a purpose that is not there: that it is none of any."""
VOCABULARY = vocabulary(["city", "name"])


def actor_of(roll: Random) -> Actor:
    claims = tuple(sorted(roll.choice(CLAIMS).items()))
    purposes = frozenset(one for one in PURPOSES if one and roll.random() < 0.8)
    return Actor(
        roll.choice(["ana", "bob"]), "org", frozenset(roll.choice(ROLES)), purposes, claims
    )


def spelled_out(rules: Sequence[Rule]) -> Iterator[Rule]:
    """The rules with each pattern as the datasets that fit it: ODRL has no operator for one."""
    for rule in rules:
        if rule.on.kind is TargetKind.DATASET and "*" in rule.on.value:
            for number, name in enumerate(HELD):
                if means(rule.on, Ref.parse(name)):
                    on = Target(TargetKind.DATASET, name)
                    yield replace(rule, id=f"{rule.id}-{number}", on=on)
        else:
            yield rule


def sound(rule: Rule) -> Rule:
    """The rule without duties that refuse a dataset which they do not fit."""
    fitting = tuple(d for d in rule.duties if not isinstance(d, Filter | MinGroup))
    return replace(rule, duties=fitting)


def drawn(rules: Sequence[Rule], roll: Random) -> list[Rule]:
    """Fewer denials than there are, and more permits on parts: else all is one or none."""
    parts = [
        *(Target(TargetKind.DATASET, name) for name in HELD),
        *(Target(TargetKind.COLUMN, f"{roll.choice(HELD)}.{name}") for name in TYPES),
        *(Target(TargetKind.LABEL, label) for label in ("mine", "personal")),
    ]
    more = [
        Rule(
            f"m{number}",
            Effect.PERMIT,
            Action.QUERY,
            Who(role=roll.choice(["analyst", "analyst", "pilot"])),
            on,
            purposes=roll.choice([(), (), ("research",), ("research", "marketing")]),
        )
        for number, on in enumerate(roll.sample(parts, 4))
    ]
    kept = [rule for rule in rules if rule.effect is Effect.PERMIT or roll.random() < 0.4]
    return [*more, *(sound(rule) for rule in kept if rule.on.value != "*.*" or roll.random() < 0.3)]


def world_of(asked: Asked, column: str) -> World:
    """What is known of an actor who reads one column."""
    party, asset = iri("actor", asked.actor.name), iri("column", f"{asked.ref}.{column}")
    known = attributes(asked.actor)
    claims: Values = {
        (f"doumen:claim.{name}", None): (known.get(name) or NOTHING,) for name in ("city", "name")
    }
    labels = tuple(sorted(asked.facts.labels(asked.ref, column)))
    return World(
        now=asked.now,
        part_of={
            party: frozenset({ACTORS}),
            asset: frozenset({iri("dataset", str(asked.ref)), COLUMNS}),
        },
        values={
            ("odrl:purpose", None): (purpose_iri(asked.purpose) if asked.purpose else NOTHING,),
            ("odrl:count", "doumen:perDay"): (0,),
        },
        attributes={
            party: {
                ("doumen:role", None): tuple(sorted(asked.actor.roles)) or (NOTHING,),
                ("doumen:actor", None): (asked.actor.name,),
                **claims,
            },
            asset: {("doumen:label", None): labels or (NOTHING,)},
        },
    )


def evaluated(rules: Sequence[Rule], asked: Asked) -> frozenset[str]:
    """The columns that the policy of the rules permits."""
    document = write_policy(spelled_out(rules), uid="urn:doumen:policy:p")
    if not {"permission", "prohibition"} & set(document):
        return frozenset()
    policy = evaluable(json.loads(json.dumps(document)))
    party = iri("actor", asked.actor.name)
    return frozenset(
        name
        for name in asked.schema.names
        if evaluate(
            policy,
            Request(party, "odrl:read", iri("column", f"{asked.ref}.{name}")),
            world_of(asked, name),
            VOCABULARY,
        ).decision.permitted
    )


def ruled(asked: Asked) -> frozenset[str]:
    """The columns that the node shows."""
    try:
        return frozenset(column.column.name for column in rule_dataset(asked).columns)
    except (Refused, NotFound):
        return frozenset()


def agree(dice: Any, facts_of: Callable[..., Facts], body_of: Any, count: int) -> Counter[int]:
    """Hold so many sets of rules to the law; how many columns were shown how often."""
    seen: Counter[int] = Counter()
    bodies = {name: body_of(TYPES) for name in HELD}
    for seed in range(count):
        roll = Random(f"asked {seed}")
        rules = drawn(dice(seed).rules(), roll)
        facts = facts_of(rules, datasets=bodies, labels=LABELS)
        actor = actor_of(roll)
        snapshot = facts.snapshot(Ref.parse(roll.choice(HELD)))
        assert snapshot is not None
        asked = Asked(
            actor=actor,
            purpose=roll.choice([*sorted(actor.purposes), None]),
            action=Action.QUERY,
            ref=snapshot.ref,
            schema=snapshot.schema,
            facts=facts,
            now=NOW + timedelta(days=roll.choice([0, 0, 0, -1, -2, 1])),
        )
        shown = ruled(asked)
        assert evaluated(rules, asked) == shown, (seed, asked)
        seen[len(shown)] += 1
    return seen


def test_evaluation_and_rules_agree(
    dice: Any, facts_of: Callable[..., Facts], body_of: Callable[..., Any]
) -> None:
    seen = agree(dice, facts_of, body_of, 120)
    assert min(seen[0], seen[4], seen[1] + seen[2] + seen[3]) > 8, seen


@pytest.mark.soak
def test_evaluation_and_rules_agree_on_ten_thousand(
    dice: Any, facts_of: Callable[..., Facts], body_of: Callable[..., Any]
) -> None:
    seen = agree(dice, facts_of, body_of, 10_000)
    assert min(seen[0], seen[4], seen[1] + seen[2] + seen[3]) > 500, seen
