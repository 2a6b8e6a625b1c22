"""The database that holds catalogue and ledger: SQLite, or PostgreSQL by the same statements.

One writer at a time, wherever the writers are. Readers see one snapshot. What a transaction
wrote is on the disk when `write` ends without an error, and none of it is kept when it ends
with one. What differs between the two is in `sqlite` and `postgresql`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Self

from sqlalchemy import Connection, Engine, select
from sqlalchemy import exc as sql
from sqlalchemy.engine import URL, RootTransaction

from doumen.model.errors import Conflict
from doumen.model.message import msg
from doumen.stores import address, faults, postgresql, sqlite
from doumen.stores.tables import METADATA, STORE, VERSION
from doumen.stores.turn import WRITING, is_writing

PATIENCE = 30.0
"""Seconds for which a writer waits for its turn."""

__all__ = ["PATIENCE", "Database", "is_writing"]


class Database:
    """The open database. Any number of threads may use it at once."""

    def __init__(self, engine: Engine, patience: float = PATIENCE) -> None:
        self._engine = engine
        self._patience = patience
        self._turn = threading.Lock()
        self._server = engine.dialect.name == "postgresql"
        self._kind: ModuleType = postgresql if self._server else sqlite

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = False,
        patience: float = PATIENCE,
        origin: str | None = None,
    ) -> Self:
        """Open a database, or make one.

        Args:
            url: `sqlite:///PATH` or `postgresql+psycopg://…?schema=…`.
            create: Lay out the tables in a database that has none.
            patience: Seconds to wait for other writers.
            origin: Name of the ledger in it; a server's store of another one is refused.

        Raises:
            Invalid: the address is none that can be used.
            Unavailable: it cannot be reached or read, or has another layout.
            Conflict: `create`, and it holds a store already; or it is another node's.
        """
        place = address.parse(url)
        if place.get_backend_name() == "sqlite":
            sqlite.find(place, create=create)
        database = cls(engine(place, patience), patience)
        try:
            with database._transaction(writing=create) as (connection, _):
                if create:
                    database._lay_out(connection, place, origin)
                else:
                    database._recognise(connection, origin)
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
        with self._writing() as (connection, found):
            if found != VERSION:  # migrated since this process opened it
                raise faults.layout(found, VERSION)
            yield connection

    @contextmanager
    def alter(self) -> Iterator[Connection]:
        """As `write`, whatever the layout is: for those who change it.

        Raises:
            Unavailable: as `write`, or there is no store.
        """
        with self._writing() as (connection, _):
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[tuple[Connection, int]]:
        """A transaction that has its turn, and the layout that it finds."""
        if not self._turn.acquire(timeout=self._patience):
            raise faults.busy()
        try:
            with self._transaction(writing=True) as (connection, transaction):
                found, number = self._kind.take_turn(connection)
                yield connection, found
                self._commit(transaction, number)
        finally:
            self._turn.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that reads one consistent snapshot.

        Raises:
            Unavailable: the database cannot be read.
        """
        with self._transaction(writing=False) as (connection, _):
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A look by one statement, which is a snapshot by itself: no transaction around it.

        Raises:
            Unavailable: the database cannot be read.
        """
        with self._transaction(writing=False, **self._kind.GLANCING) as (connection, _):
            yield connection

    def sign(self, origin: str) -> None:
        """Say whose store this is; a file of SQLite is that of the folder it lies in.

        Raises:
            Unavailable: as `write`.
        """
        if self._server:
            with self.write() as connection:
                postgresql.sign(connection, origin)

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._engine.dispose()

    def _commit(self, transaction: RootTransaction, number: int | None) -> None:
        """Commit; where the server goes away over it, find out what it did."""
        try:
            transaction.commit()
        except sql.DBAPIError as error:
            if number is None or not error.connection_invalidated:
                raise
            if not postgresql.settled(self._engine, number):
                raise

    @contextmanager
    def _transaction(
        self, *, writing: bool, **options: Any
    ) -> Iterator[tuple[Connection, RootTransaction]]:
        usual = self._kind.WRITING if writing else self._kind.READING
        try:
            with self._engine.connect() as plain:
                connection = plain.execution_options(**{WRITING: writing, **usual, **options})
                with connection.begin() as transaction:
                    yield connection, transaction
        except sql.IntegrityError as error:
            raise _bare(error) from None
        except sql.DBAPIError as error:
            raise self._kind.failure(error) from None
        except sql.PendingRollbackError:
            raise faults.unusable(msg("The connection broke.")) from None

    def _lay_out(self, connection: Connection, place: URL, origin: str | None) -> None:
        if self._server:
            postgresql.prepare(connection, place)
        if connection.dialect.has_table(connection, STORE.name):
            raise Conflict(
                msg("The database holds a store already."),
                next=msg("Open it, or choose another place."),
                detail="store",
            )
        METADATA.create_all(connection)
        connection.execute(STORE.insert().values(id=1, version=VERSION))
        if self._server and origin:
            postgresql.sign(connection, origin)

    def _recognise(self, connection: Connection, origin: str | None) -> None:
        found = layout(connection)
        if found != VERSION:
            raise faults.layout(found, VERSION)
        if self._server and origin and postgresql.owner(connection) not in {None, origin}:
            raise Conflict(
                msg("The store belongs to another node."),
                why=msg("Several nodes may share a server, each in a schema of its own."),
                next=msg("Correct `store` in doumen.toml: it names the `schema`."),
                detail="store",
            )


def _bare(error: sql.IntegrityError) -> sql.IntegrityError:
    """The error without what the database says to it: PostgreSQL quotes the whole row."""
    plain = Exception("a constraint does not hold")
    return sql.IntegrityError(error.statement, None, plain, hide_parameters=True)


def engine(place: URL, patience: float) -> Engine:
    """Connections to a place, of either kind."""
    if place.get_backend_name() == "sqlite":
        return sqlite.engine(place, patience)
    return postgresql.engine(place, patience)


def layout(connection: Connection) -> int | None:
    """The layout of the store; None where there is no store."""
    if not connection.dialect.has_table(connection, STORE.name):
        return None
    found: int | None = connection.execute(select(STORE.c.version)).scalar()
    return found


def discard(url: str, origin: str) -> None:
    """Drop what an interrupted making of the node of this origin left on a server."""
    place = address.parse(url)
    if place.get_backend_name() != "postgresql":
        return
    database = Database(engine(place, PATIENCE))
    try:
        with database._transaction(writing=True) as (connection, _):
            postgresql.discard(connection, place, origin)
    finally:
        database.close()
