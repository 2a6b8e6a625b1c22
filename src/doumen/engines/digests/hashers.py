"""Processes that digest rows: hashing them one by one holds an interpreter, theirs and not ours."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pyarrow as pa

from doumen.engines.digests.worker import BATCH, FLOATS, LONGEST
from doumen.engines.sandbox import Closed, Pool, TooLarge, Worker, arrow
from doumen.kits.evidence.digest import SIZE, RowDigests, row_digests
from doumen.model.errors import Unavailable

ENTRY = "doumen.engines.digests.worker"
_ALL = "rows"
"""Whose the processes are: one batch tells the next nothing, so they serve all answers."""


class Hashers:
    """As many processes as there are cores, the first made when there is something to digest.

    Args:
        count: How many at most; None: as many as there are cores for this process.
    """

    def __init__(self, count: int | None = None) -> None:
        self.count = count or _cores()
        self._pool = Pool(ENTRY, kept=self.count, warm=False)

    def digests(self, batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
        """As `row_digests`; from `count` threads at once. What a process fails at is done here."""
        try:
            worker = self._pool.take(_ALL)
        except (Unavailable, OSError):
            return row_digests(batch, floats)
        try:
            found = _asked(worker, batch, floats)
        except (Closed, TooLarge):
            worker.end()
            return row_digests(batch, floats)
        except BaseException:
            worker.end()
            raise
        self._pool.give(_ALL, worker, 0)
        return found

    def close(self) -> None:
        """End all processes."""
        self._pool.close()


def _asked(worker: Worker, batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
    """What a process says.

    Raises:
        Closed: it is gone, or says something else.
        TooLarge: as `Channel.receive`.
    """
    worker.channel.send(FLOATS, bytes(floats))
    worker.channel.send(BATCH, memoryview(arrow.written(batch)))
    _, exact = worker.channel.receive(LONGEST)
    _, whole = worker.channel.receive(LONGEST)
    if len(exact) != batch.num_rows * SIZE or len(whole) != len(exact) * any(floats):
        raise Closed
    return bytes(exact), bytes(whole)


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
