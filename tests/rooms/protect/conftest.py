"""A fake desk: facts in memory, amended under the same checks as at the gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from doumen.gate.desk import Desk
from doumen.kits.policy import may_amend, visible_facts
from doumen.model.actor import Actor
from doumen.model.fact import Fact, FactRow, Facts

NOW = datetime(2026, 11, 24, tzinfo=UTC)


class Ledgerless:
    """The facts of a node that several desks share."""

    def __init__(self) -> None:
        self.facts = Facts()

    def add(self, facts: Sequence[Fact]) -> None:
        version = self.facts.version
        rows = [FactRow(version + n, fact, "e", "2026") for n, fact in enumerate(facts, start=1)]
        self.facts = self.facts.extended(rows)


class FakeDesk:
    """As much of a desk as a room needs that only reads and amends facts."""

    def __init__(self, node: Ledgerless, actor: Actor) -> None:
        self.node, self.actor = node, actor
        self.subjects: list[str] = []

    def facts(self) -> Facts:
        return visible_facts(self.actor, self.node.facts, NOW)

    def amend(self, facts: Sequence[Fact], *, subject: str, seen: Facts | None = None) -> str:
        assert facts
        for fact in facts:
            may_amend(self.actor, fact)
        self.node.add(facts)
        self.subjects.append(subject)
        return f"receipt-{len(self.subjects)}"


def table(columns: Mapping[str, str], kind: str = "table") -> dict[str, Any]:
    """The body of a dataset fact."""
    return {
        "kind": kind,
        "columns": [{"name": name, "type": type} for name, type in columns.items()],
        "version": 0,
        "files": [],
    }


@pytest.fixture
def node() -> Ledgerless:
    """Two datasets and a quarantine."""
    made = Ledgerless()
    flights = {"year": "BIGINT", "origin": "VARCHAR", "TailNum": "VARCHAR"}
    made.add(
        [
            Fact("dataset", "transport.flights", table(flights)),
            Fact("dataset", "transport.planes", table({"TailNum": "VARCHAR"})),
            Fact("dataset", "transport.flights__quarantine", table({"_r": "BIGINT"}, "quarantine")),
        ]
    )
    return made


@pytest.fixture
def desk_of(node: Ledgerless) -> Callable[..., Desk]:
    """The desk of an actor of these roles."""

    def open_desk(name: str = "owner", *roles: str) -> Desk:
        actor = Actor(name, roles=frozenset(roles or (name,)))
        return cast("Desk", FakeDesk(node, actor))

    return open_desk
