"""A database of MySQL or MariaDB as a session: one transaction that only reads, of one moment.

Rows come as the server computes them, in batches of bounded size. Marks are bound to variables of
the session, which the statement names. Names are quoted as in standard SQL (`ANSI_QUOTES`), in
queries too. Tables of engines without transactions are read as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa
from pymysql import err
from pymysql.connections import Connection

from doumen.model.errors import DoumenError, Faulty, Invalid, Refused
from doumen.model.message import msg
from doumen.model.schema import Column, Schema
from doumen.rooms.collect.connectors import (
    faults,
    mysql_rows,
    mysql_types,
    mysql_wire,
    server_faults,
)
from doumen.rooms.collect.connectors.arrow import arrow_schema
from doumen.rooms.collect.connectors.interface import Mark, Part, There
from doumen.rooms.collect.connectors.marks import Family, read
from doumen.rooms.collect.connectors.mysql_address import Options
from doumen.rooms.collect.connectors.mysql_connection import connect
from doumen.rooms.collect.connectors.mysql_faults import failure, is_absent, is_denied
from doumen.rooms.collect.connectors.mysql_types import Told
from doumen.rooms.collect.connectors.mysql_wire import FAILED, Answer, rows
from doumen.rooms.collect.connectors.relation import Bound, Relation, named, nested, quoted
from doumen.rooms.collect.connectors.texts import exact

ROWS = 1 << 16
"""Most rows of a batch."""
BYTES = 1 << 23
"""About how large a batch grows."""
_DAY = 86_400
_BEGIN = (
    "SET SESSION time_zone = '+00:00', "
    "sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO', "
    "sql_select_limit = 18446744073709551615, "
    f"max_sort_length = {mysql_types.SORTED}, "
    "lock_wait_timeout = 30, "
    # who keeps what was read may take long until he takes more
    f"net_write_timeout = {_DAY}, wait_timeout = {_DAY}",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    "SAVEPOINT part",
)
_LISTED = """
SELECT TABLE_NAME, CASE WHEN TABLE_TYPE = 'VIEW' THEN 'view' ELSE 'table' END, TABLE_ROWS
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW')
ORDER BY TABLE_NAME
"""
_KEYS = """
SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = 'PRIMARY' ORDER BY TABLE_NAME, SEQ_IN_INDEX
"""
_RUNNING = "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE '{}%'"


class MySQLSession:
    """A transaction on a database; as `Session`."""

    def __init__(self, options: Options, password: str) -> None:
        self._options = options
        self._reach: Callable[[], Connection[Any]] = partial(connect, options, password)
        self._known: dict[tuple[str | None, str | None], _Known] = {}
        self._reading: Answer | None = None
        self._connection = self._reach()
        fault: DoumenError | None = None
        try:
            for statement in _BEGIN:
                rows(self._connection, statement)
        except FAILED as error:
            fault = failure(options, error, query=False)
        if fault is not None:
            self.close()
            raise fault

    def close(self) -> None:
        """End the transaction."""
        if self._reading is not None:
            self._reading.leave()
        with suppress(*FAILED):
            self._connection.close()

    def tables(self) -> Sequence[There]:
        """As `Session.tables`."""
        with self._guarded(query=False):
            listed = rows(self._connection, _LISTED)
            keyed = rows(self._connection, _KEYS)
        keys: dict[str, list[str]] = {}
        for table, column in keyed:
            keys.setdefault(table, []).append(column)
        found = []
        for name, kind, count in listed:
            told = self._readable(name)
            if told:
                kept = [Column(one.name, mysql_types.delivered(one) or one.type) for one in told]
                key = tuple(keys.get(name, ()))
                about = None if count is None else int(count)
                found.append(There(name, kind, Schema(tuple(kept)), key, about))
        return found

    def describe(self, part: Part) -> Schema:
        """As `Session.describe`."""
        relation = self._relation(part).relation
        relation.bound(part)
        return relation.schema

    def last(self, part: Part) -> Mark | None:
        """As `Session.last`."""
        known = self._relation(part)
        bound = known.relation.bound(part)
        if bound is None:
            return None
        statement = known.relation.greatest(bound, *known.marks(bound), "{}")
        with self._guarded(query=part.query is not None):
            self._bind(bound)
            value = rows(self._connection, statement)[0][0]
        if value is None:
            return None
        text = value.decode() if isinstance(value, bytes) else str(value)
        zone = "+00:00" if bound.family is Family.INSTANT else ""
        return read(text + zone, bound.family, bound.field.name)

    def read(self, part: Part) -> Generator[pa.RecordBatch, None, None]:
        """As `Session.read`."""
        known = self._relation(part)
        bound = known.relation.bound(part)
        fields, schema = known.relation.fields, arrow_schema(known.relation.schema)
        statement = known.relation.statement(bound, *known.marks(bound))
        with self._guarded(query=part.query is not None):
            self._bind(bound)
            answer = self._reading = Answer(self._connection, statement)
            while packets := answer.packets(ROWS, BYTES):
                with mysql_wire.spoken():
                    columns = mysql_rows.columns(packets, len(fields))
                arrays = [
                    exact(texts, field.type, field.name)
                    for texts, field in zip(columns, fields, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
            if answer.cut:
                raise faults.ended(self._options.place)

    def _relation(self, part: Part) -> _Known:
        """What a part is read from; looked at once for the session."""
        faults.one_of(part)
        key = part.table, part.query
        if key not in self._known:
            query = part.query is not None
            source = nested(str(part.query)) if query else named(str(part.table))
            absent: DoumenError | None = None
            with self._guarded(query=query):
                try:
                    told = self._told(source)
                except err.Error as error:
                    if query or not (is_denied(error) or is_absent(error)):
                        raise
                    absent = self._absent(str(part.table), denied=is_denied(error))
            if absent is not None:
                raise absent
            self._known[key] = _known(source, told)
        return self._known[key]

    def _readable(self, table: str) -> tuple[Told, ...]:
        """The columns of a table; none: it may not be read, or is a view of what is gone."""
        try:
            with self._guarded(query=True):
                return self._told(named(table))
        except (Refused, Invalid, Faulty):
            return ()

    def _told(self, source: str) -> tuple[Told, ...]:
        """The columns of something to select from."""
        answer = Answer(self._connection, f"SELECT * FROM {source} LIMIT 0")  # noqa: S608 - what it is for
        answer.drain()
        return tuple(map(mysql_types.told, answer.fields))

    def _absent(self, table: str, *, denied: bool) -> DoumenError:
        """There is no such table, or none that may be read."""
        names = [row[0] for row in rows(self._connection, _LISTED)]
        if not denied:
            return faults.no_table(self._options.place, table, names)
        user = rows(self._connection, "SELECT CURRENT_USER()")[0][0]
        name, _, host = str(user).rpartition("@")
        what = f"{quoted(self._options.database, table)} TO {quoted(name)}@{quoted(host)}"
        why = None
        if table not in names:
            why = msg(
                "A right is missing there, or there is no such table: it does not tell which."
            )
        return server_faults.no_right(self._options, table, f"GRANT SELECT ON {what}", why)

    @contextmanager
    def _guarded(self, *, query: bool) -> Iterator[None]:
        """Tell what a failure means; the transaction goes on after it.

        Before it, the locks that keep the tables of the last call from being altered are given up.
        """
        self._stop()
        fault: DoumenError | None = None
        try:
            rows(self._connection, "ROLLBACK TO SAVEPOINT part")
            yield
        except FAILED as error:
            fault = failure(self._options, error, query=query)
        if fault is not None:
            raise fault

    def _bind(self, bound: Bound | None) -> None:
        """Give the marks to the session, as texts that are no part of a statement."""
        if bound is None:
            return
        for name, text in (("after", bound.after), ("upto", bound.upto)):
            if text is not None:
                plain = text.removesuffix("+00:00") if bound.family is Family.INSTANT else text
                value = f"CONVERT(X'{plain.encode().hex()}' USING utf8mb4)"
                rows(self._connection, f"SET @doumen_{name} = {value}")

    def _stop(self) -> None:
        """End what is being read.

        A server sends all rows of an answer before it hears more, so another connection of the same
        user ends the statement, found by its token; where there is no such way, all is taken.
        """
        answer, self._reading = self._reading, None
        if answer is None or not answer.open:
            return
        with suppress(*FAILED, DoumenError), closing(self._reach()) as other:
            for (number,) in rows(other, _RUNNING.format(answer.token)):
                rows(other, f"KILL QUERY {int(number)}")
        with suppress(*FAILED):
            answer.drain()
        answer.cut = True
        with suppress(*FAILED):
            rows(self._connection, "DO 0")  # takes the end that came too late for the statement


@dataclass(frozen=True, slots=True)
class _Known:
    """What was looked at."""

    relation: Relation
    told: tuple[Told, ...]

    def marks(self, bound: Bound | None) -> tuple[str, str]:
        """The expressions for the two marks."""
        if bound is None:
            return "", ""
        cast = mysql_types.cast(self.told[self.relation.fields.index(bound.field)], bound.family)
        return cast.format("@doumen_after"), cast.format("@doumen_upto")


def _known(source: str, told: tuple[Told, ...]) -> _Known:
    """How all columns are read.

    Raises:
        Invalid: one cannot be kept.
    """
    fields = []
    for one in told:
        field = mysql_types.field(one)
        if field is None:
            raise faults.not_kept(one.name, one.type)
        fields.append(field)
    return _Known(Relation(source, tuple(fields), first="{}"), told)
