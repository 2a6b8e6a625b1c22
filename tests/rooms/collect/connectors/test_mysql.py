"""What MySQL does that a file does not: passwords, rights, TLS, and connections that break."""

from __future__ import annotations

import builtins
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pymysql import err

from doumen.model.errors import (
    Conflict,
    DoumenError,
    Faulty,
    Invalid,
    NotFound,
    Refused,
    Unavailable,
)
from doumen.model.message import msg
from doumen.rooms.collect.connectors import SHELF, Connector, Part, Session
from doumen.rooms.collect.connectors.mysql_address import Options
from doumen.rooms.collect.connectors.mysql_faults import failure, unreached

PASSWORD = f"geheim 密 {secrets.token_hex(4)} '\\"


@pytest.fixture
def reader(mysql_place: Any) -> Iterator[str]:
    """A user who may log in to the database, and read nothing of it that matters."""
    name = f"reader_{secrets.token_hex(4)}"
    word = PASSWORD.replace("\\", "\\\\").replace("'", "''")
    mysql_place.execute(
        f"CREATE USER {name}@'127.0.0.1' IDENTIFIED BY '{word}'",
        f"GRANT SELECT ON empty TO {name}@'127.0.0.1'",
        f"GRANT INSERT ON pairs TO {name}@'127.0.0.1'",
    )
    yield name
    mysql_place.execute(f"DROP USER {name}@'127.0.0.1'")


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


def value(session: Session, literal: str) -> tuple[str, Any]:
    """The type and the only value of an expression."""
    part = Part(query=f"SELECT {literal} AS c")
    ((one,),) = rows(session, part)
    return session.describe(part).columns[0].type, one


def test_what_was_read_can_be_altered(mysql_place: Any, table: Callable[..., Part]) -> None:
    """A session holds no lock on a table but while it reads it."""
    first, second = table("a INT", "(1)"), table("a INT", "(1)")
    with mysql_place.connector().open() as session:
        assert rows(session, first) == [(1,)]
        assert rows(session, second) == [(1,)]
        mysql_place.execute("SET lock_wait_timeout = 5", f"ALTER TABLE {first.table} ADD b INT")
        assert rows(session, second) == [(1,)]


def test_a_table_is_read_in_a_database_of_its_own(mysql_place: Any) -> None:
    """A point is part of a name: the database is that of the options."""
    with mysql_place.connector().open() as session:
        name = f"{mysql_place.options['database']}.ticks"
        with pytest.raises(NotFound) as caught:
            session.describe(Part(table=name))
        assert "`ticks`" in str(caught.value.next)


def test_a_value_that_fails_is_said_without_it(mysql_place: Any) -> None:
    query = "SELECT JSON_EXTRACT('{}', 'geheim') + (SELECT seq FROM seq_1_to_2) AS c"
    late = "SELECT (SELECT id FROM many AS m WHERE m.id > n.id - 2 AND n.id > 150000 LIMIT 2) AS c"
    with mysql_place.connector().open() as session:
        for said in (query, f"{late} FROM many AS n"):
            with pytest.raises((Faulty, Invalid)) as caught:
                rows(session, Part(query=said))
            assert "geheim" not in str(caught.value.as_json())
        with pytest.raises(Faulty, match="failed amid the rows") as caught:
            rows(session, Part(query="SELECT 9223372036854775807 + id AS c FROM many"))
        assert "1690" in str(caught.value.why)
        with pytest.raises(Invalid, match="does not take the query") as caught:
            session.describe(Part(query="SELECT 1 AS a, 2 AS a"))
        assert "1060" in str(caught.value.why)
        assert value(session, "1") == ("INTEGER", 1)


def test_a_wrong_address_or_password_is_told_apart(mysql_place: Any, reader: str) -> None:
    options = {**mysql_place.options, "user": reader}

    def place(word: str | None = PASSWORD, **other: Any) -> Connector:
        given = {} if word is None else {"password": word}
        return SHELF["mysql"].connector({**options, **other}, given)

    assert "geheim" not in repr(place())
    with place().open() as session:
        assert "geheim" not in repr(session)
        assert value(session, "CURRENT_USER()") == ("VARCHAR", f"{reader}@127.0.0.1")
    assert "password is wrong" in str(unopened(place("geheim, but wrong"), Refused).why)
    assert "does not let" in str(unopened(place(user="rat"), Refused))
    assert "none is given" in str(unopened(place(None), Refused).why)
    assert "may not use that database" in str(unopened(place(database="nix"), Refused).why)
    owner = SHELF["mysql"].connector(
        {**mysql_place.options, "database": "nix"}, mysql_place.secrets
    )
    assert "does not exist" in str(unopened(owner, NotFound))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        error = unopened(place(port=free.getsockname()[1]), Unavailable)
    assert error.why == "Nobody answers at that port."
    error = unopened(place(host="no.such.invalid"), Unavailable)
    assert error.why == "There is no host of that name."


def test_tls_is_spoken_as_it_is_asked_for(mysql_place: Any, mariadb: Any, tmp_path: Path) -> None:
    cipher = "(SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS "
    cipher += "WHERE VARIABLE_NAME = 'Ssl_cipher')"
    authority = tmp_path / "authority.pem"
    authority.write_bytes(Path(mariadb.server["ca"]).read_bytes())

    def place(**other: Any) -> Connector:
        connector: Connector = mysql_place.connector(**other)
        return connector

    for mode, file in (
        ("prefer", None),
        ("require", None),
        ("require", authority),
        ("verify-ca", authority),
        ("verify-full", authority),
    ):
        with place(sslmode=mode, sslrootcert=file and str(file)).open() as session:
            assert value(session, cipher)[1]
    with place(sslmode="disable").open() as session:
        assert not value(session, cipher)[1]
    with place(host="localhost", sslmode="verify-ca", sslrootcert=str(authority)).open():
        pass
    for other in (
        {"host": "localhost", "sslmode": "verify-full", "sslrootcert": str(authority)},
        {"sslmode": "verify-full"},
        {"sslmode": "verify-ca"},
        {"sslmode": "require", "sslrootcert": str(tmp_path / "none.pem")},
    ):
        assert unopened(place(**other), Unavailable).code == "unavailable.tls"


def test_a_missing_right_is_named(mysql_place: Any, reader: str) -> None:
    owner = mysql_place
    database = owner.options["database"]
    place = SHELF["mysql"].connector({**owner.options, "user": reader}, {"password": PASSWORD})

    def refused(part: Part) -> Refused:
        with place.open() as session:
            with pytest.raises(Refused) as caught:
                session.describe(part)
            with pytest.raises(Refused):
                rows(session, part)
            assert [there.name for there in session.tables()] == ["empty"]
        return caught.value

    grant = f'`GRANT SELECT ON "{database}"."ticks" TO "{reader}"@"127.0.0.1"`'
    error = refused(Part(table="ticks"))
    assert grant in str(error.next)
    assert "or there is no such table" in str(error.why)
    assert refused(Part(table="pairs")).why == "A right is missing there."
    assert "may not read all" in str(refused(Part(query="SELECT * FROM ticks")))
    owner.execute(f"GRANT SELECT (seq) ON ticks TO {reader}@'127.0.0.1'")
    assert refused(Part(table="ticks")).why == "A right is missing there."
    owner.execute(f"GRANT SELECT ON ticks TO {reader}@'127.0.0.1'")
    with place.open() as session:
        assert len(rows(session, Part(table="ticks"))) == 5
        assert [there.name for there in session.tables()] == ["empty", "ticks"]


@contextmanager
def cut(place: Any) -> Iterator[tuple[Session, Callable[[], None]]]:
    """A session, and what ends its connection at the server."""
    with place.connector().open() as session:
        number = value(session, "CONNECTION_ID()")[1]
        yield session, lambda: place.execute(f"KILL {number}")


def test_a_connection_that_breaks_amid_the_rows_is_told(mysql_place: Any) -> None:
    wide = Part(query="SELECT seq, repeat('x', 400) AS pad FROM seq_1_to_400000")
    with cut(mysql_place) as (session, end):
        batches = session.read(wide)
        assert 0 < next(batches).num_rows < 400_000
        end()
        with pytest.raises(Unavailable) as caught:
            list(batches)
        assert caught.value.why == "The connection broke."
        for call in (session.tables, lambda: session.describe(Part(table="x"))):
            with pytest.raises(Unavailable):
                call()
    with cut(mysql_place) as (session, end):
        next(session.read(wide))
        end()
        with pytest.raises(Unavailable):
            session.tables()


def test_a_reading_that_another_ended_says_so(mysql_place: Any) -> None:
    many = Part(table="many")
    with mysql_place.connector().open() as session:
        old, new = session.read(many), session.read(many)
        next(old)
        first = next(new)
        with pytest.raises(Conflict, match="which ended this one"):
            list(old)
        assert first.num_rows + sum(batch.num_rows for batch in new) == 200_000


def test_a_reading_that_is_left_is_ended_there(
    mysql_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = Part(query="SELECT a.id, a.pad FROM many AS a JOIN many AS b")
    with mysql_place.connector().open() as session:
        next(session.read(endless))
        assert value(session, "1") == ("INTEGER", 1)
        next(session.read(Part(table="many")))
        monkeypatch.setattr(session, "_reach", connection_that_fails)
        assert value(session, "2") == ("INTEGER", 2)


def connection_that_fails() -> Any:
    """Stands for a server that takes no second connection."""
    raise Unavailable(msg("The connection broke."))


def test_all_of_a_read_is_of_one_moment(mysql_place: Any) -> None:
    part = Part(table="many", cursor="id")
    with mysql_place.connector().open() as session:
        batches = session.read(part)
        count = next(batches).num_rows
        mysql_place.execute("INSERT INTO many VALUES (200001, 'late')")
        try:
            count += sum(batch.num_rows for batch in batches)
            assert count == 200_000
            assert session.last(part) == 200_000
        finally:
            mysql_place.execute("DELETE FROM many WHERE id > 200000")


def test_a_table_that_is_altered_meanwhile_is_told(
    mysql_place: Any, table: Callable[..., Part]
) -> None:
    part = table("a INT", "(1)")
    with mysql_place.connector().open() as session:
        mysql_place.execute(f"ALTER TABLE {part.table} ADD COLUMN b INT, ALGORITHM=COPY")
        with pytest.raises(Unavailable, match="cannot be reached") as caught:
            rows(session, part)
        assert "altered" in str(caught.value.why)


def test_what_the_server_sets_for_all_changes_no_row(mysql_place: Any) -> None:
    mysql_place.execute("SET GLOBAL sql_select_limit = 2", "SET GLOBAL time_zone = '+08:00'")
    try:
        with mysql_place.connector().open() as session:
            assert len(rows(session, Part(table="ticks"))) == 5
            assert value(session, "FROM_UNIXTIME(0)") == ("TIMESTAMP", datetime(1970, 1, 1))
    finally:
        mysql_place.execute(
            "SET GLOBAL sql_select_limit = DEFAULT", "SET GLOBAL time_zone = SYSTEM"
        )


def test_a_query_cannot_write(mysql_place: Any) -> None:
    place = mysql_place
    place.execute(
        "CREATE FUNCTION adds() RETURNS INT BEGIN INSERT INTO empty (id) VALUES (1); RETURN 1; END"
    )
    try:
        with place.connector().open() as session:
            with pytest.raises((Faulty, Invalid)):
                rows(session, Part(query="SELECT adds() AS a"))
            assert rows(session, Part(table="empty")) == []
    finally:
        place.execute("DROP FUNCTION adds")


def test_a_view_of_nothing_is_told(mysql_place: Any, table: Callable[..., Part]) -> None:
    place = mysql_place
    place.execute(
        "CREATE TABLE gone (a INT)", "CREATE VIEW lost AS SELECT * FROM gone", "DROP TABLE gone"
    )
    try:
        with place.connector().open() as session:
            assert "lost" not in [there.name for there in session.tables()]
            with pytest.raises(Invalid, match="cannot make the view any more"):
                session.describe(Part(table="lost"))
            with pytest.raises(Invalid, match="does not take the query"):
                session.describe(Part(query="SELECT * FROM lost"))
    finally:
        place.execute("DROP VIEW lost")


@pytest.mark.parametrize(
    ("code", "state", "kind"),
    [
        (1205, "HY000", Unavailable),
        (1038, "HY001", Unavailable),
        (1969, "70100", Unavailable),
        (3024, "HY000", Unavailable),
        (1927, "70100", Unavailable),
        (2013, None, Unavailable),
        (0, None, Unavailable),
        (1142, "42000", Refused),
        (1064, "42000", Invalid),
        (1792, "25006", Invalid),
        (1690, "22003", Faulty),
        ("geheim", None, Unavailable),
    ],
)
def test_what_a_number_means(code: Any, state: str | None, kind: type[DoumenError]) -> None:
    options = Options(host="127.0.0.1", database="d", user="u")
    error = err.OperationalError(code, "geheim", sqlstate=state)
    for query in (True, False):
        said = failure(options, error, query=query)
        assert type(said) is kind or (not query and type(said) is Faulty)
        assert "geheim" not in str(said.as_json())


@pytest.mark.parametrize(
    ("code", "kind", "word"),
    [
        (1045, Refused, "password is wrong"),
        (1698, Refused, "password is wrong"),
        (1130, Refused, "from this machine"),
        (2059, Refused, "a way to log in"),
        (3159, Refused, "TLS alone"),
        (1049, NotFound, ""),
        (1040, Unavailable, "no more connections"),
        (2013, Unavailable, "broke"),
        (2026, Unavailable, "certificate"),
        (1234, Refused, ""),
    ],
)
def test_why_a_connection_is_not_made(code: int, kind: type[DoumenError], word: str) -> None:
    error = err.OperationalError(code, "geheim")
    said = unreached(Options(host="h", database="d", user="u"), error, password=True)
    assert type(said) is kind
    assert word in str(said.why or "")
    assert "geheim" not in str(said.as_json())


def test_tls_is_asked_for_outside_this_machine() -> None:
    for host, mode in (("db.example.org", "require"), ("localhost", "prefer"), ("::1", "prefer")):
        assert Options(host=host, database="d", user="u").tls == mode


def test_without_the_driver_the_extra_is_named(
    mysql_place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "doumen.rooms.collect.connectors.mysql_session"
    real = builtins.__import__

    def absent(wanted: str, *rest: Any) -> Any:
        if wanted == name:
            raise ModuleNotFoundError(name="pymysql")
        return real(wanted, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    error = unopened(mysql_place.connector(), Unavailable)
    assert error.next == "pip install 'doumen[databases]'"
