"""Schedules as machines and people are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from doumen.flows import times
from doumen.flows.schedule import kept, timing
from doumen.flows.times import moment, shown, stamp
from doumen.model.fact import FactRow
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Fields, Table
from doumen.model.queued import Queued, named
from doumen.model.schedule import CatchUp, Cron, Every, Position, Schedule, Timing

_CAUGHT = {
    CatchUp.NONE: msg("none"),
    CatchUp.ONCE: msg("once for all"),
    CatchUp.ALL: msg("each"),
}


def described(schedule: Schedule, row: FactRow | None, position: Position | None) -> dict[str, Any]:
    """A schedule in JSON."""
    body = kept.as_json(schedule)
    body.pop("timing")
    going = None if position is None else position.job
    return {
        "schedule": schedule.name,
        **body,
        **_timing(schedule.timing),
        "next": next_time(schedule, row, position),
        "running": going,
        "last": None if position is None else position.last,
    }


def next_time(schedule: Schedule, row: FactRow | None, position: Position | None) -> str | None:
    """For when something is run next; None: it is paused."""
    if schedule.paused:
        return None
    if position is not None and row is not None and position.event == row.event:
        return position.next
    return None if row is None else stamp(timing.after(schedule.timing, moment(row.time)))


def listed(found: Sequence[tuple[Schedule, FactRow, Position | None]]) -> Table:
    """Schedules as a table."""
    heads = (msg("schedule"), msg("command"), msg("when"), msg("next"), msg("last run"))
    rows = (
        (
            schedule.name,
            schedule.command,
            when(schedule.timing),
            msg("paused") if schedule.paused else shown(next_time(schedule, row, position)),
            last(position),
        )
        for schedule, row, position in found
    )
    return Table(heads, tuple(rows))


def fields(schedule: Schedule, row: FactRow, position: Position | None) -> Fields:
    """A schedule as names and values."""
    caught = _CAUGHT[schedule.catch_up]
    if schedule.catch_up is CatchUp.ALL:
        caught = msg("each, {most} at most", most=schedule.most)
    pairs: list[tuple[Message, Any]] = [
        (msg("schedule"), schedule.name),
        (msg("command"), schedule.command),
        (msg("actor"), schedule.actor),
        (msg("when"), when(schedule.timing)),
        (msg("missed runs"), caught),
        (msg("paused"), msg("yes") if schedule.paused else msg("no")),
        (msg("next"), shown(next_time(schedule, row, position))),
        (msg("last run"), last(position)),
    ]
    return Fields(tuple(pairs))


def runs(jobs: Sequence[Queued]) -> Table:
    """Runs as a table, the latest first."""
    heads = (msg("job"), msg("for the time"), msg("state"), msg("exit"), msg("finished"))
    rows = (
        (job.id, shown(job.occurrence), named(job), "" if job.exit is None else job.exit,
         shown(job.finished))
        for job in jobs
    )  # fmt: skip
    return Table(heads, tuple(rows))


def when(timing: Timing) -> Message:
    """When something is due, in words."""
    if isinstance(timing, Cron):
        return plain(f"{timing.expression} {timing.zone}")
    every = times.written(timing.seconds)
    if timing.arrival:
        return msg("on arrival, looked for every {every}", every=every)
    return msg("every {every}", every=every)


def last(position: Position | None) -> Message:
    """How the last run ended, or that one goes on."""
    if position is None:
        return plain("")
    if position.job is not None:
        return msg("goes on since {time}", time=shown(position.occurrence))
    ended = position.last
    if ended is None:
        return plain("")
    time = shown(ended["finished"])
    if ended["state"] == "cancelled":
        return msg("cancelled, {time}", time=time)
    if ended["state"] == "done" and not ended["exit"]:
        return msg("went well, {time}", time=time)
    return msg("failed, {time}", time=time)


def _timing(timing: Timing) -> dict[str, Any]:
    if isinstance(timing, Every):
        every = {"every": times.written(timing.seconds), "anchor": timing.anchor}
        return {"cron": None, "zone": None, **every, "on_arrival": timing.arrival}
    return {
        "cron": timing.expression, "zone": timing.zone, "every": None, "anchor": None,
        "on_arrival": False,
    }  # fmt: skip
