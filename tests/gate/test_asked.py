"""What an actor asked: told to them alone, with the text of the receipts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.stores.ledger import ledger


def ask(session: Any, sql: str, *parameters: Any, subject: str | None = None) -> str:
    answer = session.desk.query(sql, parameters, subject=subject)
    answer.rows()
    return str(answer.receipt)


def test_what_was_asked(world: Any) -> None:
    ana, moment = world.as_("ana"), datetime(2026, 1, 1, tzinfo=UTC)
    ask(world.owner, "SELECT 'theirs'")
    first = ask(ana, "SELECT id FROM g.people WHERE id > ? OR ? IS NULL", 1, moment)
    with pytest.raises(Refused):
        ana.query("SELECT age FROM g.people")
    with pytest.raises(DoumenError):
        ana.query("SELECT CAST(city AS BIGINT) FROM g.people").rows()
    second = ask(ana, "SELECT 2", subject="question ana/Q-1")
    latest, failed, earliest = ana.desk.asked(limit=3)
    assert (latest.id, latest.statement, latest.subject) == (second, "SELECT 2", "question ana/Q-1")
    assert (failed.type, failed.code, failed.rows) == ("query.failed", failed.code, None)
    assert failed.code
    assert (earliest.id, earliest.type, earliest.rows) == (first, "query", 3)
    assert earliest.parameters == (1, moment)
    assert earliest.truncated is False
    assert "theirs" in str(world.owner.desk.asked(limit=10))
    assert second not in {one.id for one in world.owner.desk.asked(limit=1000)}
    assert world.as_("vera").desk.asked(limit=10) == []


def test_part_of_it(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "PAGE", 2)
    ana = world.as_("ana")
    ids = [ask(ana, f"SELECT {n}", subject="odd" if n % 2 else None) for n in range(5)]
    assert [one.id for one in ana.desk.asked(limit=5)] == ids[::-1]
    assert [one.id for one in ana.desk.asked(limit=2)] == ids[:2:-1]
    assert [one.id for one in ana.desk.asked(limit=2, before=ids[3])] == ids[2:0:-1]
    assert [one.id for one in ana.desk.asked(limit=9, subject="odd")] == [ids[3], ids[1]]
    assert ana.desk.asked(limit=9, subject="even") == []


def test_what_is_derived_counts(world: Any) -> None:
    world.as_("ana").derive("SELECT id FROM g.people", "ana.ids")
    (one,) = world.as_("ana").desk.asked(limit=1)
    assert (one.type, one.subject) == ("derive", "ana.ids")


def test_a_shredded_text_is_gone(world: Any) -> None:
    id = ask(world.as_("ana"), "SELECT 'shred me'")
    with world.node.means.database.write() as connection:
        connection.execute(text("DELETE FROM receipts WHERE id = :id"), {"id": id})
    (one,) = world.as_("ana").desk.asked(limit=1)
    assert (one.id, one.statement, one.parameters) == (id, None, ())


@pytest.mark.parametrize("limit", [0, 1001])
def test_limits(world: Any, limit: int) -> None:
    with pytest.raises(Invalid, match="1 to 1000 questions"):
        world.as_("ana").desk.asked(limit=limit)


def test_before_what_is_not_theirs(world: Any) -> None:
    theirs, told = ask(world.owner, "SELECT 1"), []
    for id in (theirs, "0" * 26):
        with pytest.raises(NotFound) as caught:
            world.as_("ana").desk.asked(limit=1, before=id)
        told.append(str(caught.value.as_json()).replace(id, "ID"))
    assert told[0] == told[1]
