"""The answer of a query, recorded before it is returned.

A small answer (32 MB) is read whole, recorded, then given. A large one streams between two
events: `query.started` is durable before the first row leaves, `query.ended` carries digest
and counts. A stream that broke leaves a start without an end, which counts as read. The digest
of a large answer takes longer than its data and is computed behind it: the receipt comes when
that is done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from doumen.gate.settling import Settling
from doumen.gate.trail import Trail
from doumen.kits.evidence.digest import AnswerDigest, Digester
from doumen.model.answer import python_rows
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.life import Notice
from doumen.model.message import msg
from doumen.model.plan import Stream
from doumen.model.receipt import Receipt

if TYPE_CHECKING:
    import pandas as pd

SMALL = 32_000_000
"""Bytes of Arrow data up to which an answer is recorded before any of it is given."""

Note = Callable[[str, AnswerDigest | None, bool, str | None], Receipt]
"""Records (event type, digest, truncated, error code) and gives the receipt."""


class RecordedAnswer:
    """An answer whose event is in the ledger.

    Args:
        stream: The rows on their way.
        digester: Takes them in order.
        note: Records.
        settling: Where a digest is computed behind the data.
        small: Bytes up to which the answer is recorded before it is given.
        expires: Last day on which it may be kept.
        sure: Whether rows are to be believed before their digest is known; else `arrow()` waits
            for it, and the last step of `batches()` raises where they do not hold.
    """

    def __init__(
        self,
        stream: Stream,
        digester: Digester,
        note: Note,
        *,
        settling: Settling,
        small: int = SMALL,
        expires: date | None = None,
        sure: bool = True,
    ) -> None:
        self.schema = stream.schema
        self._sure = sure
        self.expires = expires
        self._stream = stream
        self._digester = digester
        self._note = note
        self._settling = settling
        self._trail: Trail | None = None
        self._buffer: list[pa.RecordBatch] = []
        self._receipt: Receipt | None = None
        self._behind: threading.Thread | None = None
        self._error: BaseException | None = None
        self._source = iter(stream)
        self._open = True
        self._start(small)

    @property
    def receipt(self) -> str:
        """Id of the receipt; known when the last batch has been read."""
        return self._recorded().id

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is said of datasets that are deprecated; known with the receipt, which has it."""
        return tuple(map(Notice.of_json, self._recorded().event["data"].get("notices", ())))

    def _recorded(self) -> Receipt:
        if self._behind is not None:
            self._behind.join()
        if self._error is not None:
            raise self._error
        if self._receipt is None:
            raise Unavailable(
                msg("The answer has not been read to its end, so there is no receipt yet."),
                next=msg("Read all batches first."),
                detail="unread",
            )
        return self._receipt

    @property
    def truncated(self) -> bool:
        """Whether the limit of a rule cut the result."""
        return self._stream.trailer.truncated

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch; each can be read once."""
        while self._buffer:
            yield self._buffer.pop(0)
        while self._open:
            batch = self._next()
            if batch is not None:
                yield batch
            else:
                self._settle()

    def arrow(self) -> pa.Table:
        """All rows as an Arrow table."""
        batches, self._buffer = self._buffer, []
        if self._open:
            batches += iter(lambda: self._next(wait=False), None)
            self._open = False
            if self._sure:
                self._behind = self._settling.run(self._settle_behind)
            else:
                self._settle()
        return pa.Table.from_batches(batches, schema=self._stream.arrow)

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows as Python values."""
        return [row for batch in self.batches() for row in python_rows(batch, self.schema)]

    def df(self) -> pd.DataFrame:
        """All rows as a pandas frame; needs the extra `doumen[df]`."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def close(self) -> None:
        """End the job early; the rows given so far count as read."""
        self._open = False
        if self._trail is not None and self._behind is None:
            self._trail.give_up()
        self._stream.close()

    def _start(self, small: int) -> None:
        held = 0
        while held <= small:
            batch = self._next()
            if batch is None:
                for each in self._buffer:
                    self._digester.update(each)
                self._end("query", self._digester.finish())
                return
            held += batch.nbytes
            self._buffer.append(batch)
        self._note("query.started", None, False, None)
        self._trail = Trail(self._digester, self._settling.hashing)
        with self._whole():
            for each in self._buffer:
                self._trail.put(each, wait=False)

    def _next(self, *, wait: bool = True) -> pa.RecordBatch | None:
        """The next batch, on its way into the digest of a large answer; None at the end."""
        with self._whole():
            batch = next(self._source, None)
            if batch is not None and self._trail is not None:
                self._trail.put(batch, wait=wait)
        return batch

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Whatever breaks off a step ends the answer: no later one may pass over it."""
        try:
            yield
        except BaseException as error:
            self.close()
            if isinstance(error, DoumenError):
                self._note("query.failed", None, False, error.code)
            raise

    def _settle(self) -> None:
        """Record the end of a large answer, once its rows are hashed."""
        assert self._trail is not None
        with self._whole():
            digest = self._trail.finish()
        self._end("query.ended", digest)

    def _settle_behind(self) -> None:
        try:
            self._settle()
        except BaseException as error:  # told to whoever asks for the receipt
            self._error = error

    def _end(self, kind: str, digest: AnswerDigest) -> None:
        """Record the end of the stream."""
        self._open = False
        self._receipt = self._note(kind, digest, self._stream.trailer.truncated, None)
