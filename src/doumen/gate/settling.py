"""Work that goes on behind an answer already given: digests of large answers, and their events."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Settling:
    """Answers whose last event is still being recorded; a node that closes waits for them."""

    def __init__(self) -> None:
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
