"""Questions and history of others cannot be told from none at all."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.model.errors import DoumenError
from doumen.model.question import Question

pytestmark = pytest.mark.law
RULES = """
rules:
  - {id: some, permit: query, who: {role: analyst}, on: law.visits}
  - {id: part, permit: query, who: {role: analyst}, on: law.people}
  - {id: salary, deny: discover, who: {role: analyst}, on: {column: law.people.salary}}
"""
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("question show", {}),
    ("question run", {}),
    ("question run", {"explain": True}),
    ("question share", {"everyone": True}),
    ("question remove", {}),
    ("question save", {"sql": "SELECT 1", "title": "x"}),
    ("question history", {}),
)


def told(session: Any, verb: str, given: dict[str, Any], name: str) -> str:
    """Everything that the actor is told, with the name taken out."""
    place = "id" if verb == "question save" else "question"
    try:
        return str(dict(session.do(verb, **{place: name}, **given).json)).replace(name, "NAME")
    except DoumenError as error:
        return str(error.as_json()).replace(name, "NAME")


def hidden(world: Any) -> list[str]:
    """Questions that ana may not read: not shared, with another role, about what she knows not."""
    owner = world.node.session()
    keys = []
    for sql, share in (
        ("SELECT visit FROM law.visits WHERE note = 'canary'", {}),
        ("SELECT visit FROM law.visits WHERE note = 'canary'", {"role": ("pilot",)}),
        ("SELECT salary AS canary FROM law.people", {"everyone": True}),
        ("SELECT id AS canary FROM law.people", {"everyone": True}),
    ):
        key = str(owner.do("question save", sql=sql, title="canary").json["question"])
        owner.do("question share", question=key, **share)
        owner.do("question run", question=key)
        keys.append(key)
    return keys


def test_others_questions_are_as_if_they_were_not(world: Any) -> None:
    world.rule(RULES)
    ana = world.node.session("ana")
    tables = ("datasets", "columns", "rules", "states")
    before = [ana.query(f"SELECT * FROM sys.{table}").rows() for table in tables]
    for key in hidden(world):
        for verb, given in VERBS:
            seen, absent = (told(ana, verb, given, name) for name in (key, "owner/Q-AAAAAAAAAA"))
            assert seen == absent, verb
        assert ana.desk.history("question", key) == ()
    assert "canary" not in str(ana.do("question list").json)
    assert "canary" not in str(ana.do("question history").json)
    assert "canary" not in str(dict(ana.desk.facts().all("question")))
    assert before == [ana.query(f"SELECT * FROM sys.{table}").rows() for table in tables]


def test_a_question_that_may_be_read_is_read_whole(world: Any) -> None:
    world.rule(RULES)
    owner, ana = world.node.session(), world.node.session("ana")
    key = owner.do("question save", sql="SELECT visit FROM law.visits", title="V").json["question"]
    owner.do("question share", question=key, role=("analyst",))
    shown = ana.do("question show", question=key).json
    assert set(Question("", "").as_json()) <= set(shown)
    assert shown["answers"] == []
