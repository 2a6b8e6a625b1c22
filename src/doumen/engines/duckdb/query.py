"""A statement in the worker: bound, run, and sent batch by batch or written as Parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from doumen.engines.duckdb import told, wire
from doumen.engines.duckdb.bare import bare
from doumen.engines.duckdb.even import even
from doumen.engines.duckdb.text import literal
from doumen.engines.sandbox import Channel, arrow
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.plan import Bounds, QueryPlan, Scalar

BATCH = 65536
"""Most rows of one batch; what is on its way at one time, with the socket's buffer."""

FILE = "part-0.parquet"


def parquet(bounds: Bounds) -> str:
    """How files of the lake are written: row groups of a size that fits into the memory."""
    group = max(1 << 20, bounds.memory // (8 * bounds.threads))
    return (
        f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880, ROW_GROUP_SIZE_BYTES {group:d}"
    )


class Wrapped(Exception):
    """What the engine raised, its cause, while it ran a statement within other text.

    Attributes:
        opening: The text before the statement; the engine counts places from its begin.
    """

    def __init__(self, opening: str) -> None:
        super().__init__(opening)
        self.opening = opening


def columns(
    connection: duckdb.DuckDBPyConnection, plan: QueryPlan
) -> tuple[duckdb.DuckDBPyRelation, list[list[str]]]:
    """The statement, bound and not yet run, with names and types of its output."""
    relation = _bound(connection, single(connection, plan.statement), plan.parameters)
    types = [str(one).replace('"NULL"', "NULL") for one in relation.types]
    return relation, [list(pair) for pair in zip(relation.columns, types, strict=True)]


class Answering:
    """The answer of one job on its way to the parent: schema, batches, and at the end the trailer.

    Args:
        channel: To the parent.
        end: Sends the trailer.

    Attributes:
        begun: Whether rows were sent; then it cannot be begun anew.
    """

    def __init__(self, channel: Channel, end: Callable[[dict[str, Any]], None]) -> None:
        self._channel = channel
        self._end = end
        self._described = False
        self.begun = False

    def run(self, connection: duckdb.DuckDBPyConnection, plan: QueryPlan) -> None:
        """Run the statement and send its answer."""
        relation, described = columns(connection, plan)
        if plan.into is not None:
            self._describe(described, pa.schema([]))
            self._end(_written(connection, plan))
            return
        most = plan.limit
        rows = BATCH if most is None or plan.whole else min(BATCH, most + 1)
        with relation.to_arrow_reader(rows) as reader:
            self._describe(described, reader.schema)
            trailer = self._stream(even(reader, rows), plan)
        self._end(trailer)

    def _describe(self, described: list[list[str]], arrow: pa.Schema) -> None:
        if not self._described:
            self._channel.send_json(wire.SCHEMA, described)
            self._channel.send(wire.ARROW, memoryview(arrow.serialize()))
            self._described = True

    def _stream(self, batches: Iterator[pa.RecordBatch], plan: QueryPlan) -> dict[str, Any]:
        """Send batches until the end, the limit of rows, or the bound of bytes."""
        most = plan.limit
        sent = held = 0
        truncated = False
        for batch in batches:
            kept = batch
            if most is not None and sent + batch.num_rows > most:
                kept, truncated = batch.slice(0, most - sent), True
            held += kept.nbytes
            if held > plan.bounds.output:
                raise told.too_much()
            if kept.num_rows:
                self.begun = True
                self._channel.send(wire.BATCH, arrow.written(bare(kept)))
            sent += kept.num_rows
            if truncated and not plan.whole:
                break
        return {"rows": sent, "truncated": truncated, "files": []}


def single(connection: duckdb.DuckDBPyConnection, statement: str) -> str:
    """The statement, once it is seen to be one and a SELECT.

    Raises:
        Invalid: it is none, several, or another statement (the gate refused it before).
    """
    found = connection.extract_statements(statement)
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise Invalid(msg("The statement is not one SELECT."), detail="syntax")
    return statement


def _bound(
    connection: duckdb.DuckDBPyConnection, statement: str, parameters: tuple[Scalar, ...]
) -> duckdb.DuckDBPyRelation:
    if parameters:
        return connection.sql(statement, params=list(parameters))
    return connection.sql(statement)


def _written(connection: duckdb.DuckDBPyConnection, plan: QueryPlan) -> dict[str, Any]:
    """Write the answer into the plan's folder; a limit of rows holds here too."""
    assert plan.into is not None
    path = Path(plan.into) / FILE
    text = connection.extract_statements(plan.statement)[0].query.rstrip().removesuffix(";")
    inner, cut = "SELECT * FROM (\n", "\n)"
    truncated = False

    def ran(opening: str, closing: str) -> int:
        """Run it in brackets; the one number of the answer."""
        try:
            found = connection.execute(f"{opening}{text}{closing}", list(plan.parameters))
            return int(found.fetchall()[0][0])
        except duckdb.Error as error:
            raise Wrapped(opening) from error

    if plan.limit is not None:
        most = f"{cut} LIMIT {plan.limit + 1:d})"
        truncated = ran(f"SELECT count(*) FROM ({inner}", most) > plan.limit  # noqa: S608
        cut = f"{cut} LIMIT {plan.limit:d}"
    rows = ran(f"COPY ({inner}", f"{cut}) TO {literal(str(path))} ({parquet(plan.bounds)})")
    if not rows:
        path.unlink()
        return {"rows": 0, "truncated": truncated, "files": []}
    return {
        "rows": rows,
        "truncated": truncated,
        "files": [[FILE, path.stat().st_size, rows]],
    }
