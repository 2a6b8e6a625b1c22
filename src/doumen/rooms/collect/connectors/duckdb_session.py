"""A file of DuckDB as a session: attached read only to an engine of its own, and nothing else.

What the lake does not keep is cast as the lake casts it: unsigned and huge numbers to the next
larger type, times of other precision to microseconds, arrays of fixed length to lists; times of
day, intervals, UUIDs, enums, bits and JSON to text.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from doumen.model.errors import DoumenError, OverBudget
from doumen.model.message import msg
from doumen.model.schema import Column, Schema
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Mark, Part, There
from doumen.rooms.collect.connectors.marks import Family, family, read
from doumen.rooms.collect.connectors.relation import (
    Bound,
    Field,
    Relation,
    named,
    nested,
    ordered,
    quoted,
)

ROWS = 1 << 16
"""Rows of a batch."""
MEMORY = "1GB"
"""Memory of the engine; what needs more, such as to be sorted, goes to a folder of its own."""
_ATTACHED = "source"
_LISTED = """
SELECT schema_name, table_name, 'table', estimated_size FROM duckdb_tables()
WHERE database_name = 'source' AND NOT internal
UNION ALL
SELECT schema_name, view_name, 'view', NULL FROM duckdb_views()
WHERE database_name = 'source' AND NOT internal
ORDER BY 1, 2
"""
_KEYS = """
SELECT schema_name, table_name, constraint_column_names FROM duckdb_constraints()
WHERE database_name = 'source' AND constraint_type = 'PRIMARY KEY'
"""
_PLAIN = {
    "boolean": "BOOLEAN",
    "tinyint": "TINYINT",
    "smallint": "SMALLINT",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "utinyint": "SMALLINT",
    "usmallint": "INTEGER",
    "uinteger": "BIGINT",
    "ubigint": "DECIMAL(20,0)",
    "hugeint": "DECIMAL(38,0)",
    "uhugeint": "DECIMAL(38,0)",
    "float": "FLOAT",
    "double": "DOUBLE",
    "varchar": "VARCHAR",
    "blob": "BLOB",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamp_s": "TIMESTAMP",
    "timestamp_ms": "TIMESTAMP",
    "timestamp_ns": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMP WITH TIME ZONE",
    "time": "VARCHAR",
    "time with time zone": "VARCHAR",
    "interval": "VARCHAR",
    "uuid": "VARCHAR",
    "enum": "VARCHAR",
    "bit": "VARCHAR",
    "null": "VARCHAR",
    '"null"': "VARCHAR",
}
"""What plain types are delivered as."""
_CURSORS = frozenset({*_PLAIN, "decimal"}) - {
    "time",
    "time with time zone",
    "interval",
    "uuid",
    "enum",
    "bit",
}


class DuckDBSession:
    """A file that nobody writes as long as it is attached; as `Session`."""

    def __init__(self, path: Path, spill: str) -> None:
        self._path = str(path)
        self._place = msg("The file `{path}`", path=self._path)
        self._known: dict[tuple[str | None, str | None], Relation] = {}
        self._reader: Any = None
        self._connection = duckdb.connect(
            config={
                "memory_limit": MEMORY,
                "threads": 2,
                "temp_directory": spill,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "python_enable_replacements": "false",
            }
        )
        fault: DoumenError | None = None
        file = str(path.absolute()).replace("'", "''")
        try:
            self._run("SET enable_progress_bar = false")
            self._run("SET TimeZone = 'UTC'")
            self._run(f"ATTACH '{file}' AS {_ATTACHED} (TYPE duckdb, READ_ONLY)")
            self._run(f"USE {_ATTACHED}")
            self._run("SET enable_external_access = false")
            self._run("SET lock_configuration = true")
        except duckdb.Error as error:
            fault = self._unopened(error)
        if fault is not None:
            self.close()
            raise fault

    def close(self) -> None:
        """Let go of the file."""
        self._stop()
        self._connection.close()

    def _stop(self) -> None:
        """End what is being read: the engine answers nothing else before."""
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def tables(self) -> Sequence[There]:
        """As `Session.tables`; views that do not work any more are left out."""
        self._stop()
        keys = {(schema, table): tuple(columns) for schema, table, columns in self._rows(_KEYS)}
        return [
            There(f"{schema}.{name}", kind, columns, keys.get((schema, name), ()), rows)
            for schema, name, kind, rows in self._listed()
            if (columns := self._declared(schema, name)) is not None
        ]

    def describe(self, part: Part) -> Schema:
        """As `Session.describe`."""
        relation = self._relation(part)
        relation.bound(part)
        return relation.schema

    def last(self, part: Part) -> Mark | None:
        """As `Session.last`."""
        relation = self._relation(part)
        bound = relation.bound(part)
        if bound is None:
            return None
        statement = relation.greatest(bound, *self._marks(bound), "CAST({} AS VARCHAR)")
        try:
            text = self._rows(statement)[0][0]
        except duckdb.Error as error:
            raise self._fault(error) from None
        return None if text is None else read(text, bound.family, bound.field.name)

    def read(self, part: Part) -> Generator[pa.RecordBatch, None, None]:
        """As `Session.read`."""
        relation = self._relation(part)
        bound = relation.bound(part)
        statement = relation.statement(bound, *self._marks(bound))
        try:
            reader = self._reader = self._connection.sql(statement).to_arrow_reader(ROWS)
            yield from reader
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise self._fault(error) from None

    def _marks(self, bound: Bound | None) -> tuple[str, str]:
        """The expressions for the two marks, whose texts are given to the engine beside them."""
        if bound is None:
            return "", ""
        type = bound.field.type if bound.family is Family.DECIMAL else bound.family.value
        for name, text in (("doumen_after", bound.after), ("doumen_upto", bound.upto)):
            self._connection.execute(f"SET VARIABLE {name} = ?", [text])
        return (
            f"CAST(getvariable('doumen_after') AS {type})",
            f"CAST(getvariable('doumen_upto') AS {type})",
        )

    def _relation(self, part: Part) -> Relation:
        """What a part is read from; looked at once for the session."""
        faults.one_of(part)
        self._stop()
        key = part.table, part.query
        if key not in self._known:
            source = self._table(str(part.table)) if part.query is None else self._query(part.query)
            self._known[key] = Relation(source, tuple(self._fields(source, part)))
        return self._known[key]

    def _table(self, name: str) -> str:
        listed = self._listed()
        for schema, table, _, _ in listed:
            if name == f"{schema}.{table}":
                return named(_ATTACHED, schema, table)
        raise faults.no_table(self._place, name, [f"{row[0]}.{row[1]}" for row in listed])

    def _query(self, query: str) -> str:
        try:
            found = self._connection.extract_statements(query)
        except duckdb.Error:
            raise faults.no_query(self._place) from None
        if [each.type for each in found] != [duckdb.StatementType.SELECT]:
            raise faults.no_query(self._place)
        return nested(query)

    def _fields(self, source: str, part: Part) -> Iterator[Field]:
        for name, type in self._described(source, part):
            kept = delivered(type)
            if kept is None:
                raise faults.not_kept(name, str(type))
            out = quoted(name)
            cast = out if kept == str(type) else f"CAST({out} AS {kept}) AS {out}"
            yield Field(
                name, kept, cast, family(kept) if type.id in _CURSORS else None, ordered(name)
            )

    def _described(self, source: str, part: Part) -> list[tuple[str, Any]]:
        try:
            relation = self._connection.sql(f"SELECT * FROM {source}")  # noqa: S608 - names are quoted
        except duckdb.Error as error:
            if part.query is None:
                raise self._fault(error) from None
            raise faults.no_query(self._place) from None
        return list(zip(relation.columns, relation.types, strict=True))

    def _declared(self, schema: str, name: str) -> Schema | None:
        """Columns as they are declared; None: a view that does not work."""
        try:
            source = quoted(_ATTACHED, schema, name)
            found = self._connection.sql(f"SELECT * FROM {source}")  # noqa: S608 - names are quoted
        except duckdb.Error:
            return None
        columns = zip(found.columns, found.types, strict=True)
        return Schema(tuple(Column(n, delivered(t) or str(t).lower()) for n, t in columns))

    def _listed(self) -> list[tuple[str, str, str, int | None]]:
        """Schema, name, kind and rows of tables and views."""
        return self._rows(_LISTED)

    def _run(self, statement: str) -> None:
        self._connection.execute(statement)

    def _rows(self, statement: str) -> list[Any]:
        return self._connection.execute(statement).fetchall()

    def _unopened(self, error: duckdb.Error) -> DoumenError:
        """Why the file does not open; the words of the engine tell causes apart, and stay here."""
        said = str(error)
        if "lock" in said:
            return faults.closed_file(self._path, msg("Somebody is writing to it."))
        if "Permission denied" in said:
            return faults.closed_file(self._path, msg("It may not be read by Doumen's user."))
        return faults.no_such_file(self._path, f"DuckDB {duckdb.__version__.rpartition('.')[0]}")

    def _fault(self, error: BaseException) -> DoumenError:
        """What a failure means; the words of the engine may quote values."""
        if isinstance(error, duckdb.OutOfMemoryException):
            return OverBudget(
                msg(
                    "{place} needs more than {size} of memory to be read.",
                    place=self._place,
                    size=MEMORY,
                ),
                next=msg("Read it without a cursor, or by a query that sorts and joins less."),
                detail="memory",
            )
        if isinstance(error, duckdb.IOException):
            return faults.closed_file(self._path, None)
        return faults.not_given(self._place)


def delivered(type: Any) -> str | None:
    """What a type of DuckDB is delivered as; None: it cannot be kept."""
    match type.id:
        case "decimal":
            return str(type)
        case "list" | "array":
            of = delivered(type.children[0][1])
            return of and f"{of}[]"
        case "struct":
            kept = [(name, delivered(each)) for name, each in type.children]
            if not all(each for _, each in kept):
                return None
            return f"STRUCT({', '.join(f'{quoted(name)} {each}' for name, each in kept)})"
        case "map":
            key, value = (delivered(each) for _, each in type.children)
            return key and value and f"MAP({key}, {value})"
    return _PLAIN.get(type.id)
