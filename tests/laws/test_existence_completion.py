"""Completion tells what may be known: what is hidden changes nothing of it, nor of its digest."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from tests.laws.conftest import PEOPLE, people

from doumen.model.fact import Fact

pytestmark = pytest.mark.law
RULES = """
rules:
  - {id: visits, permit: query, who: {role: analyst}, on: law.visits}
  - {id: salary, deny: discover, who: {role: analyst}, on: {column: law.people.salary}}
  - id: people
    permit: query
    who: {role: analyst}
    on: law.people
    duties: [{filter: "age < 30"}, {mask: {column: name, method: hash}}]
"""


def told(world: Any) -> dict[str, Any]:
    return dict(world.node.session("ana").do("dataset names").json)


def test_what_is_hidden_changes_nothing_of_it(world: Any) -> None:
    world.rule(RULES)
    before = told(world)
    assert "salary" not in str(before["datasets"]["law.people"])
    owner = world.node.session()
    other = Path(world.write("other", people(random.Random(7)), PEOPLE))
    owner.do("collect", path=other, as_dataset="law.canary")
    owner.do("collect", path=other, as_dataset="law.people", replace=True)
    owner.do("label set", target="law.people.salary", label="secret")
    owner.do("actor add", name="canary", role=("pilot",))
    owner.do("question save", sql="SELECT 1 AS canary", title="canary")
    owner.desk.amend(
        [Fact("rule", "other", owner.desk.facts().body("rule", "visits"))], subject="rule"
    )
    owner.query("SELECT count(*) FROM law.canary").rows()
    assert told(world) == before
    world.rule(RULES + "  - {id: more, permit: query, who: {role: analyst}, on: law.canary}\n")
    after = told(world)
    assert after["digest"] != before["digest"]
    assert "law.canary" in after["datasets"]
