"""The queue of jobs: durable, shared by any number of workers, each job under one lease.

A worker that dies stops extending its lease, and another takes the job over with the next
attempt. A lease that was lost can neither commit (`fence`, in the transaction of the commit
itself) nor finish anything, so that a job is done once, whatever dies when.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from doumen.failpoint import passing
from doumen.model.errors import Conflict
from doumen.model.message import Message, msg, packed, unpacked
from doumen.model.queued import OVER, Lease, Queued, State
from doumen.stores.database import Database
from doumen.stores.tables import JOBS

Held = Literal["held", "cancelled", "lost"]
"""What becomes of a lease that is to be extended."""

_JSON = ("inputs", "outcome", "error")
_SAID = ("what", "why", "next")
"""Members of an error that are for people, and keep what they were made of."""


class Queue:
    """The jobs of one node. Safe for any number of threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job: Queued) -> None:
        """Queue a job; it is durable when this returns."""
        with self._database.write() as connection:
            self.insert(connection, job)
            passing("queue.added")

    def insert(self, connection: Connection, job: Queued) -> None:
        """Queue a job within a transaction that writes."""
        connection.execute(insert(JOBS), _written(job))

    def one(self, id: str) -> Queued | None:
        """A job, or None."""
        with self._database.read() as connection:
            row = connection.execute(select(JOBS).where(JOBS.c.id == id)).first()
        return None if row is None else _read(row)

    def all(
        self,
        *,
        actor: str | None = None,
        states: Sequence[State] = (),
        limit: int = 100,
        schedule: str | None = None,
    ) -> list[Queued]:
        """Jobs, the latest first."""
        asked = select(JOBS).order_by(JOBS.c.id.desc()).limit(limit)
        if actor is not None:
            asked = asked.where(JOBS.c.actor == actor)
        if schedule is not None:
            asked = asked.where(JOBS.c.schedule == schedule)
        if states:
            asked = asked.where(JOBS.c.state.in_(states))
        with self._database.read() as connection:
            return [_read(row) for row in connection.execute(asked)]

    def counts(self, actor: str | None = None) -> Mapping[str, int]:
        """State → how many jobs are in it."""
        asked = select(JOBS.c.state, func.count()).group_by(JOBS.c.state)
        if actor is not None:
            asked = asked.where(JOBS.c.actor == actor)
        with self._database.read() as connection:
            return {state: number for state, number in connection.execute(asked)}  # noqa: C416 (typed)

    def claim(self, worker: str, now: str, until: str) -> Queued | None:
        """Take a job that waits, or one whose worker let its lease lapse.

        The turn goes to the actor who has the fewest jobs running, then to the oldest job.

        Args:
            worker: Who takes it.
            now: The time now.
            until: End of the lease.

        Returns:
            The job as it was before, with the new attempt; None: nothing is to be done.
        """
        with self._database.read() as connection:
            if _next(connection, now) is None:
                return None
        with self._database.write() as connection:
            row = _next(connection, now)
            if row is None:
                return None
            attempt = row.attempt + 1
            taken = {"state": "running", "worker": worker, "lease": until, "attempt": attempt}
            if row.started is None:
                taken["started"] = now
            connection.execute(update(JOBS).where(JOBS.c.id == row.id).values(**taken))
            again = connection.execute(select(JOBS).where(JOBS.c.id == row.id)).one()
        passing("queue.claimed")
        return _read(again)

    def extend(
        self, lease: Lease, until: str, fraction: float | None, doing: Message | None
    ) -> Held:
        """Extend a lease and tell how far the job is."""
        told = {"lease": until, "fraction": fraction, "doing": _kept(doing)}
        with self._database.write() as connection:
            row = _held(connection, lease)
            if row is None:
                return "lost"
            connection.execute(update(JOBS).where(JOBS.c.id == lease.job).values(**told))
        return "cancelled" if row.cancelling else "held"

    def fence(self, connection: Connection, lease: Lease, event: str | None) -> None:
        """Let a commit under a lease pass, and keep which event made something.

        Args:
            connection: The transaction of the commit.
            lease: Under which it was prepared.
            event: Id of the event; None where it makes nothing.

        Raises:
            Conflict: the lease was lost; another worker has the job, or had it.
        """
        if _held(connection, lease) is None:
            raise Conflict(
                msg("Job {job} was taken over by another worker.", job=lease.job),
                why=msg("This one let its lease lapse; nothing that it did is kept."),
                next=msg("See what became of it: doumen job show {job}", job=lease.job),
                detail="lease",
            )
        if event is not None:
            connection.execute(update(JOBS).where(JOBS.c.id == lease.job).values(receipt=event))

    def finish(self, lease: Lease, now: str, state: State, **told: Any) -> bool:
        """Say what became of a job; False where its lease was lost.

        Args:
            lease: Under which it was done.
            now: The time now.
            state: One of `OVER`.
            told: `outcome`, `exit`, `error`, `doing`, `said`.
        """
        values = {"state": state, "finished": now, "lease": None, **_as_text(told)}
        if state == "done":
            values |= {"fraction": 1.0, "doing": None}
        with self._database.write() as connection:
            if _held(connection, lease) is None:
                return False
            connection.execute(update(JOBS).where(JOBS.c.id == lease.job).values(**values))
        passing("queue.finished")
        return True

    def release(self, lease: Lease, due: str | None, *, spared: int) -> bool:
        """Put a job back; False where its lease was lost.

        Args:
            lease: Under which it was begun.
            due: Not before this is it done again.
            spared: How many of its attempts do not count.
        """
        again = {"state": "queued", "due": due, "spared": spared}
        values = again | dict.fromkeys(("lease", "fraction", "doing"))
        with self._database.write() as connection:
            if _held(connection, lease) is None:
                return False
            connection.execute(update(JOBS).where(JOBS.c.id == lease.job).values(**values))
        return True

    def cancel(self, id: str, now: str, reason: str | None) -> None:
        """Ask for the end of a job: one that waits is over at once, one that runs soon."""
        waits = {"state": "cancelled", "finished": now, "cancelling": True, "reason": reason}
        runs = {"cancelling": True, "reason": reason}
        with self._database.write() as connection:
            mine = JOBS.c.id == id
            connection.execute(update(JOBS).where(mine, JOBS.c.state == "running").values(**runs))
            connection.execute(update(JOBS).where(mine, JOBS.c.state == "queued").values(**waits))

    def forget(self, before: str, *, idle: str | None = None) -> list[str]:
        """Forget jobs that were over before this time; gives their ids.

        Args:
            before: The time.
            idle: For runs of schedules that went well and made nothing; None: the same time.
        """
        old = (JOBS.c.state.in_(OVER)) & (JOBS.c.finished < before)
        if idle is not None:
            made_nothing = (JOBS.c.receipt.is_(None)) & (JOBS.c.exit == 0)
            looked = (JOBS.c.schedule.is_not(None)) & (JOBS.c.state == "done") & made_nothing
            old |= looked & (JOBS.c.finished < idle)
        with self._database.read() as connection:
            ids = list(connection.execute(select(JOBS.c.id).where(old)).scalars())
        if ids:
            with self._database.write() as connection:
                connection.execute(delete(JOBS).where(JOBS.c.id.in_(ids)))
        return ids


def _next(connection: Connection, now: str) -> Row[Any] | None:
    """The job whose turn it is."""
    waits = (JOBS.c.state == "queued") & ((JOBS.c.due.is_(None)) | (JOBS.c.due <= now))
    lapsed = (JOBS.c.state == "running") & (JOBS.c.lease < now)
    oldest = select(JOBS.c.actor, func.min(JOBS.c.id)).where(waits | lapsed)
    turns = connection.execute(oldest.group_by(JOBS.c.actor)).all()
    if not turns:
        return None
    running = select(JOBS.c.actor, func.count()).where(
        JOBS.c.state == "running", JOBS.c.lease >= now
    )
    busy = Counter[str]()
    for actor, count in connection.execute(running.group_by(JOBS.c.actor)):
        busy[actor] = count
    _, id = min(turns, key=lambda turn: (busy[turn[0]], turn[1]))
    return connection.execute(select(JOBS).where(JOBS.c.id == id)).one()


def _held(connection: Connection, lease: Lease) -> Row[Any] | None:
    """The job, if this lease of it is in force."""
    asked = select(JOBS).where(
        JOBS.c.id == lease.job, JOBS.c.attempt == lease.attempt, JOBS.c.state == "running"
    )
    return connection.execute(asked).first()


def _written(job: Queued) -> dict[str, Any]:
    """A new job as a row: nothing was said of it yet."""
    return _as_text({column.name: getattr(job, column.name) for column in JOBS.c})


def _as_text(values: Mapping[str, Any]) -> dict[str, Any]:
    texts = dict(values)
    if texts.get("error") is not None:
        texts["error"] = {n: packed(v) if n in _SAID else v for n, v in texts["error"].items()}
    if "said" in texts:
        texts["said"] = [packed(line) for line in texts["said"]] or None
    for name in (*_JSON, "said"):
        if texts.get(name) is not None:
            texts[name] = json.dumps(texts[name], allow_nan=False)
    return texts


def _kept(doing: Message | None) -> str | None:
    return None if doing is None else json.dumps(packed(doing))


def _read(row: Row[Any]) -> Queued:
    values = dict(row._mapping)
    for name in _JSON:
        values[name] = None if values[name] is None else json.loads(values[name])
    if values["error"] is not None:
        error = values["error"].items()
        values["error"] = {n: unpacked(v) if n in _SAID else v for n, v in error}
    if values["doing"] is not None:
        values["doing"] = unpacked(json.loads(values["doing"]))
    values["said"] = tuple(map(unpacked, json.loads(values["said"] or "[]")))
    return Queued(**values)
