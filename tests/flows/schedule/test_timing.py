"""When something is due: as cron has it, over changes of clocks, and after any downtime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.flows.schedule import timing
from doumen.model.errors import Invalid
from doumen.model.schedule import CatchUp, Cron, Every, Timing

HOUR = timedelta(hours=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def upto(times: Timing, first: datetime, last: datetime) -> list[datetime]:
    return list(takewhile(lambda one: one <= last, timing._times(times, first)))


@pytest.mark.parametrize(
    ("expression", "zone", "moment", "expected"),
    [
        ("0 2 * * *", "UTC", "2026-11-29T02:00", "2026-11-30T02:00"),
        ("0 2 * * *", "UTC", "2026-11-29T01:59:59.999999", "2026-11-29T02:00"),
        ("0 2 * * *", "Asia/Shanghai", "2026-11-29T02:00", "2026-11-29T18:00"),
        ("30 9 1 1 *", "Asia/Kolkata", "2026-11-29", "2027-01-01T04:00"),
        ("0 12 29 2 *", "UTC", "2026-11-29", "2028-02-29T12:00"),
        ("0 8 * * MON#1", "UTC", "2026-11-29", "2026-12-07T08:00"),
        # 2026-03-29, 02:00 to 03:00 is left out in Berlin: it comes as the clocks have changed
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00"),
        ("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00", "2026-03-30T00:30"),
        # 2026-10-25, 02:00 to 03:00 comes twice there: it is taken the first time
        ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:30"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30", "2026-10-26T01:30"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:59", "2026-10-26T01:30"),
        ("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:30", "2026-10-25T01:00"),
    ],
)
def test_the_times_of_a_clock(expression: str, zone: str, moment: str, expected: str) -> None:
    assert timing.after(Cron(expression, zone), at(moment)) == at(expected)


@settings(derandomize=True, deadline=None, max_examples=count(60))
@given(
    st.sampled_from(["30 2 * * *", "*/20 * * * *", "15 */2 * * *", "59 23 * * 6", "5 1,2,3 * * *"]),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "UTC"]),
    st.sampled_from(["2026-03-07", "2026-03-28", "2026-04-04", "2026-10-24", "2026-10-31"]),
    st.integers(0, 4 * 86_400),
)
def test_times_are_the_same_from_wherever_one_counts(
    expression: str, zone: str, begin: str, seconds: int
) -> None:
    cron, first = Cron(expression, zone), at(begin)
    every = upto(cron, first, first + timedelta(days=14))
    assert every == sorted(set(every))
    moment = first + timedelta(seconds=seconds)
    assert timing.after(cron, moment) == next(one for one in every if one > moment)


def test_an_interval_stays_where_it_is_anchored() -> None:
    every = Every(900, "2026-11-29T10:07:00.000000Z")
    assert timing.after(every, at("2026-11-29T10:07")) == at("2026-11-29T10:22")
    assert timing.after(every, at("2026-12-05T00:00:01")) == at("2026-12-05T00:07")
    assert timing.after(every, at("2026-11-29T09:00")) == at("2026-11-29T09:07")


@pytest.mark.parametrize(
    ("expression", "zone", "says"),
    [
        ("0 2 * *", "UTC", "names no times"),
        ("0 0 2 * * *", "UTC", "names no times"),
        ("61 * * * *", "UTC", "names no times"),
        ("@daily", "UTC", "names no times"),
        ("0 0 30 2 *", "UTC", "names no times"),
        ("0 0 31 2 MON#5", "UTC", ""),
        ("0 2 * * *", "Mars/Olympus", "no time zone"),
        ("0 2 * * *", "../etc/passwd", "no time zone"),
        ("0 2 * * *", "", "no time zone"),
    ],
)
def test_what_names_no_time(expression: str, zone: str, says: str) -> None:
    if not says:
        timing.check(Cron(expression, zone))
        return
    with pytest.raises(Invalid, match=says):
        timing.check(Cron(expression, zone))


def test_a_time_that_never_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "_ticks", lambda *_: iter(()))
    with pytest.raises(Invalid, match="ever comes"):
        timing.check(Cron("0 0 * * *"))


HOURLY = Cron("0 * * * *")
FIRST = at("2026-11-29T02:00")


@pytest.mark.parametrize(
    ("now", "catch_up", "run", "next"),
    [
        ("01:59:59", CatchUp.ONCE, None, None),
        ("02:00", CatchUp.NONE, "02:00", "03:00"),
        ("02:01", CatchUp.NONE, "02:00", "03:00"),
        ("02:01:01", CatchUp.NONE, None, "03:00"),
        ("05:00:10", CatchUp.NONE, "05:00", "06:00"),
        ("05:30", CatchUp.NONE, None, "06:00"),
        ("02:00", CatchUp.ONCE, "02:00", "03:00"),
        ("05:30", CatchUp.ONCE, "05:00", "06:00"),
        ("05:30", CatchUp.ALL, "02:00", "03:00"),
    ],
)
def test_what_is_due(now: str, catch_up: CatchUp, run: str | None, next: str | None) -> None:
    found = timing.due(HOURLY, FIRST, at(f"2026-11-29T{now}"), catch_up, 100)
    if next is None:
        assert found is None
        return
    assert found is not None
    assert found.run == (None if run is None else at(f"2026-11-29T{run}"))
    assert found.next == at(f"2026-11-29T{next}")


def test_of_all_the_last_so_many() -> None:
    now = at("2026-11-29T12:30")
    found = timing.due(HOURLY, FIRST, now, CatchUp.ALL, 3)
    assert found is not None
    assert (found.run, found.next, found.left) == (
        at("2026-11-29T10:00"), at("2026-11-29T11:00"), 1,
    )  # fmt: skip


@settings(derandomize=True, deadline=None, max_examples=count(60))
@given(st.integers(0, 400 * 24), st.integers(1, 50), st.sampled_from(list(CatchUp)))
def test_a_week_or_a_year_is_caught_up_as_it_says(hours: int, most: int, catch_up: CatchUp) -> None:
    """Step by step, as rounds do it: all of the last `most`, one for all, or none."""
    now, first, runs = FIRST + hours * HOUR + timedelta(minutes=30), FIRST, list[datetime]()
    while (found := timing.due(HOURLY, first, now, catch_up, most)) is not None:
        assert found.next > first
        first = found.next
        if found.run is not None:
            runs.append(found.run)
    latest = FIRST + hours * HOUR
    assert first == latest + HOUR
    expected = {
        CatchUp.NONE: [],
        CatchUp.ONCE: [latest],
        CatchUp.ALL: [latest - back * HOUR for back in reversed(range(min(most, hours + 1)))],
    }
    assert runs == expected[catch_up]


def test_a_decade_of_minutes_is_counted_in_a_moment() -> None:
    import time

    started = time.monotonic()
    now = at("2036-11-29T00:00:30")
    found = timing.due(Cron("* * * * *", "Asia/Tokyo"), FIRST, now, CatchUp.ALL, 100)
    assert found is not None
    assert found.run == at("2036-11-28T22:21")
    assert time.monotonic() - started < 5
