"""What a worker does for schedules, again and again: it queues what is due, and hears how it ended.

Any number of workers do so at once. Each step is one move of a position, made by whoever comes
first; the others find it moved and go on. A schedule whose run is not over queues no other: the
times that pass meanwhile are caught up as those of a time without workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from doumen.flows.alert import judging
from doumen.flows.alert.watch import Watch
from doumen.flows.schedule import kept, timing
from doumen.flows.times import moment, stamp
from doumen.model.alert import ALERT, Kind, Told
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.fact import FactRow
from doumen.model.queued import Queued
from doumen.model.schedule import SCHEDULE, Move, Position, Schedule

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

Line = dict[str, Any]
"""What is logged of a step: names and times."""


def attend(desk: Desk, now: datetime) -> list[Line]:
    """Look once at all schedules, and do what is to be done.

    Args:
        desk: The owner's.
        now: The moment.

    Returns:
        What was done. What goes wrong with one schedule is among it, and keeps no other.

    Raises:
        Unavailable: the store does not answer.
    """
    facts = desk.facts()
    if SCHEDULE not in facts.rows and ALERT not in facts.rows:
        return []
    watch = Watch.of(desk, facts, now)
    attending = Attending(desk, watch)
    positions = dict(desk.schedules().positions())
    for schedule, row in kept.every(facts):
        try:
            attending.lead_on(schedule, row, positions.pop(schedule.name, None))
        except Unavailable:
            raise
        except DoumenError as error:
            attending.log("schedule.fault", schedule.name, code=error.code)
    for position in positions.values():
        attending.forget(position)
    told = watch.streams(facts) if watch.alerts else []
    if told:
        desk.schedules().tell(told)
    return attending.lines


class Attending:
    """One look at the schedules of a node.

    Attributes:
        lines: What was done.
    """

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self._desk = desk
        self._scheduled = desk.schedules()
        self._watch = watch
        self.lines: list[Line] = []

    def lead_on(self, schedule: Schedule, row: FactRow, position: Position | None) -> None:
        """Do what is to be done about one schedule, step by step."""
        found = self.started(schedule, row, position)
        found = None if found is None else self.heard(schedule, found)
        if found is None or schedule.paused:
            return
        found = self._late(schedule, found)
        if found is not None and found.job is None:
            self._fire(schedule, found)

    def started(
        self, schedule: Schedule, row: FactRow, position: Position | None
    ) -> Position | None:
        """The position of the schedule as it is now: one that was changed begins anew.

        What passed before, or while it was paused, is not caught up.
        """
        if position is not None and position.event == row.event:
            return position
        next = stamp(timing.after(schedule.timing, moment(row.time)))
        new = Position(schedule.name, row.event, 0, next)
        then = new if position is None else replace(position, event=row.event, next=next)
        return self.moved(position, then, told=self._watch.over([schedule.name], Kind.LATE))

    def run(self, schedule: Schedule, position: Position, occurrence: str, next: str) -> str | None:
        """Queue a run; gives the id of its job, None where somebody else was faster."""
        job = Queued(
            id=self._desk.jobs().new_id(),
            operation=schedule.operation,
            actor=schedule.actor,
            created=stamp(self._watch.teller.now),
            purpose=schedule.purpose,
            inputs=schedule.inputs,
            schedule=schedule.name,
            occurrence=occurrence,
        )
        then = replace(position, next=next, job=job.id, occurrence=occurrence)
        return None if self.moved(position, then, job) is None else job.id

    def forget(self, position: Position) -> None:
        """The schedule is gone: so is its position."""
        told = self._watch.over([position.name], Kind.LATE, Kind.FAILING)
        self._scheduled.move(Move(position, None), told)

    def moved(
        self,
        seen: Position | None,
        then: Position,
        job: Queued | None = None,
        told: Sequence[Told] = (),
    ) -> Position | None:
        """Make a step; gives the position after it, None where somebody else was faster."""
        if not self._scheduled.move(Move(seen, then, job), told):
            return None
        return replace(then, version=1 if seen is None else seen.version + 1)

    def log(self, event: str, schedule: str, **more: Any) -> None:
        """Note what was done."""
        self.lines.append({"event": event, "schedule": schedule, **more})

    def heard(self, schedule: Schedule, position: Position) -> Position | None:
        """Hear how the run ended; the same position where none goes on, or it is not over."""
        if position.job is None:
            return position
        job = self._scheduled.run(position.job)
        if job is not None and not job.over:
            return position
        then = replace(position, job=None, occurrence=None)
        if job is None:  # forgotten, long ago
            return self.moved(position, then)
        then = replace(then, last=_ended(job))
        watch = self._watch
        told = judging.of_run(watch.alerts, schedule, job, then, watch.teller)
        return self.moved(position, then, told=tuple(told))

    def _late(self, schedule: Schedule, position: Position) -> Position | None:
        told = self._watch.late(schedule, position)
        return self.moved(position, position, told=told) if told else position

    def _fire(self, schedule: Schedule, position: Position) -> None:
        first = moment(position.next)
        now = self._watch.teller.now
        due = timing.due(schedule.timing, first, now, schedule.catch_up, schedule.most)
        if due is None:
            return
        next = stamp(due.next)
        if due.run is None:
            if self.moved(position, replace(position, next=next)) is not None:
                self.log("schedule.skipped", schedule.name, next=next)
            return
        occurrence = stamp(due.run)
        job = self.run(schedule, position, occurrence, next)
        if job is not None:
            self.log("schedule.queued", schedule.name, occurrence=occurrence, job=job)


def _ended(job: Queued) -> dict[str, Any]:
    code = None if job.error is None else job.error["code"]
    return {
        "job": job.id,
        "occurrence": job.occurrence,
        "state": job.state,
        "exit": job.exit,
        "code": code,
        "finished": job.finished,
    }
