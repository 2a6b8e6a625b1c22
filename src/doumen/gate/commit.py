"""The commit point: facts, event, checkpoint and receipt become visible in one transaction.

Jobs that finish at the same time share a transaction: whoever comes first commits for all
who wait (group commit). What goes wrong in the preparation of one job fails that job alone;
what goes wrong after it fails all of the group, and nothing of it is kept.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from doumen.failpoint import passing
from doumen.kits.evidence.receipt import seal
from doumen.model.errors import DoumenError
from doumen.model.event import Event
from doumen.model.fact import Fact
from doumen.model.queued import LEASE, Lease
from doumen.model.receipt import Inclusion, Receipt
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.ledger import Keyring, Ledger
from doumen.stores.queue import Queue

GROUP = 256
"""Most jobs in one transaction."""


@dataclass(frozen=True, slots=True)
class Within:
    """A balance that a charge may not pass.

    Attributes:
        over: What is raised where the charge would pass it; nothing of the job is kept.
    """

    account: str
    unit: str
    most: int
    over: DoumenError


@dataclass(frozen=True, slots=True)
class Draft:
    """What one job leaves behind, before it has its place in the ledger.

    Attributes:
        event: Without `previous`.
        facts: What becomes true with it.
        disclosed: For the receipt only: statement, parameters, salt.
        rules: For the receipt only: the rules applied, in words.
        within: Accounts that the event charges, and what their balance may come to at most.
    """

    event: Event
    facts: Sequence[Fact] = ()
    disclosed: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Mapping[str, Any], ...] = ()
    within: tuple[Within, ...] = ()


Prepare = Callable[[Connection], Draft]


@dataclass(slots=True)
class _Waiting:
    prepare: Prepare
    lease: Lease | None = None
    done: threading.Event = field(default_factory=threading.Event)
    receipt: Receipt | None = None
    error: BaseException | None = None


class Commits:
    """Commits jobs in groups. Safe for any number of threads; processes meet in the store."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        ledger: Ledger,
        queue: Queue,
        keys: Callable[[], Keyring],
    ) -> None:
        self._database = database
        self._catalog = catalog
        self._ledger = ledger
        self._jobs = queue
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
        waiting = _Waiting(prepare, LEASE.get())
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

    def _prepared(
        self, connection: Connection, waiting: _Waiting, charged: Counter[tuple[str, str]]
    ) -> Draft:
        """Prepare one job; its facts and charges are seen by the next job of the group."""
        draft = waiting.prepare(connection)
        if waiting.lease is not None:
            made = draft.event.id if draft.event.generated else None
            self._jobs.fence(connection, waiting.lease, made)
        own = Counter[tuple[str, str]]()
        for charge in draft.event.charges:
            own[charge.account, charge.unit] += charge.amount
        for bound in draft.within:
            place = (bound.account, bound.unit)
            balance = self._ledger.balance(connection, *place) + charged[place]
            if balance + own[place] > bound.most:
                raise bound.over
        if draft.facts:
            self._catalog.append(connection, draft.facts, draft.event.id, draft.event.time)
        charged.update(own)
        return draft

    def _write(self, connection: Connection, group: Sequence[_Waiting]) -> None:
        ready: list[tuple[_Waiting, Draft]] = []
        charged = Counter[tuple[str, str]]()
        for waiting in group:
            try:
                with connection.begin_nested() if len(group) > 1 else nullcontext():
                    ready.append((waiting, self._prepared(connection, waiting, charged)))
            except Exception as error:
                if len(group) == 1 or _of_the_store(error):
                    raise  # the database says what it means, to all of the group
                waiting.error = error
        if not ready:
            return
        passing("commit.prepared")
        keys = self._keys()
        events = [draft.event for _, draft in ready]
        placed, checkpoint, proofs = self._ledger.seal(
            connection, events, keys.working, keys.origin
        )
        size, sealed = placed[-1].index + 1, []
        for (waiting, draft), place, proof in zip(ready, placed, proofs, strict=True):
            receipt = Receipt(
                id=draft.event.id,
                event=place.event.as_json(),
                disclosed=draft.disclosed,
                rules=draft.rules,
                inclusion=Inclusion(place.index, size, tuple(h.hex() for h in proof), checkpoint),
                certificate=keys.certificate,
            )
            sealed.append((receipt.id, seal(receipt, keys.working)))
            waiting.receipt = receipt
        self._ledger.keep_receipts(connection, sealed)


def _of_the_store(error: Exception) -> bool:
    """Whether the store failed, and not the job: then nothing of the group can be kept."""
    return isinstance(error, DBAPIError) and not isinstance(error, IntegrityError)
