"""Rows of a stream as files of bounded size, which end between two values of the cursor.

While one of them is brought to the gate the next is written, by a thread that does nothing else.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from doumen.rooms.collect.connectors.interface import Mark
from doumen.rooms.collect.unpack import Holding, holding

PIECE, BYTES = 1_000_000, 256 << 20
"""Rows, and bytes of them, after which a piece ends, as soon as it may."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of rows.

    Attributes:
        mark: The cursor of its last row; None: there is no cursor, or no row has a value of it.
    """

    path: Path
    rows: int
    mark: Mark | None


class Pieces:
    """Rows that come, cut into files.

    Args:
        rows: In order of the cursor, those without a value first.
        cursor: Name of its column, as the rows have it; None: they may be cut anywhere.
    """

    def __init__(self, rows: Iterator[pa.RecordBatch], cursor: str | None) -> None:
        self._rows = rows
        self._cursor = cursor
        self._left: pa.RecordBatch | None = None
        self._last: Mark | None = None
        self._over = False

    def ahead(self) -> Generator[tuple[Piece, Holding], None, None]:
        """The pieces, each in a folder of its own that ends with its turn, and the next under way.

        Raises:
            DoumenError: the place fails, once what came before is given.
        """
        with ThreadPoolExecutor(1, "doumen-source") as pool:
            coming = pool.submit(self._held)
            try:
                while True:
                    held, (piece, into) = coming.result()
                    with held:
                        if piece is None:
                            return
                        coming = pool.submit(self._held)
                        yield piece, into
            finally:
                self._over = True
                _drop(coming)

    def _held(self) -> tuple[ExitStack, tuple[Piece | None, Holding]]:
        with ExitStack() as stack:
            into = stack.enter_context(holding())
            piece = self.written(into.place())
            return stack.pop_all(), (piece, into)

    def written(self, path: Path) -> Piece | None:
        """The next of them as a Parquet file; None: there are none left."""
        batch = self._next()
        if batch is None:
            return None
        count = size = 0
        with pq.ParquetWriter(path, batch.schema, compression="none", use_dictionary=False) as file:
            while batch is not None:  # it is read once, at once: to pack it would cost more
                end = self._end(batch, PIECE - count if size < BYTES else 0)
                if end:
                    part = batch.slice(0, end)
                    file.write_batch(part)
                    count, size = count + end, size + part.nbytes
                    self._last = self._value(batch, end - 1)
                if end < batch.num_rows:
                    self._left = batch.slice(end)
                    break
                batch = self._next()
        return Piece(path, count, self._last)

    def _next(self) -> pa.RecordBatch | None:
        batch, self._left = self._left, None
        while batch is None or not batch.num_rows:
            batch = None if self._over else next(self._rows, None)
            if batch is None:
                return None
        return batch

    def _end(self, batch: pa.RecordBatch, room: int) -> int:
        """How many rows of a batch go into a piece that has room for so many."""
        if room >= batch.num_rows:
            return int(batch.num_rows)
        place = max(room, 0)
        if self._cursor is not None:
            before = self._last if place == 0 else self._value(batch, place - 1)
            while place < batch.num_rows and self._value(batch, place) == before:
                place += 1
        return place

    def _value(self, batch: pa.RecordBatch, place: int) -> Mark | None:
        if self._cursor is None:
            return None
        value: Mark | None = batch.column(self._cursor)[place].as_py()
        return value


def _drop(coming: Future[tuple[ExitStack, tuple[Piece | None, Holding]]]) -> None:
    """Wait for a piece that nobody takes, and remove it; what went wrong with it is nobody's."""
    if coming.exception() is None:
        coming.result()[0].close()
