"""The database that holds catalogue and ledger: SQLite, or PostgreSQL by the same statements.

One writer at a time: on SQLite by BEGIN IMMEDIATE, on PostgreSQL by a lock on the one row of
`store`. Readers see one snapshot. What a transaction wrote is on the disk when `write` ends
without an error, and none of it is kept when it ends with one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy import exc as sql
from sqlalchemy.engine import URL, make_url

from doumen.model.errors import Conflict, Invalid, Unavailable
from doumen.stores.durable import sync
from doumen.stores.tables import METADATA, STORE, VERSION

PATIENCE = 30.0
"""Seconds for which a writer waits for its turn."""

_WRITING = "doumen_writing"


class Database:
    """The open database. Any number of threads may use it at once."""

    def __init__(self, engine: Engine, patience: float) -> None:
        self._engine = engine
        self._patience = patience
        self._turn = threading.Lock()

    @classmethod
    def open(cls, url: str, *, create: bool = False, patience: float = PATIENCE) -> Self:
        """Open a database, or make one.

        Args:
            url: `sqlite:///PATH` or `postgresql+psycopg://…`.
            create: Lay out the tables in a database that has none.
            patience: Seconds to wait for other writers.

        Raises:
            Invalid: the address is none that can be used.
            Unavailable: it cannot be reached or read, or has another layout.
            Conflict: `create`, and it holds a store already.
        """
        try:
            place = make_url(url)
        except sql.ArgumentError:
            raise _address() from None
        if place.get_backend_name() not in {"sqlite", "postgresql"}:
            raise _address()
        if place.get_backend_name() == "sqlite":
            _find(place, create=create)
        database = cls(_engine(place, patience), patience)
        try:
            with database._transaction(writing=create) as connection:
                _lay_out(connection) if create else _recognise(connection)
        except BaseException:
            database.close()
            raise
        return database

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; committed, on the disk, when the block ends.

        Raises:
            Unavailable: other writers took too long, or the database failed.
        """
        if not self._turn.acquire(timeout=self._patience):
            raise _busy()
        try:
            with self._transaction(writing=True) as connection:
                if connection.dialect.name != "sqlite":
                    connection.execute(select(STORE.c.version).with_for_update())
                yield connection
        finally:
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that reads one consistent snapshot.

        Raises:
            Unavailable: the database cannot be read.
        """
        with self._transaction(writing=False) as connection:
            yield connection

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, *, writing: bool) -> Iterator[Connection]:
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(**_options(self._engine, writing=writing))
                with connection.begin():
                    yield connection
        except sql.IntegrityError:
            raise
        except sql.DBAPIError as error:
            raise _unavailable(error) from None


def is_writing(connection: Connection) -> bool:
    """Whether the transaction of this connection may hold rows that are not committed."""
    return bool(connection.get_execution_options().get(_WRITING))


def _options(engine: Engine, *, writing: bool) -> dict[str, Any]:
    if engine.dialect.name == "sqlite" or writing:
        return {_WRITING: writing}
    return {_WRITING: False, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _engine(place: URL, patience: float) -> Engine:
    try:
        if place.get_backend_name() != "sqlite":
            return create_engine(place, max_overflow=-1, hide_parameters=True)
        engine = create_engine(
            place,
            max_overflow=-1,
            hide_parameters=True,
            connect_args={"timeout": patience, "check_same_thread": False},
        )
    except sql.NoSuchModuleError:
        raise _address() from None
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"The database needs the Python package `{error.name}`, which is not installed.",
            next=f"pip install {error.name}",
            detail="driver",
        ) from None
    event.listen(engine, "connect", _settle)
    event.listen(engine, "begin", _begin)
    return engine


def _settle(raw: Any, _: object) -> None:
    """Prepare a new SQLite connection: our own BEGIN, and durability before speed."""
    raw.isolation_level = None
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA foreign_keys = ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing(connection) else "BEGIN")


def _find(place: URL, *, create: bool) -> None:
    """Make sure that SQLite opens a file that is there, or makes one only its owner reads."""
    if not place.database or place.database == ":memory:":
        raise _address()
    path = Path(place.database)
    try:
        if create:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
            sync(path.parent)
        else:
            os.close(os.open(path, os.O_RDWR))
    except OSError as error:
        raise Unavailable(
            f"The store `{path}` cannot be opened.",
            why=error.strerror,
            next="Put it back from a backup, or make the folder readable and writable.",
            detail="store",
        ) from None


def _lay_out(connection: Connection) -> None:
    if connection.dialect.has_table(connection, STORE.name):
        raise Conflict(
            "The database holds a store already.",
            next="Open it, or choose another place.",
            detail="store",
        )
    METADATA.create_all(connection)
    connection.execute(STORE.insert().values(id=1, version=VERSION))


def _recognise(connection: Connection) -> None:
    found = None
    if connection.dialect.has_table(connection, STORE.name):
        found = connection.execute(select(STORE.c.version)).scalar()
    if found != VERSION:
        raise Unavailable(
            f"The store has layout {found}; this version of Doumen reads layout {VERSION}."
            if found is not None
            else "The database holds no store of Doumen.",
            next="Use the version of Doumen that wrote it, or put it back from a backup.",
            detail="layout",
        )


def _unavailable(error: sql.DBAPIError) -> Unavailable:
    """A constant sentence: the text of a database may quote values."""
    text = str(error.orig)
    if "locked" in text or "busy" in text:
        return _busy()
    reasons = {
        "unable to open": "The file or its folder may not be read and written.",
        "readonly": "It may only be read.",
        "not a database": "The file is no database, or is damaged.",
        "malformed": "The file is damaged.",
        "full": "The disk is full.",
    }
    why = next((reason for sign, reason in reasons.items() if sign in text), None)
    return Unavailable("The store cannot be used.", why=why, next="doumen doctor", detail="store")


def _busy() -> Unavailable:
    return Unavailable(
        "The store is busy: others have been writing for too long.",
        next="Try again.",
        detail="busy",
    )


def _address() -> Invalid:
    return Invalid(
        "The address of the store cannot be used.",
        why="It is `sqlite:///PATH` or `postgresql+psycopg://USER@HOST/NAME`.",
        detail="store",
    )
