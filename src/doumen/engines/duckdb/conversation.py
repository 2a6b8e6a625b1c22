"""One job's talk with its worker, seen from the parent: frames in, errors of bounds raised.

Whatever ends badly ends the worker. What a worker says is checked for size before it is
read, and is JSON or Arrow only.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from doumen.engines.duckdb import told, wire
from doumen.engines.sandbox import Closed, TooLarge, Worker
from doumen.engines.sandbox.watch import OUT_OF_TIME
from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import msg
from doumen.model.wanted import WANTED, given_up

SLACK = 1 << 20
"""Bytes by which an Arrow stream may be longer than the data in it."""


class Conversation:
    """A job that a worker was given.

    Args:
        worker: The worker, which has no other job.
        job: The job as JSON.
        inline: Arrow streams that go with it.
        seconds: Wall time that the job may take.
        release: Takes the worker back once the job ended well, with the bytes that it holds.
    """

    def __init__(
        self,
        worker: Worker,
        job: dict[str, Any],
        *,
        inline: Sequence[pa.Buffer] = (),
        seconds: float,
        release: Callable[[Worker, int], None] | None = None,
    ) -> None:
        self._worker: Worker | None = worker
        self._release = release
        self._deadline = time.monotonic() + seconds
        self._abandoned = False
        self._turn = threading.Lock()
        wanted = WANTED.get()
        if wanted is not None:
            wanted.on_end(self.abandon)
        try:
            worker.channel.send_json(wire.JOB, job)
            for table in inline:
                worker.channel.send(wire.ARROW, memoryview(table))
        except Closed:
            raise self._died(worker) from None

    def next(self, most: int = wire.SMALL) -> tuple[bytes, bytearray]:
        """The next frame; a trailer gives the worker back.

        Raises:
            DoumenError: the worker says that the job failed, died, or is out of time.
        """
        worker = self._worker
        if worker is None:
            raise told.broken()
        try:
            kind, payload = worker.channel.receive(most, self._deadline)
        except Closed:
            raise self._died(worker) from None
        except TimeoutError:
            self.close()
            raise told.out_of_time() from None
        except TooLarge:
            self.close()
            raise told.too_much() from None
        if kind == wire.ERROR:
            self.close()
            raise wire.unpack_error(wire.read_json(payload))
        if kind == wire.TRAILER:
            self._done(worker, int(wire.read_json(payload)["weight"]))
        return kind, payload

    def close(self) -> None:
        """End the job, and the worker with it, where it is not over."""
        with self._turn:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.end()

    def abandon(self) -> None:
        """End the job from another thread: whoever waits for the next frame is told at once."""
        with self._turn:
            if self._worker is not None:
                self._abandoned = True
                self._worker.kill()

    def _done(self, worker: Worker, weight: int) -> None:
        with self._turn:
            self._worker = None
        if self._release is None:
            worker.end()
        else:
            self._release(worker, weight)

    def _died(self, worker: Worker) -> DoumenError:
        with self._turn:
            self._worker = None
        status = worker.end()
        if self._abandoned:
            return given_up()
        if status is None:
            return told.broken()
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGKILL, signal.SIGABRT}:
            return told.out_of_memory()
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == OUT_OF_TIME:
            return told.out_of_time()
        return told.broken()


def encodable(*texts: object) -> None:
    """Check that texts can be said to the engine at all.

    Raises:
        Invalid: one holds half of a surrogate pair, which no UTF-8 has.
    """
    for text in texts:
        if isinstance(text, str) and any("\ud800" <= c <= "\udfff" for c in text):
            raise Invalid(
                msg("The statement or a parameter holds half of a surrogate pair."),
                next=msg("Give text that UTF-8 can hold."),
                detail="text",
            )
