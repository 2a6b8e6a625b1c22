"""What SQLite does that others do not: values of any type in any column, and what is no file."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from doumen.model.errors import Faulty, Invalid, NotFound, Unavailable
from doumen.rooms.collect.connectors import SHELF, Connector, Part, sqlite_session


def connector(path: Path) -> Connector:
    """A file as a place."""
    return SHELF["sqlite"].connector({"path": str(path)}, {})


def made(path: Path, *said: str) -> Connector:
    """A file in which statements were run."""
    connection = sqlite3.connect(path)
    for one in said:
        connection.execute(one)
    connection.commit()
    connection.close()
    return connector(path)


def column(path: Path, type: str, *values: str, query: str | None = None) -> tuple[str, list[Any]]:
    """The type and the values of a column, which is made of literals."""
    said = [f"CREATE TABLE t (c {type})", *(f"INSERT INTO t VALUES ({v})" for v in values)]
    part = Part(query=query) if query else Part(table="t")
    with made(path, *said).open() as session:
        batches = list(session.read(part))
        found = [value for batch in batches for value in batch.column(0).to_pylist()]
        return session.describe(part).columns[0].type, found


@pytest.mark.parametrize(
    ("type", "values", "delivered", "expected"),
    [
        ("INTEGER", ["1", "-9223372036854775808"], "BIGINT", [1, -(2**63)]),
        ("INTEGER", ["1", "'n/a'", "0.1"], "VARCHAR", ["1", "n/a", "0.1"]),
        ("INTEGER", ["1", "1.5"], "DOUBLE", [1.0, 1.5]),
        ("INTEGER", ["9007199254740993", "1.5"], "VARCHAR", ["9007199254740993", "1.5"]),
        ("REAL", ["1", "0.1", "NULL"], "DOUBLE", [1.0, 0.1, None]),
        ("TEXT", ["1", "'x'", "x'00ff'"], "BLOB", [b"1", b"x", b"\x00\xff"]),
        ("BLOB", ["x'00'", "'数'", "5"], "BLOB", [b"\x00", "数".encode(), b"5"]),
        ("", ["1", "2"], "BIGINT", [1, 2]),
        ("", ["1", "2.5"], "DOUBLE", [1.0, 2.5]),
        ("", ["'a'"], "VARCHAR", ["a"]),
        ("", ["NULL"], "VARCHAR", [None]),
        ("BOOLEAN", ["1", "0"], "BOOLEAN", [True, False]),
        ("BOOLEAN", ["2"], "BIGINT", [2]),
        ("DATE", ["'2024-02-30'"], "VARCHAR", ["2024-02-30"]),
        ("DATE", ["1700000000"], "BIGINT", [1700000000]),
        ("DECIMAL(10,2)", ["12.34", "7"], "DECIMAL(10,2)", [Decimal("12.34"), Decimal("7.00")]),
        ("DECIMAL(10,2)", ["12.345"], "DOUBLE", [12.345]),
        ("DECIMAL(4,2)", ["123.4"], "DOUBLE", [123.4]),
        ("NUMERIC(38)", ["5"], "DECIMAL(38,0)", [Decimal(5)]),
        ("NUMERIC", ["5", "'x'"], "VARCHAR", ["5", "x"]),
        ("TIMESTAMP", ["'2024-01-01T10:00'"], "TIMESTAMP", [datetime(2024, 1, 1, 10)]),
        ("TIMESTAMP", ["'2024-01-01 24:00'"], "VARCHAR", ["2024-01-01 24:00"]),
        ("DATETIME", ["'2024-01-01 10:00Z'"], "VARCHAR", ["2024-01-01 10:00Z"]),
        ("VARCHAR(3)", ["'longer'"], "VARCHAR", ["longer"]),
    ],
)
def test_a_type_is_kept_where_every_value_fits(
    tmp_path: Path, type: str, values: list[str], delivered: str, expected: list[Any]
) -> None:
    assert column(tmp_path / "t.db", type, *values) == (delivered, expected)


def test_a_query_passes_declared_types_on(tmp_path: Path) -> None:
    found = column(tmp_path / "t.db", "DATE", "'2024-01-01'", query="SELECT c FROM t")
    assert found[0] == "DATE"


def test_moments_compare_however_they_are_written(tmp_path: Path) -> None:
    times = ("'2024-01-01T10:00'", "'2024-01-01 10:00:00.5'", "'2024-01-01 10:00:01'")
    said = [f"INSERT INTO t VALUES ({at}, {time})" for at, time in enumerate(times)]
    place = made(tmp_path / "t.db", "CREATE TABLE t (n INTEGER, at TIMESTAMP)", *said)
    with place.open() as session:
        after = datetime(2024, 1, 1, 10)
        batches = list(session.read(Part(table="t", cursor="at", after=after)))
        assert [n for batch in batches for n in batch.column(0).to_pylist()] == [1, 2]


def test_values_that_do_not_compare_are_no_cursor(tmp_path: Path) -> None:
    place = made(tmp_path / "t.db", "CREATE TABLE t (c)", "INSERT INTO t VALUES (1), ('a')")
    with place.open() as session, pytest.raises(Invalid, match="cannot be a cursor"):
        session.describe(Part(table="t", cursor="c"))


def test_a_decimal_beyond_whole_numbers_is_a_mark(tmp_path: Path) -> None:
    place = made(tmp_path / "t.db", "CREATE TABLE t (c NUMERIC(38))", "INSERT INTO t VALUES (5)")
    with place.open() as session:
        assert list(session.read(Part(table="t", cursor="c", after=Decimal(10**30)))) == []
        assert session.last(Part(table="t", cursor="c", upto=10**30)) == 5


def test_many_columns_are_looked_at(tmp_path: Path) -> None:
    names = [f"c{at}" for at in range(450)]
    values = ", ".join(str(at) for at in range(450))
    said = f"CREATE TABLE t ({', '.join(names)})"
    with made(tmp_path / "t.db", said, f"INSERT INTO t VALUES ({values})").open() as session:
        (batch,) = session.read(Part(table="t"))
        assert batch.to_pylist() == [{name: at for at, name in enumerate(names)}]


def test_wide_rows_make_small_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_session, "BYTES", 1000)
    said = ["CREATE TABLE t (c TEXT)", *["INSERT INTO t VALUES (printf('%0300d', 1))"] * 7]
    with made(tmp_path / "t.db", *said).open() as session:
        assert [batch.num_rows for batch in session.read(Part(table="t"))] == [3, 3, 1]


def test_a_text_that_is_none_is_said_without_it(tmp_path: Path) -> None:
    said = "INSERT INTO t VALUES (CAST(x'67656865696dff' AS TEXT))"
    place = made(tmp_path / "t.db", "CREATE TABLE t (c TEXT)", said)
    with place.open() as session, pytest.raises(Faulty) as caught:
        list(session.read(Part(table="t")))
    assert "`c`" in str(caught.value)
    assert "geheim" not in str(caught.value.as_json())


def test_a_value_that_cannot_be_computed_is_said_without_it(tmp_path: Path) -> None:
    place = made(tmp_path / "t.db", "CREATE TABLE t (c)", "INSERT INTO t VALUES ('geheim')")
    with place.open() as session, pytest.raises(Faulty) as caught:
        session.describe(Part(query="SELECT json_extract(c, '$') AS j FROM t"))
    assert "geheim" not in str(caught.value.as_json())


def test_a_view_that_does_not_work_is_left_out(tmp_path: Path) -> None:
    said = ("CREATE TABLE t (c)", "CREATE TABLE u (c)", "CREATE VIEW v AS SELECT c FROM u")
    with made(tmp_path / "t.db", *said, "DROP TABLE u").open() as session:
        assert [there.name for there in session.tables()] == ["t"]


def test_a_file_that_is_none_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"), connector(tmp_path / "no").open():
        pass
    with pytest.raises(NotFound), connector(tmp_path).open():
        pass
    other = tmp_path / "other.db"
    other.write_bytes(b"geheim" * 1000)
    with pytest.raises(Invalid, match="is no file of SQLite"), connector(other).open():
        pass


def test_a_file_that_is_written_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_session, "PATIENCE", 0.05)
    path = tmp_path / "t.db"
    place = made(path, "CREATE TABLE t (c)")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable) as caught, place.open():
        pass
    assert caught.value.why == "Somebody is writing to it."
    writer.close()
    with place.open() as session:
        assert [there.name for there in session.tables()] == ["t"]
