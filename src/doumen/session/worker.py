"""The worker: takes jobs from the queue and does them, each as its actor, at the gate.

Any number of workers, in any number of processes, serve one queue. A worker that is killed
loses its lease, and another does the job from the start; what the first had committed stays
done. A store that is away for a while is waited for.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from doumen.failpoint import passing
from doumen.gate.record import stamp
from doumen.model.errors import DoumenError, Unavailable, unexpected
from doumen.model.message import Catalogue, Message, as_written, msg
from doumen.model.operation import Outcome
from doumen.model.queued import LEASE, Lease, Queued, State
from doumen.model.wanted import WANTED, Wanted
from doumen.operations import by_name, find
from doumen.rooms.protect.tokens import valid
from doumen.session.node import Node, now
from doumen.session.rounds import Log, Rounds

LEASE_SECONDS = 30.0
"""How long a job belongs to a worker that is not heard of."""
BEAT = 2.0
"""Seconds between two signs of life of a worker."""
POLL = 1.0
"""Seconds after which a worker that has nothing to do looks again."""
TIDY = 3600.0
"""Seconds between two looks at what may be forgotten."""
KEPT = timedelta(days=30)
"""How long a job is known after it is over, and what was told."""
LOOKED = timedelta(days=1)
"""How long a run of a schedule is known that made nothing, for nothing was there."""
ATTEMPTS = 5
"""How often a job is begun at most, not counting those that a worker put back as it stopped."""
TRANSIENT = ("unavailable.store", "unavailable.busy", "unavailable.disk")
"""Codes of errors that pass by themselves: the job is put back, and waits longer each time."""
STORE_PAUSE, PLACE_PAUSE = 5.0, 15.0
"""Seconds by which it waits longer, where the store or a place outside is away."""


def silent(line: dict[str, Any]) -> None:
    """A log that nobody reads."""


@dataclass(slots=True)
class _Far:
    """How far a job is."""

    fraction: float | None = None
    doing: Message | None = None


class Worker:
    """A worker of an open node.

    Args:
        node: Whose queue it serves.
        log: Told of each job that begins and ends: names and figures, no values.
        say: The language of the mail that alerts send.
    """

    def __init__(self, node: Node, log: Log = silent, say: Catalogue = as_written) -> None:
        self._node = node
        self._queue = node.means.queue
        self._log = log
        self._name = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(3).hex()}"
        self._stop = threading.Event()
        self._running: dict[str, Wanted] = {}
        self._tidied = -TIDY
        self._rounds = Rounds(node, log, say, _clock)

    def run(self, places: int = 1, *, until_idle: bool = False) -> int:
        """Do jobs until `stop` is called, and what schedules ask for and alerts tell meanwhile.

        Args:
            places: Jobs at one time; with none, nothing is done.
            until_idle: End when nothing waits and no schedule is due.

        Returns:
            How many jobs were done, failed and cancelled ones among them.
        """
        counts = [0] * places

        def serve(place: int) -> None:
            counts[place] = self._serve(until_idle=until_idle, first=place == 0)

        threads = [
            threading.Thread(target=serve, args=(place,), name=f"doumen-worker-{place}")
            for place in range(places)
        ]
        if places and not until_idle:
            threads += self._rounds.threads(self._stop, POLL)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        while places and until_idle and not self._stop.is_set() and self._rounds.deliver():
            pass
        return sum(counts)

    def _serve(self, *, until_idle: bool, first: bool) -> int:
        """Do one job after another in one place; gives how many. The first also tidies."""
        count = 0
        while not self._stop.is_set():
            if first:
                self._tidy()
            if first and until_idle:
                self._rounds.attend()
            if self._turn():
                count += 1
            elif until_idle:
                break
            else:
                self._stop.wait(POLL)
        return count

    def stop(self) -> None:
        """Take no further job; those that run go on."""
        self._stop.set()

    def give_up(self) -> None:
        """Take no further job, and put back those that run."""
        self._stop.set()
        for wanted in list(self._running.values()):
            wanted.end()

    def _turn(self) -> bool:
        """Do one job; False where none is to be done, or the store is away."""
        moment = now()
        try:
            job = self._queue.claim(self._name, stamp(moment), _later(LEASE_SECONDS))
        except Unavailable as error:
            self._log({"event": "queue.unavailable", "code": error.code})
            return False
        if job is None:
            return False
        try:
            self._do(job)
        except Exception as error:  # its lease lapses, and it is taken up again
            code = error.code if isinstance(error, DoumenError) else type(error).__name__
            self._log({"event": "job.left", **_known(job), "code": code})
        return True

    def _do(self, job: Queued) -> None:
        self._log({"event": "job.begun", **_known(job)})
        if job.receipt is not None and not _resumes(job):
            return self._end(job, "done", outcome={"receipt": job.receipt}, exit=0)
        if job.cancelling:
            return self._end(job, "cancelled")
        if job.attempt - job.spared > ATTEMPTS:
            error = _worn(job)
            return self._end(job, "failed", error=error.as_json(), exit=error.exit)
        wanted, far, over = Wanted(), _Far(), threading.Event()
        self._running[job.id] = wanted
        beat = threading.Thread(target=self._beat, args=(job.held, wanted, far, over))
        beat.start()
        try:
            context = copy_context()
            context.run(LEASE.set, job.held)
            context.run(WANTED.set, wanted)
            outcome = context.run(self._perform, job, wanted, far)
        except Exception as error:
            if not isinstance(error, DoumenError):
                error = unexpected(error, msg("Report it with the id of the job."))
            self._failed(job, error, wanted)
        else:
            passing("worker.performed")
            self._performed(job, outcome)
        finally:
            over.set()
            beat.join()
            del self._running[job.id]

    def _perform(self, job: Queued, wanted: Wanted, far: _Far) -> Outcome:
        """Do what the job asks for, at the gate."""

        def progress(fraction: float | None, doing: Message) -> None:
            far.fraction, far.doing = fraction, self._node.spool.hide(doing)
            if wanted.over:
                raise _ended()

        if job.token is not None:
            valid(self._node.session().desk.facts(), job.token, now())
        session = self._node.session(job.actor, job.purpose, progress)
        operation = find(tuple(job.operation.split()))
        return session.do(operation, **self._node.spool.given(job.inputs))

    def _beat(self, lease: Lease, wanted: Wanted, far: _Far, over: threading.Event) -> None:
        """Show life until the job is over; end the job where it is wanted no more."""
        while not over.wait(BEAT):
            try:
                held = self._queue.extend(lease, _later(LEASE_SECONDS), far.fraction, far.doing)
            except Unavailable:
                continue
            if held != "held":
                wanted.end()

    def _performed(self, job: Queued, outcome: Outcome) -> None:
        """It came to an end of its own, which may be one that is tried again."""
        tries = job.attempt - job.spared
        if outcome.passing and _resumes(job) and tries < ATTEMPTS:
            return self._back(job, _later(PLACE_PAUSE * tries))
        shown, said = self._node.spool.hide((dict(outcome.json), outcome.said))
        return self._end(job, "done", outcome=shown, exit=outcome.exit, said=said)

    def _failed(self, job: Queued, error: DoumenError, wanted: Wanted) -> None:
        known = self._queue.one(job.id) or job
        if wanted.over and known.cancelling:
            return self._end(job, "cancelled")
        if wanted.over and self._stop.is_set():
            return self._back(job, None, spared=1)
        tries = job.attempt - job.spared
        if error.code in TRANSIENT and tries < ATTEMPTS:
            return self._back(job, _later(STORE_PAUSE * tries))
        told = self._node.spool.hidden(error)
        return self._end(job, "failed", error=told, exit=error.exit)

    def _back(self, job: Queued, due: str | None, *, spared: int = 0) -> None:
        self._queue.release(job.held, due, spared=job.spared + spared)
        self._log({"event": "job.back", **_known(job)})

    def _end(self, job: Queued, state: State, **told: Any) -> None:
        held = self._queue.finish(job.held, stamp(now()), state, **told)
        if held and state != "failed":
            self._node.spool.remove(job.id)
        code = (told.get("error") or {}).get("code")
        self._log({"event": f"job.{state if held else 'lost'}", **_known(job), "code": code})

    def _tidy(self) -> None:
        """Now and then, forget what is long over, and the files of jobs that are not there."""
        if time.monotonic() < self._tidied + TIDY:
            return
        self._tidied = time.monotonic()
        try:
            moment = now()
            for id in self._queue.forget(stamp(moment - KEPT), idle=stamp(moment - LOOKED)):
                self._node.spool.remove(id)
            self._rounds.tidy(KEPT)
            self._node.spool.sweep(self._needed)
        except Unavailable as error:
            self._log({"event": "queue.unavailable", "code": error.code})

    def _needed(self, id: str) -> bool:
        """Whether the files of a job are for something yet."""
        job = self._queue.one(id)
        return job is not None and job.state in {"queued", "running", "failed"}


def _clock() -> datetime:
    """The time now: that of this module, in whose place tests put another."""
    return now()


def _later(seconds: float) -> str:
    return stamp(now() + timedelta(seconds=seconds))


def _resumes(job: Queued) -> bool:
    """Whether it is begun again where it had made something: it goes on from there."""
    operation = by_name().get(job.operation)
    return operation is not None and operation.resumes


def _known(job: Queued) -> dict[str, Any]:
    return {
        "job": job.id,
        "operation": job.operation,
        "actor": job.actor,
        "attempt": job.attempt,
    }


def _ended() -> DoumenError:
    return Unavailable(msg("The job was ended before it was done."), detail="abandoned")


def _worn(job: Queued) -> DoumenError:
    return Unavailable(
        msg("The worker of this job died {count} times.", count=ATTEMPTS),
        why=msg("It may need more memory than the machine has."),
        next=msg("Look at the log of the worker, then: doumen job retry {id} --reason TEXT",
                 id=job.id),
        detail="worker",
    )  # fmt: skip
