"""Rows of a store, out of one kind of database and into either."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from doumen.model.errors import Faulty, Tampered
from doumen.stores import portable
from doumen.stores.database import Database
from doumen.stores.tables import CHARGES, ENTRIES, FACTS, RECEIPTS

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@pytest.fixture
def database(url: str) -> Any:
    database = Database.open(url, create=True)
    yield database
    database.close()


def fill(connection: Any, count: int) -> None:
    rows = [{"place": n, "id": f"id{n:06}", "body": bytes([n % 256]) * 9} for n in range(count)]
    connection.execute(insert(ENTRIES), rows)
    charges = [{"place": n, "item": 0, "account": "a", "unit": "u", "amount": -n} for n in range(9)]
    connection.execute(insert(CHARGES), charges)
    connection.execute(insert(RECEIPTS), [{"id": r["id"], "text": "r" * 30} for r in rows])


def dumped(database: Database) -> list[portable.Part]:
    with database.read() as connection:
        return list(portable.dump(connection))


def test_it_comes_back_the_same_on_either_kind(
    database: Database, postgres: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    with database.write() as connection:
        fill(connection, 3000)
    parts = dumped(database)
    assert sum(p.rows for p in parts) == 6009
    with database.read() as connection:
        assert portable.count(connection) == 6009
    for place in (f"sqlite:///{tmp_path / 'x.sqlite'}", postgres.new()):
        other = Database.open(place, create=True)
        with other.write() as connection:
            assert [portable.load(connection, p.content) for p in parts] == [p.rows for p in parts]
        assert dumped(other) == parts
        other.close()


def test_parts_that_nobody_changed_are_the_same(
    new_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row more at the end, and a receipt shredded: one part of a table changes, not all."""
    monkeypatch.setattr(portable, "ENDS", 0x3F)
    database = Database.open(new_url(), create=True)
    with database.write() as connection:
        fill(connection, 3000)
    before = {p.content for p in dumped(database)}
    with database.write() as connection:
        connection.execute(insert(ENTRIES), [{"place": 3000, "id": "new", "body": b""}])
        connection.execute(delete(RECEIPTS).where(RECEIPTS.c.id == "id000010"))
    after = {p.content for p in dumped(database)}
    assert len(before) > 40
    assert len(after - before) == 2
    database.close()


def test_a_part_ends_when_it_is_large(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "MOST", 1000)
    with database.write() as connection:
        fill(connection, 300)
    assert len(dumped(database)) > 10


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.lists(st.tuples(TEXT, st.none() | TEXT), max_size=5))
def test_any_text_comes_back(rows: list[tuple[str, str | None]]) -> None:
    given = [
        {"seq": n, "kind": k, "key": k, "body": b, "event": "", "time": ""}
        for n, (k, b) in enumerate(rows)
    ]
    with portable.scratch() as one, portable.scratch() as two:
        if given:
            one.execute(insert(FACTS), given)
        for part in portable.dump(one):
            portable.load(two, part.content)
        assert [dict(r._mapping) for r in two.execute(select(FACTS))] == given


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", {}, {"table": "store", "columns": ["id", "version"], "rows": [[2, 9]]},
        {"table": "nodes", "columns": ["number"], "rows": [[1]]},
        {"table": "other", "columns": [], "rows": []},
        {"table": "nodes", "columns": ["number", "hash"], "rows": [[1]]},
        {"table": "nodes", "columns": ["number", "hash"], "rows": [[1, {"bytes": "?"}]]},
    ],
)  # fmt: skip
def test_what_is_no_part_is_refused(body: Any) -> None:
    content = body if isinstance(body, bytes) else zlib.compress(json.dumps(body).encode())
    with portable.scratch() as connection, pytest.raises(Tampered, match="Rows of the store"):
        portable.load(connection, content)


def test_a_value_without_a_form_is_told_and_not_shown() -> None:
    with pytest.raises(Faulty, match="complex") as caught:
        portable._plain(complex(12345, 0), ENTRIES)
    assert "12345" not in str(caught.value.as_json())
