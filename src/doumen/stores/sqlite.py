"""The store in a file of SQLite: one writer by BEGIN IMMEDIATE, WAL, synchronous FULL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy import exc as sql
from sqlalchemy.engine import URL

from doumen.model.errors import DoumenError, Unavailable
from doumen.model.files import reason
from doumen.model.message import Message, msg
from doumen.stores import address
from doumen.stores.durable import sync
from doumen.stores.faults import busy, unusable
from doumen.stores.turn import is_writing

_ALONE = "doumen_alone"
READING: dict[str, Any] = {}
WRITING: dict[str, Any] = {}
GLANCING: dict[str, Any] = {_ALONE: True}
"""Options of a connection that reads, writes, or looks by one statement without a transaction."""


def engine(place: URL, patience: float, *, keys: bool = True) -> Engine:
    """Connections to a file.

    Args:
        place: The file.
        patience: Seconds to wait for another writer.
        keys: Hold foreign keys; off where tables are made anew (migrations).
    """
    try:
        made = create_engine(
            place,
            max_overflow=-1,
            hide_parameters=True,
            connect_args={"timeout": patience, "check_same_thread": False},
        )
    except sql.NoSuchModuleError:
        raise address.unusable() from None

    def settle(raw: Any, _: object) -> None:
        """Prepare a new connection: our own BEGIN, and durability before speed."""
        raw.isolation_level = None
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute(f"PRAGMA foreign_keys = {'ON' if keys else 'OFF'}")

    event.listen(made, "connect", settle)
    event.listen(made, "begin", _begin)
    return made


def find(place: URL, *, create: bool) -> None:
    """Make sure that SQLite opens a file that is there, or makes one only its owner reads."""
    if not place.database or place.database == ":memory:":
        raise address.unusable()
    path = Path(place.database)
    try:
        if create:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
            sync(path.parent)
        else:
            os.close(os.open(path, os.O_RDWR))
    except OSError as error:
        raise Unavailable(
            msg("The store `{path}` cannot be opened.", path=path),
            why=reason(error),
            next=msg("Put it back from a backup, or make the folder readable and writable."),
            detail="store",
        ) from None


def take_turn(connection: Connection) -> tuple[int, None]:
    """The turn came with BEGIN IMMEDIATE; gives the layout."""
    return connection.exec_driver_sql("SELECT version FROM store").scalar_one(), None


@contextmanager
def copied(place: URL) -> Iterator[URL]:
    """A copy of a store beside it, as it is at one moment; removed at the end."""
    path = Path(str(place.database))
    copy = path.with_name(f"{path.name}.{os.getpid()}.trial")
    try:
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        yield place.set(database=str(copy))
    except sqlite3.Error as error:
        raise failure(sql.DBAPIError(None, None, error)) from None
    except OSError as error:
        raise unusable(reason(error)) from None
    finally:
        for end in ("", "-wal", "-shm", "-journal"):
            copy.with_name(f"{copy.name}{end}").unlink(missing_ok=True)


def failure(error: sql.DBAPIError) -> DoumenError:
    """What a failure means, in a constant sentence: the text of a database may quote values."""
    text = str(error.orig)
    if "locked" in text or "busy" in text:
        return busy()
    reasons: dict[str, Message] = {
        "unable to open": msg("The file or its folder may not be read and written."),
        "readonly": msg("It may only be read."),
        "not a database": msg("The file is no database, or is damaged."),
        "malformed": msg("The file is damaged."),
        "full": msg("The disk is full."),
    }
    return unusable(next((reason for sign, reason in reasons.items() if sign in text), None))


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(_ALONE):
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing(connection) else "BEGIN")
