"""When something is due: the times of a schedule, and which of them are still to be run. Pure.

Times are those of Debian's cron: one that a change of clocks leaves out comes when the clocks
have changed, one that comes twice is taken the first time; `*` and `*/n` in minute or hour follow
real time instead. The times after a moment are the same, wherever one begins to count.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.schedule import CatchUp, Cron, Every, Timing

ON_TIME = timedelta(minutes=1)
"""How late a run may begin that is not to be caught up."""
SECOND = timedelta(seconds=1)
_FIELDS = 5
_WIDER = 8
_BEFORE_CHANGE = timedelta(hours=4)
"""Longer than any change of clocks."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done about times that have come.

    Attributes:
        run: For which of them something is run; None: for none.
        next: The first that has not come, or that is to be run after it.
        left: How many are left out, as far as they were counted.
    """

    run: datetime | None
    next: datetime
    left: int


def check(cron: Cron) -> None:
    """Check that there are times of this kind.

    Raises:
        Invalid: the expression is none, names no time that comes, or there is no such zone.
    """
    try:
        zone(cron.zone)
        if len(cron.expression.split()) != _FIELDS:
            raise CronSimError("Wrong number of fields")
        next(_ticks(cron, datetime(2000, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise Invalid(
            msg("`{expression}` names no times.", expression=cron.expression),
            why=msg("As cron reads it: {fault}.", fault=str(error)),
            next=msg(
                "Minute, hour, day of month, month, day of week: `0 2 * * *` is 2:00 each day."
            ),
            detail="cron",
        ) from None
    except StopIteration:
        raise Invalid(
            msg("`{expression}` names no time that ever comes.", expression=cron.expression),
            detail="cron",
        ) from None


def zone(name: str) -> ZoneInfo:
    """A time zone.

    Raises:
        Invalid: there is none of this name on this machine.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(
            msg("There is no time zone `{name}`.", name=name),
            next=msg("Take one of the IANA list, such as `Asia/Shanghai`."),
            detail="zone",
        ) from None


def after(timing: Timing, moment: datetime) -> datetime:
    """The first time after a moment; both in UTC."""
    return next(_times(timing, moment))


def due(timing: Timing, first: datetime, now: datetime, catch_up: CatchUp, most: int) -> Due | None:
    """What is to be done where the times from `first` on are not done; None: none has come.

    Args:
        timing: Of the schedule.
        first: The first time that is not done.
        now: The moment.
        catch_up: What becomes of times that were missed.
        most: How many of them are run at most, where all are.
    """
    if first > now:
        return None
    wanted = most if catch_up is CatchUp.ALL else 1
    last = _last(timing, first, now, wanted + 1)
    left = max(0, len(last) - wanted)
    run = last[-wanted:][0]
    if catch_up is CatchUp.NONE and now - run > ON_TIME:
        return Due(None, after(timing, now), left + 1)
    return Due(run, after(timing, run), left)


def _last(timing: Timing, first: datetime, now: datetime, count: int) -> list[datetime]:
    """The latest times up to `now`, but none before `first`; oldest first, at most `count`.

    It looks back farther and farther: the times of a year need not be counted for the last one.
    """
    span = timedelta(hours=1)
    while True:
        begin = max(first - SECOND, now - span)
        found = deque(takewhile(lambda time: time <= now, _times(timing, begin)), count)
        if len(found) == count or begin < first:
            return [time for time in found if time >= first] or [first]
        span *= _WIDER


def _times(timing: Timing, moment: datetime) -> Iterator[datetime]:
    if isinstance(timing, Every):
        return _steps(timing, moment)
    return _ticks(timing, moment)


def _steps(timing: Every, moment: datetime) -> Iterator[datetime]:
    step = timedelta(seconds=timing.seconds)
    anchor = datetime.fromisoformat(timing.anchor)
    time = anchor + (moment - anchor) // step * step
    while True:
        time += step
        yield time


def _ticks(timing: Cron, moment: datetime) -> Iterator[datetime]:
    """Times of a clock; it begins before a change of clocks, so that it comes out of it alike."""
    clock = zone(timing.zone)
    latest = moment
    for tick in CronSim(timing.expression, (moment - _BEFORE_CHANGE).astimezone(clock)):
        time = tick.astimezone(UTC)
        if time > latest:
            latest = time
            yield time
