"""The facts of schedules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from doumen.model.errors import NotFound
from doumen.model.fact import FactRow, Facts
from doumen.model.message import msg
from doumen.model.schedule import SCHEDULE, CatchUp, Cron, Every, Schedule, Timing


def as_json(schedule: Schedule) -> dict[str, Any]:
    """A schedule as its fact has it."""
    return {
        "operation": schedule.operation,
        "command": schedule.command,
        "inputs": dict(schedule.inputs),
        "actor": schedule.actor,
        "purpose": schedule.purpose,
        "timing": _timing(schedule.timing),
        "catch_up": schedule.catch_up.value,
        "most": schedule.most,
        "paused": schedule.paused,
    }


def from_json(name: str, body: Mapping[str, Any]) -> Schedule:
    """A schedule as its fact had it."""
    return Schedule(
        name=name,
        operation=body["operation"],
        command=body["command"],
        inputs=body["inputs"],
        actor=body["actor"],
        purpose=body["purpose"],
        timing=_of_json(body["timing"]),
        catch_up=CatchUp(body["catch_up"]),
        most=body["most"],
        paused=body["paused"],
    )


def every(facts: Facts) -> Iterator[tuple[Schedule, FactRow]]:
    """All schedules, by name, each with the fact that it is."""
    for name, row in sorted(facts.rows.get(SCHEDULE, {}).items()):
        yield from_json(name, row.fact.body or {}), row


def found(facts: Facts, name: str) -> Schedule:
    """One schedule.

    Raises:
        NotFound: there is none of this name.
    """
    body = facts.body(SCHEDULE, name)
    if body is None:
        raise NotFound(
            msg("There is no schedule `{name}`.", name=name),
            next=msg("`doumen schedule list` shows those there are."),
            detail="schedule",
        )
    return from_json(name, body)


def _timing(timing: Timing) -> dict[str, Any]:
    if isinstance(timing, Cron):
        return {"cron": timing.expression, "zone": timing.zone}
    return {"every": timing.seconds, "anchor": timing.anchor, "arrival": timing.arrival}


def _of_json(body: Mapping[str, Any]) -> Timing:
    if "cron" in body:
        return Cron(body["cron"], body["zone"])
    return Every(body["every"], body["anchor"], body["arrival"])
