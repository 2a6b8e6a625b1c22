"""Rounds: what is due is queued once, whoever looks; what was missed is caught up as it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from tests import shop
from tests.flows.conftest import Stand

from doumen.flows.schedule import kept, rounds, timing
from doumen.flows.times import moment, stamp
from doumen.model.errors import Invalid, Unavailable
from doumen.model.message import msg
from doumen.model.schedule import SCHEDULE, Cron, Move

DAILY = "0 2 * * *"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, choose: Any) -> Iterator[str]:
    """These tests run on both kinds of store."""
    with choose(request.param) as kind:
        yield kind


def test_a_schedule_is_run_when_it_is_due(stand: Stand) -> None:
    stand.add("often", every="15m")
    assert stand.work() == []
    first = stand.position("often").next
    stand.ahead = moment(first) - stand.now - timedelta(seconds=30)
    assert stand.attend() == []
    stand.ahead += MINUTE
    lines = stand.work()
    assert [line["event"] for line in lines] == ["schedule.queued", "job.begun", "job.done"]
    (run,) = stand.runs("often")
    assert (run.occurrence, run.operation, run.actor) == (first, "source run", "owner")
    told = stand.do("job show", job=run.id)
    assert (told["schedule"], told["occurrence"]) == ("often", first)
    assert shop.bought(stand.node) == [(10, 10)]
    position = stand.position("often")
    assert position.next == stamp(moment(first) + 15 * MINUTE)
    assert position.job is None
    assert position.last == {
        "job": run.id, "occurrence": first, "state": "done", "exit": 0, "code": None,
        "finished": told["finished"],
    }  # fmt: skip
    assert stand.work() == []


def test_a_week_of_missed_runs_is_caught_up_as_each_schedule_says(stand: Stand) -> None:
    stand.add("none", cron=DAILY, catch_up="none")
    stand.add("once", cron=DAILY)
    stand.add("each", cron=DAILY, catch_up="all")
    stand.add("some", cron=DAILY, catch_up="all", at_most=3)
    first = timing.after(Cron(DAILY), stand.now)
    stand.ahead = first - stand.now + 6 * DAY + 30 * MINUTE
    stand.work()
    times = [stamp(first + number * DAY) for number in range(7)]
    done = {name: [run.occurrence for run in stand.runs(name)]
            for name in ("none", "once", "each", "some")}  # fmt: skip
    assert done == {"none": [], "once": times[-1:], "each": times, "some": times[-3:]}
    for name in done:
        assert stand.position(name).next == stamp(first + 7 * DAY)
        assert all(run.state == "done" for run in stand.runs(name))
    assert stand.work() == []
    stand.ahead += DAY - 30 * MINUTE
    stand.work()
    assert [len(stand.runs(name)) for name in done] == [1, 2, 8, 4]


def test_of_many_workers_one_queues_it(stand: Stand) -> None:
    stand.add("nightly", cron=DAILY)
    stand.attend()
    stand.ahead = DAY
    start, lines = Barrier(6), list[Any]()

    def look() -> None:
        desk = stand.node.session().desk
        start.wait()
        lines.extend(rounds.attend(desk, stand.now))

    threads = [Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [line["event"] for line in lines] == ["schedule.queued"]
    assert len(stand.runs("nightly")) == 1


def test_runs_do_not_overlap_and_what_passes_meanwhile_is_caught_up(stand: Stand) -> None:
    stand.add("hourly", every="1h", catch_up="all")
    stand.ahead = 90 * MINUTE
    stand.attend()
    (going,) = stand.runs("hourly")
    stand.ahead = 4 * 60 * MINUTE
    assert stand.attend() == []
    assert stand.position("hourly").job == going.id
    stand.work()
    runs = [moment(str(run.occurrence)) for run in stand.runs("hourly")]
    first = moment(str(going.occurrence))
    assert runs == [first + number * 60 * MINUTE for number in range(len(runs))]
    assert len(runs) in {3, 4}


def test_what_passes_while_it_is_paused_is_not_caught_up(stand: Stand) -> None:
    stand.add("hourly", every="1h", catch_up="all")
    stand.attend()
    stand.do("schedule pause", name="hourly")
    stand.ahead = DAY
    assert stand.work() == []
    assert stand.runs("hourly") == []
    stand.do("schedule resume", name="hourly")
    row = stand.node.session().desk.facts().rows[SCHEDULE]["hourly"]
    stand.ahead = timedelta(minutes=59)
    stand.work()
    assert stand.runs("hourly") == []
    assert moment(stand.position("hourly").next) > moment(row.time)


def test_a_schedule_that_was_changed_begins_anew(stand: Stand) -> None:
    stand.add("nightly", every="1h")
    stand.ahead = 90 * MINUTE
    stand.attend()
    (going,) = stand.runs("nightly")
    stand.add("nightly", every="2h")
    stand.attend()
    position = stand.position("nightly")
    assert position.job == going.id  # a run that goes on is that of the schedule yet
    assert moment(position.next) > stand.now - 90 * MINUTE + 60 * MINUTE


def test_a_schedule_that_is_removed_is_forgotten(stand: Stand) -> None:
    stand.add("nightly", every="1h")
    stand.attend()
    stand.do("schedule remove", name="nightly")
    stand.ahead = DAY
    stand.attend()
    assert stand.node.session().desk.schedules().positions() == {}
    assert stand.runs("nightly") == []


def test_a_run_that_failed_or_was_cancelled_is_heard(stand: Stand) -> None:
    stand.add("nightly", line="query 'select x from shop.nothing' --into a.b", every="1h")
    stand.ahead = 61 * MINUTE
    stand.work()
    last = stand.position("nightly").last
    assert last is not None
    assert (last["state"], last["code"]) == ("failed", "not-found.dataset")
    stand.ahead = 121 * MINUTE
    stand.attend()
    (_, run) = stand.runs("nightly")
    stand.do("job cancel", job=run.id)
    stand.attend()
    last = stand.position("nightly").last
    assert last is not None
    assert (last["state"], stand.position("nightly").job) == ("cancelled", None)


def test_a_run_that_is_forgotten_is_waited_for_no_longer(stand: Stand) -> None:
    stand.add("nightly", every="1h")
    stand.attend()
    scheduled = stand.node.session().desk.schedules()
    seen = stand.position("nightly")
    assert scheduled.move(Move(seen, replace(seen, job="J-LONG-AGO", occurrence="x")))
    stand.attend()
    assert stand.position("nightly").job is None


def test_what_is_wrong_with_one_keeps_no_other(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.add("bad", cron=DAILY, zone="Asia/Tokyo")
    stand.add("good", every="1h")
    real = timing.zone

    def zone(name: str) -> Any:
        if name == "Asia/Tokyo":
            raise Invalid(msg("There is no time zone `{name}`.", name=name), detail="zone")
        return real(name)

    with monkeypatch.context() as patch:
        patch.setattr(timing, "zone", zone)
        lines = stand.attend()
    assert lines == [{"event": "schedule.fault", "schedule": "bad", "code": "invalid.zone"}]
    assert "good" in stand.node.session().desk.schedules().positions()

    def away(*_: Any) -> Any:
        raise Unavailable(msg("The store cannot be used."), detail="store")

    monkeypatch.setattr(timing, "after", away)
    with pytest.raises(Unavailable):
        stand.attend()


def test_who_comes_second_leaves_it(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step that somebody else made meanwhile ends the look at this schedule."""
    stand.add("nightly", every="1h", catch_up="none")
    with monkeypatch.context() as patch:
        patch.setattr(rounds.Attending, "moved", lambda *_, **__: None)
        assert stand.attend() == []
    stand.attend()
    for ahead in (61 * MINUTE, 90 * MINUTE):
        stand.ahead = ahead
        with monkeypatch.context() as patch:
            patch.setattr(rounds.Attending, "moved", lambda *_, **__: None)
            assert stand.attend() == []
    assert [line["event"] for line in stand.attend()] == ["schedule.skipped"]


def test_runs_that_made_nothing_are_forgotten_in_a_day(stand: Stand) -> None:
    stand.add("incoming", on_arrival=True)
    for _ in range(3):
        stand.ahead += MINUTE + timedelta(seconds=1)
        stand.work()
    assert len(stand.runs("incoming")) == 3
    stand.ahead += 2 * DAY
    stand.work()
    (first, _) = stand.runs("incoming")
    assert first.receipt is not None  # it read the shop; two looks found nothing new
    shop.sold(stand.folder, 10, 15)
    stand.ahead += MINUTE
    stand.work()
    assert shop.bought(stand.node) == [(15, 15)]


def test_a_schedule_is_as_it_was_described(stand: Stand) -> None:
    stand.add("nightly", cron=DAILY, zone="Asia/Shanghai", catch_up="all", at_most=7)
    stand.add("often", line="source run --dataset shop.orders", every="15m")
    for schedule, row in kept.every(stand.node.session().desk.facts()):
        assert kept.as_json(schedule) == row.fact.body
