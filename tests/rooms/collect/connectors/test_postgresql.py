"""What PostgreSQL does that a file does not: passwords, rights, TLS, and connections that break."""

from __future__ import annotations

import builtins
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from doumen.model.errors import (
    DoumenError,
    Faulty,
    Invalid,
    NotFound,
    Refused,
    Unavailable,
)
from doumen.rooms.collect.connectors import SHELF, Connector, Part, Session
from doumen.rooms.collect.connectors.postgresql_address import Options, conninfo
from doumen.rooms.collect.connectors.postgresql_faults import failure, unreached

PASSWORD = f"geheim {secrets.token_hex(4)} '\\"


@pytest.fixture(scope="module")
def reader(postgresql_place: Any) -> Iterator[str]:
    """A role that may log in, and nothing else."""
    name = f"reader_{secrets.token_hex(4)}"
    word = PASSWORD.replace("'", "''")
    postgresql_place.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{word}'")
    yield name
    postgresql_place.execute(f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def unopened(place: Connector, kind: type[DoumenError]) -> DoumenError:
    """Why a place cannot be reached; the secret is in no text of it."""
    with pytest.raises(kind) as caught, place.open():
        pass
    error: DoumenError = caught.value
    for text in (repr(error), str(error.as_json()), repr(place), repr(error.__context__)):
        assert "geheim" not in text
    return error


def column(session: Session, literal: str) -> tuple[str, Any]:
    """The type and the only value of an expression."""
    part = Part(query=f"SELECT {literal} AS c")
    (batch,) = session.read(part)
    return session.describe(part).columns[0].type, batch.column(0).to_pylist()[0]


@pytest.mark.parametrize(
    ("literal", "type", "value"),
    [
        ("1::int2", "SMALLINT", 1),
        ("1::float4", "FLOAT", 1.0),
        ("4294967295::oid", "BIGINT", 2**32 - 1),
        ("1.5::numeric", "VARCHAR", "1.5"),
        ("1.5::numeric(10,2)", "DECIMAL(10,2)", Decimal("1.50")),
        ("12345::numeric(5,-2)", "DECIMAL(7,0)", Decimal(12300)),
        ("0.00123::numeric(3,5)", "DECIMAL(5,5)", Decimal("0.00123")),
        ("1.5::numeric(60,2)", "VARCHAR", "1.50"),
        (f"{'9' * 38}::numeric(38,0)", "DECIMAL(38,0)", Decimal("9" * 38)),
        (
            "'2024-01-01 10:00:00.5+08'::timestamptz",
            "TIMESTAMP WITH TIME ZONE",
            datetime(2024, 1, 1, 2, 0, 0, 500_000, tzinfo=UTC),
        ),
        ("'10:00:01.5'::time", "VARCHAR", "10:00:01.5"),
        ("'10:00+08'::timetz", "VARCHAR", "10:00:00+08"),
        ("'3 days'::interval", "VARCHAR", "P3D"),
        ("'a'::char(3)", "VARCHAR", "a"),
        (f"'{'0' * 31}a'::uuid", "VARCHAR", "00000000-0000-0000-0000-00000000000a"),
        ("'{\"a\": 1}'::json", "VARCHAR", '{"a": 1}'),
        ("'{\"a\":1}'::jsonb", "VARCHAR", '{"a": 1}'),
        ("'10.0.0.1/8'::inet", "VARCHAR", "10.0.0.1/8"),
        ("b'101'", "VARCHAR", "101"),
        ("ARRAY[1, NULL]", "INTEGER[]", [1, None]),
        ("ARRAY['x', '数']", "VARCHAR[]", ["x", "数"]),
        ("ARRAY['2024-01-01'::date]", "DATE[]", [date(2024, 1, 1)]),
        (f"ARRAY['{'0' * 31}a'::uuid]", "VARCHAR[]", ["00000000-0000-0000-0000-00000000000a"]),
        ("ARRAY[1::oid]", "BIGINT[]", [1]),
        ("NULL::int4[]", "INTEGER[]", None),
        ("NULL::text", "VARCHAR", None),
    ],
)
def test_types_become_those_of_the_lake(
    postgresql_place: Any, literal: str, type: str, value: Any
) -> None:
    with postgresql_place.connector().open() as session:
        assert column(session, literal) == (type, value)


def test_types_that_were_made_there_are_read_by_what_they_are_of(postgresql_place: Any) -> None:
    place = postgresql_place
    schema = place.prefix.rstrip(".")
    place.execute(
        "CREATE TYPE mood AS ENUM ('sad', 'glad')",
        "CREATE DOMAIN price AS numeric(8,3)",
        "CREATE DOMAIN dear AS price",
        "CREATE TABLE own (m mood, ms mood[], p dear, ns numeric(10,2)[], r int4range)",
        "INSERT INTO own VALUES ('glad', '{sad,NULL}', 1.5, '{1.5}', '[1,2)')",
    )
    try:
        with place.connector().open() as session:
            found = {there.name: there for there in session.tables()}[place.name("own")]
            types = [column.type for column in found.schema]
            assert types == ["VARCHAR", "VARCHAR[]", "DECIMAL(8,3)", "DECIMAL(10,2)[]", "int4range"]
            with pytest.raises(Invalid, match="`r` is int4range, which cannot be kept"):
                session.describe(Part(table=place.name("own")))
            part = Part(query=f"SELECT m, ms, p, r::text AS r FROM {schema}.own")
            (batch,) = session.read(part)
            kept = {"m": "glad", "ms": ["sad", None], "p": Decimal("1.500"), "r": "[1,2)"}
            assert batch.to_pylist() == [kept]
            with pytest.raises(Invalid, match="cannot be a cursor"):
                session.last(Part(query=f"SELECT m FROM {schema}.own", cursor="m"))
        place.execute("ALTER TABLE own DROP COLUMN r")
        with place.connector().open() as session:
            (batch,) = session.read(Part(table=place.name("own")))
            assert batch.to_pylist()[0]["ns"] == [Decimal("1.50")]
    finally:
        place.execute("DROP TABLE own", "DROP DOMAIN dear, price", "DROP TYPE mood")


@pytest.mark.parametrize(
    "literal",
    [
        "'infinity'::date",
        "'-infinity'::timestamp",
        "'infinity'::timestamptz",
        "ARRAY['infinity'::date]",
        "ARRAY[[1, 2], [3, 4]]",
        "'NaN'::numeric(10,2)",
    ],
)
def test_what_arrow_would_change_in_silence_is_refused(postgresql_place: Any, literal: str) -> None:
    with postgresql_place.connector().open() as session:
        with pytest.raises(Faulty, match="Column `c` holds a value that cannot be kept"):
            column(session, literal)
        assert column(session, "1") == ("INTEGER", 1)


def test_marks_that_nothing_follows_are_refused(postgresql_place: Any) -> None:
    with postgresql_place.connector().open() as session:
        for literal in ("'infinity'::date", "'NaN'::numeric", "'0044-03-15 BC'::date"):
            with pytest.raises(Faulty, match="none to read on from"):
                session.last(Part(query=f"SELECT {literal} AS c", cursor="c"))


def test_instants_and_free_numbers_are_cursors(postgresql_place: Any) -> None:
    query = (
        "SELECT i AS n, i * 1.5 AS free, '2024-01-01 10:00+08'::timestamptz + i * interval '1 h' "
        "AS at FROM generate_series(1, 3) AS g(i)"
    )
    with postgresql_place.connector().open() as session:
        assert session.last(Part(query=query, cursor="free")) == Decimal("4.5")
        assert session.last(Part(query=query, cursor="at")) == datetime(2024, 1, 1, 5, tzinfo=UTC)
        for cursor, after in (
            ("free", Decimal("1.5")),
            ("at", datetime(2024, 1, 1, 3, tzinfo=UTC)),
        ):
            batches = list(session.read(Part(query=query, cursor=cursor, after=after)))
            assert [n for batch in batches for n in batch.column(0).to_pylist()] == [2, 3]


def test_a_value_that_fails_is_said_without_it(postgresql_place: Any) -> None:
    query = "SELECT CAST('geheim' || i AS int4) AS c FROM generate_series(1, 9) AS g(i)"
    late = "SELECT 1 / (i - 150000) AS c FROM generate_series(1, 200000) AS g(i)"
    with postgresql_place.connector().open() as session:
        with pytest.raises(Faulty) as caught:
            list(session.read(Part(query=query)))
        assert "geheim" not in str(caught.value.as_json())
        with pytest.raises(Faulty):
            list(session.read(Part(query=late)))
        with pytest.raises(Invalid, match="two columns `a`"):
            session.describe(Part(query="SELECT 1 AS a, 2 AS a"))
        assert column(session, "1") == ("INTEGER", 1)


def test_a_wrong_address_or_password_is_told_apart(postgresql_place: Any, reader: str) -> None:
    options = {**postgresql_place.options, "user": reader}

    def place(word: str | None = PASSWORD, **other: Any) -> Connector:
        given = {} if word is None else {"password": word}
        return SHELF["postgresql"].connector({**options, **other}, given)

    assert "geheim" not in repr(place())
    with place().open() as session:
        assert "geheim" not in repr(session) + repr(vars(session))
        assert column(session, "current_user::text") == ("VARCHAR", reader)
    error = unopened(place("geheim, but wrong"), Refused)
    assert "password is wrong" in str(error.why)
    assert "does not let" in str(unopened(place(user="geheimrat".removeprefix("geheim")), Refused))
    assert "none is given" in str(unopened(place(None), Refused).why)
    assert "does not exist" in str(unopened(place(database="nix"), NotFound))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        error = unopened(place(port=free.getsockname()[1]), Unavailable)
    assert error.why == "Nobody answers at that port."
    assert unopened(place(host="no.such.invalid"), Unavailable).why == (
        "There is no host of that name."
    )
    error = unopened(place(sslmode="require"), Unavailable)
    assert (error.code, "TLS" in str(error)) == ("unavailable.tls", True)


def test_the_password_of_the_environment_is_not_sent(
    postgresql_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", postgresql_place.secrets["password"])
    place = SHELF["postgresql"].connector(postgresql_place.options, {})
    assert "none is given" in str(unopened(place, Refused).why)


def test_a_stranger_is_no_database() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                for _ in range(2):
                    taken, _ = server.accept()
                    with taken:
                        taken.recv(100)
                        taken.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        options = {
            "host": "127.0.0.1",
            "port": server.getsockname()[1],
            "database": "d",
            "user": "u",
        }
        for mode in ("disable", "require"):
            error = unopened(
                SHELF["postgresql"].connector({**options, "sslmode": mode}, {"password": PASSWORD}),
                Invalid,
            )
            assert "is no PostgreSQL" in str(error)


def test_a_missing_right_is_named(postgresql_place: Any, reader: str) -> None:
    owner = postgresql_place
    schema = owner.prefix.rstrip(".")
    options = {**owner.options, "user": reader}
    part = Part(table=owner.name("ticks"))

    def refused(part: Part) -> Refused:
        place = SHELF["postgresql"].connector(options, {"password": PASSWORD})
        with place.open() as session:
            with pytest.raises(Refused) as caught:
                session.describe(part)
            with pytest.raises(Refused):
                list(session.read(part))
            names = [there.name for there in session.tables()]
        assert part.table not in names
        return caught.value

    query = Part(query=f"SELECT * FROM {schema}.ticks")
    assert f'`GRANT USAGE ON SCHEMA {schema} TO "{reader}"`' in str(refused(part).next)
    assert f'`GRANT USAGE ON SCHEMA {schema} TO "{reader}"`' in str(refused(query).next)
    owner.execute(f"GRANT USAGE ON SCHEMA {schema} TO {reader}")
    assert f'`GRANT SELECT ON {schema}.ticks TO "{reader}"`' in str(refused(part).next)
    assert "`GRANT SELECT ON ticks" in str(refused(query).next)
    owner.execute(f"GRANT SELECT ON ticks TO {reader}")
    place = SHELF["postgresql"].connector(options, {"password": PASSWORD})
    with place.open() as session:
        assert sum(batch.num_rows for batch in session.read(part)) == 5
        assert [there.name for there in session.tables()] == [owner.name("ticks")]


@contextmanager
def cut(place: Any) -> Iterator[tuple[Session, Callable[[], None]]]:
    """A session, and what ends its connection at the server."""
    with place.connector().open() as session:
        number = column(session, "pg_backend_pid()")[1]
        yield session, lambda: place.execute(f"SELECT pg_terminate_backend({number}, 5000)")


def test_a_connection_that_breaks_amid_the_rows_is_told(postgresql_place: Any) -> None:
    wide = Part(query="SELECT i, repeat('x', 400) AS pad FROM generate_series(1, 400000) AS g(i)")
    with cut(postgresql_place) as (session, end):
        batches = session.read(wide)
        assert 0 < next(batches).num_rows < 400_000
        end()
        with pytest.raises(Unavailable) as caught:
            list(batches)
        assert caught.value.why == "The connection broke."
        for call in (session.tables, lambda: session.describe(Part(table="x.y"))):
            with pytest.raises(Unavailable):
                call()


def test_all_of_a_read_is_of_one_moment(postgresql_place: Any) -> None:
    owner = postgresql_place
    part = Part(table=owner.name("many"), cursor="id")
    with owner.connector().open() as session:
        batches = session.read(part)
        count = next(batches).num_rows
        owner.execute("INSERT INTO many VALUES (200001, 'late')")
        try:
            count += sum(batch.num_rows for batch in batches)
            assert count == 200_000
            assert session.last(part) == 200_000
        finally:
            owner.execute("DELETE FROM many WHERE id > 200000")


def test_a_query_cannot_write(postgresql_place: Any) -> None:
    owner = postgresql_place
    owner.execute("CREATE SEQUENCE numbers")
    query = Part(query=f"SELECT nextval('{owner.prefix}numbers') AS n")
    with owner.connector().open() as session:
        with pytest.raises(Faulty):
            list(session.read(query))
        assert column(session, f"(SELECT is_called FROM {owner.prefix}numbers)")[1] is False


def test_locks_are_waited_for_and_told(postgresql_place: Any) -> None:
    options = Options(host="127.0.0.1", database="d", user="u")

    class Said(Exception):
        def __init__(self, state: str) -> None:
            super().__init__(f"geheim SQLSTATE: {state}")

    for state, kind in (
        ("55P03", Unavailable),
        ("53200", Unavailable),
        ("57014", Unavailable),
        ("57P01", Unavailable),
        ("42501", Refused),
        ("22012", Faulty),
        ("42601", Invalid),
    ):
        error = failure(options, Said(state), query=True)
        assert type(error) is kind
        assert "geheim" not in str(error.as_json())
    assert type(failure(options, Said("42601"), query=False)) is Faulty


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', Refused),
        ('致命错误:  用户 "geheim" Password 认证失败', Refused),
        ('致命错误:  数据库 "geheim" 不存在', NotFound),
        ("FATAL:  sorry, too many clients already", Unavailable),
        ("SSL error: certificate verify failed", Unavailable),
        ("FATAL:  geheim", Refused),
        ("server closed the connection unexpectedly", Unavailable),
    ],
)
def test_what_a_server_says_before_it_lets_in(said: str, kind: type[DoumenError]) -> None:
    error = unreached(Options(host="h", database="d", user="u"), said)
    assert type(error) is kind
    assert "geheim" not in str(error.as_json())


def test_tls_is_asked_for_outside_this_machine() -> None:
    for host, mode in (
        ("db.example.org", "require"), ("10.0.0.1", "require"), ("localhost", "prefer"),
        ("::1", "prefer"),
    ):  # fmt: skip
        assert Options(host=host, database="d", user="u").tls == mode
    options = Options(host="h", database="d", user="u", sslmode="verify-full", sslrootcert="/ca's")
    assert r"sslrootcert='/ca\'s'" in conninfo(options, {})


def test_without_the_driver_the_extra_is_named(
    postgresql_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "doumen.rooms.collect.connectors.postgresql_session"
    real = builtins.__import__

    def absent(wanted: str, *rest: Any) -> Any:
        if wanted == name:
            raise ModuleNotFoundError(name="adbc_driver_postgresql")
        return real(wanted, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    error = unopened(postgresql_place.connector(), Unavailable)
    assert error.next == "pip install 'doumen[databases]'"


def test_a_reading_that_another_ended_leaves_that_alone(postgresql_place: Any) -> None:
    many = Part(table=postgresql_place.name("many"))
    with postgresql_place.connector().open() as session:
        old, new = session.read(many), session.read(many)
        next(old)
        first = next(new)
        with pytest.raises(DoumenError):
            list(old)
        assert first.num_rows + sum(batch.num_rows for batch in new) == 200_000
