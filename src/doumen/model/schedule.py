"""A schedule: what is done again and again, when, and how far that is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from doumen.model.queued import Queued

SCHEDULE = "schedule"
"""Kind of fact: what a schedule is, by its name."""


CAUGHT = 100
"""How many missed runs are caught up, where it is not said otherwise."""
ZONE = "UTC"
"""The time zone of a clock, where it is not said otherwise."""


class CatchUp(StrEnum):
    """What becomes of occurrences that passed while nothing could be done about them."""

    NONE = "none"
    ONCE = "once"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Cron:
    """Times of a clock on the wall.

    Attributes:
        expression: Minute, hour, day of month, month, day of week, as Debian's cron reads them.
        zone: Name of the time zone of that clock (IANA).
    """

    expression: str
    zone: str = ZONE


@dataclass(frozen=True, slots=True)
class Every:
    """Times at one distance.

    Attributes:
        seconds: The distance.
        anchor: RFC 3339 in UTC: times lie whole distances after it.
        arrival: Whether what is done is to look whether something came.
    """

    seconds: int
    anchor: str
    arrival: bool = False


Timing = Cron | Every


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule.

    Attributes:
        operation: The words of a verb that is queued: `source run`.
        command: The verb and its inputs as a line, for people.
        inputs: What it is asked with, as JSON.
        actor: Who does it: whoever described the schedule.
        purpose: What for.
        most: Where all are caught up: of how many at most; older ones are left out.
        paused: Whether it does nothing by itself.
    """

    name: str
    operation: str
    command: str
    inputs: Mapping[str, Any]
    actor: str
    timing: Timing
    purpose: str | None = None
    catch_up: CatchUp = CatchUp.ONCE
    most: int = CAUGHT
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """How far a schedule is done. It is no fact: it moves at every occurrence.

    Attributes:
        name: Of the schedule.
        event: By which it became what it is; under another one the position starts anew.
        version: How often it moved: who moves it says from where.
        next: The first occurrence that is neither queued nor left out; all times as of jobs.
        job: The run that is not known to be over.
        occurrence: Of that run.
        last: Of the run before: `job`, `occurrence`, `state`, `exit`, `code`, `finished`.
    """

    name: str
    event: str
    version: int
    next: str
    job: str | None = None
    occurrence: str | None = None
    last: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a position. It is made whole, once, and only from where it was seen.

    Attributes:
        seen: Where it was; None: nowhere yet.
        then: Where it is to be; None: it is forgotten.
        job: What is queued with it.
    """

    seen: Position | None
    then: Position | None
    job: Queued | None = None

    @property
    def name(self) -> str:
        """Of the schedule."""
        known = self.then or self.seen
        assert known is not None
        return known.name
