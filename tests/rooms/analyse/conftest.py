"""A desk that answers from Arrow tables and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import duckdb
import pyarrow as pa
import pytest

from doumen.model.answer import Answer, Explained, Made
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.fact import Facts
from doumen.model.life import Notice
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema

if TYPE_CHECKING:
    from doumen.gate.desk import Desk


class TableAnswer:
    """An answer over a table; the receipt is known once all batches are read."""

    def __init__(
        self,
        table: pa.Table,
        schema: Schema,
        *,
        batch: int = 1000,
        truncated: bool = False,
        expires: date | None = None,
        notices: tuple[Notice, ...] = (),
        failure: DoumenError | None = None,
    ) -> None:
        self.schema = schema
        self.truncated = truncated
        self.expires = expires
        self.notices = notices
        self._table = table
        self._source = iter(table.to_batches(max_chunksize=batch))
        self._failure = failure
        self._ended = False

    @property
    def receipt(self) -> str:
        if not self._ended:
            raise Unavailable(msg("unread"), detail="unread")
        return "01RECEIPT"

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._source
        if self._failure is not None:
            raise self._failure
        self._ended = True

    def arrow(self) -> pa.Table:
        return pa.Table.from_batches(list(self.batches()), schema=self._table.schema)


@dataclass
class FakeDesk:
    answer: Any = None
    made: Made | None = None
    explained: Explained | None = None
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    known: Facts = field(default_factory=Facts)

    def facts(self) -> Facts:
        return self.known

    def query(self, sql: str, parameters: Sequence[Any] = (), **under: Any) -> Answer:
        self.asked.append(("query", sql, tuple(parameters)))
        return cast("Answer", self.answer)

    def derive(self, sql: str, into: Ref, parameters: Sequence[Any] = (), **under: Any) -> Made:
        self.asked.append(("derive", sql, into, tuple(parameters)))
        assert self.made is not None
        return self.made

    def explain(self, sql: str, parameters: Sequence[Any] = (), **under: Any) -> Explained:
        self.asked.append(("explain", sql, tuple(parameters)))
        assert self.explained is not None
        return self.explained


class Bench:
    """Makes answers out of statements (run by DuckDB itself), and desks that give them."""

    def answer(self, sql: str, **more: Any) -> Any:
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            relation = connection.sql(sql)
            types = zip(relation.columns, relation.types, strict=True)
            schema = Schema(tuple(Column(name, str(type)) for name, type in types))
            return TableAnswer(relation.to_arrow_table(), schema, **more)

    def desk(self, **holds: Any) -> Desk:
        return cast("Desk", FakeDesk(**holds))

    def asked(self, desk: Desk) -> list[tuple[Any, ...]]:
        return cast("FakeDesk", desk).asked


@pytest.fixture
def bench() -> Bench:
    return Bench()
