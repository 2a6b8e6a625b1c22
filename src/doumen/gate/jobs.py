"""The queue as one actor may see and use it.

To queue a job moves nothing: it passes the gate when a worker does it, as its actor and under
the facts of that moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from doumen.gate.means import Means
from doumen.gate.record import new_id, stamp
from doumen.model.actor import Actor
from doumen.model.errors import Conflict, NotFound, OverBudget
from doumen.model.message import msg, plain
from doumen.model.queued import Queued, State, named

MOST = 1000
"""Jobs of one actor that may wait or run at one time."""


class Jobs:
    """The queue before one actor.

    Args:
        means: What the gate works with.
        actor: Who looks and asks; their own jobs are theirs, with what they asked and got. Who
            oversees the node sees all others too, without that; the owner may cancel them.
        purpose: What for.
    """

    def __init__(self, means: Means, actor: Actor, purpose: str | None) -> None:
        self._means = means
        self._actor = actor
        self._purpose = purpose

    def new_id(self) -> str:
        """An id for a job that is about to be queued."""
        return new_id(self._means.clock(), self._means.entropy)

    def submit(
        self, id: str, operation: str, inputs: Mapping[str, Any], token: str | None = None
    ) -> Queued:
        """Queue a job; it is durable when this returns.

        Args:
            id: From `new_id`.
            operation: The words of the verb.
            inputs: As JSON.
            token: Id of the token that asks.

        Raises:
            OverBudget: too many jobs of the actor wait already.
        """
        job = Queued(
            id=id,
            operation=operation,
            actor=self._actor.name,
            created=self._now(),
            purpose=self._purpose,
            token=token,
            inputs=inputs,
        )
        return self._add(job)

    def one(self, id: str) -> Queued:
        """A job.

        Raises:
            NotFound: there is none of this id that the actor may know.
        """
        job = self._means.queue.one(id)
        if job is None or not (job.actor == self._actor.name or self._actor.oversees):
            raise NotFound(
                msg("There is no job `{id}`.", id=id),
                why=msg("Jobs are forgotten 30 days after they are over."),
                next=plain("doumen job list"),
                detail="job",
            )
        return self._told(job)

    def all(
        self, states: Sequence[State] = (), limit: int = 100, schedule: str | None = None
    ) -> list[Queued]:
        """Jobs that the actor may know, the latest first; of one schedule, where it is named."""
        mine = None if self._actor.oversees else self._actor.name
        found = self._means.queue.all(actor=mine, states=states, limit=limit, schedule=schedule)
        return [self._told(job) for job in found]

    def cancel(self, id: str, reason: str | None = None) -> Queued:
        """Ask for the end of a job; one that waits is over at once.

        Raises:
            NotFound: as `one`, or it is another's and the actor is not the owner.
            Conflict: it is over already.
        """
        job = self._own(id)
        if job.over:
            raise Conflict(
                msg("Job `{id}` is over: {state}.", id=id, state=named(job)),
                next=plain(f"doumen job show {id}"),
                detail="state",
            )
        self._means.queue.cancel(id, self._now(), reason)
        return self.one(id)

    def retry(self, id: str, reason: str) -> Queued:
        """Queue again what failed or was cancelled, as a job of its own.

        Raises:
            NotFound: as `one`, or it is another's.
            Conflict: it is not over, or was done.
        """
        job = self._means.queue.one(id)
        if job is None or job.actor != self._actor.name:
            raise self._absent(id)
        if job.state not in {"failed", "cancelled"}:
            raise Conflict(
                msg("Job `{id}` is not there to be done again: {state}.", id=id,
                    state=named(job)),
                why=msg("Only what failed or was cancelled is."),
                next=plain(f"doumen job show {id}"),
                detail="state",
            )  # fmt: skip
        again = Queued(
            id=self.new_id(),
            operation=job.operation,
            actor=job.actor,
            created=self._now(),
            purpose=job.purpose,
            token=job.token,
            inputs=job.inputs,
            retry_of=job.id,
            reason=reason,
            schedule=job.schedule,
            occurrence=job.occurrence,
        )
        return self._add(again)

    def _own(self, id: str) -> Queued:
        job = self.one(id)
        if job.actor != self._actor.name and not self._actor.is_owner:
            raise self._absent(id)
        return job

    def _absent(self, id: str) -> NotFound:
        return NotFound(
            msg("There is no job `{id}` of yours.", id=id),
            next=plain("doumen job list"),
            detail="job",
        )

    def _add(self, job: Queued) -> Queued:
        counts = self._means.queue.counts(self._actor.name)
        if counts.get("queued", 0) + counts.get("running", 0) >= MOST:
            raise OverBudget(
                msg("{most:,} jobs of `{actor}` wait already.", most=MOST, actor=job.actor),
                next=msg("Let some end, or cancel them: doumen job cancel ID"),
                detail="queue",
            )
        self._means.queue.add(job)
        return job

    def _told(self, job: Queued) -> Queued:
        """The job as the actor may see it: what was asked and given is its own actor's."""
        if job.actor == self._actor.name:
            return job
        return replace(job, inputs={}, outcome=None, error=None, doing=None, said=())

    def _now(self) -> str:
        return stamp(self._means.clock())
