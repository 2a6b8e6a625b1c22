"""The database: transactions that are whole, one writer at a time, failures without values."""

from __future__ import annotations

import sqlite3
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from doumen.model.errors import Conflict, Invalid, Unavailable
from doumen.stores.database import Database
from doumen.stores.tables import FACTS, METADATA, STORE
from doumen.stores.turn import is_writing

POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Address of a file, where SQLite alone is meant."""
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database.open(url, create=True, patience=0.3)
    yield opened
    opened.close()


def put(connection: Connection, seq: int) -> None:
    connection.execute(
        insert(FACTS).values(seq=seq, kind="k", key="x", body="{}", event="e", time="t")
    )


def seqs(connection: Connection) -> list[int]:
    return list(connection.execute(select(FACTS.c.seq).order_by(FACTS.c.seq)).scalars())


def test_what_was_written_is_there_after_opening_again(url: str, database: Database) -> None:
    with database.write() as connection:
        put(connection, 1)
    database.close()
    again = Database.open(url)
    with again.read() as connection:
        assert seqs(connection) == [1]
    again.close()


def test_an_error_leaves_nothing(database: Database) -> None:
    with suppress(KeyError), database.write() as connection:
        put(connection, 1)
        raise KeyError
    with database.read() as connection:
        assert seqs(connection) == []


def test_a_savepoint_undoes_its_part_alone(database: Database) -> None:
    with database.write() as connection:
        put(connection, 1)
        with suppress(KeyError), connection.begin_nested():
            put(connection, 2)
            raise KeyError
        with connection.begin_nested():
            put(connection, 3)
    with database.read() as connection:
        assert seqs(connection) == [1, 3]


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    with database.read() as reading:
        assert seqs(reading) == []
        with database.write() as writing:
            put(writing, 1)
        assert seqs(reading) == []
    with database.read() as reading:
        assert seqs(reading) == [1]


def test_connections_know_whether_they_write(database: Database) -> None:
    with database.write() as connection:
        assert is_writing(connection)
    with database.read() as connection:
        assert not is_writing(connection)


def test_writers_of_one_process_wait_for_each_other(database: Database) -> None:
    with database.write(), pytest.raises(Unavailable, match="busy") as caught, database.write():
        pass
    assert caught.value.code == "unavailable.busy"


def test_writers_of_two_processes_wait_for_each_other(url: str, database: Database) -> None:
    other = Database.open(url, patience=0.1)
    with database.write(), pytest.raises(Unavailable, match="busy"), other.write():
        pass
    with other.write() as connection:
        put(connection, 1)
    other.close()


def test_many_threads_use_one_database(database: Database) -> None:
    patient = Database(database._engine, patience=20)

    def work(start: int) -> None:
        for seq in range(start, start + 5):
            with patient.write() as connection:
                put(connection, seq)
            with patient.read() as connection:
                assert seq in seqs(connection)

    threads = [threading.Thread(target=work, args=(n * 5,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert seqs(connection) == list(range(40))


def test_durability_comes_before_speed(file: str) -> None:
    database = Database.open(file, create=True)
    with database.read() as connection:
        for name, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert connection.execute(text(f"PRAGMA {name}")).scalar() == value
    database.close()


def test_the_store_is_its_owners_alone(file: str, tmp_path: Path) -> None:
    database = Database.open(file, create=True)
    with database.write() as connection:
        put(connection, 1)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    database.close()


def test_a_missing_store_is_not_made_in_passing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        Database.open(f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert caught.value.code == "unavailable.store"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        Database.open(f"sqlite:///{tmp_path}", create=True)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("this is text, not a database. " * 200, encoding="ascii")
    with pytest.raises(Unavailable) as caught:
        Database.open(f"sqlite:///{path}")
    assert caught.value.why == "The file is no database, or is damaged."


def test_a_database_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    sqlite3.connect(path).close()
    path.touch()
    with pytest.raises(Unavailable, match="no store of Doumen") as caught:
        Database.open(f"sqlite:///{path}")
    assert caught.value.code == "unavailable.layout"


@pytest.mark.parametrize(
    ("layout", "why", "step"),
    [(99, "a newer version", "Use the version"), (0, "an older version", "doumen migrate")],
)
def test_a_store_of_another_layout(
    url: str, database: Database, layout: int, why: str, step: str
) -> None:
    with database.write() as connection:
        connection.execute(update(STORE).values(version=layout))
    with pytest.raises(Unavailable, match=f"layout {layout}") as caught:
        Database.open(url)
    assert why in str(caught.value.why)
    assert str(caught.value.next).startswith(step)


def test_who_opened_the_store_before_it_was_migrated_writes_no_more(database: Database) -> None:
    with database.write() as connection:
        connection.execute(update(STORE).values(version=99))
    with pytest.raises(Unavailable, match="layout 99"), database.write():
        pass


def test_a_store_is_made_once(url: str, database: Database) -> None:
    with database.write() as connection:
        put(connection, 1)
    with pytest.raises(Conflict):
        Database.open(url, create=True)
    with database.read() as connection:
        assert seqs(connection) == [1]


@pytest.mark.parametrize(
    "address",
    [
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://x/y",
        "zzz://x/y",
        "postgresql+psycopg2://x/y",
        "postgresql+psycopg://x:port/y",
        "postgresql+psycopg://x/y?schema=Upper",
        "postgresql+psycopg://x/y?schema=pg_own",
        "postgresql+psycopg://x/y?schema=a&schema=b",
    ],
)
def test_addresses_that_cannot_be_used(address: str) -> None:
    with pytest.raises(Invalid):
        Database.open(address)


def test_an_unknown_driver(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        Database.open(f"sqlite+zzz:///{tmp_path / 'store.sqlite'}", create=True)


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Unavailable, match="psycopg") as caught:
        Database.open("postgresql+psycopg://someone@localhost/nothing")
    assert caught.value.next == "pip install 'doumen[postgresql]'"


def test_a_double_row_stays_an_integrity_error_without_its_values(database: Database) -> None:
    with database.write() as connection:
        put(connection, 1)
    with pytest.raises(IntegrityError) as caught, database.write() as connection:
        connection.execute(
            insert(FACTS).values(seq=1, kind="k", key="secret", body="{}", event="e", time="t")
        )
    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "sql",
    [
        "select * from nowhere where x = 'secret'",
        "insert into facts values (1, 2, 3, 4, 5, 6, 'secret')",
    ],
)
def test_failures_quote_nothing(database: Database, sql: str) -> None:
    with pytest.raises(Unavailable) as caught, database.write() as connection:
        connection.execute(text(sql))
    assert "secret" not in str(caught.value.as_json())
    assert caught.value.why in {None, "A table is missing."}
    assert caught.value.__suppress_context__


def test_damage_is_told_from_business(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    Database.open(f"sqlite:///{path}", create=True).close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(Unavailable) as caught:
        Database.open(f"sqlite:///{path}")
    assert caught.value.code == "unavailable.store"
    assert caught.value.why == "The file is damaged."


def test_postgresql_gets_its_tables_in_its_own_types() -> None:
    made = [str(CreateTable(table).compile(dialect=POSTGRES)) for table in METADATA.sorted_tables]
    everything = "".join(made)
    assert "BYTEA" in everything
    assert "BIGINT NOT NULL" in everything
    assert "SERIAL" not in everything
