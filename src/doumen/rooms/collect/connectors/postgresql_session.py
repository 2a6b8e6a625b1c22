"""A database of PostgreSQL as a session: one transaction that only reads, of one moment.

Rows come by COPY in batches of bounded size, which is faster than a cursor and takes no parameters:
marks are bound to settings of the transaction, which the statement names.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any

import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_postgresql import StatementOptions, dbapi

from doumen.model.errors import DoumenError
from doumen.model.message import msg
from doumen.model.schema import Column, Schema
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors import postgresql_types as types
from doumen.rooms.collect.connectors.arrow import arrow_schema
from doumen.rooms.collect.connectors.interface import Mark, Part, There
from doumen.rooms.collect.connectors.marks import Family, read
from doumen.rooms.collect.connectors.postgresql_address import Options
from doumen.rooms.collect.connectors.postgresql_faults import failure, unreached
from doumen.rooms.collect.connectors.postgresql_types import Told
from doumen.rooms.collect.connectors.relation import Bound, Relation, named, nested, quoted
from doumen.rooms.collect.connectors.server_faults import no_right

BYTES = 1 << 23
"""About how large a batch grows."""
_FAILED = (Error, pa.ArrowException, OSError)
_BEGIN = (
    "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO'",
    "SET LOCAL IntervalStyle = 'iso_8601'",
    "SET LOCAL lock_timeout = '30s'",
)
_CASTS = {
    Family.INTEGER: "int8",
    Family.DECIMAL: "numeric",
    Family.TEXT: "text",
    Family.DATE: "date",
    Family.TIMESTAMP: "timestamp",
    Family.INSTANT: "timestamptz",
}
_LISTED = """
SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END,
    CASE WHEN c.reltuples >= 0 AND c.relkind IN ('r', 'm') THEN c.reltuples::int8 END,
    has_schema_privilege(n.oid, 'USAGE'), has_table_privilege(c.oid, 'SELECT'), c.oid::int8
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp_)'
ORDER BY 1, 2
"""
"""Tables and views, with what of the rights to read them is there."""
_BASE = """
WITH RECURSIVE base(attrelid, attnum, typ, modifier) AS (
    SELECT a.attrelid, a.attnum, a.atttypid, a.atttypmod FROM pg_catalog.pg_attribute a
    WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid::int8 IN ({})
    UNION ALL
    SELECT b.attrelid, b.attnum, t.typbasetype, t.typtypmod
    FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typ WHERE t.typtype = 'd'
)
SELECT b.attrelid::int8, a.attname, CASE WHEN t.typelem <> 0 AND t.typlen = -1
        AND t.typname LIKE '\\_%' THEN '_' || e.typname ELSE t.typname END,
    b.modifier, a.attnotnull, coalesce(array_position(i.indkey::int2[], a.attnum), -1),
    coalesce(e.typtype, t.typtype) = 'e'
FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.typ AND t.typtype <> 'd'
    JOIN pg_catalog.pg_attribute a ON a.attrelid = b.attrelid AND a.attnum = b.attnum
    LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typname LIKE '\\_%'
    LEFT JOIN pg_catalog.pg_index i ON i.indrelid = b.attrelid AND i.indisprimary
ORDER BY b.attrelid, b.attnum
"""
"""Columns of tables by their oid, domains resolved; with the place in the primary key."""
_ENUMS = "SELECT typname FROM pg_catalog.pg_type GROUP BY typname HAVING bool_and(typtype = 'e')"


class PostgreSQLSession:
    """A transaction on a database; as `Session`."""

    def __init__(self, options: Options, conninfo: str) -> None:
        self._options = options
        self._known: dict[tuple[str | None, str | None], _Known] = {}
        self._reading: Any = None
        self._turn = 0
        fault: DoumenError | None = None
        try:
            self._connection = dbapi.connect(conninfo, autocommit=True)
        except Error as error:
            fault = unreached(options, str(error))
        if fault is not None:
            raise fault
        try:
            for statement in _BEGIN:
                self._run(statement)
            self._run("SELECT 1")  # the moment from which all is read
        except _FAILED as error:
            fault = failure(options, error, query=False)
        if fault is not None:
            self.close()
            raise fault

    def close(self) -> None:
        """End the transaction."""
        self._stop()
        with suppress(*_FAILED):
            self._connection.close()

    def tables(self) -> Sequence[There]:
        """As `Session.tables`."""
        with self._guarded(query=False):
            listed = [row for row in self._rows(_LISTED) if row[4] and row[5]]
            columns = self._columns([row[6] for row in listed])
        found = []
        for schema, name, kind, rows, _, _, oid in listed:
            told = columns.get(oid, [])
            enums = frozenset(each.type for each, _, enum in told if enum)
            enums |= frozenset(type.removeprefix("_") for type in enums)
            kept = [Column(one.name, types.delivered(one, enums) or one.type) for one, _, _ in told]
            key = sorted((place, one.name) for one, place, _ in told if place >= 0)
            names = tuple(column for _, column in key)
            found.append(There(f"{schema}.{name}", kind, Schema(tuple(kept)), names, rows))
        return found

    def describe(self, part: Part) -> Schema:
        """As `Session.describe`."""
        relation = self._relation(part).relation
        relation.bound(part)
        return relation.schema

    def last(self, part: Part) -> Mark | None:
        """As `Session.last`."""
        relation = self._relation(part).relation
        bound = relation.bound(part)
        if bound is None:
            return None
        statement = relation.greatest(bound, *_marks(bound), "({})::text")
        with self._guarded(query=part.query is not None):
            self._bind(bound)
            text = self._rows(statement)[0][0]
        return None if text is None else read(text, bound.family, bound.field.name)

    def read(self, part: Part) -> Generator[pa.RecordBatch, None, None]:
        """As `Session.read`."""
        known = self._relation(part)
        relation = known.relation
        bound = relation.bound(part)
        schema = arrow_schema(relation.schema)
        fault = types.faulty(known.told)
        statement = relation.statement(bound, *_marks(bound), fault)
        with self._guarded(query=part.query is not None):
            self._bind(bound)
            cursor = self._reading = self._cursor()
            cursor.execute(statement)
            for batch in cursor.fetch_record_batch():
                if fault:
                    self._held(batch, known.told)
                if batch.num_rows:
                    yield _delivered(batch, schema)

    def _held(self, batch: pa.RecordBatch, told: tuple[Told, ...]) -> None:
        """Refuse a batch in which a row fails a check."""
        failed = batch.column(batch.num_columns - 1).drop_null()
        if len(failed):
            _, column, why = types.checks(told)[failed[0].as_py()]
            raise faults.no_value(column, why)

    def _relation(self, part: Part) -> _Known:
        """What a part is read from; looked at once for the session."""
        faults.one_of(part)
        key = part.table, part.query
        if key not in self._known:
            self._known[key] = self._looked_at(part)
        return self._known[key]

    def _looked_at(self, part: Part) -> _Known:
        with self._guarded(query=part.query is not None):
            if part.query is None:
                source, told, enums = self._table(str(part.table))
            else:
                source, told, enums = self._query(part.query)
        fields = []
        for one in told:
            field = types.field(one, enums)
            if field is None:
                raise faults.not_kept(one.name, one.type)
            fields.append(field)
        return _Known(Relation(source, tuple(fields)), told)

    def _table(self, table: str) -> tuple[str, tuple[Told, ...], frozenset[str]]:
        listed = self._rows(_LISTED)
        found = next((row for row in listed if table == f"{row[0]}.{row[1]}"), None)
        if found is None:
            seen = [f"{row[0]}.{row[1]}" for row in listed if row[4] and row[5]]
            raise faults.no_table(self._options.place, table, seen)
        schema, name, _, _, usage, select, oid = found
        source, user = named(schema, name), quoted(self._options.user)
        if not usage:
            grant = f"GRANT USAGE ON SCHEMA {_plain(schema)} TO {user}"
            raise no_right(self._options, table, grant)
        if not select:
            grant = f"GRANT SELECT ON {_plain(schema, name)} TO {user}"
            raise no_right(self._options, table, grant)
        columns = self._columns([oid]).get(oid, [])
        enums = frozenset(one.type.removeprefix("_") for one, _, enum in columns if enum)
        return source, tuple(one for one, _, _ in columns), enums

    def _query(self, query: str) -> tuple[str, tuple[Told, ...], frozenset[str]]:
        enums = frozenset(row[0] for row in self._rows(_ENUMS))
        source = nested(query)
        with closing(self._cursor()) as cursor:
            schema = cursor.adbc_execute_schema(f"SELECT * FROM {source}")  # noqa: S608 - what it is for
        self._rows(f"SELECT 1 FROM {source} LIMIT 0")  # noqa: S608 - rights are looked at only now
        told = tuple(_told(each) for each in schema)
        names = [one.name for one in told]
        for name in names:
            if names.count(name) > 1:
                raise faults.twice(name)
        return source, told, enums

    def _columns(self, oids: Sequence[int]) -> dict[int, list[tuple[Told, int, bool]]]:
        """Columns of tables, each with its place in the primary key and whether it is an enum."""
        found: dict[int, list[tuple[Told, int, bool]]] = {}
        if oids:
            for oid, name, type, modifier, filled, place, enum in self._rows(
                _BASE.format(", ".join(map(str, oids)))
            ):
                told = Told(name, type, modifier, filled)
                found.setdefault(oid, []).append((told, place, enum))
        return found

    @contextmanager
    def _guarded(self, *, query: bool) -> Iterator[None]:
        """Tell what a failure means; the transaction goes on after it."""
        self._stop()
        self._turn += 1
        turn, fault = self._turn, None
        try:
            self._run("SAVEPOINT part")
            yield
        except _FAILED as error:
            fault = failure(self._options, error, query=query)
        finally:
            if turn == self._turn:  # else another call has begun, and what was read ended there
                self._stop()
                with suppress(*_FAILED):
                    self._run("ROLLBACK TO SAVEPOINT part")
        if fault is not None:
            raise fault

    def _bind(self, bound: Bound | None) -> None:
        """Give the marks to the transaction."""
        if bound is None:
            return
        for name, text in (("after", bound.after), ("upto", bound.upto)):
            if text is not None:
                with closing(self._cursor()) as cursor:
                    cursor.execute(f"SELECT set_config('doumen.{name}', $1, true)", (text,))
                    cursor.fetchall()

    def _stop(self) -> None:
        """End what is being read."""
        cursor, self._reading = self._reading, None
        if cursor is not None:
            with suppress(*_FAILED):
                cursor.close()

    def _run(self, statement: str) -> None:
        with closing(self._cursor()) as cursor:
            cursor.execute(statement)

    def _rows(self, statement: str) -> list[Any]:
        with closing(self._cursor()) as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def _cursor(self) -> Any:
        cursor = self._connection.cursor()
        option = StatementOptions.BATCH_SIZE_HINT_BYTES.value
        cursor.adbc_statement.set_options(**{option: str(BYTES)})
        return cursor


class _Known:
    """What was looked at."""

    __slots__ = ("relation", "told")

    def __init__(self, relation: Relation, told: tuple[Told, ...]) -> None:
        self.relation = relation
        self.told = told


def _told(field: pa.Field) -> Told:
    """A column of a query, by what the driver tells of it."""
    words = {name.decode(): value.decode() for name, value in (field.metadata or {}).items()}
    type = words.get("POSTGRESQL:type", str(field.type))
    return Told(field.name, type, int(words.get("POSTGRESQL:typmod", "-1")))


def _marks(bound: Bound | None) -> tuple[str, str]:
    """The expressions for the two marks."""
    if bound is None:
        return "", ""
    cast = _CASTS[bound.family]
    return f"current_setting('doumen.after')::{cast}", f"current_setting('doumen.upto')::{cast}"


def _delivered(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A batch with the types that are delivered.

    Raises:
        Faulty: a number is none, such as `NaN`.
    """
    arrays = []
    for at, field in enumerate(schema):
        try:
            arrays.append(batch.column(at).cast(field.type))
        except pa.ArrowInvalid:
            raise faults.no_value(field.name, msg("It is no number of that precision.")) from None
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _plain(*names: str) -> str:
    """A name as people write it: quoted where it needs it."""
    simple = all(name.isascii() and name.isidentifier() and name == name.lower() for name in names)
    return ".".join(names) if simple else quoted(*names)
