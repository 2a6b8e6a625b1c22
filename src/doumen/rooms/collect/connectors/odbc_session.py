"""A place that a driver of ODBC reaches, as a session: a transaction that is undone at its end.

It is of one moment, and can only read, where the place takes SQL's own statement for that; drivers
may hold the whole of an answer in memory. What tables there are is asked of INFORMATION_SCHEMA.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pyarrow as pa
from arrow_odbc import Error, TextEncoding, connect

from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, Refused
from doumen.model.schema import Column, Schema
from doumen.rooms.collect.connectors import faults, marks, odbc_dialects, odbc_types
from doumen.rooms.collect.connectors.arrow import arrow_schema
from doumen.rooms.collect.connectors.interface import Mark, Part, There
from doumen.rooms.collect.connectors.marks import Family
from doumen.rooms.collect.connectors.odbc_address import Options
from doumen.rooms.collect.connectors.odbc_dialects import Dialect
from doumen.rooms.collect.connectors.odbc_faults import (
    failure,
    is_absent,
    is_wide,
    no_list,
    no_mark,
    unreached,
)
from doumen.rooms.collect.connectors.relation import Bound, Relation

ROWS = (1 << 15) - 1
"""Most rows of a batch; some drivers count them in 16 bits."""
BYTES = 1 << 24
"""Bytes of the room for a batch, as far as one row allows."""
PATIENCE = 10
"""Seconds in which a place answers."""
_LISTED = "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES"
_KEYS = """
SELECT k.TABLE_SCHEMA, k.TABLE_NAME, k.COLUMN_NAME FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS c
JOIN INFORMATION_SCHEMA.KEY_COLUMN_USAGE k ON k.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA
    AND k.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND k.TABLE_SCHEMA = c.TABLE_SCHEMA
    AND k.TABLE_NAME = c.TABLE_NAME
WHERE c.CONSTRAINT_TYPE = 'PRIMARY KEY' ORDER BY 1, 2, k.ORDINAL_POSITION
"""
_OWN = frozenset({"information_schema", "pg_catalog", "mysql", "performance_schema", "sys"})
"""Schemas that places have for themselves."""
_KINDS = {"BASE TABLE": "table", "TABLE": "table", "SYSTEM VERSIONED": "table", "VIEW": "view"}
Asked = Callable[[pa.Schema], pa.Schema]


class ODBCSession:
    """A transaction on a place; as `Session`."""

    def __init__(self, options: Options, connection_string: str) -> None:
        self._options = options
        self._known: dict[tuple[str | None, str | None], Relation] = {}
        self._names: dict[str, tuple[str, str, str]] | None = None
        self._reading: _Reading | None = None
        fault: DoumenError | None = None
        try:
            self._connection = connect(
                connection_string, login_timeout_sec=PATIENCE, autocommit=False
            )
        except Error as error:
            fault = unreached(options, str(error))
        if fault is not None:
            raise fault
        self._dialect = self._found()
        try:
            for statement in self._dialect.begin:
                self._connection.execute(statement)
        except Error:
            self._undo()  # such as where there is less than the dialect has

    def close(self) -> None:
        """End the transaction, with all that a query may have changed."""
        self._stop()
        self._undo()
        del self._connection

    def tables(self) -> Sequence[There]:
        """As `Session.tables`."""
        listed = self._listed()
        if listed is None:
            raise no_list(self._options)
        keys: dict[str, list[str]] = {}
        with suppress(Error):
            for schema, name, column in self._rows(_KEYS):
                keys.setdefault(f"{schema}.{name}", []).append(column)
        found = []
        for name, (*_, kind) in sorted(listed.items()):
            told = self._readable(name)
            if told:
                kept = [
                    Column(one.name, odbc_types.delivered(one.type) or str(one.type))
                    for one in told
                ]
                found.append(There(name, kind, Schema(tuple(kept)), tuple(keys.get(name, ()))))
        return found

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
        cast = self._cast(bound)
        out = odbc_types.mark_of(bound.family, self._dialect)
        with self._guarded(query=part.query is not None):
            given = self._given(bound, cast)
            text = self._rows(relation.greatest(bound, cast, cast, out), given)[0][0]
        return None if text is None else marks.read(text.strip(), bound.family, bound.field.name)

    def read(self, part: Part) -> Generator[pa.RecordBatch, None, None]:
        """As `Session.read`."""
        relation = self._relation(part)
        bound = relation.bound(part)
        fields, schema = relation.fields, arrow_schema(relation.schema)
        asked = pa.schema([(field.name, odbc_types.asked(field.type)) for field in fields])
        cast = "" if bound is None else self._cast(bound)
        with self._guarded(query=part.query is not None):
            given = [] if bound is None else self._given(bound, cast)
            statement = relation.statement(bound, cast, cast)
            reading = self._reading = _Reading(self._answer(statement, given, lambda _: asked))
            while (batch := reading.next()) is not None:
                arrays = [
                    odbc_types.made(values, field.type, field.name)
                    for values, field in zip(batch.columns, fields, strict=True)
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
            if reading.cut:
                raise faults.ended(self._options.place)

    def _cast(self, bound: Bound) -> str:
        """The expression for a mark."""
        scale = bound.field.type.rpartition(",")[2].rstrip(")")
        return self._dialect.casts[bound.family].format(scale)

    def _given(self, bound: Bound, cast: str) -> list[str]:
        """The marks in the order of the statement, each as the place gave it back.

        Raises:
            Faulty: it makes another of one.
        """
        given = [text for text in (bound.after, bound.upto) if text is not None]
        out = odbc_types.mark_of(bound.family, self._dialect)
        proof = f"SELECT {out.format(cast)} AS proof{self._dialect.nowhere}"
        for text in given:
            back = self._rows(proof, [text])[0][0]
            name = bound.field.name
            if _mark(back, bound.family, name) != _mark(text, bound.family, name):
                raise no_mark(self._options, name)
        return given

    def _relation(self, part: Part) -> Relation:
        """What a part is read from; looked at once for the session."""
        faults.one_of(part)
        key = part.table, part.query
        if key not in self._known:
            if part.query is None:
                source = self._source(str(part.table))
            else:
                source = f"(\n{part.query.rstrip().removesuffix(';')}\n) part"
            self._known[key] = self._looked_at(source, part)
        return self._known[key]

    def _looked_at(self, source: str, part: Part) -> Relation:
        query, absent = part.query is not None, False
        with self._guarded(query=query):
            try:
                told = self._told(source)
            except Error as error:
                absent = not query and is_absent(str(error))
                if not absent:
                    raise
        if absent:
            raise faults.no_table(self._options.place, str(part.table), self._listed() or ())
        fields = []
        for one in told:
            field = odbc_types.field(one.name, one.type, self._dialect)
            if field is None:
                raise faults.not_kept(one.name, str(one.type))
            if told.names.count(one.name) > 1:
                raise faults.twice(one.name)
            fields.append(field)
        return Relation(source, tuple(fields), first=odbc_dialects.FIRST)

    def _source(self, table: str) -> str:
        """A table as something to select from.

        Raises:
            NotFound: the place tells which there are, and it is none of them.
        """
        listed = self._listed()
        if listed is None:
            return f"{self._dialect.quoted(*table.split('.'))} part"
        if table not in listed:
            raise faults.no_table(self._options.place, table, listed)
        schema, name, _ = listed[table]
        return f"{self._dialect.quoted(schema, name)} part"

    def _listed(self) -> dict[str, tuple[str, str, str]] | None:
        """Schema, name and kind of each table and view; None: it does not tell."""
        if self._names is None:
            try:
                with self._guarded(query=True):
                    rows = self._rows(_LISTED)
            except (Refused, Invalid, Faulty):
                return None
            self._names = {
                f"{schema}.{name}": (schema, name, _KINDS[kind.strip()])
                for schema, name, kind in rows
                if kind.strip() in _KINDS and schema.casefold() not in _OWN
            }
        return self._names

    def _readable(self, name: str) -> pa.Schema | None:
        """The columns of a table that may be read."""
        try:
            with self._guarded(query=True):
                return self._told(self._source(name))
        except (Refused, Invalid, Faulty, NotFound):
            return None

    def _told(self, source: str) -> pa.Schema:
        """The columns of something to select from, as the driver tells them."""
        told: list[pa.Schema] = []

        def kept(schema: pa.Schema) -> pa.Schema:
            told.append(schema)
            return _texts(schema)

        said = f"SELECT * FROM {source} WHERE 1 = 0"  # noqa: S608 - what it is for
        self._answer(said, [], kept, rows=1)
        return told[0]

    def _found(self) -> Dialect:
        """The dialect of the place."""
        for dialect in odbc_dialects.KNOWN:
            with suppress(Error):
                if self._rows(dialect.proof)[0][0] == odbc_dialects.MOMENT:
                    self._undo()
                    return dialect
            self._undo()
        return odbc_dialects.STANDARD

    @contextmanager
    def _guarded(self, *, query: bool) -> Iterator[None]:
        """Tell what a failure means."""
        self._stop()
        fault: DoumenError | None = None
        try:
            yield
        except Error as error:
            fault = failure(self._options, str(error), query=query)
        if fault is not None:
            raise fault

    def _rows(self, statement: str, given: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement that gives few, each value as text."""
        batches = list(self._answer(statement, given, _texts))
        return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]

    def _answer(self, statement: str, given: Sequence[str], asked: Asked, rows: int = ROWS) -> Any:
        """The batches of a statement, whose columns come as they are asked for."""
        try:
            return self._connection.read_arrow_batches(
                statement,
                batch_size=rows,
                parameters=list(given) or None,
                max_bytes_per_batch=None if rows == 1 else BYTES,
                max_text_size=self._options.longest,
                max_binary_size=self._options.longest,
                map_schema=asked,
                fetch_concurrently=False,
                payload_text_encoding=TextEncoding.UTF16,
            )
        except Error as error:
            if not is_wide(str(error)):
                raise
        return self._answer(statement, given, asked, rows=1)

    def _stop(self) -> None:
        """End what is being read."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.stop()

    def _undo(self) -> None:
        with suppress(Error):
            self._connection.rollback()


class _Reading:
    """What is being read.

    Attributes:
        cut: Whether rows were left out.
    """

    __slots__ = ("_batches", "cut")

    def __init__(self, batches: Any) -> None:
        self._batches = batches
        self.cut = False

    def next(self) -> pa.RecordBatch | None:
        """The next batch; None: there is none, or it was stopped."""
        batch = None if self._batches is None else next(self._batches, None)
        if batch is None:
            self._batches = None
        return batch

    def stop(self) -> None:
        """Give up what still comes, for another statement."""
        self.cut = self._batches is not None
        self._batches = None


def _texts(schema: pa.Schema) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in schema.names])


def _mark(text: str | None, of: Family, column: str) -> Mark | None:
    """The mark of a text; None: it is none, or no mark."""
    try:
        return None if text is None else marks.read(text.strip(), of, column)
    except Faulty:
        return None
