"""Failures in a row, locks that double, and what a success forgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from doumen.rooms.protect.signin.attempts import LONGEST, MOST, Attempts

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def failing(attempts: Attempts, times: int, now: datetime) -> Attempts:
    for _ in range(times):
        attempts = attempts.failed(now)
    return attempts


def test_the_tenth_failure_locks_for_a_quarter_of_an_hour() -> None:
    nine = failing(Attempts(), MOST - 1, NOW)
    assert not nine.locked(NOW)
    ten = nine.failed(NOW)
    assert ten.locked(NOW + 14 * MINUTE)
    assert not ten.locked(NOW + 15 * MINUTE)
    assert ten.missed == MOST


def test_a_row_that_is_old_begins_anew() -> None:
    nine = failing(Attempts(), MOST - 1, NOW)
    later = nine.failed(NOW + 16 * MINUTE)
    assert (later.row, later.locked(NOW + 16 * MINUTE)) == (1, False)


def test_locks_double_to_a_day() -> None:
    attempts, now, lasted = Attempts(), NOW, []
    for _ in range(9):
        attempts = failing(attempts, MOST, now)
        until = datetime.fromisoformat(attempts.until or "")
        lasted.append(until - now)
        now = until
    assert lasted[:3] == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    assert lasted[-1] == lasted[-2] == LONGEST


def test_a_success_forgets_failures_and_locks() -> None:
    attempts = failing(Attempts(), MOST, NOW).succeeded(NOW + 15 * MINUTE)
    assert attempts == Attempts(last="2026-11-30T12:15:00Z")
    assert failing(attempts, MOST, NOW).until == "2026-11-30T12:15:00Z"


def test_what_was_used_once_is_kept_as_long_as_it_could_be_used() -> None:
    attempts = Attempts().succeeded(NOW, ("a", "2026-11-30T12:10:00Z"))
    assert dict(attempts.succeeded(NOW + 9 * MINUTE).used) == {"a": "2026-11-30T12:10:00Z"}
    assert dict(attempts.succeeded(NOW + 10 * MINUTE).used) == {}


def test_the_lock_of_the_owner_outlasts_everything_but_its_end() -> None:
    closed = Attempts(closed=True)
    assert closed.succeeded(NOW).locked(NOW + 999 * MINUTE)
    assert not closed.unlocked().locked(NOW)
    assert not failing(Attempts(), MOST, NOW).unlocked().locked(NOW)


def test_a_fact_gives_it_back() -> None:
    attempts = failing(Attempts(), MOST, NOW).succeeded(NOW, ("a", "b")).failed(NOW)
    assert Attempts.of(attempts.as_json()) == attempts
    assert Attempts.of(None) == Attempts()
