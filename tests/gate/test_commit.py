"""Facts, event, checkpoint and receipt become visible together, for a group at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from doumen.gate import record
from doumen.gate.commit import Draft, _Waiting
from doumen.model.errors import Conflict, Unavailable
from doumen.model.event import Charge, Event
from doumen.model.fact import Fact
from doumen.model.message import msg


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, choose: Any) -> Iterator[str]:
    """Commits are held on both kinds."""
    with choose(request.param) as kind:
        yield kind


def draft(world: Any, account: str = "test:a") -> Draft:
    means = world.node.means
    now = means.clock()
    event = Event(
        id=record.new_id(now, means.entropy),
        time=record.stamp(now),
        type="test",
        actor="owner",
        charges=(Charge(account, "queries", 1),),
    )
    return Draft(event)


def balance(world: Any, account: str) -> int:
    with world.node.means.database.read() as connection:
        total: int = world.node.means.ledger.balance(connection, account, "queries")
    return total


def size(world: Any) -> int:
    with world.node.means.database.read() as connection:
        entries: int = world.node.means.ledger.size(connection)
    return entries


def test_ids_sort_by_time_and_hold_it(world: Any) -> None:
    means = world.node.means
    ids = []
    for _ in range(3):
        ids.append(record.new_id(means.clock(), means.entropy))
        time.sleep(0.002)
    assert ids == sorted(ids)
    assert all(len(i) == 26 for i in ids)


def test_many_threads_share_transactions_and_none_is_lost(world: Any) -> None:
    means, before = world.node.means, size(world)
    receipts = []

    def work() -> None:
        for _ in range(10):
            one = draft(world, "test:threads")
            receipts.append(means.commits.submit(lambda _, d=one: d))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert size(world) == before + 80
    assert balance(world, "test:threads") == 80
    assert len({r.inclusion.index for r in receipts}) == 80
    assert len({r.inclusion.size for r in receipts}) < 80


def test_what_one_job_finds_wrong_fails_that_job_alone(world: Any) -> None:
    means, before = world.node.means, size(world)

    def wrong(_: Any) -> Draft:
        raise Conflict(msg("Changed."))

    with pytest.raises(Conflict):
        means.commits.submit(wrong)
    assert size(world) == before
    means.commits.submit(lambda _: draft(world))
    assert size(world) == before + 1


def test_what_goes_wrong_later_keeps_nothing(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    means, before = world.node.means, size(world)
    one = Draft(draft(world).event, [Fact("purpose", "later", {"description": {}})])

    def fails(*_: Any) -> str:
        raise OSError("no disk")

    monkeypatch.setattr(type(means.ledger), "seal", fails)
    with pytest.raises(OSError, match="no disk"):
        means.commits.submit(lambda _: one)
    monkeypatch.undo()
    assert size(world) == before
    assert means.catalog.current().body("purpose", "later") is None


def test_the_same_id_twice_is_a_conflict(world: Any) -> None:
    one = draft(world)
    world.node.means.commits.submit(lambda _: one)
    with pytest.raises(Conflict):
        world.node.means.commits.submit(lambda _: one)


def test_events_are_chained(world: Any) -> None:
    entries = [json.loads(entry) for entry in world.owner.desk.entries()]
    assert entries[0]["previous"] is None
    assert len({e["previous"] for e in entries}) == len(entries)


def test_jobs_of_one_group_see_one_another(world: Any) -> None:
    means = world.node.means
    seen = []

    def prepare(name: str) -> Any:
        def inner(connection: Any) -> Draft:
            known = means.catalog.current(connection).body("purpose", "counted") or {"n": 0}
            seen.append(known["n"])
            fact = Fact("purpose", "counted", {"n": known["n"] + 1, "description": {}})
            return Draft(draft(world, name).event, [fact])

        return inner

    group = [_Waiting(prepare(f"test:{n}")) for n in range(3)]
    means.commits._commit(group)
    assert seen == [0, 1, 2]
    assert all(w.receipt is not None for w in group)
    assert (means.catalog.current().body("purpose", "counted") or {})["n"] == 3


@pytest.mark.parametrize("good", [1, 0])
def test_of_a_group_only_the_wrong_jobs_fail(world: Any, good: int) -> None:
    means, before = world.node.means, size(world)

    def wrong(_: Any) -> Draft:
        raise Conflict(msg("Changed."))

    group = [_Waiting(wrong), *(_Waiting(lambda _: draft(world)) for _ in range(good))]
    means.commits._commit([*group, _Waiting(wrong)])
    assert size(world) == before + good
    assert isinstance(group[0].error, Conflict)
    assert [w.receipt is None for w in group] == [True, *[False] * good]


def test_when_the_store_fails_within_one_job_all_are_told(world: Any) -> None:
    means, before = world.node.means, size(world)

    def fails(_: Any) -> Draft:
        raise OperationalError("SELECT 1", None, OSError("no disk"))

    good = [_Waiting(lambda _: draft(world)), _Waiting(lambda _: draft(world))]
    for group in ([good[0], _Waiting(fails), good[1]], [_Waiting(fails)]):
        means.commits._commit(group)
        assert size(world) == before
        assert all(w.receipt is None and isinstance(w.error, Unavailable) for w in group)
