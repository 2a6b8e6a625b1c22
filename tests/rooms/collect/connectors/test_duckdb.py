"""What DuckDB does that others do not: nested types, and an engine that could reach further."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, OverBudget, Unavailable
from doumen.rooms.collect.connectors import SHELF, Connector, Part, duckdb_session


def connector(path: Path) -> Connector:
    """A file as a place."""
    return SHELF["duckdb"].connector({"path": str(path)}, {})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with an empty table."""
    made = tmp_path / "t.duckdb"
    with duckdb.connect(str(made)) as connection:
        connection.execute("CREATE TABLE t (c INTEGER)")
    return made


@pytest.mark.parametrize(
    ("literal", "type", "value"),
    [
        ("1::UTINYINT", "SMALLINT", 1),
        ("18446744073709551615::UBIGINT", "DECIMAL(20,0)", Decimal(2**64 - 1)),
        ("1::HUGEINT", "DECIMAL(38,0)", Decimal(1)),
        (
            "TIMESTAMP_NS '2024-01-01 10:00:00.123456'",
            "TIMESTAMP",
            datetime(2024, 1, 1, 10, 0, 0, 123456),
        ),
        (
            "TIMESTAMPTZ '2024-01-01 10:00:00+08'",
            "TIMESTAMP WITH TIME ZONE",
            datetime(2024, 1, 1, 2, tzinfo=UTC),
        ),
        ("TIME '10:00:01.5'", "VARCHAR", "10:00:01.5"),
        ("INTERVAL 3 DAY", "VARCHAR", "3 days"),
        ("'a'::ENUM ('a', 'b')", "VARCHAR", "a"),
        (
            "'00000000-0000-0000-0000-00000000000a'::UUID",
            "VARCHAR",
            "00000000-0000-0000-0000-00000000000a",
        ),
        ("'{\"a\": 1}'::JSON", "VARCHAR", '{"a": 1}'),
        ("[1, NULL]::UTINYINT[]", "SMALLINT[]", [1, None]),
        ("[1, 2]::INTEGER[2]", "INTEGER[]", [1, 2]),
        (
            "{'a b': 1::UINTEGER, 'u': TIME '10:00'}",
            'STRUCT("a b" BIGINT, "u" VARCHAR)',
            {"a b": 1, "u": "10:00:00"},
        ),
        ("MAP {'k': 1::USMALLINT}", "MAP(VARCHAR, INTEGER)", [("k", 1)]),
        ("NULL", "VARCHAR", None),
    ],
)
def test_types_become_those_of_the_lake(path: Path, literal: str, type: str, value: Any) -> None:
    part = Part(query=f"SELECT {literal} AS c")
    with connector(path).open() as session:
        assert session.describe(part).columns[0].type == type
        (batch,) = session.read(part)
        assert batch.to_pylist() == [{"c": value}]


def test_an_instant_is_a_cursor(path: Path) -> None:
    first = "TIMESTAMPTZ '2024-01-01 10:00:00.5+08'"
    query = f"SELECT {first} + to_hours(i::INTEGER) AS c FROM range(3) AS r(i)"
    with connector(path).open() as session:
        last = session.last(Part(query=query, cursor="c"))
        assert last == datetime(2024, 1, 1, 4, 0, 0, 500_000, tzinfo=UTC)
        after = datetime(2024, 1, 1, 3, 0, 0, 500_000, tzinfo=UTC)
        (batch,) = session.read(Part(query=query, cursor="c", after=after, upto=last))
        assert batch.num_rows == 1
        for literal in ("TIME '10:00'", "'a'::ENUM ('a')"):
            with pytest.raises(Invalid, match="cannot be a cursor"):
                session.last(Part(query=f"SELECT {literal} AS c", cursor="c"))


def test_what_cannot_be_kept_names_column_and_type(path: Path) -> None:
    with connector(path).open() as session:
        for literal in (
            "union_value(a := 1)",
            "[union_value(a := 1)]",
            "{'x': union_value(a := 1)}",
        ):
            with pytest.raises(Invalid) as caught:
                session.describe(Part(query=f"SELECT {literal} AS odd"))
            assert "`odd`" in str(caught.value)
            assert "UNION(" in str(caught.value)


def test_a_value_that_fails_is_said_without_it(path: Path) -> None:
    query = "SELECT CAST('geheim' || i AS INTEGER) AS c FROM range(10) AS r(i)"
    with connector(path).open() as session:
        with pytest.raises(Faulty) as caught:
            list(session.read(Part(query=query)))
        with pytest.raises(Faulty):
            session.last(Part(query=query, cursor="c"))
    assert "geheim" not in str(caught.value.as_json())
    assert caught.value.__cause__ is None


def test_the_engine_reaches_nothing_else(path: Path, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a\n1\n")
    with connector(path).open() as session:
        for query in (
            f"SELECT * FROM '{tmp_path / 'x.csv'}'",
            f"SELECT * FROM read_text('{tmp_path / 'x.csv'}')",
            "SET enable_external_access = true",
            f"ATTACH '{tmp_path / 'y.duckdb'}'",
            "SELECT 1; SELECT 2",
            "INSERT INTO t VALUES (1)",
        ):
            with pytest.raises(DoumenError):
                list(session.read(Part(query=query)))


def test_what_is_sorted_need_not_fit_in_memory(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT md5(i::VARCHAR) || repeat('x', 300) AS c FROM range(500000) AS r(i)"
    part = Part(query=query, cursor="c")
    monkeypatch.setattr(duckdb_session, "MEMORY", "130MB")
    with connector(path).open() as session:
        held = [batch.column(0)[0].as_py() for batch in session.read(part)]
    assert len(held) > 1
    assert held == sorted(held)
    monkeypatch.setattr(duckdb_session, "MEMORY", "30MB")
    with connector(path).open() as session, pytest.raises(OverBudget, match="more than 30MB"):
        list(session.read(part))


def test_two_sessions_read_one_file(path: Path) -> None:
    with connector(path).open() as one, connector(path).open() as other:
        assert one.describe(Part(table="main.t")) == other.describe(Part(table="main.t"))


def test_a_file_that_is_none_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file"), connector(tmp_path / "no").open():
        pass
    other = tmp_path / "other.duckdb"
    other.write_bytes(b"geheim" * 1000)
    with pytest.raises(Invalid, match="is no file of DuckDB"), connector(other).open():
        pass


def test_a_file_that_another_process_writes_is_not_read(path: Path) -> None:
    said = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", said], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(Unavailable) as caught, connector(path).open():
            pass
        assert caught.value.why == "Somebody is writing to it."
        writer.communicate(b"\n")


def test_a_view_that_does_not_work_is_left_out(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE u (c INTEGER)")
        connection.execute("CREATE VIEW v AS SELECT c FROM u")
        connection.execute("DROP TABLE u")
        connection.execute("CREATE TABLE w (c UNION(a INTEGER))")
    with connector(path).open() as session:
        found = {there.name: there for there in session.tables()}
        with pytest.raises(Faulty):
            session.describe(Part(table="main.v"))
    assert found.keys() == {"main.t", "main.w"}
    assert found["main.w"].schema.columns[0].type == "union(a integer)"
