"""The answer of another node on its way: Arrow from a peer, held to bounds, its receipt last.

A peer is hostile: its messages are judged before they are read, its batches are checked as a
whole before anybody reads a value in them, what they hold is counted, and a stream that ends
without a receipt is no answer.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, cast

import pyarrow as pa

from doumen.gate.framed import Oversized, framed
from doumen.model.answer import COLUMNS, EXPIRES, TRUNCATED, WHOLE
from doumen.model.errors import DoumenError, Invalid, OverBudget, Unavailable
from doumen.model.message import msg
from doumen.model.pieces import Pieces
from doumen.model.plan import Trailer
from doumen.model.schema import Column, Schema
from doumen.stores.lake import fits, storable

BUFFER = 1 << 18
LEAST = 1024
"""Bytes that a batch counts for at least: an endless stream of empty ones has an end too."""
T = TypeVar("T")
_UNREADABLE = (
    pa.ArrowException, ArithmeticError, LookupError, MemoryError, OSError, RecursionError,
    StopIteration, TypeError, ValueError,
)  # fmt: skip
"""What goes wrong where bytes are not what they should be."""
_WHOLE = frozenset({"HUGEINT", "UHUGEINT"})


@dataclass
class DistantStream:
    """A stream of the gate whose rows another node computes.

    Attributes:
        pieces: The answer, opened and not read.
        most: Bytes of Arrow data that are taken.
        hang_up: Ends the connection.
    """

    pieces: Iterator[bytes]
    most: int
    hang_up: ExitStack
    trailer: Trailer = field(default_factory=Trailer)
    receipt: str = ""
    expires: date | None = None

    def __post_init__(self) -> None:
        """Read the schema."""
        self._reader = self._read(self._opened)
        self.arrow = self._reader.schema.remove_metadata()

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        taken = 0
        while not self.receipt:
            batch, found = self._read(self._next)
            taken += max(batch.nbytes, batch.num_rows, LEAST)
            if taken > self.most:
                self.close()
                raise _large()
            if found is not None and WHOLE in found:
                self._end(found)
            else:
                yield batch

    def close(self) -> None:
        """Hang up."""
        self.hang_up.close()

    def _read(self, step: Callable[[], T]) -> T:
        """Do a step; whatever goes wrong with it ends the answer.

        Raises:
            Unavailable: it broke off, or is none. OverBudget: it is too large.
        """
        try:
            return step()
        except DoumenError:
            self.close()
            raise
        except Oversized:
            self.close()
            raise _large() from None
        except _UNREADABLE:
            self.close()
            raise Unavailable(
                msg("The answer of the provider broke off, or is none."),
                next=msg("Ask again; what was charged is settled by `doumen agreement reconcile`."),
                detail="peer",
            ) from None

    def _opened(self) -> Any:
        came = cast(Any, io.BufferedReader(Pieces(self._counted()), BUFFER))
        within = Pieces(framed(came, self.most))
        reader = pa.ipc.open_stream(io.BufferedReader(within, BUFFER))
        metadata = reader.schema.metadata or {}
        columns = json.loads(metadata[COLUMNS])
        self.schema = Schema(tuple(Column(str(c["name"]), str(c["type"])) for c in columns))
        told = metadata.get(EXPIRES)
        self.expires = None if told is None else date.fromisoformat(told.decode())
        if list(reader.schema.names) != list(self.schema.names):
            raise ValueError
        for column, arrow in zip(self.schema, reader.schema.types, strict=True):
            if not _is(arrow, column.type):
                raise TypeError
        return reader

    def _next(self) -> tuple[pa.RecordBatch, Any]:
        batch, found = self._reader.read_next_batch_with_custom_metadata()
        batch.validate(full=True)
        return batch, found

    def _counted(self) -> Iterator[bytes]:
        """The pieces, as long as they are not more than what may be in them."""
        left = 2 * self.most + (1 << 20)
        for piece in self.pieces:
            left -= len(piece)
            if left < 0:
                raise _large()
            yield piece

    def _end(self, found: Any) -> None:
        self.receipt = found[WHOLE].decode("utf-8", "replace") or "-"
        self.trailer.truncated = found.get(TRUNCATED) == b"true"
        self.close()


def _is(arrow: pa.DataType, type: str) -> bool:
    """Whether Arrow data can be of a type of the reference dialect."""
    try:
        same = storable(type) == type
    except Invalid:
        return False
    if type in _WHOLE:
        return bool(pa.types.is_decimal(arrow))
    if pa.types.is_null(arrow):
        return type.strip('"') == "NULL"
    return fits(arrow, type) if same else not pa.types.is_run_end_encoded(arrow)


def _large() -> OverBudget:
    return OverBudget(
        msg("The answer is larger than this node takes."),
        next=msg("Ask for less, or raise `output_mib`."),
        detail="output",
    )
