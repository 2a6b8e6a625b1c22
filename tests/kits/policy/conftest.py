"""A node's facts, built in memory, and questions put to the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from doumen.kits.policy import Asked, DatasetRuling, read_rules, rule_as_json, rule_dataset
from doumen.model.actor import Actor
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref
from doumen.model.rule import (
    Action,
    Count,
    Duty,
    Effect,
    Expire,
    Filter,
    Limit,
    Mask,
    MinGroup,
    Option,
    Rule,
    Target,
    TargetKind,
    Who,
)

FLIGHTS = {"year": "BIGINT", "origin": "VARCHAR", "tailnum": "VARCHAR", "delay": "DOUBLE"}
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def dataset(columns: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """The body of a dataset fact."""
    return {
        "kind": "table",
        "columns": [{"name": name, "type": type} for name, type in columns.items()],
        "version": 3,
        "table": "t",
        "files": [{"path": "t/1.parquet", "size": 10, "rows": 7}],
        "creator": "owner",
        "derived": False,
        "sources": [],
        "created": "2026-01-01T00:00:00.000000Z",
        "updated": "2026-02-02T00:00:00.000000Z",
        **more,
    }


def build(
    rules: str | Sequence[Rule] = (),
    *,
    datasets: Mapping[str, Mapping[str, Any]] | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
    lineage: Mapping[str, Mapping[str, Any]] | None = None,
    more: Sequence[Fact] = (),
) -> Facts:
    """Facts of a node; rules as YAML, datasets as bodies (else `transport.flights`)."""
    bodies = {"transport.flights": dataset(FLIGHTS)} if datasets is None else datasets
    read = read_rules(rules) if isinstance(rules, str) else tuple(rules)
    facts = [
        *(Fact("dataset", key, body) for key, body in bodies.items()),
        *(Fact("rule", rule.id, rule_as_json(rule)) for rule in read),
        *(
            Fact("label", key, {"labels": sorted(worn), "origin": "set"})
            for key, worn in (labels or {}).items()
        ),
        *(Fact("lineage", key, {"columns": columns}) for key, columns in (lineage or {}).items()),
        *more,
    ]
    rows = [FactRow(seq, fact, f"e{seq}", "2026") for seq, fact in enumerate(facts, start=1)]
    return Facts().extended(rows)


def person(name: str = "ana", *roles: str, purposes: Sequence[str] = (), **claims: str) -> Actor:
    """An actor; an analyst unless roles are given."""
    return Actor(
        name,
        "org",
        frozenset(roles or ("analyst",)),
        frozenset(purposes),
        tuple(sorted(claims.items())),
    )


def put(
    facts: Facts,
    actor: Actor | None = None,
    ref: str = "transport.flights",
    *,
    purpose: str | None = None,
    action: Action = Action.QUERY,
    now: datetime = NOW,
) -> DatasetRuling:
    """Ask for one dataset."""
    snapshot = facts.snapshot(Ref.parse(ref))
    assert snapshot is not None
    return rule_dataset(
        Asked(
            actor=actor or person(),
            purpose=purpose,
            action=action,
            ref=snapshot.ref,
            schema=snapshot.schema,
            facts=facts,
            now=now,
        )
    )


@pytest.fixture(scope="session")
def facts_of() -> Callable[..., Facts]:
    return build


@pytest.fixture(scope="session")
def body_of() -> Callable[..., dict[str, Any]]:
    return dataset


@pytest.fixture(scope="session")
def someone() -> Callable[..., Actor]:
    return person


@pytest.fixture(scope="session")
def ask() -> Callable[..., DatasetRuling]:
    return put


COLUMNS = {"a": "BIGINT", "b": "VARCHAR", "c": "VARCHAR", "d": "DATE"}
_PARTIAL = [(("keep_end", 0), ("keep_start", n), ("with", "*")) for n in (1, 2)]
_METHODS: list[tuple[str, tuple[tuple[str, Option], ...]]] = [
    ("null", ()),
    ("hash", ()),
    *(("partial", options) for options in _PARTIAL),
    ("generalise", (("levels", "month"),)),
    ("generalise", (("levels", 10),)),
    ("generalise", (("levels", 0.5),)),
    ("generalise", (("levels", (("x", "general"), ("y", "general"))),)),
    ("bucket", (("edges", (0, 10.5)),)),
    ("bucket", (("edges", ("2026-01-01", "2026-07-01 12:00")),)),
]
_CLAIMS: list[tuple[tuple[str, tuple[str, ...]], ...]] = [
    (),
    (),
    (("city", ("a", "b")),),
    (("city", ("c",)),),
    (("city", ("a",)), ("name", ("ana",))),
]


class Dice:
    """Rules by chance, over `x.raw`, `x.other` and `ana.made`; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.roll = Random(seed)

    def rules(self) -> list[Rule]:
        """A set of rules, often with a permit that opens everything."""
        opening = [self.rule(Effect.PERMIT, Target(TargetKind.DATASET, "*.*"))]
        drawn = [self.rule() for _ in range(self.roll.randint(0, 5))]
        found = (opening if self.roll.random() < 0.7 else []) + drawn
        return [replace(one, id=f"r{number}") for number, one in enumerate(found)]

    def rule(self, effect: Effect | None = None, on: Target | None = None) -> Rule:
        """A rule of any kind, with its duties."""
        roll = self.roll
        on = on or self.target()
        effect = effect or roll.choice([Effect.PERMIT, Effect.PERMIT, Effect.DENY])
        action = roll.choice([Action.QUERY, Action.QUERY, Action.QUERY, Action.DISCOVER])
        permits = (effect, action) == (Effect.PERMIT, Action.QUERY)
        named = roll.choice(["role", "role", "actor"])
        who = {named: "analyst" if named == "role" else roll.choice(["ana", "bob"])}
        return Rule(
            id="r",
            effect=effect,
            action=action,
            who=Who(**who, claims=roll.choice(_CLAIMS)),
            on=on,
            purposes=roll.choice([(), (), ("research",), ("security",), ("marketing",)]),
            until=roll.choice([None, None, None, NOW.date(), date(2026, 11, 23)]),
            duties=self.duties(on) if permits else (),
        )

    def target(self) -> Target:
        """Any target."""
        kind, value = self.roll.choice(
            [
                *((TargetKind.DATASET, v) for v in ("x.raw", "x.*", "ana.made", "*.*", "*.made")),
                *((TargetKind.COLUMN, f"x.raw.{name}") for name in COLUMNS),
                (TargetKind.COLUMN, "ana.made.b"),
                (TargetKind.LABEL, "personal"),
                (TargetKind.LABEL, "mine"),
            ]
        )
        return Target(kind, value)

    def duties(self, on: Target) -> tuple[Duty, ...]:
        """Up to three duties of any kind that a rule on this may ask for."""
        return tuple(self.duty(on) for _ in range(self.roll.randint(0, 3)))

    def duty(self, on: Target) -> Duty:
        """A duty of any kind."""
        roll = self.roll
        name = roll.choice([*COLUMNS]) if on.kind is TargetKind.DATASET else None
        method, options = roll.choice(_METHODS)
        kinds: list[Duty] = [
            Filter(roll.choice(["a > 1", "b = 'x'", "c = actor.city"])),
            *[Mask(method, name, options)] * 3,
            Limit(roll.randint(0, 9)),
            MinGroup(roll.randint(1, 9), roll.choice([None, "a", "B"])),
            Count(roll.randint(0, 9)),
            Expire(roll.choice([0, 5, 30, 400])),
        ]
        return roll.choice(kinds)


@pytest.fixture(scope="session")
def dice() -> type[Dice]:
    return Dice
