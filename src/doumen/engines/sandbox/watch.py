"""A thread in each worker that ends it: when its parent is gone, or its time is over.

The parent holds the other end of the worker's socket, so its death, `kill -9` included, is a
hang-up here. Where somebody else inherited that end, the change of parent process tells.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections.abc import Callable

OUT_OF_TIME = 75
"""Exit status of a worker that reached its deadline."""

ORPHANED = 76
"""Exit status of a worker whose parent is gone."""

_LOOK = 1.0
"""Seconds between two looks."""


class Watch:
    """Watches one worker. `until` sets the deadline of the job at hand, None lifts it."""

    def __init__(
        self, end: socket.socket, leave: Callable[[int], object] = os._exit, look: float = _LOOK
    ) -> None:
        self.until: float | None = None
        self._parent = os.getppid()
        self._leave = leave
        self._look = look
        self._poll = select.poll()
        self._poll.register(end.fileno(), 0)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            gone = self._poll.poll(self._look * 1000) or os.getppid() != self._parent
            if gone:
                self._leave(ORPHANED)
                return
            if self.until is not None and time.monotonic() > self.until:
                self._leave(OUT_OF_TIME)
                return
