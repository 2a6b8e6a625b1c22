"""What an actor may not discover answers exactly like what does not exist."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.model.errors import DoumenError

pytestmark = pytest.mark.law
STATEMENTS = (
    "SELECT * FROM law.{0}",
    "SELECT count(*) FROM law.{0} x JOIN law.visits v ON true",
    "SELECT * FROM law.visits WHERE EXISTS (SELECT 1 FROM law.{0})",
    "WITH a AS (SELECT * FROM law.{0}) SELECT * FROM a",
    "SELECT x.nothing FROM law.{0} x",
)
RULES = """
rules:
  - {id: visits, permit: query, who: {role: analyst}, on: law.visits}
"""


def answer(session: Any, statement: str, name: str) -> str:
    """Everything that the actor is told, with the name taken out."""
    try:
        rows = session.query(statement).rows()
    except DoumenError as error:
        return str(error.as_json()).replace(name, "NAME")
    return str(rows)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_hidden_is_absent(world: Any, statement: str) -> None:
    world.rule(RULES)
    ana = world.node.session("ana")
    hidden = answer(ana, statement.format("people"), "people")
    absent = answer(ana, statement.format("nobody"), "nobody")
    assert hidden == absent
    assert "not-found" in hidden


@pytest.mark.parametrize("verb", ["describe", "contract show", "contract history", "dataset files"])
def test_verbs_do_not_tell(world: Any, verb: str) -> None:
    world.rule(RULES)
    ana = world.node.session("ana")
    told = []
    for name in ("people", "nobody"):
        with pytest.raises(DoumenError) as caught:
            ana.do(verb, dataset=f"law.{name}")
        told.append(str(caught.value.as_json()).replace(name, "NAME"))
    assert told[0] == told[1]


def test_catalogue_does_not_tell(world: Any) -> None:
    world.rule(RULES)
    ana = world.node.session("ana")
    for table in ("datasets", "columns", "rules", "lineage", "events", "charges"):
        rows = ana.query(f"SELECT * FROM sys.{table}").rows()
        assert "people" not in str(rows)
