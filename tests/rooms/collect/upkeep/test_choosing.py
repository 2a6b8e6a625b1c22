"""Columns by the answers that they decided, as the ledger tells them."""

from __future__ import annotations

import json
from typing import Any

from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.rooms.collect.upkeep.choosing import asked

REF = Ref("a", "b")
SCHEMA = Schema.of(id="BIGINT", day="DATE", name="VARCHAR", x="DOUBLE")


def event(*influence: str, type: str = "query", used: str = "a.b") -> bytes:
    output: dict[str, Any] = {"name": "n", "projection": ["a.b.name"], "influence": list(influence)}
    return json.dumps(
        {
            "type": type,
            "used": [{"dataset": used, "version": 1}],
            "data": {"lineage": [output, output]},
        }
    ).encode()


def test_each_answer_counts_once_and_only_over_this_dataset() -> None:
    entries = [
        event("a.b.id"),
        event("a.b.id", "a.b.day", type="query.ended"),
        event("a.b.day", "a.c.id", type="derive"),
        event("a.b.id"),
        event(),
        event("a.b.name", type="query.failed"),
        event("a.c.id", used="a.c"),
        event("a.b.x"),
        json.dumps({"type": "query.refused", "about": "a.b"}).encode(),
    ]
    found = asked(entries, REF, SCHEMA)
    assert found.answers == 6
    assert found.columns == (("id", 3), ("day", 2))
    assert found.chosen == (("id", 3), ("day", 2))


def test_a_further_column_is_chosen_only_if_it_came_up_often() -> None:
    entries = [event("a.b.id")] * 5 + [event("a.b.day")] * 2 + [event("a.b.name")]
    assert asked(entries, REF, SCHEMA).chosen == (("id", 5),)
    many = [event("a.b.id", "a.b.day", "a.b.name")]
    assert [name for name, _ in asked(many, REF, SCHEMA).chosen] == ["id", "day"]


def test_nothing_was_asked() -> None:
    assert asked([], REF, SCHEMA).chosen == ()
