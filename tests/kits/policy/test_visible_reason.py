"""Why a label is there: for those who oversee the node, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from doumen.kits.policy import visible_facts
from doumen.model.actor import Actor
from doumen.model.fact import Fact, Facts

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = """rules:
  - {id: all, permit: query, who: {role: analyst}, on: air.open}
"""


def test_why_a_label_is_there_is_for_those_who_oversee(
    facts_of: Callable[..., Facts],
    body_of: Callable[..., dict[str, Any]],
    someone: Callable[..., Actor],
) -> None:
    body = {"labels": ["public"], "origin": "set", "reason": "asked by the lawyer"}
    facts = facts_of(
        RULES,
        datasets={"air.open": body_of({"id": "BIGINT"})},
        more=[Fact("label", "air.open", body)],
    )
    ana = visible_facts(someone("ana", "analyst"), facts, NOW).body("label", "air.open")
    assert ana == {"labels": ["public"], "origin": "set"}
    assert visible_facts(someone("vera", "auditor"), facts, NOW).body("label", "air.open") == body
