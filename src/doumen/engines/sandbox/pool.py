"""Workers for actors: one is used again for the same actor only, a spare is always ready.

A worker that erred, ran out of time or was left early is killed, with its directory.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from doumen.engines.sandbox.frames import Channel
from doumen.engines.sandbox.herd import Herd, unavailable


class Worker:
    """A worker process, lent to one job at a time."""

    def __init__(self, herd: Herd) -> None:
        self._herd = herd
        self.number, end = herd.fork()
        self.channel = Channel(end)

    @property
    def ready(self) -> bool:
        """Whether it lives and waits for a job."""
        return self._herd.alive and self.channel.idle()

    def kill(self) -> None:
        """Kill it and nothing else: whoever talks to it finds that it is gone, and ends it."""
        self._herd.end(self.number)

    def end(self) -> int | None:
        """Kill it; its wait status if it died before, None where it cannot be known."""
        status = self._herd.end(self.number)
        self.channel.close()
        return status


@dataclass(frozen=True, slots=True)
class _Idle:
    """A worker that waits for the next job of its actor, and the bytes that it holds."""

    actor: str
    worker: Worker
    weight: int


class Pool:
    """Hands out workers. Many threads may use one pool.

    Args:
        entry: Module whose `serve` the workers run.
        scratch: Folder for temporary files; the system's where None.
        kept: Most idle workers that wait for the next job of their actor.
        weight: Most bytes of memory that they hold together, the last one used not counted.
        warm: Start zygote and spare now, off the path of the first job.
    """

    def __init__(
        self,
        entry: str,
        *,
        scratch: Path | None = None,
        kept: int = 16,
        weight: int = 2 << 30,
        warm: bool = True,
    ) -> None:
        self._entry = entry
        self._scratch = str(scratch or tempfile.gettempdir())
        self._kept = kept
        self._weight = weight
        self._lock = threading.Lock()
        self._herd: Herd | None = None
        self._spare: Worker | None = None
        self._idle: deque[_Idle] = deque()
        self._closed = False
        self._owner = os.getpid()
        if warm:
            with self._lock:
                self._spare = Worker(self._living())

    def take(self, actor: str | None) -> Worker:
        """A worker that has served nobody, or this actor only.

        Args:
            actor: Whose worker; None asks for one that has served nobody.

        Raises:
            Unavailable: no worker can be made, or the pool is closed.
        """
        with self._lock:
            herd = self._living()
            while actor is not None and (mine := self._of(actor)) is not None:
                if mine.ready:
                    return mine
                mine.end()
            worker, self._spare = self._spare, None
            if worker is not None and not worker.ready:
                worker.end()
                worker = None
            worker = worker or Worker(herd)
            self._spare = Worker(herd)
            return worker

    def give(self, actor: str, worker: Worker, weight: int) -> None:
        """Take back a worker whose job of this actor ended well; it holds `weight` bytes."""
        gone = []
        with self._lock:
            if self._closed:
                worker.channel.close()
                return
            self._idle.append(_Idle(actor, worker, weight))
            while len(self._idle) > self._kept or self._held() > self._weight:
                gone.append(self._idle.popleft().worker)
        for one in gone:
            one.end()

    @property
    def workers(self) -> int:
        """Workers that were made and have not been ended."""
        with self._lock:
            return 0 if self._herd is None else self._herd.workers

    def close(self) -> None:
        """End everything. A pool that is closed twice stays closed."""
        with self._lock:
            self._closed = True
            self._forget()

    def _of(self, actor: str) -> Worker | None:
        """The worker of this actor that was used last: what it read is still at hand."""
        for place in reversed(range(len(self._idle))):
            idle = self._idle[place]
            if idle.actor == actor:
                del self._idle[place]
                return idle.worker
        return None

    def _held(self) -> int:
        """Bytes that idle workers hold, that of the last one used not counted."""
        return sum(idle.weight for idle in list(self._idle)[:-1])

    def _living(self) -> Herd:
        """The herd; a new one where the old one died or belongs to the process we forked from."""
        if self._closed:
            raise unavailable()
        if self._owner != os.getpid():
            self._abandon()
        if self._herd is not None and not self._herd.alive:
            self._forget()
        if self._herd is None:
            self._herd = Herd(self._entry, self._scratch)
        return self._herd

    def _abandon(self) -> None:
        """Let go of what the process that we forked from goes on using."""
        if self._herd is not None:
            self._herd.abandon()
        self._drop()
        self._owner = os.getpid()

    def _forget(self) -> None:
        """End zygote and workers."""
        if self._herd is not None:
            self._herd.close()
        self._drop()

    def _drop(self) -> None:
        for worker in (*(idle.worker for idle in self._idle), self._spare):
            if worker is not None:
                worker.channel.close()
        self._idle.clear()
        self._herd, self._spare = None, None
