"""The queue: durable, fair, one lease at a time, on both kinds of store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Barrier, Thread

import pytest

from doumen.model.errors import Conflict
from doumen.model.message import Message, msg, plain
from doumen.model.queued import Lease, Queued
from doumen.stores.database import Database
from doumen.stores.queue import Queue


def at(second: int) -> str:
    return f"2026-11-29T00:00:{second:02d}.000000Z"


def job(number: int, actor: str = "ana") -> Queued:
    return Queued(f"J{number:02d}", "collect", actor, at(number), inputs={"path": "a.csv", "n": 1})


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database.open(url, create=True)
    yield database
    database.close()


@pytest.fixture
def queue(database: Database) -> Queue:
    return Queue(database)


def test_a_job_is_kept_as_it_is(queue: Queue, url: str) -> None:
    asked = replace(job(1), purpose="research", token="t1", retry_of="J00", reason="again")
    queue.add(asked)
    other = Database.open(url)
    assert Queue(other).one("J01") == asked
    assert Queue(other).one("J02") is None
    other.close()


def test_it_is_claimed_once_and_finished(queue: Queue) -> None:
    queue.add(job(1))
    taken = queue.claim("w1", at(2), at(32))
    assert taken is not None
    assert (taken.id, taken.state, taken.attempt, taken.worker) == ("J01", "running", 1, "w1")
    assert (taken.started, taken.lease) == (at(2), at(32))
    assert queue.claim("w2", at(3), at(33)) is None
    assert queue.finish(taken.held, at(4), "done", outcome={"rows": 3}, exit=0)
    over = queue.one("J01")
    assert over is not None
    assert (over.state, over.outcome, over.exit, over.fraction) == ("done", {"rows": 3}, 0, 1.0)
    assert (over.finished, over.lease) == (at(4), None)
    assert queue.claim("w2", at(59), at(59)) is None


def test_workers_at_one_time_take_different_jobs(queue: Queue) -> None:
    for number in range(8):
        queue.add(job(number))
    taken: list[str] = []
    start = Barrier(4)

    def work() -> None:
        start.wait()
        while (mine := queue.claim("w", at(10), at(40))) is not None:
            taken.append(mine.id)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [f"J{n:02d}" for n in range(8)]


def test_the_turn_goes_to_whom_least_is_done_for(queue: Queue) -> None:
    for number, actor in enumerate(["ana", "ana", "ana", "bob"]):
        queue.add(job(number, actor))
    order = [queue.claim("w", at(10), at(40)) for _ in range(4)]
    assert [one.id if one else None for one in order] == ["J00", "J03", "J01", "J02"]


def test_a_lapsed_lease_is_taken_over_and_can_do_nothing_more(
    queue: Queue, database: Database
) -> None:
    queue.add(job(1))
    first = queue.claim("w1", at(0), at(30))
    assert first is not None
    assert queue.claim("w2", at(30), at(59)) is None  # it is in force to its last moment
    second = queue.claim("w2", at(31), at(59))
    assert second is not None
    assert (second.attempt, second.worker, second.started) == (2, "w2", at(0))
    assert queue.extend(first.held, at(59), 0.5, plain("on")) == "lost"
    assert not queue.finish(first.held, at(40), "done")
    assert not queue.release(first.held, None, spared=0)
    with pytest.raises(Conflict) as caught, database.write() as connection:
        queue.fence(connection, first.held, "E1")
    assert caught.value.code == "conflict.lease"
    with database.write() as connection:
        queue.fence(connection, second.held, "E2")
    kept = queue.one("J01")
    assert kept is not None
    assert (kept.receipt, kept.fraction) == ("E2", None)


def test_a_fence_without_an_event_keeps_none(queue: Queue, database: Database) -> None:
    queue.add(job(1))
    mine = queue.claim("w1", at(0), at(30))
    assert mine is not None
    with database.write() as connection:
        queue.fence(connection, mine.held, None)
    kept = queue.one("J01")
    assert kept is not None
    assert kept.receipt is None
    with pytest.raises(Conflict), database.write() as connection:
        queue.fence(connection, Lease("J99", 1), None)


def test_a_lease_is_extended_and_tells_how_far_it_is(queue: Queue) -> None:
    queue.add(job(1))
    mine = queue.claim("w1", at(0), at(30))
    assert mine is not None
    assert queue.extend(mine.held, at(50), 0.25, msg("loading {name}", name="a.csv")) == "held"
    assert queue.claim("w2", at(40), at(59)) is None
    seen = queue.one("J01")
    assert seen is not None
    assert (seen.fraction, seen.doing, seen.lease) == (0.25, "loading a.csv", at(50))
    assert isinstance(seen.doing, Message)
    assert seen.doing.into({"loading {name}": "装入 {name}"}.__getitem__) == "装入 a.csv"


def test_what_became_of_a_job_can_be_told_in_every_language(queue: Queue) -> None:
    queue.add(job(1))
    mine = queue.claim("w1", at(0), at(30))
    assert mine is not None
    error = Conflict(msg("There is no `{name}`.", name="a"), next=plain("doumen list"))
    assert queue.finish(mine.held, at(1), "failed", error=error.as_json())
    seen = queue.one("J01")
    assert seen is not None
    assert seen.error is not None
    assert seen.error == error.as_json()
    assert seen.error["what"].into({"There is no `{name}`.": "没有 `{name}`。"}.get) == "没有 `a`。"


def test_a_job_is_cancelled_where_it_waits_and_where_it_runs(queue: Queue) -> None:
    queue.add(job(1))
    queue.add(job(2))
    running = queue.claim("w1", at(5), at(35))
    assert running is not None
    queue.cancel("J01", at(6), "a mistake")
    queue.cancel("J02", at(6), None)
    assert queue.extend(running.held, at(50), None, None) == "cancelled"
    one, two = queue.one("J01"), queue.one("J02")
    assert one is not None
    assert two is not None
    assert (one.state, one.cancelling, one.reason) == ("running", True, "a mistake")
    assert (two.state, two.finished) == ("cancelled", at(6))
    assert queue.claim("w2", at(7), at(37)) is None
    assert queue.finish(running.held, at(8), "done")
    queue.cancel("J01", at(9), "too late")
    after = queue.one("J01")
    assert after is not None
    assert (after.state, after.reason) == ("done", "a mistake")


def test_a_job_put_back_waits_until_it_is_due(queue: Queue) -> None:
    queue.add(job(1))
    mine = queue.claim("w1", at(0), at(30))
    assert mine is not None
    assert queue.release(mine.held, at(20), spared=1)
    assert queue.claim("w2", at(19), at(49)) is None
    again = queue.claim("w2", at(20), at(50))
    assert again is not None
    assert (again.attempt, again.spared) == (2, 1)


def test_lists_counts_and_forgets(queue: Queue) -> None:
    for number, actor in enumerate(["ana", "bob", "ana"]):
        queue.add(job(number, actor))
    mine = queue.claim("w", at(10), at(40))
    assert mine is not None
    queue.finish(mine.held, at(11), "failed", error={"code": "x"}, exit=3)
    assert [j.id for j in queue.all()] == ["J02", "J01", "J00"]
    assert [j.id for j in queue.all(limit=1)] == ["J02"]
    assert [j.id for j in queue.all(actor="ana", states=("failed",))] == ["J00"]
    assert dict(queue.counts()) == {"queued": 2, "failed": 1}
    assert dict(queue.counts("bob")) == {"queued": 1}
    assert queue.forget(at(11)) == []
    assert queue.forget(at(12)) == ["J00"]
    assert queue.one("J00") is None
    assert dict(queue.counts()) == {"queued": 2}


def test_runs_of_a_schedule_are_told_apart_and_those_that_made_nothing_go_first(
    queue: Queue, database: Database
) -> None:
    for number in range(4):
        run = replace(job(number), schedule="nightly" if number else None, occurrence=at(number))
        queue.add(run)
        mine = queue.claim("w", at(10), at(40))
        assert mine is not None
        if number == 1:
            with database.write() as connection:
                queue.fence(connection, mine.held, "E1")
        said = (msg("{rows:,} rows", rows=1000),)
        assert queue.finish(mine.held, at(11), "done", exit=int(number == 2), said=said)
    assert [j.id for j in queue.all(schedule="nightly")] == ["J03", "J02", "J01"]
    first = queue.one("J01")
    assert first is not None
    assert (first.occurrence, first.said) == (at(1), ("1,000 rows",))
    assert first.said[0].into({"{rows:,} rows": "{rows:,} 行"}.__getitem__) == "1,000 行"
    assert queue.forget(at(0), idle=at(11)) == []
    assert queue.forget(at(0), idle=at(12)) == ["J03"]
    assert [j.id for j in queue.all()] == ["J02", "J01", "J00"]


@pytest.mark.usefixtures("database")
def test_a_job_that_was_not_committed_is_not_there(
    new_url: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database.open(new_url(), create=True)

    def dies(name: str) -> None:
        raise RuntimeError(name)

    with monkeypatch.context() as patch:
        patch.setattr("doumen.stores.queue.queue.passing", dies)
        with pytest.raises(RuntimeError, match=r"queue\.added"):
            Queue(database).add(job(1))
    assert Queue(database).one("J01") is None
    database.close()
