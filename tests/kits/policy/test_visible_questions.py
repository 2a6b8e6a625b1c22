"""Who may read a saved question: its actor, and those it is shared with who know what it names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from doumen.kits.policy import visible_facts, visible_version
from doumen.model.actor import Actor
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.question import EVERYONE, Question

Build = Callable[..., Facts]
Someone = Callable[..., Actor]
Body = Callable[..., dict[str, Any]]

NOW = datetime(2026, 11, 30, tzinfo=UTC)
RULES = """
rules:
  - {id: open, permit: query, who: {role: analyst}, on: air.open}
  - {id: part, permit: query, who: {role: analyst}, on: air.part}
  - {id: hide, deny: discover, who: {role: analyst}, on: {column: air.part.id}}
"""


def question(*datasets: str, shared: tuple[str, ...] = ()) -> dict[str, Any]:
    return Question("T", "SELECT 'secret'", datasets=datasets, shared=shared).as_json()


@pytest.fixture(scope="module")
def node(facts_of: Build, body_of: Body) -> Facts:
    columns = {"id": "BIGINT", "city": "VARCHAR"}
    facts = facts_of(RULES, datasets={f"air.{n}": body_of(columns) for n in ("open", "part", "no")})
    bodies = {
        "ana/own": question("air.no"),
        "bob/own": question("air.open"),
        "bob/role": question("air.open", shared=("analyst",)),
        "bob/other": question("air.open", shared=("pilot",)),
        "bob/all": question("air.open", shared=(EVERYONE,)),
        "bob/nothing": question(shared=(EVERYONE,)),
        "bob/part": question("air.open", "air.part", shared=(EVERYONE,)),
        "bob/hidden": question("air.no", shared=(EVERYONE,)),
        "bob/gone": question("air.gone", shared=(EVERYONE,)),
    }
    rows = [
        FactRow(facts.version + at, Fact("question", key, body), "e", "2026")
        for at, (key, body) in enumerate(bodies.items(), start=1)
    ]
    return facts.extended(rows)


def told(actor: Actor, node: Facts) -> set[str]:
    return {key for key, _ in visible_facts(actor, node, NOW).all("question")}


def test_an_analyst(someone: Someone, node: Facts) -> None:
    assert told(someone("ana", "analyst"), node) == {
        "ana/own", "bob/role", "bob/all", "bob/nothing",
    }  # fmt: skip
    row = visible_facts(someone("ana", "analyst"), node, NOW).rows["question"]["bob/all"]
    assert (row.seq, row.event, row.time) == (0, "", "")


@pytest.mark.parametrize("role", ["steward", "auditor"])
def test_those_who_oversee(someone: Someone, node: Facts, role: str) -> None:
    assert told(someone("sue", role), node) == {
        "bob/all", "bob/nothing", "bob/part", "bob/hidden", "bob/gone",
    }  # fmt: skip


def test_the_owner_knows_all(someone: Someone, node: Facts) -> None:
    assert len(told(someone("owner", "owner"), node)) == 9


def test_nothing_saved(someone: Someone, facts_of: Build) -> None:
    assert told(someone("sue", "steward"), facts_of(RULES)) == set()


@pytest.mark.parametrize(("key", "seen"), [("bob/own", False), ("bob/all", True)])
def test_earlier_versions(someone: Someone, node: Facts, key: str, seen: bool) -> None:
    row = node.rows["question"][key]
    found = visible_version(someone("sue", "steward"), node, row, then=node, now=NOW)
    assert (found is not None) is seen
