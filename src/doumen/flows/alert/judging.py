"""What of a run is wrong, as each alert sees it: a run and its times in, what is told out. Pure.

A condition is told once as it begins and once as it ends. What a run does not show stays as it
was: one that was cancelled says nothing of whether the next one fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from doumen.flows import times
from doumen.flows.alert import saying
from doumen.flows.alert.saying import Teller
from doumen.model.alert import Alert, Kind, Told
from doumen.model.queued import Queued
from doumen.model.schedule import Position, Schedule

COLUMNS = frozenset({
    "faulty.missing", "faulty.extra", "faulty.columns", "invalid.type", "invalid.cursor",
    "not-found.cursor",
})  # fmt: skip
"""Codes of errors that stop a stream because its columns or types are others."""
TYPES = 0.005
"""Share of rows whose value is not of the type of a column, up to which the type is the same: what
inference allows (SEMANTICS: at least 99.5 % parse)."""
_RUN = "source run"


def concerns(alert: Alert, schedule: Schedule) -> bool:
    """Whether an alert speaks of a schedule: by its name, by what it runs, or of all."""
    if alert.schedules is None and alert.sources is None:
        return True
    if schedule.name in (alert.schedules or ()):
        return True
    if alert.sources is None or schedule.operation != _RUN:
        return False
    source = schedule.inputs.get("name")
    return source is None or source in alert.sources


def concerns_source(alert: Alert, source: str | None) -> bool:
    """Whether an alert speaks of a source by itself."""
    if alert.sources is None:
        return alert.schedules is None
    return source in alert.sources


def ended_well(job: Queued) -> bool | None:
    """Whether a run that is over did what it was to; None: it was cancelled."""
    if job.state == "cancelled":
        return None
    return job.state == "done" and not job.exit


def of_run(
    alerts: Iterable[Alert],
    schedule: Schedule,
    job: Queued,
    then: Position,
    teller: Teller,
) -> Iterator[Told]:
    """What is told when a run is over.

    Args:
        alerts: All of the node.
        schedule: Of which it was one.
        job: The run.
        then: The position after it.
        teller: Who tells, and when.
    """
    well = ended_well(job)
    run = saying.of_schedule(schedule, job.occurrence, job.id)
    for alert in alerts:
        whole = concerns(alert, schedule)
        if whole and Kind.FAILING in alert.on and well is not None:
            said = None if well else saying.failed(schedule, job)
            data = {**run, "state": job.state, "code": _code(job), "failed": _failed(job)}
            over = saying.works(schedule)
            yield teller.told(alert, Kind.FAILING, schedule.name, said=said, data=data, over=over)
        if whole and Kind.LATE in alert.on and not _overdue(alert, schedule, then, teller.now):
            over = saying.in_time(schedule)
            yield teller.told(alert, Kind.LATE, schedule.name, said=None, data=run, over=over)
        if Kind.DRIFTING in alert.on:
            yield from _drifting(alert, schedule, job, run, teller)


def of_time(alert: Alert, schedule: Schedule, position: Position, teller: Teller) -> Told | None:
    """What is told of a run that should have ended; None: it need not have."""
    if Kind.LATE not in alert.on or not concerns(alert, schedule):
        return None
    if not _overdue(alert, schedule, position, teller.now):
        return None
    by = _deadline(alert, position)
    expected = _expected(position)
    said = saying.late(schedule, position, expected, times.stamp(by))
    data = saying.of_schedule(schedule, expected, position.job) | {"by": times.stamp(by)}
    over = saying.in_time(schedule)
    return teller.told(alert, Kind.LATE, schedule.name, said=said, data=data, over=over)


def of_stream(alert: Alert, source: str, dataset: str, since: str, teller: Teller) -> Told | None:
    """What is told of how long a stream brought nothing new; None: the alert has no bound."""
    if alert.stale_after is None or Kind.LATE not in alert.on:
        return None
    if not concerns_source(alert, source):
        return None
    bound = timedelta(seconds=alert.stale_after)
    stale = teller.now - times.moment(since) > bound
    said = saying.stale(source, dataset, since, alert.stale_after) if stale else None
    data = {"source": source, "dataset": dataset, "since": since}
    subject, over = f"{source}/{dataset}", saying.fresh(dataset)
    return teller.told(alert, Kind.LATE, subject, said=said, data=data, over=over)


def drifted(stream: Mapping[str, Any], bound: float) -> bool | None:
    """Whether what came by a stream is other than its contract says; None: that was not seen.

    Args:
        stream: What a run did with it: `rows_in`, `quarantined`, `reasons`, `drift`, `error`,
            `cursor`.
        bound: Share of the rows that may be set aside.
    """
    error, rows = stream.get("error"), stream.get("rows_in", 0)
    if error is not None:
        return True if error["code"] in COLUMNS else None
    if stream.get("drift"):
        return True
    if not rows:
        read_whole = "cursor" in stream and stream["cursor"] is None
        return False if read_whole else None
    typed = [one["rows"] for one in stream.get("reasons", ()) if one["reason"] == "type"]
    return bool(stream["quarantined"] / rows > bound or max(typed, default=0) / rows > TYPES)


def _drifting(
    alert: Alert, schedule: Schedule, job: Queued, run: Mapping[str, Any], teller: Teller
) -> Iterator[Told]:
    for stream in _streams(job):
        source, dataset = stream.get("source"), stream["dataset"]
        named = schedule.name in (alert.schedules or ())
        if not named and not concerns_source(alert, source):
            continue
        drifts = drifted(stream, alert.quarantined_over)
        if drifts is None:
            continue
        subject = dataset if source is None else f"{source}/{dataset}"
        said = saying.drifted(stream, job) if drifts else None
        data = {**run, **_told(stream)}
        over = saying.fits(dataset)
        yield teller.told(alert, Kind.DRIFTING, subject, said=said, data=data, over=over)


def _streams(job: Queued) -> Iterator[Mapping[str, Any]]:
    """What a run did with each dataset: all that it read, or the one that it collected."""
    outcome = job.outcome or {}
    if "streams" in outcome:
        yield from outcome["streams"]
    elif "rows_in" in outcome:
        yield outcome
    elif job.error is not None and "as_dataset" in job.inputs:
        yield {"dataset": job.inputs["as_dataset"], "error": job.error}


def _told(stream: Mapping[str, Any]) -> dict[str, Any]:
    """A stream for machines."""
    error = stream.get("error") or {}
    kept = ("source", "dataset", "rows_in", "landed", "quarantined", "reasons")
    found = {name: stream[name] for name in kept if name in stream}
    if stream.get("drift"):
        found["drift"] = stream["drift"]
    return {**found, "code": error.get("code"), "what": _english(error.get("what"))}


def _failed(job: Queued) -> list[dict[str, Any]]:
    return [_told(stream) for stream in _streams(job) if stream.get("error") is not None]


def _code(job: Queued) -> str | None:
    """The code of what went wrong: of the run, or of the first stream that failed."""
    if job.error is not None:
        return str(job.error["code"])
    return next((str(one["code"]) for one in _failed(job)), None)


def _overdue(alert: Alert, schedule: Schedule, position: Position, now: datetime) -> bool:
    """Whether the next run should be over; nothing is expected of a schedule that is paused."""
    return not schedule.paused and _deadline(alert, position) < now


def _deadline(alert: Alert, position: Position) -> datetime:
    """By when the next run that is not over must be, lest it is late."""
    return times.moment(_expected(position)) + timedelta(seconds=alert.late_after)


def _expected(position: Position) -> str:
    """The first time whose run is not over."""
    if position.occurrence is None:
        return position.next
    return min(position.occurrence, position.next)


def _english(words: Any) -> str | None:
    return None if words is None else str(words)
