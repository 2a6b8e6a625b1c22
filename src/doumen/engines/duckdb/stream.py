"""An answer on its way from a worker: batches as they come, then the trailer."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow as pa

from doumen.engines.duckdb import told, wire
from doumen.engines.duckdb.conversation import SLACK, Conversation
from doumen.engines.sandbox import arrow
from doumen.model.plan import Trailer
from doumen.model.schema import Column, Schema
from doumen.model.snapshot import DataFile


class AnswerStream:
    """The stream of one query. Dropping it unread, or closing it early, ends the job.

    Attributes:
        schema: Names and types of the output, in the engine's words.
        arrow: The same as an Arrow schema; empty where the answer is written to files.
        trailer: Complete once the last batch was read.
    """

    def __init__(self, talk: Conversation, output: int) -> None:
        self._talk = talk
        self._left = output
        self.trailer = Trailer()
        try:
            _, described = talk.next()
            self.schema = Schema(tuple(Column(*pair) for pair in json.loads(described)))
            _, empty = talk.next()
            self.arrow = pa.ipc.read_schema(pa.py_buffer(empty))
        except BaseException:
            talk.close()
            raise
        self._over = False

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        return self

    def __next__(self) -> pa.RecordBatch:
        """The next batch.

        Raises:
            DoumenError: the statement failed, or a bound was reached.
        """
        if self._over:
            raise StopIteration
        try:
            kind, payload = self._talk.next(max(self._left, 0) + SLACK)
            if kind == wire.BATCH:
                return self._batch(payload)
        except pa.ArrowException:
            self.close()
            raise told.broken() from None
        except BaseException:
            self.close()
            raise
        self._over = True
        body = wire.read_json(payload)
        self.trailer.files = tuple(DataFile(*file) for file in body["files"])
        self.trailer.truncated = body["truncated"]
        self.trailer.rows = body["rows"]
        raise StopIteration

    def close(self) -> None:
        """End the job where it is not over."""
        self._over = True
        self._talk.close()

    def __del__(self) -> None:
        self._talk.close()

    def _batch(self, payload: bytearray) -> pa.RecordBatch:
        """The one batch in a frame, which counts against the bound."""
        batch = arrow.batch(payload)
        self._left -= batch.nbytes
        if self._left < 0:
            raise told.too_much()
        return batch
