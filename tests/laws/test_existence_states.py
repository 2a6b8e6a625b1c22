"""A draft answers exactly like what does not exist, to whoever is not named for drafts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from doumen.model.errors import DoumenError

pytestmark = pytest.mark.law
RULES = """
rules:
  - {id: all, permit: query, who: {role: analyst}, on: law.*}
  - {id: some, permit: query, who: {role: analyst}, on: law.people,
     duties: [{filter: "age > 30"}, {mask: {column: name, method: 'null'}}]}
"""
STATEMENTS = (
    "SELECT * FROM law.{0}",
    "SELECT salary FROM law.{0} WHERE name = 'n001'",
    "SELECT count(*) FROM law.{0} x JOIN law.visits v ON true",
    "SELECT * FROM law.visits WHERE EXISTS (SELECT 1 FROM law.{0})",
    "WITH a AS (SELECT * FROM law.{0}) SELECT * FROM a",
    "SELECT x.nothing FROM law.{0} x",
    "SELECT * FROM law.{0} AT (VERSION => 1)",
    "SELECT * FROM law.{0} AT (TIMESTAMP => TIMESTAMP '2999-01-01')",
    "SELECT * FROM law.{0}__quarantine",
)
LATER = datetime(2999, 1, 1, tzinfo=UTC)
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("describe", {}),
    ("contract show", {}),
    ("contract history", {}),
    ("contract edit", {"changes": ["status=active"]}),
    ("dataset state", {}),
    ("dataset state", {"state": "active"}),
    ("label list", {}),
)


def told(ask: Callable[[], Any], name: str) -> str:
    """Everything that the actor is told, with the name taken out."""
    try:
        return str(ask())
    except DoumenError as error:
        return str(error.as_json()).replace(name, "NAME")


@pytest.fixture
def ana(world: Any) -> Any:
    world.rule(RULES)
    owner = world.node.session()
    owner.do("dataset state", dataset="law.people", state="draft", reason="hush")
    yield world.node.session("ana")
    owner.do("dataset state", dataset="law.people", state="active")


@pytest.mark.parametrize("statement", STATEMENTS)
def test_statements(ana: Any, statement: str) -> None:
    asks: tuple[Callable[[str], Any], ...] = (
        lambda sql: ana.query(sql).rows(),
        lambda sql: ana.query(sql, as_of=0).rows(),
        lambda sql: ana.query(sql, as_of=LATER).rows(),
        ana.explain,
        lambda sql: ana.derive(sql, "ana.mine"),
    )
    for ask in asks:
        hidden, absent = (
            told(partial(ask, statement.format(name)), name) for name in ("people", "nobody")
        )
        assert hidden == absent
        assert "'code': '" in hidden


@pytest.mark.parametrize(("verb", "given"), VERBS)
def test_verbs(ana: Any, verb: str, given: dict[str, Any]) -> None:
    hidden, absent = (
        told(partial(ana.do, verb, dataset=f"law.{n}", **given), n) for n in ("people", "nobody")
    )
    assert hidden == absent
    assert "not-found" in hidden


def test_tables_and_lists(ana: Any) -> None:
    for table in ("datasets", "columns", "states", "rules", "lineage", "events", "charges"):
        rows = ana.query(f"SELECT * FROM sys.{table}").rows()
        assert not {"law.people", "people", "hush"} & set(str(rows).replace("'", " ").split())
    for verb in ("dataset list", "rule list", "label list"):
        assert "law.people" not in str(ana.do(verb).json)
