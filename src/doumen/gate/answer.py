"""The answer of a query, recorded before it is returned.

A small answer (32 MB) is read whole, recorded, then given. A large one streams between two
events: `query.started` is durable before the first row leaves, `query.ended` carries digest
and counts. A stream that broke leaves a start without an end, which counts as read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from doumen.kits.evidence.digest import AnswerDigest, Digester
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.plan import Stream
from doumen.model.receipt import Receipt
from doumen.model.schema import Schema

if TYPE_CHECKING:
    import pandas as pd

SMALL = 32_000_000
"""Bytes of Arrow data up to which an answer is recorded before any of it is given."""

Note = Callable[[str, AnswerDigest | None, bool, str | None], Receipt]
"""Records (event type, digest, truncated, error code) and gives the receipt."""


class RecordedAnswer:
    """An answer whose event is in the ledger."""

    def __init__(self, stream: Stream, digester: Digester, note: Note, small: int = SMALL) -> None:
        self.schema = stream.schema
        self._stream = stream
        self._digester = digester
        self._note = note
        self._buffer: list[pa.RecordBatch] = []
        self._receipt: Receipt | None = None
        self._source = iter(stream)
        self._open = True
        self._start(small)

    @property
    def receipt(self) -> str:
        """Id of the receipt; known when the last batch has been read."""
        if self._receipt is None:
            raise Unavailable(
                "The answer has not been read to its end, so there is no receipt yet.",
                next="Read all batches first.",
                detail="unread",
            )
        return self._receipt.id

    @property
    def truncated(self) -> bool:
        """Whether the limit of a rule cut the result."""
        return self._stream.trailer.truncated

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch; each can be read once."""
        while self._buffer:
            yield self._buffer.pop(0)
        while self._open:
            batch = self._next("query.ended")
            if batch is not None:
                yield batch

    def arrow(self) -> pa.Table:
        """All rows as an Arrow table."""
        return pa.Table.from_batches(list(self.batches()), schema=self._stream.arrow)

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows as Python values."""
        return [row for batch in self.batches() for row in _python_rows(batch, self.schema)]

    def df(self) -> pd.DataFrame:
        """All rows as a pandas frame; needs the extra `doumen[df]`."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def close(self) -> None:
        """End the job early; the rows given so far count as read."""
        self._open = False
        self._stream.close()

    def _start(self, small: int) -> None:
        held = 0
        while self._open and held <= small:
            batch = self._next("query")
            if batch is not None:
                held += batch.nbytes
                self._buffer.append(batch)
        if self._open:
            self._note("query.started", None, False, None)

    def _next(self, kind: str) -> pa.RecordBatch | None:
        """The next batch; at the end of the stream None, and the event of `kind` is recorded."""
        try:
            batch = next(self._source, None)
        except DoumenError as error:
            self._open = False
            self._note("query.failed", None, False, error.code)
            raise
        if batch is not None:
            self._digester.update(batch)
            return batch
        self._open = False
        self._receipt = self._note(
            kind, self._digester.finish(), self._stream.trailer.truncated, None
        )
        return None


def _python_rows(batch: pa.RecordBatch, schema: Schema) -> Iterator[tuple[Any, ...]]:
    """Rows as Python values; whole numbers of 128 bits come from Arrow as decimals."""
    columns = [column.to_pylist() for column in batch.columns]
    for place, column in enumerate(schema):
        if column.type in {"HUGEINT", "UHUGEINT"}:
            columns[place] = [None if value is None else int(value) for value in columns[place]]
    return zip(*columns, strict=True)
