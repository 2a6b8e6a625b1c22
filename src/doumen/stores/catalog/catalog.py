"""The catalogue: facts are appended, not changed, and folded into the state of a version.

The state of what is committed is kept in memory and extended by the rows that came since, so
a job pays for what changed and not for what is known. Rows that a transaction has written and
not committed are seen by that transaction alone and never kept.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, insert, select, update

from doumen.failpoint import passing
from doumen.model.errors import NotFound
from doumen.model.fact import ERASED, Fact, FactRow, Facts
from doumen.model.message import msg
from doumen.stores.database import Database
from doumen.stores.tables import FACTS
from doumen.stores.turn import is_writing

_VERSION = select(func.max(FACTS.c.seq))


class Catalog:
    """The facts of one node. Safe for any number of threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._committed = Facts()

    def append(self, connection: Connection, facts: Sequence[Fact], event: str, time: str) -> int:
        """Add facts; one of a kind that is erased takes all its versions with it when it goes.

        Args:
            connection: A transaction that writes.
            facts: In order; a later one takes the place of an earlier one of the same key.
            event: Id of the event that made them true.
            time: RFC 3339, UTC.

        Returns:
            The version that the catalogue has with them.
        """
        version = _version(connection)
        rows = [
            {
                "seq": seq,
                "kind": fact.kind,
                "key": fact.key,
                "body": None if fact.body is None else json.dumps(fact.body, allow_nan=False),
                "event": event,
                "time": time,
            }
            for seq, fact in enumerate(facts, version + 1)
        ]
        if rows:
            connection.execute(insert(FACTS), rows)
        for fact in facts:
            if fact.body is None and fact.kind in ERASED:
                mine = (FACTS.c.kind == fact.kind) & (FACTS.c.key == fact.key)
                connection.execute(update(FACTS).where(mine).values(body=None))
        passing("catalog.appended")
        return version + len(rows)

    def current(self, connection: Connection | None = None) -> Facts:
        """The state in force.

        Args:
            connection: The transaction whose snapshot is meant, what it has written itself
                included; None: what is committed now.
        """
        if connection is None:
            return self._refreshed()
        if is_writing(connection):
            base = self._refreshed()
            return base.extended(_rows(connection, _since(base.version)))
        base, version = self._committed, _version(connection)
        if version < base.version:  # the snapshot is older than what is kept
            return _folded(connection, version)
        return self._kept(base.extended(_rows(connection, _since(base.version))))

    def at(self, version: int) -> Facts:
        """The state at an earlier version.

        Raises:
            NotFound: the catalogue has not come to that version.
        """
        with self._database.read() as connection:
            latest = _version(connection)
            if not 0 <= version <= latest:
                raise NotFound(
                    msg("The catalogue has no version {version}.", version=version),
                    why=msg("It has the versions 0 to {latest}.", latest=latest),
                    detail="version",
                )
            return _folded(connection, version)

    def history(self, kind: str, key: str, connection: Connection | None = None) -> list[FactRow]:
        """All versions of one fact, oldest first, those that take it back included."""
        asked = select(FACTS).where(FACTS.c.kind == kind, FACTS.c.key == key)
        if connection is not None:
            return list(_rows(connection, asked))
        with self._database.read() as reading:
            return list(_rows(reading, asked))

    def _refreshed(self) -> Facts:
        base = self._committed
        with self._database.glance() as connection:
            if _version(connection) == base.version:
                return base
        with self._database.read() as connection:
            return self._kept(base.extended(_rows(connection, _since(base.version))))

    def _kept(self, facts: Facts) -> Facts:
        """Keep a committed state, unless a newer one is kept already."""
        with self._lock:
            if facts.version > self._committed.version:
                self._committed = facts
        return facts


def _version(connection: Connection) -> int:
    return connection.execute(_VERSION).scalar() or 0


def _since(version: int) -> Select[Any]:
    return _latest(FACTS.c.seq > version)


def _folded(connection: Connection, version: int) -> Facts:
    return Facts().extended(_rows(connection, _latest(FACTS.c.seq <= version)))


def _latest(within: ColumnElement[bool]) -> Select[Any]:
    """Of each fact the last version within; what came before is read by nobody.

    A dataset's fact names all its files, so that all versions of it would be their square.
    """
    last = select(func.max(FACTS.c.seq)).where(within).group_by(FACTS.c.kind, FACTS.c.key)
    return select(FACTS).where(FACTS.c.seq.in_(last))


def _rows(connection: Connection, asked: Select[Any]) -> Iterable[FactRow]:
    return map(_read, connection.execute(asked.order_by(FACTS.c.seq)))


def _read(row: Row[Any]) -> FactRow:
    body = None if row.body is None else json.loads(row.body)
    return FactRow(row.seq, Fact(row.kind, row.key, body), row.event, row.time)
