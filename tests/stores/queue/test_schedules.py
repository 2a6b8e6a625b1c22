"""Positions move once, from where they were seen; conditions are told as they begin and end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Barrier, Thread

import pytest

from doumen.model.alert import Condition, Kind, Notice, Told
from doumen.model.message import plain
from doumen.model.schedule import Move, Position
from doumen.stores.database import Database
from doumen.stores.queue import Conditions, Schedules

FIRST = Position("nightly", "E1", 0, "2026-11-29T02:00:00.000000Z")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database.open(url, create=True)
    yield database
    database.close()


def move(database: Database, seen: Position | None, then: Position | None) -> bool:
    with database.write() as connection:
        return Schedules().move(connection, Move(seen, then))


def there(database: Database) -> dict[str, Position]:
    with database.read() as connection:
        return Schedules().all(connection)


def test_a_position_is_kept_as_it_is(database: Database) -> None:
    last = {"job": "J1", "state": "done", "exit": 0}
    whole = replace(FIRST, job="J2", occurrence="2026-11-28T02:00:00.000000Z", last=last)
    assert move(database, None, whole)
    assert there(database) == {"nightly": replace(whole, version=1)}


def test_it_moves_from_where_it_was_seen_only(database: Database) -> None:
    assert move(database, None, FIRST)
    assert not move(database, None, FIRST)
    seen = there(database)["nightly"]
    assert move(database, seen, replace(seen, job="J1"))
    assert not move(database, seen, replace(seen, job="J2"))
    found = there(database)["nightly"]
    assert (found.job, found.version) == ("J1", 2)
    assert not move(database, seen, None)
    assert move(database, found, None)
    assert there(database) == {}
    assert not move(database, found, None)


def test_of_many_who_move_it_one_does(database: Database) -> None:
    assert move(database, None, FIRST)
    seen = there(database)["nightly"]
    start, done = Barrier(8), list[bool]()

    def go() -> None:
        start.wait()
        done.append(move(database, seen, seen))

    threads = [Thread(target=go) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False] * 7 + [True]


def told(alert: str, *, holds: bool) -> Told:
    condition = Condition(alert, Kind.LATE, "nightly")
    return Told(condition, holds, Notice(f"N-{alert}-{holds}", alert, "late", "t", {}, plain("")))


def weighed(database: Database, *told: Told) -> list[str]:
    with database.write() as connection:
        return [notice.id for notice in Conditions().weigh(connection, told, "t1")]


def test_a_condition_is_told_as_it_begins_and_as_it_ends(database: Database) -> None:
    assert weighed(database, told("a", holds=False)) == []
    assert weighed(database, told("a", holds=True), told("b", holds=True)) == [
        "N-a-True", "N-b-True",
    ]  # fmt: skip
    assert weighed(database, told("a", holds=True)) == []
    with database.read() as connection:
        assert Conditions().all(connection) == {
            Condition("a", Kind.LATE, "nightly"): "t1",
            Condition("b", Kind.LATE, "nightly"): "t1",
        }
    assert weighed(database, told("a", holds=False)) == ["N-a-False"]
    assert weighed(database, replace(told("b", holds=False), notice=None)) == []
    with database.read() as connection:
        assert Conditions().all(connection) == {}
