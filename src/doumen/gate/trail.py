"""The rows of large answers, hashed beside their way out: in order, no more held than fits.

Rows go out far quicker than they are hashed, so that hashing leaves them the processor for a
while. What is on its way is held until it is hashed: where too much is, whoever brings more waits.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import pyarrow as pa

from doumen.kits.evidence.digest import AnswerDigest, Digester, RowDigests, row_digests
from doumen.model.errors import Unavailable
from doumen.model.message import msg
from doumen.model.wanted import WANTED, given_up

HELD = 1 << 30
"""Bytes of rows that wait to be hashed, of all answers together, before their streams wait."""
START = 2.0
"""Seconds that an answer has for going out, unless much is held or it is out, before hashing."""

Hash = Callable[[pa.RecordBatch, Sequence[bool]], RowDigests]


@dataclass(eq=False, slots=True)
class _Item:
    """A batch that is to be hashed; let go of once it is.

    Attributes:
        due: The time, on `time.monotonic`, from which it may be hashed though there is room.
    """

    batch: pa.RecordBatch | None
    floats: Sequence[bool]
    due: Callable[[], float]
    size: int
    digests: Future[RowDigests] = field(default_factory=Future)


class Hashing:
    """Where rows are hashed. One for all answers and threads of a node.

    Its threads live while there is something to do and keep no process from ending: whoever needs
    a digest waits for it.

    Args:
        hash: Digests the rows of a batch (`row_digests`).
        places: How many batches at once, each in a thread.
        held: Bytes that wait to be hashed before streams wait.
    """

    _waiting: deque[_Item]
    _held: int

    def __init__(self, hash: Hash = row_digests, places: int = 1, held: int = HELD) -> None:
        self._hash = hash
        self._places = places
        self._most = held
        self._closed = False
        self._begin()

    def take(self, item: _Item, wait: Callable[[], bool]) -> None:
        """Hold a batch until it is hashed.

        Args:
            item: The batch.
            wait: Whether to wait while too much is held; asked again when `look` is called.

        Raises:
            Unavailable: the node is closed.
        """
        with self._ours():
            self._waiters += 1
            try:
                self._start()
                self._room.wait_for(
                    lambda: not self._held or self._held + item.size <= self._most or not wait()
                )
            finally:
                self._waiters -= 1
            if self._closed:
                raise _closed()
            self._held += item.size
            self._waiting.append(item)
            self._start()

    def drop(self, items: Iterable[_Item]) -> None:
        """Hold these no longer, but for those that are being hashed."""
        dropped = set(items)
        with self._ours():
            self._held -= sum(item.size for item in self._waiting if item in dropped)
            self._waiting = deque(item for item in self._waiting if item not in dropped)
        self.look()

    def look(self) -> None:
        """Look at what is due, and let those who wait ask whether to go on."""
        with self._ours():
            self._start()
            self._room.notify_all()

    def close(self) -> None:
        """Hash nothing any more."""
        with self._ours():
            self._closed = True
            while self._waiting:
                item = self._waiting.popleft()
                self._held -= item.size
                item.digests.set_exception(_closed())
            self._room.notify_all()

    def _ours(self) -> threading.Condition:
        """The lock of this process; one that was forked begins anew, with nothing held."""
        if self._owner != os.getpid():
            self._begin()
        return self._room

    def _begin(self) -> None:
        self._owner = os.getpid()
        self._room = threading.Condition()
        self._waiting = deque()
        self._held = self._running = self._waiters = 0

    def _start(self) -> None:
        """Have a thread more where there is something to do and a place."""
        if self._running < self._places and self._ready() is not None:
            self._running += 1
            threading.Thread(target=self._serve, name="doumen-hashing", daemon=True).start()

    def _ready(self) -> _Item | None:
        """The first batch that may be hashed now."""
        much, now = self._waiters or 2 * self._held > self._most, time.monotonic()
        return next((item for item in self._waiting if much or item.due() <= now), None)

    def _serve(self) -> None:
        while True:
            with self._room:
                item = self._ready()
                if item is None:
                    self._running -= 1
                    return
                self._waiting.remove(item)
                self._start()
            assert item.batch is not None
            try:
                item.digests.set_result(self._hash(item.batch, item.floats))
            except BaseException as error:  # told to whoever waits for the digest
                item.digests.set_exception(error)
            item.batch = None
            with self._room:
                self._held -= item.size
                self._room.notify_all()


class Trail:
    """The batches of one large answer on their way into its digest, in order.

    Args:
        digester: Takes them.
        hashing: Where they are hashed.
    """

    def __init__(self, digester: Digester, hashing: Hashing) -> None:
        self._digester = digester
        self._hashing = hashing
        self._items: deque[_Item] = deque()
        self._due = time.monotonic() + START
        self._first = True
        self._lock = threading.Lock()
        self._out = self._given_up = False
        wanted = WANTED.get()
        if wanted is not None:
            wanted.on_end(self.give_up)

    def put(self, batch: pa.RecordBatch, *, wait: bool = True) -> None:
        """Hash a batch in time.

        Args:
            batch: The next one.
            wait: Wait while too much is held; False: it is held by the caller anyway.

        Raises:
            Invalid: it is no part of this answer, or has a type that no answer can have.
            Unavailable: the node is closed.
        """
        self._digester.check(batch)
        if self._first:
            row_digests(batch.slice(0, 1), self._digester.floats)
            self._first = False
        while self._items and self._items[0].digests.done():
            self._add()
        item = _Item(batch, self._digester.floats, lambda: self._due, batch.nbytes)
        self._hashing.take(item, lambda: wait and not self._given_up)
        self._items.append(item)

    def finish(self) -> AnswerDigest:
        """The digest of all batches, once they are hashed. From now on it is not given up.

        Raises:
            Unavailable: it was given up before, or the node is closed.
        """
        with self._lock:
            if self._given_up:
                raise given_up()
            self._out = True
        self._due = 0.0
        self._hashing.look()
        while self._items:
            self._add()
        return self._digester.finish()

    def give_up(self) -> None:
        """Nobody wants the digest any more, unless all rows are out."""
        with self._lock:
            if self._out:
                return
            self._given_up = True
        self._hashing.drop(list(self._items))

    def _add(self) -> None:
        """Take the first batch into the digest, once it is hashed."""
        digests = self._items[0].digests.result()
        self._items.popleft()
        self._digester.add(digests)


def _closed() -> Unavailable:
    return Unavailable(
        msg("The node was closed before the answer was read to its end."),
        next=msg("Open it again and ask again."),
        detail="closed",
    )
