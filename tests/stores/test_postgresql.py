"""What PostgreSQL does that a file does not: it goes away, comes back, and is set up by others."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, create_engine, insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from doumen.model.errors import Invalid, Unavailable
from doumen.stores import postgresql
from doumen.stores.database import Database
from doumen.stores.tables import FACTS


@pytest.fixture(autouse=True)
def password(postgres: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """The password goes by the environment."""
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    word: str = postgres.password
    return word


@pytest.fixture
def place(postgres: Any) -> str:
    """Address of an empty schema."""
    address: str = postgres.new()
    return address


@pytest.fixture
def database(place: str) -> Iterator[Database]:
    opened = Database.open(place, create=True, patience=5)
    yield opened
    opened.close()


def put(connection: Connection, seq: int, key: str = "x") -> None:
    connection.execute(
        insert(FACTS).values(seq=seq, kind="k", key=key, body="{}", event="e", time="t")
    )


def seqs(database: Database) -> list[int]:
    with database.read() as connection:
        return list(connection.execute(sa.select(FACTS.c.seq).order_by(FACTS.c.seq)).scalars())


def end_all(postgres: Any) -> None:
    """End every other connection, as an administrator may."""
    engine = create_engine(postgres.address)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND application_name = 'doumen'"
            )
        )
    engine.dispose()


def test_readers_and_writers_are_as_they_must_be(database: Database) -> None:
    asked = text("SELECT current_setting('transaction_isolation'), current_setting(:name)")
    name = {"name": "transaction_read_only"}
    with database.read() as connection:
        assert connection.execute(asked, name).one() == ("repeatable read", "on")
    with database.write() as connection:
        assert connection.execute(asked, name).one() == ("read committed", "off")
    with database.read() as connection:
        assert connection.execute(asked, name).one() == ("repeatable read", "on")


def test_text_is_compared_by_its_bytes(database: Database) -> None:
    words = ["Z", "a", "é", "陡", "\U0001f600", "_", "A", "aa"]
    with database.write() as connection:
        for seq, word in enumerate(words):
            put(connection, seq, word)
    with database.read() as connection:
        found = list(connection.execute(sa.select(FACTS.c.key).order_by(FACTS.c.key)).scalars())
        asked = text(
            "SELECT DISTINCT collation_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type = 'text'"
        )
        assert list(connection.execute(asked).scalars()) == ["C"]
    assert found == sorted(words, key=str.encode)


def test_nul_is_refused_in_words(database: Database) -> None:
    with pytest.raises(Invalid, match="NUL") as caught, database.write() as connection:
        put(connection, 1, "secret\0")
    assert "secret" not in str(caught.value.as_json())
    assert seqs(database) == []


def test_after_every_connection_was_ended_the_next_job_goes_on(
    database: Database, postgres: Any
) -> None:
    with database.write() as connection:
        put(connection, 1)
    end_all(postgres)
    assert seqs(database) == [1]
    end_all(postgres)
    with database.write() as connection:
        put(connection, 2)
    assert seqs(database) == [1, 2]


def test_a_writer_whose_connection_breaks_keeps_nothing(database: Database, postgres: Any) -> None:
    def broken_off(connection: Connection) -> None:
        put(connection, 1)
        end_all(postgres)
        put(connection, 2)

    def broken_off_under_a_savepoint(connection: Connection) -> None:
        end_all(postgres)
        with suppress(DBAPIError), connection.begin_nested():
            put(connection, 1)
        put(connection, 2)

    with pytest.raises(Unavailable) as caught, database.write() as connection:
        broken_off(connection)
    assert caught.value.code == "unavailable.store"
    assert "Start the server" in str(caught.value.next)
    with pytest.raises(Unavailable), database.write() as connection:
        broken_off_under_a_savepoint(connection)
    assert seqs(database) == []


def test_a_server_that_is_away_is_named_and_its_return_is_noticed(
    database: Database, postgres: Any
) -> None:
    with database.write() as connection:
        put(connection, 1)
    postgres.stop()
    try:
        for use in (database.read, database.write):
            with pytest.raises(Unavailable, match="cannot be used") as caught, use():
                pass
            assert "Start the server" in str(caught.value.next)
    finally:
        postgres.start()
    with database.write() as connection:
        put(connection, 2)
    assert seqs(database) == [1, 2]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda url: url.replace("/postgres?", "/nowhere?"), "no such database"),
        (lambda url: url.replace("doumen@", "doumen:wrong@"), "wants a password"),
        (lambda url: url + "&sslmode=require", "TLS"),
        (lambda url: url + "&options=-c%20synchronous_commit=off", "synchronous_commit is off"),
        (lambda url: url + "&host=127.0.0.1&port=1", "cannot be reached"),
    ],
)
def test_a_server_that_cannot_hold_a_store(
    place: str, change: Callable[[str], str], why: str
) -> None:
    with pytest.raises(Unavailable) as caught:
        Database.open(change(place), create=True)
    assert why in str(caught.value.why)
    assert caught.value.next
    assert "wrong" not in str(caught.value.as_json())


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ((120000, "UTF8", "on", "on", False), "It is version 12; 13 is the oldest."),
        ((150000, "SQL_ASCII", "on", "on", False), "Its text is SQL_ASCII, not UTF8."),
        ((150000, "UTF8", "off", "on", True), "fsync is off: a crash loses commits. It is a sta"),
    ],
)
def test_servers_that_do_not_keep_what_the_store_promises(
    told: tuple[object, ...], why: str
) -> None:
    class Raw:
        autocommit, closed = False, False

        def execute(self, _: str) -> Raw:
            return self

        def fetchone(self) -> tuple[object, ...]:
            return told

        def close(self) -> None:
            self.closed = True

    raw = Raw()
    with pytest.raises(Unavailable, match="cannot hold a store") as caught:
        postgresql._check(raw, None)
    assert str(caught.value.why).startswith(why)
    assert raw.closed


def test_a_server_with_stronger_promises_keeps_them(place: str) -> None:
    database = Database.open(f"{place}&options=-c%20synchronous_commit=remote_apply", create=True)
    with database.read() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar() == "remote_apply"
    database.close()


def test_two_who_make_one_store_at_once(place: str) -> None:
    made: list[str] = []

    def make() -> None:
        try:
            Database.open(place, create=True).close()
            made.append("made")
        except Exception as error:
            made.append(getattr(error, "code", repr(error)))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == ["conflict.store"] * 3 + ["made"]


class Proxy:
    """Between client and server: cuts the line when a client commits, before or after it did."""

    def __init__(self, target: int, *, deliver: bool) -> None:
        self._target, self._deliver, self.armed = target, deliver, False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def put(self, connection: Connection, *, last: bool = False) -> None:
        """Write a row over this line, the next commit of which is cut off."""
        put(connection, 1)
        if last:
            self.close()
        self.armed = True

    def close(self) -> None:
        """Let nobody in any more; lines that are open stay."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join()
        self._listener.close()

    def join(self) -> None:
        """Wait for the end of all lines."""
        self.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(client,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._target))
        with client, server, suppress(OSError):
            while True:
                for one in select_ready(client, server):
                    data = one.recv(65536)
                    cut = self.armed and one is client and b"COMMIT" in data
                    if not data or (cut and not self._deliver):
                        self.armed = False
                        return
                    (server if one is client else client).sendall(data)
                    if cut:
                        server.recv(65536)
                        self.armed = False
                        return


def select_ready(*ends: socket.socket) -> list[socket.socket]:
    """The ends at which something came."""
    return select.select(ends, [], [])[0]


@pytest.fixture
def proxied(place: str) -> Iterator[Callable[[bool], tuple[Database, Proxy]]]:
    """A store behind a line that can be cut: `proxied(deliver)`."""
    opened: list[tuple[Database, Proxy]] = []

    def open_(deliver: bool) -> tuple[Database, Proxy]:
        target = make_url(place)
        assert target.port is not None
        proxy = Proxy(target.port, deliver=deliver)
        url = target.set(port=proxy.port).render_as_string(hide_password=False)
        database = Database.open(url, patience=5)
        opened.append((database, proxy))
        return database, proxy

    yield open_
    for database, proxy in opened:
        database.close()
        proxy.join()


def test_a_commit_whose_answer_was_lost_is_known_to_be_kept(
    database: Database, proxied: Callable[[bool], tuple[Database, Proxy]]
) -> None:
    behind, proxy = proxied(True)
    with behind.write() as connection:
        proxy.put(connection)
    assert not proxy.armed
    assert seqs(database) == [1]


def test_a_commit_that_never_arrived_is_known_to_be_lost(
    database: Database, proxied: Callable[[bool], tuple[Database, Proxy]]
) -> None:
    behind, proxy = proxied(False)
    with pytest.raises(Unavailable) as caught, behind.write() as connection:
        proxy.put(connection)
    assert caught.value.code == "unavailable.store"
    assert not proxy.armed
    assert seqs(database) == []


def test_what_cannot_be_told_is_said_so(
    database: Database,
    proxied: Callable[[bool], tuple[Database, Proxy]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    behind, proxy = proxied(True)
    monkeypatch.setattr(postgresql, "SETTLE", 0.2)
    begun = time.monotonic()
    with pytest.raises(Unavailable) as caught, behind.write() as connection:
        proxy.put(connection, last=True)
    assert caught.value.code == "unavailable.unsure"
    assert "sys.events" in str(caught.value.next)
    assert time.monotonic() - begun < 10


def test_a_number_that_the_server_never_came_to(database: Database) -> None:
    assert not postgresql.settled(database._engine, 2**62)
