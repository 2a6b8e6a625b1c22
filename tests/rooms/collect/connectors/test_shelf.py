"""One suite for all connectors: the same tables, read alike from every kind of place."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from doumen.model.errors import DoumenError, Invalid, NotFound
from doumen.rooms.collect.connectors import SHELF, Mark, Part, Session
from doumen.rooms.collect.connectors.arrow import arrow_schema

ODD = 'Odd "na.me" 表'
TICKS: dict[str, list[Mark]] = {
    "seq": [1, 2, 3],
    "price": [Decimal("1.10"), Decimal("2.20"), Decimal("10.05")],
    "code": ["a", "b", "c"],
    "day": [date(2024, 1, 1), date(2024, 1, 2), date(2024, 1, 3)],
    "moment": [
        datetime(2024, 1, 1, 10),
        datetime(2024, 1, 1, 10, 0, 0, 500_000),
        datetime(2024, 1, 1, 10, 0, 1),
    ],
}


def rows(session: Session, part: Part) -> list[tuple[Any, ...]]:
    """All rows of a part."""
    batches = list(session.read(part))
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


def test_tables_are_told_with_types_and_keys(place: Any) -> None:
    with place.connector().open() as session:
        found = {there.name: there for there in session.tables()}
    names = ("plain", "empty", ODD, "ticks", "pairs", "seen", "many")
    assert {place.name(name) for name in names} <= found.keys()
    plain = found[place.name("plain")]
    assert (plain.kind, plain.key) == ("table", ("id",))
    assert {column.name: column.type for column in plain.schema} == {
        "id": "BIGINT",
        "small": "BIGINT" if place.kind == "sqlite" else "SMALLINT",
        "flag": "TINYINT" if place.kind == "odbc" else "BOOLEAN",
        "amount": "DECIMAL(12,2)",
        "ratio": "DOUBLE",
        "name": "VARCHAR",
        "raw": "BLOB",
        "day": "DATE",
        "moment": "TIMESTAMP",
    }
    assert found[place.name("pairs")].key == ("b", "a")
    assert found[place.name("seen")].kind == "view"
    assert found[place.name("seen")].key == ()
    assert found[place.name(ODD)].schema.names == ("Id", 'a "b" c', "列")


def test_every_type_keeps_its_values(place: Any) -> None:
    part = Part(table=place.name("plain"), cursor="id")
    with place.connector().open() as session:
        schema = session.describe(part)
        batches = list(session.read(part))
    assert pa.Table.from_batches(batches).schema == arrow_schema(schema)
    assert [tuple(row.values()) for batch in batches for row in batch.to_pylist()] == [
        (
            1,
            7,
            True,
            Decimal("12.34"),
            0.1,
            "数据门",
            b"\x00\xff",
            date(2024, 2, 29),
            datetime(2024, 2, 29, 23, 59, 59, 123_456),
        ),
        (
            2,
            -7,
            False,
            Decimal("-0.05"),
            -2.5e300,
            "",
            b"",
            date(1, 1, 1),
            datetime(1969, 12, 31, 23, 59, 59),
        ),
        (3, None, None, None, None, None, None, None, None),
    ]


def test_an_empty_table_has_columns_and_no_mark(place: Any) -> None:
    part = Part(table=place.name("empty"), cursor="id")
    with place.connector().open() as session:
        assert [c.type for c in session.describe(part)] == ["BIGINT", "DECIMAL(12,2)", "VARCHAR"]
        assert rows(session, part) == []
        assert session.last(part) is None


def test_names_are_quoted(place: Any) -> None:
    part = Part(table=place.name(ODD), cursor="列", after=10)
    with place.connector().open() as session:
        assert session.describe(part).names == ("Id", 'a "b" c', "列")
        assert rows(session, part) == [(2, "y", 20)]
        assert session.last(Part(table=place.name(ODD), cursor="id")) == 2


@pytest.mark.parametrize("cursor", TICKS)
def test_a_cursor_reads_on(place: Any, cursor: str) -> None:
    if (place.kind, cursor) == ("odbc", "code"):
        pytest.skip("by ODBC a text is no cursor")
    first, second, third = TICKS[cursor]

    def seqs(**bounds: Any) -> list[Any]:
        part = Part(table=place.name("ticks"), cursor=cursor, **bounds)
        return [row[0] for row in rows(session, part)]

    with place.connector().open() as session:
        assert session.last(Part(table=place.name("ticks"), cursor=cursor)) == third
        assert session.last(Part(table=place.name("ticks"), cursor=cursor, upto=second)) == second
        assert seqs() == [None, 1, 2, 2, 3]
        assert seqs(upto=second) == [None, 1, 2, 2]
        assert seqs(after=first) == [2, 2, 3]
        assert seqs(after=first, upto=second) == [2, 2]
        assert seqs(after=second) == [3]
        assert seqs(after=third) == []
        assert session.last(Part(table=place.name("ticks"), cursor=cursor, after=third)) is None


def test_a_query_and_a_view_are_read_as_a_table_is(place: Any) -> None:
    table = place.name("ticks")
    query = f"SELECT seq, code AS \"Code\" FROM {table} WHERE code <> 'it''s'; -- all but one\n"
    query = query.replace("; -- all but one\n", " -- all but one")
    part = Part(query=query, cursor="seq", after=1, upto=2)
    with place.connector().open() as session:
        assert session.describe(part).names == ("seq", "Code")
        assert rows(session, part) == [(2, "b"), (2, "b")]
        assert session.last(part) == 2
        assert rows(session, Part(query=f"SELECT code FROM {table} WHERE seq = 3;")) == [("c",)]
        seen = rows(session, Part(table=place.name("seen"), cursor="id"))
        assert seen == [(1, "数据门"), (2, "")]


def test_many_rows_come_in_batches_of_bounded_size(place: Any) -> None:
    before = pa.total_allocated_bytes()
    part = Part(table=place.name("many"), cursor="id")
    last = count = held = 0
    with place.connector().open() as session:
        for batch in session.read(part):
            ids = batch.column(0).to_pylist()
            assert ids == list(range(last + 1, last + 1 + len(ids)))
            assert batch.num_rows <= 1 << 16
            last, count = ids[-1], count + 1
            held = max(held, pa.total_allocated_bytes() - before)
    assert last == 200_000
    assert count > 1
    assert held < 40_000_000


def test_what_is_read_ends_where_another_call_begins(place: Any) -> None:
    many = Part(table=place.name("many"))
    with place.connector().open() as session:
        left = session.read(many)
        next(left)
        assert len(rows(session, Part(table=place.name("pairs")))) == 0
        again = session.read(many)
        first = next(again)
        del left
        total = first.num_rows + sum(batch.num_rows for batch in again)
        assert total == 200_000
        next(session.read(many))  # left open where the session ends


def test_all_of_a_session_is_of_one_moment(place: Any) -> None:
    if place.kind == "duckdb":
        pytest.skip("a file of DuckDB that is read cannot be written by another process")
    place.execute("CREATE TABLE moments (id BIGINT)", "INSERT INTO moments VALUES (1)")
    if place.kind == "sqlite":
        place.execute("PRAGMA journal_mode = WAL")
    part = Part(table=place.name("moments"), cursor="id")
    try:
        with place.connector().open() as session:
            place.execute("INSERT INTO moments VALUES (2)")
            assert session.last(part) == 1
            assert rows(session, part) == [(1,)]
        with place.connector().open() as session:
            assert session.last(part) == 2
    finally:
        if place.kind == "sqlite":
            place.execute("PRAGMA journal_mode = DELETE")
        place.execute("DROP TABLE moments")


def refused(place: Any, kind: type[DoumenError], part: Part) -> DoumenError:
    """What is said of a part that cannot be read; the session goes on after it."""
    with place.connector().open() as session:
        with pytest.raises(kind) as caught:
            session.describe(part)
        with pytest.raises(kind):
            list(session.read(part))
        assert rows(session, Part(table=place.name("pairs"))) == []
    error: DoumenError = caught.value
    assert error.__cause__ is None
    return error


def test_what_is_not_there_is_named(place: Any) -> None:
    error = refused(place, NotFound, Part(table=place.name("tick")))
    assert f"`{place.name('ticks')}`" in str(error.next)
    error = refused(place, NotFound, Part(table=place.name("ticks"), cursor="sequence"))
    assert str(error) == "There is no column `sequence` to read by."
    assert "`seq`" in str(error.next)


@pytest.mark.parametrize(
    "query",
    [
        "SELEC 1",
        "SELECT nothing FROM {}",
        "SELECT 1 FROM nowhere",
        "DELETE FROM {}",
        "SELECT 1 AS a; DROP TABLE {}",
        "",
        "SELECT 1) AS a; DROP TABLE {}; SELECT * FROM (SELECT 1",
    ],
)
def test_a_query_that_is_none_is_refused(place: Any, query: str) -> None:
    error = refused(place, Invalid, Part(query=query.format(place.name("ticks"))))
    assert str(error).endswith("does not take the query.")
    assert "sequence" not in str(error)


def test_a_part_names_a_table_or_a_query(place: Any) -> None:
    refused(place, Invalid, Part())
    refused(place, Invalid, Part(table=place.name("ticks"), query="SELECT 1"))
    refused(place, Invalid, Part(table=place.name("ticks"), after=1))


@pytest.mark.parametrize(
    ("cursor", "mark"),
    [
        ("seq", "secret-1"),
        ("seq", True),
        ("seq", Decimal("1.5")),
        ("price", Decimal("NaN")),
        ("code", 1),
        ("day", datetime(2024, 1, 1)),
        ("moment", date(2024, 1, 1)),
        ("moment", datetime.fromisoformat("2024-01-01T00:00:00+08:00")),
    ],
)
def test_a_mark_of_another_type_is_refused(place: Any, cursor: str, mark: Any) -> None:
    error = refused(place, Invalid, Part(table=place.name("ticks"), cursor=cursor, after=mark))
    assert f"`{cursor}`" in str(error)
    assert "secret" not in str(error.as_json())


def test_what_has_no_order_is_no_cursor(place: Any) -> None:
    for column in ("ratio", "raw", *(("flag",) if place.kind != "odbc" else ())):
        error = refused(place, Invalid, Part(table=place.name("plain"), cursor=column))
        assert f"`{column}`" in str(error)
    with place.connector().open() as session:
        assert session.last(Part(table=place.name("plain"))) is None


def test_nothing_is_written_there(place: Any) -> None:
    """A function or statement that changes something is none of a query."""
    for query in ("INSERT INTO {0} VALUES (9) RETURNING seq", "CREATE TABLE nix (a BIGINT)"):
        refused(place, Invalid, Part(query=query.format(place.name("ticks"))))


def test_all_wrong_options_are_told_and_no_value() -> None:
    kind = SHELF["postgresql"]
    with pytest.raises(Invalid) as caught:
        kind.check(
            {"host": "a/b", "port": 0, "user": "u", "password": "geheim", "colour": "geheim"}
        )
    said = str(caught.value.as_json())
    assert "geheim" not in said
    for name in ("host", "port", "database", "password", "colour"):
        assert f"`{name}`" in said
    assert "it is a secret" in said
    with pytest.raises(Invalid, match="no secret `password`"):
        SHELF["sqlite"].connector({"path": "x"}, {"password": "geheim"})


def test_the_shelf_is_imported_without_drivers_and_arrow() -> None:
    said = (
        "import sys; import doumen.rooms.collect.connectors; "
        "heavy = 'pyarrow', 'duckdb', 'adbc_driver_manager', 'pymysql', 'arrow_odbc', 'numpy'; "
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
