"""What becomes of the types of MySQL, and by which of them it is read on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from doumen.model.errors import Faulty, Invalid
from doumen.rooms.collect.connectors import Part, Session

TYPES = (
    ("i1", "TINYINT", "-128", "TINYINT", -128),
    ("i1u", "TINYINT UNSIGNED", "255", "SMALLINT", 255),
    ("b", "BOOLEAN", "TRUE", "BOOLEAN", True),
    ("b1u", "TINYINT(1) UNSIGNED", "9", "SMALLINT", 9),
    ("i2", "SMALLINT", "-32768", "SMALLINT", -32768),
    ("i2u", "SMALLINT UNSIGNED", "65535", "INTEGER", 65535),
    ("i3", "MEDIUMINT", "-8388608", "INTEGER", -(2**23)),
    ("i3u", "MEDIUMINT UNSIGNED", "16777215", "INTEGER", 2**24 - 1),
    ("i4", "INT", "-2147483648", "INTEGER", -(2**31)),
    ("i4z", "INT(9) ZEROFILL", "42", "BIGINT", 42),
    ("i8", "BIGINT", "-9223372036854775808", "BIGINT", -(2**63)),
    ("i8u", "BIGINT UNSIGNED", "18446744073709551615", "DECIMAL(20,0)", Decimal(2**64 - 1)),
    ("d", "DECIMAL(12,2)", "-0.05", "DECIMAL(12,2)", Decimal("-0.05")),
    ("du", "DECIMAL(12,2) UNSIGNED", "1.5", "DECIMAL(12,2)", Decimal("1.50")),
    ("d0", "DECIMAL(38)", "9" * 38, "DECIMAL(38,0)", Decimal("9" * 38)),
    ("dl", "DECIMAL(65,30)", "1.5", "VARCHAR", f"1.5{'0' * 29}"),
    ("f", "FLOAT", "16777215", "FLOAT", 16777215.0),
    ("f2", "FLOAT(7,2)", "99999.99", "FLOAT", 99999.9921875),
    ("f8", "DOUBLE", "1.7976931348623157e308", "DOUBLE", 1.7976931348623157e308),
    ("f82", "DOUBLE(10,2)", "0.1", "DOUBLE", 0.1),
    ("bit1", "BIT", "1", "BOOLEAN", True),
    ("bits", "BIT(10)", "b'101'", "VARCHAR", "0000000101"),
    ("bit64", "BIT(64)", "18446744073709551615", "VARCHAR", "1" * 64),
    ("y", "YEAR", "2024", "SMALLINT", 2024),
    ("e", "ENUM('a','数')", "'数'", "VARCHAR", "数"),
    ("s", "SET('x','y')", "'y,x'", "VARCHAR", "x,y"),
    ("j", "JSON", "'{\"a\": 1}'", "VARCHAR", '{"a": 1}'),
    ("t", "TIME(3)", "'-838:59:59.5'", "VARCHAR", "-838:59:59.500"),
    ("dt", "DATE", "'0001-01-01'", "DATE", date(1, 1, 1)),
    ("at", "DATETIME", "'9999-12-31 23:59:59'", "TIMESTAMP", datetime(9999, 12, 31, 23, 59, 59)),
    (
        "at6",
        "DATETIME(6)",
        "'2024-02-29 23:59:59.123456'",
        "TIMESTAMP",
        datetime(2024, 2, 29, 23, 59, 59, 123_456),
    ),
    (
        "ts",
        "TIMESTAMP(3) NULL",
        "'2024-01-01 02:00:00.5'",
        "TIMESTAMP WITH TIME ZONE",
        datetime(2024, 1, 1, 2, 0, 0, 500_000, tzinfo=UTC),
    ),
    ("bi", "BINARY(3)", "x'61'", "BLOB", b"a\0\0"),
    ("vb", "VARBINARY(10)", "x'00ff'", "BLOB", b"\0\xff"),
    ("bl", "MEDIUMBLOB", "x'00ff'", "BLOB", b"\0\xff"),
    ("ch", "CHAR(5)", "'数 '", "VARCHAR", "数"),
    ("vc", "VARCHAR(40)", "'数据门😀 '", "VARCHAR", "数据门😀 "),
    ("gb", "VARCHAR(40) CHARACTER SET gbk", "'数据门'", "VARCHAR", "数据门"),
    ("l1", "TEXT CHARACTER SET latin1", "'é'", "VARCHAR", "é"),
    ("tx", "LONGTEXT", "repeat('长', 30000)", "VARCHAR", "长" * 30_000),
    (
        "u",
        "UUID",
        "'00000000-0000-0000-0000-00000000000a'",
        "VARCHAR",
        f"{'0' * 8}-0000-0000-0000-{'0' * 11}a",
    ),
    ("ip", "INET6", "'::1'", "VARCHAR", "::1"),
)


def rows(session: Session, part: Part) -> list[tuple[Any, ...]]:
    """All rows of a part."""
    batches = list(session.read(part))
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


def value(session: Session, literal: str) -> tuple[str, Any]:
    """The type and the only value of an expression."""
    part = Part(query=f"SELECT {literal} AS c")
    ((one,),) = rows(session, part)
    return session.describe(part).columns[0].type, one


def test_types_become_those_of_the_lake(mysql_place: Any, table: Callable[..., Part]) -> None:
    columns = ", ".join(f"{name} {type}" for name, type, *_ in TYPES)
    part = table(columns, f"({', '.join(literal for _, _, literal, *_ in TYPES)})", "()")
    query = Part(query=f"SELECT t.* FROM {part.table} AS t")
    with mysql_place.connector().open() as session:
        schema = session.describe(part)
        full, empty = rows(session, part)
        assert rows(session, query) == [full, empty]
        assert session.describe(query) == schema
        listed = {there.name: there.schema for there in session.tables()}
    assert [c.type for c in schema] == [type for *_, type, _ in TYPES]
    assert full == tuple(value for *_, value in TYPES)
    assert set(empty) == {None}
    assert listed[part.table] == schema


def test_what_an_expression_gives_is_kept(mysql_place: Any) -> None:
    with mysql_place.connector().open() as session:
        for literal, type, one in (
            ("1 + 1", "INTEGER", 2),
            ("count(*)", "BIGINT", 1),
            ("CAST(-1 AS UNSIGNED)", "DECIMAL(20,0)", Decimal(2**64 - 1)),
            ("sum(CAST(1.5 AS DECIMAL(12,2)))", "DECIMAL(34,2)", Decimal("1.50")),
            ("1 / 3", "DECIMAL(5,4)", Decimal("0.3333")),
            ("0.1e0", "DOUBLE", 0.1),
            ("NULL", "BLOB", None),
            ("'it''s'", "VARCHAR", "it's"),
            ("repeat('x', 70000)", "VARCHAR", "x" * 70_000),
            ("repeat('x', 300)", "VARCHAR", "x" * 300),
            ("_binary 'a\\0'", "BLOB", b"a\0"),
            ("TIMESTAMP('2024-01-01 10:00:00')", "TIMESTAMP", datetime(2024, 1, 1, 10)),
            ("@@time_zone", "VARCHAR", "+00:00"),
        ):
            assert value(session, literal) == (type, one)


@pytest.mark.parametrize(
    ("type", "literal"),
    [
        ("DATE", "'0000-00-00'"),
        ("DATE", "'2024-02-00'"),
        ("DATE", "'2024-02-31'"),
        ("DATE", "'0000-01-01'"),
        ("DATETIME", "'0000-00-00 00:00:00'"),
        ("DATETIME(6)", "'0000-05-05 10:00:00.123456'"),
        ("TIMESTAMP NULL", "'0000-00-00 00:00:00'"),
        ("TINYINT(1)", "2"),
    ],
)
def test_what_arrow_would_change_is_refused(
    mysql_place: Any, table: Callable[..., Part], type: str, literal: str
) -> None:
    part = table(f"a INT, geheim {type}", f"(1, {literal})", "(2, NULL)")
    with mysql_place.connector().open() as session:
        with pytest.raises(Faulty, match="Column `geheim` holds a value that cannot be kept"):
            rows(session, part)
        cast = Part(query=f"SELECT a, CAST(geheim AS CHAR) AS c FROM {part.table}")
        assert rows(session, cast) == [(1, literal.strip("'")), (2, None)]
        if type == "DATE":
            with pytest.raises(Faulty, match="none to read on from"):
                session.last(
                    Part(
                        query=f"SELECT DATE(geheim) AS g FROM {part.table} WHERE a = 1", cursor="g"
                    )
                )


def test_what_cannot_be_kept_is_named(mysql_place: Any, table: Callable[..., Part]) -> None:
    part = table("a INT, g POINT", "(1, POINT(1, 2))")
    with mysql_place.connector().open() as session:
        with pytest.raises(Invalid, match="Column `g` is geometry, which cannot be kept"):
            session.describe(part)
        listed = {there.name: there.schema for there in session.tables()}
        assert [c.type for c in listed[part.table]] == ["INTEGER", "geometry"]
        query = Part(query=f"SELECT a, ST_AsText(g) AS g FROM {part.table}")
        assert rows(session, query) == [(1, "POINT(1 2)")]


@pytest.mark.parametrize("charset", ["utf8mb4 COLLATE utf8mb4_general_ci", "gbk"])
def test_texts_are_read_on_by_their_bytes(
    mysql_place: Any, table: Callable[..., Part], charset: str
) -> None:
    part = table(
        f"a VARCHAR(20) CHARACTER SET {charset}",
        "('B'), ('a '), ('数'), (NULL), ('a'), ('A'), (''), ('据'), ('a\\t')",
    )
    ordered = ["", "A", "B", "a", "a\t", "a ", "据", "数"]
    with mysql_place.connector().open() as session:
        for at, mark in enumerate(ordered):
            after = Part(table=part.table, cursor="a", after=mark)
            assert [row[0] for row in rows(session, after)] == ordered[at + 1 :]
        whole = Part(table=part.table, cursor="a")
        assert [row[0] for row in rows(session, whole)] == [None, *ordered]
        assert session.last(whole) == "数"


def test_numbers_and_instants_are_cursors(mysql_place: Any, table: Callable[..., Part]) -> None:
    part = table(
        "big BIGINT UNSIGNED, wide DECIMAL(65,30), at TIMESTAMP(6) NULL, y YEAR",
        "(9007199254740993, 0.000000000000000000000000000001, '2024-01-01 01:00:00', 2001)",
        "(9007199254740994, 0.000000000000000000000000000002, '2024-01-01 01:00:00.000001', 2002)",
    )
    instant = datetime(2024, 1, 1, 1, tzinfo=UTC)
    with mysql_place.connector().open() as session:
        for cursor, first, last in (
            ("big", 2**53 + 1, Decimal(2**53 + 2)),
            ("big", Decimal("9007199254740993.5"), Decimal(2**53 + 2)),
            ("wide", Decimal("1e-30"), Decimal("2e-30")),
            ("at", instant, instant.replace(microsecond=1)),
            ("y", 2001, 2002),
        ):
            after = Part(table=part.table, cursor=cursor, after=first)
            assert [row[3] for row in rows(session, after)] == [2002]
            assert session.last(after) == last
            upto = Part(table=part.table, cursor=cursor, upto=first)
            assert [row[3] for row in rows(session, upto)] == [2001]


@pytest.mark.parametrize(
    ("type", "why"),
    [
        ("VARCHAR(1025)", "may be longer than the 4096 bytes"),
        ("TEXT", "may be longer than the 4096 bytes"),
        ("ENUM('b', 'a')", "It is enum, which is read as text and ordered otherwise"),
        ("TIME", "It is time, which is read as text"),
        ("BIT(3)", "It is bit, which is read as text"),
    ],
)
def test_what_orders_otherwise_is_no_cursor(
    mysql_place: Any, table: Callable[..., Part], type: str, why: str
) -> None:
    part = table(f"a {type}", cursor="a")
    with mysql_place.connector().open() as session, pytest.raises(Invalid) as caught:
        session.last(part)
    assert why in str(caught.value.why)


def test_a_mark_reaches_an_index(mysql_place: Any, table: Callable[..., Part]) -> None:
    """The variable of a mark is a constant to the server: it looks from there on."""
    part = table("id BIGINT PRIMARY KEY, pad CHAR(9)")
    mysql_place.execute(f"INSERT INTO {part.table} SELECT seq, 'x' FROM seq_1_to_50000")
    read = "(SELECT sum(VARIABLE_VALUE) FROM information_schema.SESSION_STATUS "
    read += "WHERE VARIABLE_NAME LIKE 'Handler_read%')"
    with mysql_place.connector().open() as session:
        before = value(session, read)[1]
        assert len(rows(session, Part(table=part.table, cursor="id", after=49_000))) == 1000
        assert value(session, read)[1] - before < 20_000


def test_rows_of_all_sizes_come_whole(mysql_place: Any, table: Callable[..., Part]) -> None:
    """Lengths of a value take one, three, four or nine bytes; a row of 16 MiB takes two packets."""
    sizes = [0, 250, 251, 252, 65_535, 65_536, 2**24 - 1, 2**24 + 5]
    part = table(
        "n INT, a LONGBLOB, z INT",
        "(-1, NULL, 1)",
        *(f"({size}, repeat('x', {size}), 1)" for size in sizes if size < 2**24 - 20),
    )
    wide = Part(
        query="SELECT n, CASE n WHEN -1 THEN repeat('y', 15000000) ELSE a END AS a, "
        f"CASE n WHEN -1 THEN repeat('z', 15000000) END AS b FROM {part.table}"
    )
    with mysql_place.connector().open() as session:
        found = [(n, a and len(a)) for n, a, _ in rows(session, part)]
        assert found == [(-1, None), *((n, n or b"") for n in sizes if n < 2**24 - 20)]
        first = rows(session, wide)[0]
        assert (len(first[1]), len(first[2])) == (15_000_000, 15_000_000)
