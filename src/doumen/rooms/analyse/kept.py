"""An answer held for more than one look: in memory while small, else in a nameless file.

The rows are read to their end first, for only then is there a receipt.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pyarrow as pa

from doumen.model.answer import Answer
from doumen.model.schema import Schema
from doumen.model.values import json_rows

MEMORY = 32_000_000
"""Bytes of Arrow data that are held in memory; what comes after goes to a file."""


class Kept:
    """The rows of an answer as JSON arrays, to be gone through any number of times."""

    def __init__(self, answer: Answer, memory: int = MEMORY) -> None:
        self.schema: Schema = answer.schema
        self._held: list[pa.RecordBatch] = []
        self._file: pa.NativeFile | None = None
        self._length = 0
        batches, room = self._counted(answer), memory
        for batch in batches:
            if batch.nbytes > room:
                self._file = _spilled(chain([batch], batches))
                break
            room -= batch.nbytes
            self._held.append(batch)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[list[Any]]:
        for batch in self.batches():
            yield from json_rows(batch, self.schema)

    def _counted(self, answer: Answer) -> Iterator[pa.RecordBatch]:
        for batch in answer.batches():
            self._length += batch.num_rows
            yield batch

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows as they came, as Arrow."""
        yield from self._held
        if self._file is not None:
            self._file.seek(0)
            yield from pa.ipc.open_stream(self._file)


def _spilled(batches: Iterator[pa.RecordBatch]) -> pa.NativeFile:
    """Write batches to a file that only this process can reach, and open it for reading."""
    first = next(batches)
    descriptor, path = tempfile.mkstemp(prefix="doumen-")
    try:
        os.close(descriptor)
        with pa.OSFile(path, "wb") as sink, pa.ipc.new_stream(sink, first.schema) as writer:
            for batch in chain([first], batches):
                writer.write_batch(batch)
        return pa.memory_map(path)
    finally:
        os.unlink(path)  # noqa: PTH108 (a name from mkstemp, which speaks text)
