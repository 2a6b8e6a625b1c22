"""Work that goes on behind an answer already given: digests of large answers, and their events."""

from __future__ import annotations

import threading
from collections.abc import Callable

from doumen.gate.trail import Hashing


class Settling:
    """Answers whose last event is still being recorded; a node that closes waits for them.

    Attributes:
        hashing: Where the rows of large answers are hashed.
    """

    def __init__(self, hashing: Hashing | None = None) -> None:
        self.hashing = hashing or Hashing()
        self._open: set[threading.Thread] = set()
        self._lock = threading.Lock()

    def run(self, work: Callable[[], None]) -> threading.Thread:
        """Do this beside the caller."""

        def settle() -> None:
            try:
                work()
            finally:
                with self._lock:
                    self._open.discard(thread)

        thread = threading.Thread(target=settle, name="doumen-settling")
        with self._lock:
            self._open.add(thread)
        thread.start()
        return thread

    def wait(self) -> None:
        """Return when all is recorded."""
        with self._lock:
            threads = list(self._open)
        for thread in threads:
            thread.join()

    def close(self) -> None:
        """As `wait`; then no rows are hashed any more."""
        self.wait()
        self.hashing.close()
