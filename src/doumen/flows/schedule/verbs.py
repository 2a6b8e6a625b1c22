"""What the verbs of schedules do; `add` is given a command that was read by the table of verbs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from doumen.flows import times
from doumen.flows.alert.watch import Watch
from doumen.flows.schedule import command, kept, telling, timing
from doumen.flows.schedule.rounds import Attending
from doumen.flows.times import stamp
from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.model.errors import Conflict, Invalid
from doumen.model.fact import Fact, FactRow
from doumen.model.message import Message, msg, sentence
from doumen.model.operation import Operation, Outcome
from doumen.model.ref import identifier
from doumen.model.schedule import (
    CAUGHT,
    SCHEDULE,
    ZONE,
    CatchUp,
    Cron,
    Every,
    Schedule,
    Timing,
)
from doumen.rooms.collect.sources import kept as sources

SHORTEST = 10
"""Fewest seconds between two runs: each is a job of the queue."""
LOOKED = "1m"
"""How often it is looked whether something came."""
MOST = 10_000
"""Most runs that are caught up."""
SHOWN = 10
"""Runs of a schedule that are shown."""


@dataclass(frozen=True, slots=True)
class When:
    """When something is to be run, as it was asked for.

    Attributes:
        cron: Minute, hour, day of month, month, day of week.
        zone: Of that clock; None: UTC.
        every: A distance of time.
        on_arrival: Whether to look for what came.
        catch_up: What becomes of times that were missed.
        at_most: Of how many.
    """

    cron: str | None = None
    zone: str | None = None
    every: str | None = None
    on_arrival: bool = False
    catch_up: str | None = None
    at_most: int | None = None


def add(
    desk: Desk, name: str, operation: Operation, inputs: Mapping[str, Any], when: When
) -> Outcome:
    """Describe a schedule; one of this name is replaced.

    Raises:
        Refused: only the owner may.
        Invalid: there are faults in when it is to be run.
        NotFound: there is no such source.
    """
    policy.may_schedule(desk.actor)
    facts = desk.facts()
    if operation.name == ("source", "run") and inputs.get("name") is not None:
        sources.found(facts, str(inputs["name"]))
    _check(operation, when)
    name = identifier(name, msg("name of a schedule"))
    schedule = Schedule(
        name=name,
        operation=" ".join(operation.name),
        command=command.written(operation, inputs),
        inputs=dict(inputs),
        actor=desk.actor.name,
        purpose=desk.purpose,
        timing=_timing(when),
        catch_up=CatchUp(when.catch_up or CatchUp.ONCE),
        most=when.at_most or CAUGHT,
        paused=bool((facts.body(SCHEDULE, name) or {}).get("paused")),
    )
    return _amended(desk, schedule, msg("Schedule `{name}` is described.", name=schedule.name))


def listing(desk: Desk) -> Outcome:
    """List all schedules, when each is run next, and how it went last."""
    positions = desk.schedules().positions()
    found = [(one, row, positions.get(one.name)) for one, row in kept.every(desk.facts())]
    return Outcome(
        {"schedules": [telling.described(*one) for one in found]},
        (telling.listed(found),),
        () if found else (msg("Describe one: doumen schedule add NAME COMMAND --cron TIMES"),),
    )


def show(desk: Desk, *, name: str) -> Outcome:
    """Show a schedule and its last runs.

    Raises:
        NotFound: there is none of this name.
    """
    schedule, row = _found(desk, name)
    position = desk.schedules().positions().get(name)
    jobs = desk.jobs().all(limit=SHOWN, schedule=name)
    shape = telling.described(schedule, row, position)
    shape["runs"] = [
        {
            "job": job.id,
            "occurrence": job.occurrence,
            "state": job.state,
            "exit": job.exit,
            "finished": job.finished,
        }
        for job in jobs
    ]
    return Outcome(shape, (telling.fields(schedule, row, position), telling.runs(jobs)))


def pause(desk: Desk, *, name: str) -> Outcome:
    """Let a schedule do nothing by itself; what passes meanwhile is not caught up.

    Raises:
        Refused: only the owner may. NotFound: there is none of this name.
    """
    policy.may_schedule(desk.actor)
    schedule = replace(kept.found(desk.facts(), name), paused=True)
    return _amended(desk, schedule, msg("Schedule `{name}` is paused.", name=name))


def resume(desk: Desk, *, name: str) -> Outcome:
    """Let a schedule that is paused go on.

    Raises:
        As `pause`.
    """
    policy.may_schedule(desk.actor)
    schedule = replace(kept.found(desk.facts(), name), paused=False)
    return _amended(desk, schedule, msg("Schedule `{name}` goes on.", name=name))


def remove(desk: Desk, *, name: str) -> Outcome:
    """Forget a schedule; a run of it that goes on does so to its end.

    Raises:
        As `pause`.
    """
    policy.may_schedule(desk.actor)
    kept.found(desk.facts(), name)
    receipt = desk.amend([Fact(SCHEDULE, name, None)], subject=f"schedule {name}")
    return Outcome(
        {"schedule": name, "receipt": receipt},
        said=(
            msg("Schedule `{name}` is forgotten. Receipt {receipt}.", name=name, receipt=receipt),
        ),
    )


def run_now(desk: Desk, *, name: str) -> Outcome:
    """Queue a run now, whenever the next is due; also of a schedule that is paused.

    Raises:
        As `pause`. Conflict: a run of it goes on.
    """
    policy.may_schedule(desk.actor)
    schedule, row = _found(desk, name)
    now = datetime.now(UTC)
    attending = Attending(desk, Watch.of(desk, desk.facts(), now))
    job = None
    while job is None:  # a worker moved it meanwhile, which it does once for each run
        position = attending.started(schedule, row, desk.schedules().positions().get(name))
        if position is None:
            schedule, row = _found(desk, name)
            continue
        position = attending.heard(schedule, position)
        if position is not None and position.job is not None:
            raise _goes_on(name, position.job)
        if position is not None:
            job = attending.run(schedule, position, stamp(now), position.next)
    return Outcome(
        {"schedule": name, "job": job},
        said=(
            msg("Job {id} is queued; `doumen serve` or `doumen worker` does it.", id=job),
            msg("Next: doumen job wait {id}", id=job),
        ),
    )


def _goes_on(name: str, job: str) -> Conflict:
    return Conflict(
        msg("A run of schedule `{name}` is not over.", name=name),
        why=msg("It is job {job}.", job=job),
        next=msg("See how it is: doumen schedule show {name}", name=name),
        detail="running",
    )


def _found(desk: Desk, name: str) -> tuple[Schedule, FactRow]:
    facts = desk.facts()
    schedule = kept.found(facts, name)
    return schedule, facts.rows[SCHEDULE][name]


def _amended(desk: Desk, schedule: Schedule, said: Message) -> Outcome:
    fact = Fact(SCHEDULE, schedule.name, kept.as_json(schedule))
    receipt = desk.amend([fact], subject=f"schedule {schedule.name}")
    row = desk.facts().rows[SCHEDULE].get(schedule.name)
    shape = telling.described(schedule, row, None) | {"receipt": receipt}
    next = msg("Receipt {receipt}. Next: doumen schedule show {name}", receipt=receipt,
               name=schedule.name)  # fmt: skip
    return Outcome(shape, said=(said, next))


def _check(operation: Operation, when: When) -> None:
    """Check what of it goes together.

    Raises:
        Invalid: it does not; all of it is told.
    """
    faults = []
    ways = [when.cron is not None, when.every is not None and not when.on_arrival, when.on_arrival]
    if sum(ways) != 1:
        faults.append(msg("give one of `--cron`, `--every` and `--on-arrival`"))
    if when.zone is not None and when.cron is None:
        faults.append(msg("`--zone` goes with `--cron`"))
    if when.on_arrival and not operation.resumes:
        faults.append(
            msg("`--on-arrival` is for what does nothing where nothing came: `source run`")
        )
    if when.on_arrival and when.catch_up not in {None, CatchUp.ONCE}:
        faults.append(msg("`--on-arrival` has nothing to catch up: one look sees all that came"))
    if when.at_most is not None and when.catch_up != CatchUp.ALL:
        faults.append(msg("`--at-most` goes with `--catch-up all`"))
    if when.at_most is not None and not 1 <= when.at_most <= MOST:
        faults.append(msg("`--at-most` is from 1 to {most:,}", most=MOST))
    if faults:
        raise Invalid(
            msg("The schedule has faults."),
            why=sentence(faults),
            next=msg("See doumen schedule add --help"),
            detail="schedule",
        )


def _timing(when: When) -> Timing:
    if when.cron is not None:
        cron = Cron(" ".join(when.cron.split()), when.zone or ZONE)
        timing.check(cron)
        return cron
    role = msg("a time between two runs")
    seconds = times.duration(when.every or LOOKED, role, least=SHORTEST)
    return Every(seconds, stamp(datetime.now(UTC).replace(microsecond=0)), when.on_arrival)
