"""A node's facts, built in memory, and questions put to the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from doumen.kits.policy import Asked, DatasetRuling, read_rules, rule_as_json, rule_dataset
from doumen.model.actor import Actor
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.ref import Ref
from doumen.model.rule import Action, Rule

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
