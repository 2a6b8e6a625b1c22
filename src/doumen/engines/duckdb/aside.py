"""The files of a quarantine, read and written row by row. In the worker.

Files of before rows had ids and fields lack these columns: their rows get an id by what they
hold, the same each time they are read, and keep it once they are written anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from doumen.engines.duckdb import query
from doumen.engines.duckdb.quarantine import SCHEMA
from doumen.model.held import FIELDS, ID, Numbering, Shape, Which, shape

BATCH = 2048


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of a quarantine; of a line that is no record `column` is None."""

    source: str
    row: int
    column: str | None
    reason: str
    raw: str
    id: str
    fields: str | None

    @property
    def shape(self) -> Shape | None:
        """What its text is made of; None: that was not kept."""
        return None if self.fields is None else shape(self.fields)

    def among(self, which: Which) -> bool:
        """Whether it is one of these."""
        return (
            (not which.ids or self.id in which.ids)
            and which.column in {None, self.column or ""}
            and which.reason in {None, self.reason}
            and which.source in {None, self.source}
        )


def rows(paths: Sequence[str]) -> Iterator[list[Kept]]:
    """All rows, in the order in which they lie."""
    numbering = Numbering()
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH):
                there = {name: batch.column(name).to_pylist() for name in batch.schema.names}
                lists = [there.get(name, [None] * batch.num_rows) for name in SCHEMA.names]
                found = [Kept(*one) for one in zip(*lists, strict=True)]
                yield found if ID in there else [_numbered(one, numbering) for one in found]


def shapes(paths: Sequence[str]) -> set[Shape]:
    """What the texts of all rows are made of."""
    texts: set[str | None] = set()
    for path in paths:
        with pq.ParquetFile(path) as file:
            if FIELDS in file.schema_arrow.names:
                for batch in file.iter_batches(columns=[FIELDS]):
                    texts |= set(batch.column(0).unique().to_pylist())
    return {shape(text) for text in texts if text is not None}


class Staying:
    """Rows that stay, written as one file; none where no row does.

    Attributes:
        rows: How many were written.
        reasons: Column and reason → rows.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / query.FILE
        self._writer: pq.ParquetWriter | None = None
        self.rows = 0
        self.reasons = Counter[tuple[str, str]]()

    def add(self, found: Sequence[Kept]) -> None:
        """Write rows."""
        if not found:
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, SCHEMA, compression="zstd")
        lists = zip(*map(_values, found), strict=True)
        arrays = [pa.array(list(c), f.type) for c, f in zip(lists, SCHEMA, strict=True)]
        self._writer.write_batch(pa.record_batch(arrays, schema=SCHEMA))
        self.rows += len(found)
        self.reasons.update((one.column or "", one.reason) for one in found)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()


def _values(one: Kept) -> tuple[object, ...]:
    return one.source, one.row, one.column, one.reason, one.raw, one.id, one.fields


def _numbered(one: Kept, numbering: Numbering) -> Kept:
    id = numbering.of(one.source, one.row, one.raw)
    return Kept(one.source, one.row, one.column, one.reason, one.raw, id, one.fields)
