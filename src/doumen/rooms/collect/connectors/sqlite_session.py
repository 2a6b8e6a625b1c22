"""A file of SQLite as a session: opened read only, and read in one transaction.

Every value of a part is looked at once before it is read, since SQLite holds no column to its type
(`sqlite_types`). Queries are read through a view of the connection's own, which tells the declared
types of the columns that they pass on.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from doumen.model.errors import DoumenError
from doumen.model.message import Message, msg, plain
from doumen.model.schema import Column, Schema
from doumen.rooms.collect.connectors import faults, sqlite_types
from doumen.rooms.collect.connectors.arrow import arrow_schema
from doumen.rooms.collect.connectors.interface import Mark, Part, There
from doumen.rooms.collect.connectors.marks import Family, family, read
from doumen.rooms.collect.connectors.relation import Bound, Field, Relation, named, ordered, quoted
from doumen.rooms.collect.connectors.sqlite_types import Seen

ROWS = 1 << 16
"""Most rows of a batch."""
BYTES = 1 << 26
"""Most bytes that the texts of a batch may have, as far as one row allows."""
PATIENCE = 10.0
"""Seconds to wait for one who writes."""
_AT_ONCE = 200
"""Columns that are looked at by one statement, which may have 2000 outputs."""
_UNDECODED = re.compile(r"Could not decode to UTF-8 column '(.*?)' with text", re.DOTALL)
_NOT_A_DATABASE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_AWAY = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}


class SqliteSession:
    """A transaction on a file; as `Session`."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._place = msg("The file `{path}`", path=self._path)
        self._known: dict[tuple[str | None, str | None], _Known] = {}
        fault: DoumenError | None = None
        try:
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                timeout=PATIENCE,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise self._fault(error) from None
        try:
            self._connection.execute("PRAGMA query_only = ON")
            self._connection.execute("BEGIN")
            self._rows("SELECT count(*) FROM sqlite_schema")  # the moment from which all is read
        except sqlite3.Error as error:
            fault = self._fault(error)
        if fault is not None:
            self.close()
            raise fault

    def close(self) -> None:
        """End the transaction."""
        self._connection.close()

    def tables(self) -> Sequence[There]:
        """As `Session.tables`; views that do not work any more are left out."""
        return [there for name, kind in self._listed() if (there := self._there(name, kind))]

    def describe(self, part: Part) -> Schema:
        """As `Session.describe`."""
        known = self._relation(part)
        known.relation.bound(part)
        return known.relation.schema

    def last(self, part: Part) -> Mark | None:
        """As `Session.last`."""
        relation = self._relation(part).relation
        bound = relation.bound(part)
        if bound is None:
            return None
        statement = relation.greatest(bound, ":after", ":upto", "{}")
        try:
            value = self._rows(statement, _marks(bound))[0][0]
        except sqlite3.Error as error:
            raise self._fault(error) from None
        if value is None:
            return None
        if bound.family is Family.DECIMAL:
            scale = int(bound.field.type.rpartition(",")[2].rstrip(")"))
            value = sqlite_types.decimal(value, scale)
        return read(str(value), bound.family, bound.field.name)

    def read(self, part: Part) -> Generator[pa.RecordBatch, None, None]:
        """As `Session.read`."""
        known = self._relation(part)
        relation = known.relation
        bound = relation.bound(part)
        schema = arrow_schema(relation.schema)
        statement = relation.statement(bound, ":after", ":upto")
        try:
            with closing(self._connection.execute(statement, _marks(bound))) as cursor:
                while rows := cursor.fetchmany(known.batch):
                    arrays = [
                        sqlite_types.array(values, each.type)
                        for values, each in zip(
                            zip(*rows, strict=True), relation.fields, strict=True
                        )
                    ]
                    yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except sqlite3.Error as error:
            raise self._fault(error) from None

    def _relation(self, part: Part) -> _Known:
        """What a part is read from; looked at once for the session."""
        faults.one_of(part)
        key = part.table, part.query
        if key not in self._known:
            try:
                self._known[key] = self._looked_at(*self._named(part))
            except (sqlite3.Error, sqlite3.Warning) as error:
                raise self._fault(error) from None
        return self._known[key]

    def _named(self, part: Part) -> tuple[str, str]:
        """The schema and the name of what a part is read from."""
        if part.query is not None:
            return "temp", self._view(part.query)
        names = [name for name, _ in self._listed()]
        if part.table not in names:
            raise faults.no_table(self._place, str(part.table), names)
        return "main", str(part.table)

    def _view(self, query: str) -> str:
        """A view of this connection on a query."""
        name = f"doumen_part_{len(self._known)}"
        said = f"CREATE TEMP VIEW {quoted(name)} AS {query}"
        fault: DoumenError | None = None
        self._connection.execute("PRAGMA query_only = OFF")  # the file itself is open read only
        try:
            self._connection.execute(said)
            self._columns("temp", name)
        except (sqlite3.Error, sqlite3.Warning):
            fault = faults.no_query(self._place)
        finally:
            self._connection.execute("PRAGMA query_only = ON")
        if fault is not None:
            self._forget(name)
            raise fault
        return name

    def _forget(self, view: str) -> None:
        self._connection.execute("PRAGMA query_only = OFF")
        self._connection.execute(f"DROP VIEW IF EXISTS temp.{quoted(view)}")
        self._connection.execute("PRAGMA query_only = ON")

    def _looked_at(self, schema: str, name: str) -> _Known:
        columns = self._columns(schema, name)
        source = named(schema, name)
        kinds = [sqlite_types.declared(column.declared) for column in columns]
        names = [column.name for column in columns]
        seen = self._seen(source, names, kinds)
        fields = []
        for column, kind, each in zip(columns, kinds, seen, strict=True):
            type = sqlite_types.chosen(kind, each)
            of = None if each.loose else family(type)
            out = quoted(column.name)
            order = ordered(column.name)
            if of is Family.TIMESTAMP:
                order = sqlite_types.comparable(order)
            fields.append(Field(column.name, type, out, of, order))
        width = sum(each.widest for each in seen)
        batch = max(1, min(ROWS, BYTES // max(1, width)))
        return _Known(Relation(source, tuple(fields)), batch)

    def _seen(self, source: str, names: list[str], kinds: list[str | None]) -> list[Seen]:
        """What the values of each column are, by one pass for many columns."""
        found: list[Seen] = []
        for start in range(0, len(names), _AT_ONCE):
            outputs = []
            for name, kind in zip(names[start:][:_AT_ONCE], kinds[start:], strict=False):
                column = quoted(name)
                unfit = f"NOT coalesce({sqlite_types.fits(kind, column)}, 0)"
                exact = f"BETWEEN -{sqlite_types.EXACT} AND {sqlite_types.EXACT}"
                conditions = [f"{column} IS NOT NULL AND {unfit}"]
                conditions += [f"typeof({column}) = '{each}'" for each in sqlite_types.CLASSES]
                conditions.append(f"typeof({column}) = 'integer' AND {column} NOT {exact}")
                outputs += [f"coalesce(sum({condition}), 0)" for condition in conditions]
                outputs.append(f"coalesce(max(length({column})), 0)")
            counted = self._rows(f"SELECT {', '.join(outputs)} FROM {source}")[0]  # noqa: S608 - names are quoted
            found += [Seen(*counted[at : at + 7]) for at in range(0, len(counted), 7)]
        return found

    def _there(self, name: str, kind: str) -> There | None:
        try:
            columns = self._columns("main", name)
        except sqlite3.Error:
            return None
        kept = [
            Column(column.name, sqlite_types.declared(column.declared) or "VARCHAR")
            for column in columns
        ]
        key = sorted((column.key, column.name) for column in columns if column.key)
        return There(name, kind, Schema(tuple(kept)), tuple(name for _, name in key))

    def _listed(self) -> list[tuple[str, str]]:
        """Names and kinds of tables and views."""
        try:
            found = self._rows(
                "SELECT name, type FROM main.sqlite_schema WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
            )
        except sqlite3.Error as error:
            raise self._fault(error) from None
        return [(name, kind) for name, kind in found]

    def _columns(self, schema: str, name: str) -> list[_Declared]:
        """Columns of a table or view that are not hidden."""
        found = self._rows(f"PRAGMA {schema}.table_xinfo({quoted(name)})")
        return [_Declared(row[1], row[2], row[5]) for row in found if row[6] != 1]

    def _rows(self, statement: str, marks: Mapping[str, Any] | None = None) -> list[Any]:
        with closing(self._connection.execute(statement, marks or {})) as cursor:
            return cursor.fetchall()

    def _fault(self, error: BaseException) -> DoumenError:
        """What a failure means; the words of SQLite may quote values."""
        if undecoded := _UNDECODED.match(str(error)):
            return faults.no_value(undecoded[1], msg("It is a text that is not UTF-8."))
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _NOT_A_DATABASE:
            return faults.no_such_file(self._path, "SQLite")
        if code in _BUSY:
            return faults.closed_file(self._path, msg("Somebody is writing to it."))
        if code in _AWAY:
            why: Message = msg(
                "It may not be read, or it is written ahead (WAL) where its folder is closed to us."
            )
            return faults.closed_file(self._path, why)
        name = getattr(error, "sqlite_errorname", None)
        return faults.not_given(self._place, name and plain(name))


@dataclass(frozen=True, slots=True)
class _Declared:
    """A column as SQLite tells of it; `key` is its place in the primary key, from 1."""

    name: str
    declared: str
    key: int


@dataclass(frozen=True, slots=True)
class _Known:
    """What was looked at, and how many rows of it make a batch."""

    relation: Relation
    batch: int


def _marks(bound: Bound | None) -> dict[str, Any]:
    """Marks as SQLite compares them: numbers as numbers, all else as text."""
    if bound is None:
        return {}
    marks = {"after": bound.after, "upto": bound.upto}
    return {name: _bound(text, bound.family) for name, text in marks.items() if text is not None}


def _bound(text: str, of: Family) -> int | float | str:
    if of not in {Family.INTEGER, Family.DECIMAL}:
        return text
    number = Decimal(text)
    whole = number == number.to_integral_value() and -(2**63) <= number < 2**63
    return int(number) if whole else float(number)
