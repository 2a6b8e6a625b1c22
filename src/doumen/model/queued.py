"""A job that waits for a worker, and the lease under which one does it."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.model.operation import Operation

State = Literal["queued", "running", "done", "failed", "cancelled"]
STATES: tuple[State, ...] = get_args(State)
OVER: tuple[State, ...] = ("done", "failed", "cancelled")
"""States that a job does not leave."""
ENDING = ("unavailable.abandoned", "unavailable.store", "unavailable.busy", "conflict.lease")
"""Codes of errors after which a job of several steps takes no further one: nobody waits for it, the
store is away, or another worker has it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do a job. A job that is taken over has a lease with a higher attempt.

    What is committed under a lease that is not in force any more is not kept.
    """

    job: str
    attempt: int


LEASE: ContextVar[Lease | None] = ContextVar("doumen_lease", default=None)
"""The lease under which this thread works; None: nothing that was queued."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A job of the queue.

    Attributes:
        id: Sorts by time.
        operation: The words of the verb: `collect`.
        inputs: What it was asked with, as JSON; a file that was sent is `{"upload": PLACE}`.
        token: Id of the token that asked; None: asked on the machine of the node.
        created: When it was queued; all times are RFC 3339 in UTC with microseconds.
        due: Not before this is it done.
        attempt: How often it was begun.
        spared: How many of these do not count: a worker put it back as it stopped.
        worker: Who has it, or had it last.
        lease: Until when; a worker that lives extends it.
        fraction: How far it is, from 0 to 1, where that is known.
        doing: What it is at.
        cancelling: Whether its cancelling was asked for.
        receipt: Id of the event by which it made something.
        outcome: What it gave, as JSON.
        exit: Exit code that its outcome or error stands for.
        error: As `DoumenError.as_json`.
        retry_of: Id of the job that it does again.
        reason: Why it was queued again, or cancelled.
        schedule: Name of the schedule that it is a run of.
        occurrence: The time for which it is one.
        said: What its operation said to people when it was done.
    """

    id: str
    operation: str
    actor: str
    created: str
    purpose: str | None = None
    token: str | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    state: State = "queued"
    due: str | None = None
    started: str | None = None
    finished: str | None = None
    attempt: int = 0
    spared: int = 0
    worker: str | None = None
    lease: str | None = None
    fraction: float | None = None
    doing: Message | None = None
    cancelling: bool = False
    receipt: str | None = None
    outcome: Mapping[str, Any] | None = None
    exit: int | None = None
    error: Mapping[str, Any] | None = None
    retry_of: str | None = None
    reason: str | None = None
    schedule: str | None = None
    occurrence: str | None = None
    said: tuple[Message, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state in OVER

    @property
    def held(self) -> Lease:
        """The lease of the attempt that it is at."""
        return Lease(self.id, self.attempt)


_NAMES = {
    "queued": msg("queued"),
    "running": msg("running"),
    "cancelling": msg("cancelling"),
    "done": msg("done"),
    "failed": msg("failed"),
    "cancelled": msg("cancelled"),
}


def named(job: Queued) -> Message:
    """The state of a job for people; one that runs and is to be cancelled has its own."""
    return _NAMES["cancelling" if job.cancelling and not job.over else job.state]


def not_queued(operation: Operation) -> Invalid:
    """The error for an operation that is not queued."""
    return Invalid(
        msg("`{operation}` is not queued as a job.", operation=" ".join(operation.name)),
        next=msg("Run it as it is, and wait."),
        detail="queue",
    )
