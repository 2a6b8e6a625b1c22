"""The commit point: facts, event, checkpoint and receipt become visible in one transaction.

Jobs that finish at the same time share a transaction: whoever comes first commits for all
who wait (group commit). What goes wrong in the preparation of one job fails that job alone;
what goes wrong after it fails all of the group, and nothing of it is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from doumen.failpoint import passing
from doumen.kits.evidence.receipt import seal
from doumen.model.event import Event
from doumen.model.fact import Fact
from doumen.model.receipt import Inclusion, Receipt
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.ledger import Keyring, Ledger

GROUP = 256
"""Most jobs in one transaction."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What one job leaves behind, before it has its place in the ledger.

    Attributes:
        event: Without `previous`.
        facts: What becomes true with it.
        disclosed: For the receipt only: statement, parameters, salt.
        rules: For the receipt only: the rules applied, in words.
    """

    event: Event
    facts: Sequence[Fact] = ()
    disclosed: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Mapping[str, Any], ...] = ()


Prepare = Callable[[Connection], Draft]


@dataclass(slots=True)
class _Waiting:
    prepare: Prepare
    done: threading.Event = field(default_factory=threading.Event)
    receipt: Receipt | None = None
    error: BaseException | None = None


class Commits:
    """Commits jobs in groups. Safe for any number of threads; processes meet in the store."""

    def __init__(
        self, database: Database, catalog: Catalog, ledger: Ledger, keys: Callable[[], Keyring]
    ) -> None:
        self._database = database
        self._catalog = catalog
        self._ledger = ledger
        self._keys = keys
        self._queue: list[_Waiting] = []
        self._queue_lock = threading.Lock()
        self._turn = threading.Lock()

    def submit(self, prepare: Prepare) -> Receipt:
        """Commit one job; returns when it is durable.

        Args:
            prepare: Called inside the write transaction, under a savepoint; checks that the
                state is still the one the job was decided on, and gives what to record.
        """
        waiting = _Waiting(prepare)
        with self._queue_lock:
            self._queue.append(waiting)
        with self._turn:
            if not waiting.done.is_set():
                with self._queue_lock:
                    group, self._queue = self._queue[:GROUP], self._queue[GROUP:]
                self._commit(group)
        waiting.done.wait()
        if waiting.error is not None:
            raise waiting.error
        assert waiting.receipt is not None
        return waiting.receipt

    def _commit(self, group: Sequence[_Waiting]) -> None:
        try:
            with self._database.write() as connection:
                self._write(connection, group)
                passing("commit.written")
            passing("commit.durable")
        except BaseException as error:
            for waiting in group:
                waiting.receipt = None
                waiting.error = waiting.error or error
        finally:
            for waiting in group:
                waiting.done.set()

    def _prepared(self, connection: Connection, waiting: _Waiting) -> Draft:
        """Prepare one job; its facts are seen by the next job of the group."""
        draft = waiting.prepare(connection)
        if draft.facts:
            self._catalog.append(connection, draft.facts, draft.event.id, draft.event.time)
        return draft

    def _write(self, connection: Connection, group: Sequence[_Waiting]) -> None:
        ready: list[tuple[_Waiting, Draft]] = []
        for waiting in group:
            try:
                with connection.begin_nested():
                    ready.append((waiting, self._prepared(connection, waiting)))
            except Exception as error:
                waiting.error = error
        if not ready:
            return
        passing("commit.prepared")
        keys = self._keys()
        placed = self._ledger.append(connection, [draft.event for _, draft in ready])
        checkpoint = self._ledger.sign_head(connection, keys.working, keys.origin)
        size = placed[-1].index + 1
        for (waiting, draft), place in zip(ready, placed, strict=True):
            proof = self._ledger.inclusion(connection, place.index, size)
            receipt = Receipt(
                id=draft.event.id,
                event=place.event.as_json(),
                disclosed=draft.disclosed,
                rules=draft.rules,
                inclusion=Inclusion(place.index, size, tuple(h.hex() for h in proof), checkpoint),
                certificate=keys.certificate,
            )
            self._ledger.keep_receipt(connection, receipt.id, seal(receipt, keys.working))
            waiting.receipt = receipt
