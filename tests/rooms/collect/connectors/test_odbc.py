"""What comes by a driver of ODBC: types, marks, and what goes wrong."""

from __future__ import annotations

import builtins
import secrets
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from doumen.model.errors import (
    Conflict,
    DoumenError,
    Faulty,
    Invalid,
    NotFound,
    Refused,
    Unavailable,
)
from doumen.rooms.collect.connectors import SHELF, Connector, Part, Session
from doumen.rooms.collect.connectors.marks import Family
from doumen.rooms.collect.connectors.odbc_dialects import FIRST, KNOWN, MYSQL, STANDARD
from doumen.rooms.collect.connectors.odbc_types import delivered, field

PASSWORD = f"geheim 密 {secrets.token_hex(4)} }};SERVER=x;{{"
TYPES = (
    ("i1", "TINYINT", "-128", "TINYINT", -128),
    ("i1u", "TINYINT UNSIGNED", "255", "SMALLINT", 255),
    ("i2", "SMALLINT", "-32768", "SMALLINT", -32768),
    ("i4", "INT", "-2147483648", "INTEGER", -(2**31)),
    ("i8", "BIGINT", "-9223372036854775808", "BIGINT", -(2**63)),
    ("d", "DECIMAL(12,2)", "-0.05", "DECIMAL(12,2)", Decimal("-0.05")),
    ("dl", "DECIMAL(65,30)", "1.5", "VARCHAR", f"1.5{'0' * 29}"),
    ("f", "FLOAT", "16777215", "FLOAT", 16777215.0),
    ("f8", "DOUBLE", "1.7976931348623157e308", "DOUBLE", 1.7976931348623157e308),
    ("bit1", "BIT", "1", "BOOLEAN", True),
    ("y", "YEAR", "2024", "SMALLINT", 2024),
    ("e", "ENUM('a','数')", "'数'", "VARCHAR", "数"),
    ("t", "TIME(3)", "'-838:59:59.5'", "VARCHAR", "-838:59:59.500"),
    ("dt", "DATE", "'0001-01-01'", "DATE", date(1, 1, 1)),
    (
        "at6",
        "DATETIME(6)",
        "'9999-12-31 23:59:59.123456'",
        "TIMESTAMP",
        datetime(9999, 12, 31, 23, 59, 59, 123_456),
    ),
    ("ts", "TIMESTAMP NULL", "'2024-01-01 02:00:00'", "TIMESTAMP", datetime(2024, 1, 1, 2)),
    ("bi", "BINARY(3)", "x'61'", "BLOB", b"a\0\0"),
    ("bl", "MEDIUMBLOB", "x'00ff'", "BLOB", b"\0\xff"),
    ("vc", "VARCHAR(40)", "'数据门😀 '", "VARCHAR", "数据门😀 "),
    ("l1", "TEXT CHARACTER SET latin1", "'é'", "VARCHAR", "é"),
    ("tx", "LONGTEXT", "repeat('长', 30000)", "VARCHAR", "长" * 30_000),
)


@pytest.fixture
def reader(odbc_place: Any) -> Iterator[str]:
    """A user who may log in to the database, and read one table."""
    name = f"reader_{secrets.token_hex(4)}"
    odbc_place.execute(
        f"CREATE USER {name}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'",
        f"GRANT SELECT ON empty TO {name}@'127.0.0.1'",
        f"GRANT INSERT ON ticks TO {name}@'127.0.0.1'",
    )
    yield name
    odbc_place.execute(f"DROP USER {name}@'127.0.0.1'")


def unopened(place: Connector, kind: type[DoumenError]) -> DoumenError:
    """Why a place cannot be reached; the secret is in no text of it."""
    with pytest.raises(kind) as caught, place.open():
        pass
    error: DoumenError = caught.value
    for text in (repr(error), str(error.as_json()), repr(place), repr(error.__context__)):
        assert "geheim" not in text
    return error


def rows(session: Session, part: Part) -> list[tuple[Any, ...]]:
    """All rows of a part."""
    batches = list(session.read(part))
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


def here(place: Any, part: Part) -> Part:
    """A part as the place names it."""
    return Part(table=f"{place.prefix}{part.table}")


def test_types_become_those_of_the_lake(odbc_place: Any, table: Callable[..., Part]) -> None:
    columns = ", ".join(f"{name} {type}" for name, type, *_ in TYPES)
    made = table(columns, f"({', '.join(literal for _, _, literal, *_ in TYPES)})", "()")
    part = here(odbc_place, made)
    with odbc_place.connector().open() as session:
        schema = session.describe(part)
        full, empty = rows(session, part)
        listed = {there.name: there.schema for there in session.tables()}
    assert [c.type for c in schema] == [type for *_, type, _ in TYPES]
    assert full == tuple(value for *_, value in TYPES)
    assert set(empty) == {None}
    assert listed[part.table] == schema


@pytest.mark.parametrize(
    ("type", "literal"),
    [
        ("SMALLINT UNSIGNED", "65535"),
        ("INT UNSIGNED", "4294967295"),
        ("BIGINT UNSIGNED", "18446744073709551615"),
        ("DATE", "'0000-00-00'"),
        ("DATE", "'2024-02-00'"),
        ("DATETIME", "'0000-00-00 00:00:00'"),
        ("DATETIME(6)", "'2024-00-00 00:00:00'"),
    ],
)
def test_what_a_driver_would_change_is_refused(
    odbc_place: Any, table: Callable[..., Part], type: str, literal: str
) -> None:
    """Read as what they are, numbers come negative, dates come NULL, or the process ends."""
    part = here(odbc_place, table(f"geheim {type}", f"({literal})"))
    with odbc_place.connector().open() as session:
        with pytest.raises(Faulty, match="Column `geheim` holds a value that cannot be kept"):
            rows(session, part)
        cast = f"SELECT CAST(geheim AS CHAR) AS c FROM {part.table}"
        ((text,),) = rows(session, Part(query=cast))
        assert text.startswith(literal.strip("'"))


def test_a_value_that_is_longer_than_its_room_is_refused(
    odbc_place: Any, table: Callable[..., Part]
) -> None:
    part = here(odbc_place, table("a LONGTEXT, b LONGBLOB", "(repeat('geheim', 20), 'x')"))
    with odbc_place.connector(longest=100).open() as session:
        with pytest.raises(Faulty, match="too long") as caught:
            rows(session, part)
        assert "`longest`, which is 100" in str(caught.value.why)
        assert rows(session, Part(query=f"SELECT left(a, 6) AS a FROM {part.table}")) == [
            ("geheim",)
        ]
    with odbc_place.connector(longest=1 << 24).open() as session:  # a row alone is a batch
        assert rows(session, part) == [("geheim" * 20, b"x")]


def test_a_text_is_no_cursor(odbc_place: Any) -> None:
    with odbc_place.connector().open() as session:
        part = Part(table=odbc_place.name("ticks"), cursor="code")
        with pytest.raises(Invalid, match="cannot be a cursor") as caught:
            session.last(part)
        assert "by ODBC a text is no cursor" in str(caught.value.why)
        assert session.last(Part(table=odbc_place.name("ticks"))) is None


def test_a_mark_that_comes_back_otherwise_is_refused(
    odbc_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with odbc_place.connector().open() as session:
        part = Part(table=odbc_place.name("ticks"), cursor="price", after=Decimal("2.205"))
        with pytest.raises(Faulty, match="`price`"):
            rows(session, part)
        for cast in ("CAST(CAST(? AS DATE) AS CHAR)", "NULL", "CAST(? AS CHAR(2))"):
            casts = {**MYSQL.casts, Family.INTEGER: cast}
            with monkeypatch.context() as patch:
                patch.setattr(session, "_cast", lambda _, casts=casts: casts[Family.INTEGER])
                with pytest.raises((Faulty, Invalid)):
                    rows(session, Part(table=odbc_place.name("ticks"), cursor="seq", after=987))


def test_tables_that_are_not_told_are_named_by_who_knows_them(
    odbc_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "SELECT a, b, c FROM information_schema.nowhere"
    monkeypatch.setattr("doumen.rooms.collect.connectors.odbc_session._LISTED", nowhere)
    with odbc_place.connector().open() as session:
        with pytest.raises(Refused, match="does not tell which tables it has"):
            session.tables()
        assert len(rows(session, Part(table=odbc_place.name("ticks")))) == 5
        assert len(rows(session, Part(table="ticks"))) == 5
        with pytest.raises(NotFound, match="no table or view `tick`"):
            session.describe(Part(table="tick"))


def test_a_place_of_another_dialect_is_read_by_standard_sql(
    odbc_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("doumen.rooms.collect.connectors.odbc_dialects.KNOWN", ())
    place = odbc_place.connector(
        attributes={**odbc_place.options["attributes"], "INITSTMT": "SET sql_mode = ANSI_QUOTES"}
    )
    with place.open() as session:
        query = f"SELECT seq, price FROM {odbc_place.name('ticks')}"
        part = Part(query=query, cursor="price", after=Decimal("1.10"))
        assert rows(session, part)[-1] == (3, Decimal("10.05"))
        with pytest.raises((Invalid, Faulty)):  # MariaDB has no BIGINT in CAST
            rows(session, Part(query=query, cursor="seq", after=1))


def test_a_place_that_has_less_than_its_dialect_is_read_all_the_same(
    odbc_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = replace(MYSQL, begin=("SET TRANSACTION NONSENSE",))
    monkeypatch.setattr("doumen.rooms.collect.connectors.odbc_dialects.KNOWN", (less,))
    with odbc_place.connector().open() as session:
        assert len(rows(session, Part(table=odbc_place.name("ticks"), cursor="seq", after=1))) == 3


def test_what_the_server_sets_for_all_changes_no_row(odbc_place: Any) -> None:
    odbc_place.execute("SET GLOBAL sql_select_limit = 2", "SET GLOBAL time_zone = '+08:00'")
    instant = "SELECT FROM_UNIXTIME(0) AS at"
    try:
        with odbc_place.connector().open() as session:
            assert len(rows(session, Part(table=odbc_place.name("ticks")))) == 5
            assert rows(session, Part(query=instant)) == [(datetime(1970, 1, 1),)]
    finally:
        odbc_place.execute("SET GLOBAL sql_select_limit = DEFAULT", "SET GLOBAL time_zone = SYSTEM")


def test_columns_that_cannot_be_kept_or_told_apart_are_named(
    odbc_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with odbc_place.connector().open() as session:
        for told, word in (
            (pa.schema([("a", pa.list_(pa.int8()))]), "Column `a` is list"),
            (pa.schema([("a", pa.int8()), ("a", pa.int8())]), "two columns `a`"),
        ):
            monkeypatch.setattr(session, "_told", lambda _, told=told: told)
            with pytest.raises(Invalid, match=word):
                session.describe(Part(query="SELECT 1 AS a"))


def test_standard_sql_is_what_postgresql_takes(postgresql_place: Any) -> None:
    """No driver of it is needed here: the statements are tried without."""
    import psycopg

    options, word = postgresql_place.options, postgresql_place.secrets["password"]
    given = {Family.INTEGER: "7", Family.DECIMAL: "2.20", Family.DATE: "2024-02-29"}
    given[Family.TIMESTAMP] = "2024-02-29 23:59:59.123456"
    with psycopg.connect(
        host=options["host"],
        port=options["port"],
        user=options["user"],
        dbname=options["database"],
        password=word,
    ) as connection:
        for statement in STANDARD.begin:
            connection.execute(statement)
        for setting, held in (("transaction_read_only", "on"), ("TimeZone", "<+00>-00")):
            assert connection.execute(f"SHOW {setting}").fetchone() == (held,)
        for of, text in given.items():
            cast = STANDARD.casts[of].format(2).replace("?", "%s")
            assert connection.execute(f"SELECT CAST({cast} AS text)", (text,)).fetchone() == (text,)
        ordered = FIRST.format("part.seq")
        source = f"(\nSELECT seq FROM {postgresql_place.name('ticks')}\n) part"
        found = connection.execute(f"SELECT seq FROM {source} ORDER BY {ordered}").fetchall()
        assert [seq for (seq,) in found] == [None, 1, 2, 2, 3]


def test_a_wrong_address_or_password_is_told_apart(odbc_place: Any, reader: str) -> None:
    attributes = odbc_place.options["attributes"]

    def place(word: str | None = PASSWORD, **other: Any) -> Connector:
        given = {} if word is None else {"password": word}
        options = {**odbc_place.options, "user": reader, **other}
        return SHELF["odbc"].connector(options, given)

    assert "geheim" not in repr(place())
    with place().open() as session:
        assert "geheim" not in repr(session) + repr(vars(session))
        assert rows(session, Part(query="SELECT CURRENT_USER() AS u")) == [(f"{reader}@127.0.0.1",)]
        assert [there.name for there in session.tables()] == [odbc_place.name("empty")]
        with pytest.raises(Refused, match="does not let all be read"):
            session.describe(Part(table=odbc_place.name("ticks")))
    assert "password is wrong" in str(unopened(place("geheim, but wrong"), Refused).why)
    assert "password is wrong" in str(unopened(place(None), Refused).why)
    nix = SHELF["odbc"].connector(
        {**odbc_place.options, "attributes": {**attributes, "DATABASE": "nix"}}, odbc_place.secrets
    )
    assert "no such database" in str(unopened(nix, NotFound))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = {**attributes, "PORT": free.getsockname()[1]}
        error = unopened(place(attributes=closed), Unavailable)
    assert "Nobody answers there" in str(error.why)


def test_a_driver_that_is_not_there_is_told(odbc_place: Any) -> None:
    for name in ({"driver": "geheim no driver"}, {"dsn": "nowhere"}, {"driver": "/nowhere.so"}):
        place = SHELF["odbc"].connector(name, {})
        with pytest.raises(Unavailable, match="no driver or data source") as caught, place.open():
            pass
        assert "odbcinst" in str(caught.value.next)


def test_a_connection_that_breaks_is_told(odbc_place: Any) -> None:
    with odbc_place.connector().open() as session:
        ((number,),) = rows(session, Part(query="SELECT CONNECTION_ID() AS c"))
        odbc_place.execute(f"KILL {number}")
        for call in (session.tables, lambda: session.describe(Part(table="x.y"))):
            with pytest.raises(Unavailable):
                call()


def test_a_reading_that_another_ended_says_so(odbc_place: Any) -> None:
    many = Part(table=odbc_place.name("many"))
    with odbc_place.connector().open() as session:
        old, new = session.read(many), session.read(many)
        next(old)
        first = next(new)
        with pytest.raises(Conflict, match="which ended this one"):
            list(old)
        assert first.num_rows + sum(batch.num_rows for batch in new) == 200_000


def test_a_query_is_one_and_its_columns_have_names(odbc_place: Any) -> None:
    with odbc_place.connector().open() as session:
        with pytest.raises(Invalid):
            session.describe(Part(query="SELECT 1 AS a, 2 AS a"))
        with pytest.raises(Faulty) as caught:
            rows(session, Part(query="SELECT 9223372036854775807 + id AS c FROM many"))
        assert "22003" in str(caught.value.why)


def test_types_that_are_told_are_delivered_or_refused() -> None:
    for told, type in (
        (pa.timestamp("ns"), "TIMESTAMP"),
        (pa.timestamp("us", "UTC"), None),
        (pa.time64("us"), "VARCHAR"),
        (pa.binary(3), "BLOB"),
        (pa.decimal128(5, 0), "DECIMAL(5,0)"),
        (pa.decimal128(5, -2), "VARCHAR"),
        (pa.list_(pa.int8()), None),
    ):
        assert delivered(told) == type
    assert field("a", pa.list_(pa.int8()), STANDARD) is None
    assert all(dialect.casts.keys() == STANDARD.casts.keys() for dialect in KNOWN)
    assert STANDARD.quoted('a"b', "c") == '"a""b"."c"'
    assert MYSQL.quoted("a`b") == "`a``b`"


@pytest.mark.parametrize(
    ("failed", "word"),
    [
        (ModuleNotFoundError(name="arrow_odbc"), "pip install 'doumen[databases]'"),
        (OSError("libodbc.so.2: cannot open shared object file"), "apt install unixodbc"),
    ],
)
def test_without_the_driver_or_its_manager_the_next_step_is_named(
    monkeypatch: pytest.MonkeyPatch, failed: Exception, word: str
) -> None:
    name = "doumen.rooms.collect.connectors.odbc_session"
    real = builtins.__import__

    def absent(wanted: str, *rest: Any) -> Any:
        if wanted == name:
            raise failed
        return real(wanted, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    error = unopened(SHELF["odbc"].connector({"driver": "D"}, {}), Unavailable)
    assert word in str(error.next)
