"""Work that goes on behind an answer already given: digests of large answers, and their events.

Rows go out far quicker than they are hashed, so that hashing leaves them the processor for a
while. What is on its way is held until it is hashed: where too much is, whoever brings more waits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa

from doumen.kits.evidence.digest import AnswerDigest, Digester, RowDigests, row_digests
from doumen.model.wanted import WANTED

HELD = 1 << 30
"""Bytes of rows that wait to be hashed, of all answers together, before their streams wait."""
START = 2.0
"""Seconds that an answer has for going out, unless much is held or it is out, before hashing."""

Hash = Callable[[pa.RecordBatch, Sequence[bool]], RowDigests]


class Settling:
    """Answers whose last event is still being recorded; a node that closes waits for them.

    Args:
        hash: Digests the rows of a batch (`row_digests`); called by `places` threads at once.
        places: How many.
        held: Bytes that wait to be hashed before streams wait.
    """

    def __init__(self, hash: Hash = row_digests, places: int = 1, held: int = HELD) -> None:
        self._hash = hash
        self._most = held
        self._held = 0
        self._room = threading.Condition()
        self._hashing = ThreadPoolExecutor(places, thread_name_prefix="doumen-hashing")
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
        self._hashing.shutdown(cancel_futures=True)

    def hashed(
        self,
        batch: pa.RecordBatch,
        floats: Sequence[bool],
        *,
        go_on: Callable[[], bool],
        due: Callable[[], float],
    ) -> Future[RowDigests]:
        """The digests of the rows of a batch, in time.

        Args:
            batch: The rows.
            floats: Of each column, whether it is floating.
            go_on: Whether to go on waiting while too much is held; asked when `look` is called.
            due: Seconds until they are hashed though there is room; asked likewise.
        """
        size = batch.nbytes
        with self._room:
            self._room.wait_for(
                lambda: not self._held or self._held + size <= self._most or not go_on()
            )
            self._held += size

        def hash() -> RowDigests:
            with self._room:
                self._room.wait_for(lambda: due() <= 0 or 2 * self._held > self._most, due())
            return self._hash(batch, floats)

        future = self._hashing.submit(hash)
        future.add_done_callback(lambda _: self._free(size))
        return future

    def look(self) -> None:
        """Let those who wait ask whether to go on."""
        with self._room:
            self._room.notify_all()

    def _free(self, size: int) -> None:
        with self._room:
            self._held -= size
            self._room.notify_all()


class Trail:
    """The batches of one large answer on their way into its digest, in order.

    Args:
        digester: Takes them.
        settling: Where they are hashed.
    """

    def __init__(self, digester: Digester, settling: Settling) -> None:
        self._digester = digester
        self._settling = settling
        self._hashed: list[Future[RowDigests]] = []
        self._due = time.monotonic() + START
        self._wanted = True
        wanted = WANTED.get()
        if wanted is not None:
            wanted.on_end(self.give_up)

    def put(self, batch: pa.RecordBatch, *, wait: bool = True) -> None:
        """Hash a batch in time.

        Args:
            batch: The next one.
            wait: Wait while too much is held; False: it is held by the caller anyway.

        Raises:
            Invalid: it is no part of this answer.
        """
        self._digester.check(batch)
        future = self._settling.hashed(
            batch,
            self._digester.floats,
            go_on=lambda: wait and self._wanted,
            due=lambda: self._due - time.monotonic(),
        )
        self._hashed.append(future)

    def finish(self) -> AnswerDigest:
        """The digest of all batches, once they are hashed.

        Raises:
            Invalid: a column has a type that no answer can have.
        """
        self._hurry()
        for future in self._hashed:
            self._digester.add(future.result())
        self._hashed.clear()
        return self._digester.finish()

    def give_up(self) -> None:
        """Nobody wants the digest any more."""
        self._wanted = False
        for future in self._hashed:
            future.cancel()
        self._hurry()

    def _hurry(self) -> None:
        """The rows are out, or will never be: nobody needs the processor for them."""
        self._due = 0.0
        self._settling.look()
