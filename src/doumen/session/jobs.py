"""Jobs that are done later: queued here, and what the verbs `job …` show of them."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from doumen.model.errors import Invalid, OverBudget
from doumen.model.message import Message, joined, msg, plain
from doumen.model.operation import Fields, Operation, Outcome, Table
from doumen.model.queued import STATES, Queued, State, named, not_queued
from doumen.session.spool import UPLOAD, Spool

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

PAUSE = 0.5
"""Seconds between two looks at a job that is waited for."""


def submit(
    desk: Desk,
    spool: Spool,
    operation: Operation,
    inputs: Mapping[str, Any],
    token: str | None = None,
) -> Queued:
    """Queue an operation as a job; it is durable when this returns.

    Raises:
        Invalid: it is not one that is queued, or not with these inputs.
        OverBudget: too many jobs of the actor wait already.
    """
    check(operation, inputs)
    given = {
        p.name: inputs[p.name]
        for p in operation.params
        if inputs.get(p.name) not in (None, False, (), p.default)
    }
    jobs = desk.jobs()
    id = jobs.new_id()
    return jobs.submit(id, " ".join(operation.name), spool.keep(id, given), token)


def check(operation: Operation, inputs: Mapping[str, Any]) -> None:
    """Check that an operation may be queued with these inputs.

    Raises:
        Invalid: it is not one that is queued, or not with these inputs.
    """
    words = " ".join(operation.name)
    if operation.queues is None:
        raise not_queued(operation)
    missing = [name for name in operation.queues if inputs.get(name) is None]
    if missing:
        raise Invalid(
            msg(
                "As a job, `{operation}` needs {names}.",
                operation=words,
                names=joined(msg(", "), [f"`{name}`" for name in missing]),
            ),
            why=msg("Nobody is there to take an answer: what a job makes is kept on the node."),
            detail="queue",
        )
    for name in operation.attended:
        if inputs.get(name):
            raise Invalid(
                msg("As a job, `{operation}` takes no `{name}`.", operation=words, name=name),
                why=msg("Nobody is there to take rows, and the node keeps none beside its data."),
                detail="queue",
            )


def queued(job: Queued) -> Outcome:
    """What is told of a job that was queued just now."""
    return Outcome(
        json=described(job),
        drawn=(_fields(job),),
        said=(
            msg("Job {id} is queued; `doumen serve` or `doumen worker` does it.", id=job.id),
            msg("Next: doumen job wait {id}", id=job.id),
        ),
    )


def show_all(desk: Desk, *, state: tuple[str, ...] = (), limit: int = 100) -> Outcome:
    """Jobs that the asker may know, the latest first.

    Raises:
        Invalid: no such state, or a limit below 1.
    """
    wrong = [one for one in state if one not in STATES]
    if wrong or limit < 1:
        raise Invalid(
            msg("There is no such state, or the limit is below 1."),
            next=msg("States: {states}.", states=joined(msg(", "), STATES)),
            detail="state",
        )
    wanted: tuple[State, ...] = tuple(one for one in STATES if one in state)
    jobs = desk.jobs().all(wanted, limit)
    heads = (msg("job"), msg("operation"), msg("state"), msg("progress"), msg("created"),
             msg("actor"))  # fmt: skip
    rows = tuple(
        (j.id, j.operation, named(j), _progress(j), _minute(j.created), j.actor) for j in jobs
    )
    return Outcome(json={"jobs": [described(job) for job in jobs]}, drawn=(Table(heads, rows),))


def show(desk: Desk, job: str) -> Outcome:
    """One job.

    Raises:
        NotFound: there is none that the asker may know.
    """
    found = desk.jobs().one(job)
    return Outcome(json=described(found), drawn=(_fields(found),), said=found.said)


def cancel(desk: Desk, job: str, *, reason: str | None = None) -> Outcome:
    """Ask for the end of a job.

    Raises:
        NotFound: there is none that the asker may end.
        Conflict: it is over.
    """
    found = desk.jobs().cancel(job, reason)
    ended = msg("Job {id} is cancelled.", id=job)
    asked = msg("Job {id} runs; it ends within seconds, unless it is done before.", id=job)
    return Outcome(
        json=described(found), drawn=(_fields(found),), said=(ended if found.over else asked,)
    )


def retry(desk: Desk, job: str, *, reason: str) -> Outcome:
    """Queue again what failed or was cancelled.

    Raises:
        NotFound: there is none of the asker.
        Conflict: it was done, or is not over.
    """
    return queued(desk.jobs().retry(job, reason))


def wait(desk: Desk, job: str, *, seconds: int = 0) -> Outcome:
    """Return when a job is over; the exit code is that of its operation.

    Raises:
        NotFound: there is none that the asker may know.
        OverBudget: it is not over after so many seconds (0: no bound).
    """
    started = time.monotonic()
    while not (found := desk.jobs().one(job)).over:
        if seconds and time.monotonic() - started >= seconds:
            raise OverBudget(
                msg("Job `{job}` is not over after {seconds} seconds: {state}.", job=job,
                    seconds=seconds, state=named(found)),
                next=plain(f"doumen job show {job}"),
                detail="wait",
            )  # fmt: skip
        desk.progress(found.fraction, found.doing or named(found))
        time.sleep(PAUSE)
    return Outcome(
        json=described(found),
        drawn=(_fields(found),),
        exit=_exit(found),
        said=(*found.said, *_ending(found)),
    )


def described(job: Queued) -> dict[str, Any]:
    """The JSON of a job."""
    return {
        "job": job.id,
        "operation": job.operation,
        "state": job.state,
        "cancelling": job.cancelling,
        "actor": job.actor,
        "purpose": job.purpose,
        "inputs": {name: _shown(value) for name, value in job.inputs.items()},
        "created": job.created,
        "started": job.started,
        "finished": job.finished,
        "attempt": job.attempt,
        "worker": job.worker,
        "progress": {"fraction": job.fraction, "doing": job.doing},
        "receipt": job.receipt,
        "outcome": job.outcome,
        "exit": job.exit,
        "error": job.error,
        "retry_of": job.retry_of,
        "reason": job.reason,
        "schedule": job.schedule,
        "occurrence": job.occurrence,
    }


def _shown(value: Any) -> Any:
    """An input; of a file that was sent, its name."""
    if isinstance(value, Mapping) and UPLOAD in value:
        return str(value[UPLOAD]).rpartition("/")[2]
    return value


def _fields(job: Queued) -> Fields:
    pairs: list[tuple[Message, Any]] = [
        (msg("job"), job.id),
        (msg("operation"), job.operation),
        (msg("state"), named(job)),
        (msg("actor"), job.actor),
        (msg("created"), job.created),
    ]
    told = (
        (msg("started"), job.started),
        (msg("finished"), job.finished),
        (msg("progress"), _progress(job)),
        (msg("attempt"), job.attempt if job.attempt > 1 else None),
        (msg("receipt"), job.receipt),
        (msg("error"), (job.error or {}).get("what")),
        (msg("retry of"), job.retry_of),
        (msg("reason"), job.reason),
        (msg("schedule"), job.schedule),
        (msg("for the time"), job.occurrence),
    )
    return Fields((*pairs, *((name, value) for name, value in told if value)))


def _progress(job: Queued) -> Message:
    share = () if job.fraction is None else (plain(f"{job.fraction:.0%}"),)
    return joined(" ", (*share, job.doing) if job.doing else share)


def _minute(time: str) -> str:
    """Month, day, hour and minute of a time, for a narrow table."""
    return f"{time[5:10]} {time[11:16]}"


def _exit(job: Queued) -> int:
    if job.exit is not None:
        return job.exit
    return 0 if job.state == "done" else 1


def _ending(job: Queued) -> tuple[Message, ...]:
    if job.state == "done":
        receipt = job.receipt or (job.outcome or {}).get("receipt")
        done = msg("Job {id} is done. Receipt {receipt}.", id=job.id, receipt=receipt)
        return (done if receipt else msg("Job {id} is done.", id=job.id),)
    if job.state == "cancelled":
        return (msg("Job {id} is cancelled.", id=job.id),)
    following = (job.error or {}).get("next")
    again = msg("Again: doumen job retry {id} --reason TEXT", id=job.id)
    return (*([following] if following else []), again)
