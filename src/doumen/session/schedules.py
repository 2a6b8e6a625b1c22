"""Describing a schedule: its command is read by the table of verbs, and held against the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from doumen.flows.schedule import command, verbs
from doumen.flows.schedule.verbs import When
from doumen.operations import by_name
from doumen.session.jobs import check

if TYPE_CHECKING:
    from doumen.gate.desk import Desk
    from doumen.model.operation import Outcome


def add(
    desk: Desk,
    *,
    name: str,
    command_line: str,
    cron: str | None = None,
    zone: str | None = None,
    every: str | None = None,
    on_arrival: bool = False,
    catch_up: str | None = None,
    at_most: int | None = None,
) -> Outcome:
    """Describe a schedule; one of this name is replaced.

    Raises:
        Refused: only the owner may.
        Invalid: the command is none, or none that is queued, or the times have faults.
        NotFound: the command names a source that there is not.
    """
    operation, inputs = command.read(command_line, by_name())
    check(operation, inputs)
    when = When(cron, zone, every, bool(on_arrival), catch_up, at_most)
    return verbs.add(desk, name, operation, inputs, when)
