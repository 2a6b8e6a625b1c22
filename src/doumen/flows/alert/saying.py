"""The words of notices: what is told of a run, of a stream, and that it is over. Pure.

They hold names, counts, codes and sentences of errors, which hold no value of a row. A command is
told by its verb alone: a statement holds values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from doumen.flows import times
from doumen.model.alert import Alert, Condition, Kind, Notice, Told
from doumen.model.load import Drift, Reason
from doumen.model.message import Message, enumerated, msg
from doumen.model.queued import Queued
from doumen.model.schedule import Position, Schedule
from doumen.rooms.collect import quarantine

LINES = 40
"""Sentences of a notice."""
_REASONS = 5


@dataclass(frozen=True, slots=True)
class Teller:
    """Who tells: one node at one moment.

    Attributes:
        node: Name of the organisation.
        now: The moment.
        new_id: Gives ids.
    """

    node: str
    now: datetime
    new_id: Callable[[], str]

    def told(
        self,
        alert: Alert,
        kind: Kind,
        subject: str,
        *,
        said: tuple[Message, ...] | None,
        data: Mapping[str, Any],
        over: Message,
    ) -> Told:
        """What an alert tells of a condition.

        Args:
            alert: The alert.
            kind: Of the condition.
            subject: What it is a condition of.
            said: What to say where it holds, the subject of a mail first; None: it does not.
            data: For machines.
            over: What to say where it is over.
        """
        holds = said is not None
        subject_line, *lines = said or (over,)
        notice = Notice(
            id=self.new_id(),
            alert=alert.name,
            type=f"{kind.value}.{'begun' if holds else 'over'}",
            created=times.stamp(self.now),
            data={"node": self.node, "alert": alert.name, **data},
            subject=msg("{node}: {what}", node=self.node, what=subject_line),
            lines=tuple(lines[:LINES]),
        )
        return Told(Condition(alert.name, kind, subject), holds, notice)


def of_schedule(schedule: Schedule, occurrence: str | None, job: str | None) -> dict[str, Any]:
    """A run, for machines."""
    return {
        "schedule": schedule.name,
        "operation": schedule.operation,
        "occurrence": occurrence,
        "job": job,
    }


def failed(schedule: Schedule, job: Queued) -> tuple[Message, ...]:
    """A run that failed."""
    error = job.error or {}
    why = tuple(words for words in (error.get("what"), error.get("why")) if words is not None)
    return (
        msg("schedule `{schedule}` fails", schedule=schedule.name),
        msg("The run for {time} failed: {operation}", time=times.shown(job.occurrence),
            operation=schedule.operation),
        *why,
        *job.said,
        msg("See it: doumen job show {job}", job=job.id),
        msg("Run it again when it is mended: doumen schedule run-now {schedule}",
            schedule=schedule.name),
    )  # fmt: skip


def works(schedule: Schedule) -> Message:
    """It does not fail any more."""
    return msg("schedule `{schedule}` works again", schedule=schedule.name)


def late(schedule: Schedule, position: Position, expected: str, by: str) -> tuple[Message, ...]:
    """A run that should have ended."""
    begun = (
        msg("It was not begun: no worker looked at it, or the time before is not over.")
        if position.job is None
        else msg("It is job {job}, which is not over.", job=position.job)
    )
    return (
        msg("schedule `{schedule}` is late", schedule=schedule.name),
        msg("The run for {time} should have ended by {by}: {operation}", time=times.shown(expected),
            by=times.shown(by), operation=schedule.operation),
        begun,
        msg("See it: doumen schedule show {schedule}", schedule=schedule.name),
    )  # fmt: skip


def in_time(schedule: Schedule) -> Message:
    """It is not late any more."""
    return msg("schedule `{schedule}` is late no more", schedule=schedule.name)


def stale(source: str, dataset: str, since: str, bound: int) -> tuple[Message, ...]:
    """A stream that brings nothing new."""
    return (
        msg("nothing new in `{dataset}`", dataset=dataset),
        msg("Source `{source}` brought nothing new since {since}, and {bound} is the bound.",
            source=source, since=times.shown(since), bound=times.written(bound)),
        msg("See it: doumen source show {source}", source=source),
    )  # fmt: skip


def fresh(dataset: str) -> Message:
    """It brings something again."""
    return msg("new rows in `{dataset}` again", dataset=dataset)


def drifted(stream: Mapping[str, Any], job: Queued) -> tuple[Message, ...]:
    """A stream whose data are not those that its contract speaks of."""
    dataset, error = stream["dataset"], stream.get("error")
    if error is not None:
        why = [
            msg("It was stopped: columns or types are not those of the contract (`{code}`).",
                code=error["code"])
        ]  # fmt: skip
    else:
        why = [
            *_columns(stream.get("drift")),
            msg("{quarantined:,} of {rows:,} rows are set aside.",
                quarantined=stream["quarantined"], rows=stream["rows_in"]),
            *(
                msg("{rows:,} rows: {reason}", rows=one["rows"],
                    reason=quarantine.words(Reason(one["column"], one["reason"], one["rows"])))
                for one in stream["reasons"][:_REASONS]
            ),
        ]  # fmt: skip
    rows = f"SELECT * FROM {dataset}__quarantine LIMIT 20"  # noqa: S608 - shown to people, not run
    look = msg("See it: doumen query '{rows}'", rows=rows)
    return (
        msg("`{dataset}` drifts from its contract", dataset=dataset),
        *why,
        msg("See it: doumen job show {job}", job=job.id) if error is not None else look,
    )


def _columns(drift: Mapping[str, Any] | None) -> list[Message]:
    """Columns that the contract did not know."""
    if not drift:
        return []
    names = enumerated(drift["columns"][:_REASONS])
    if drift["does"] == Drift.TAKE:
        return [msg("New columns, which the contract has taken: {names}.", names=names)]
    return [msg("Columns that the contract does not know: {names}.", names=names)]


def fits(dataset: str) -> Message:
    """It fits again."""
    return msg("`{dataset}` fits its contract again", dataset=dataset)


def trial(teller: Teller, alert: Alert) -> Notice:
    """A notice that tells of nothing: for who wants to see whether it comes."""
    return Notice(
        id=teller.new_id(),
        alert=alert.name,
        type="test",
        created=times.stamp(teller.now),
        data={"node": teller.node, "alert": alert.name},
        subject=msg("{node}: {what}", node=teller.node,
                    what=msg("alert `{alert}` is tried", alert=alert.name)),
        lines=(msg("Nothing is wrong: somebody tried whether this comes."),),
    )  # fmt: skip
