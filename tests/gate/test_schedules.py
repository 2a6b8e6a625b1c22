"""Schedules at the gate: moved by the owner, while they are what they are taken for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.model.alert import ALERT, Condition, Kind, Notice, Told
from doumen.model.errors import Refused
from doumen.model.fact import Fact
from doumen.model.message import plain
from doumen.model.queued import Queued
from doumen.model.schedule import SCHEDULE, Move, Position
from doumen.session import Node, create

TIME = "2026-11-29T02:00:00.000000Z"
CONDITION = Condition("oncall", Kind.LATE, "nightly")
NOTICE = Notice("N1", "oncall", "late.begun", TIME, {}, plain("late"))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    create(tmp_path / "node", "here")
    with doumen.open(tmp_path / "node") as node:
        owner = node.session()
        owner.do("actor add", name="sue", role=("steward",))
        owner.do("actor add", name="ana")
        facts = [Fact(SCHEDULE, "nightly", {"operation": "x"}), Fact(ALERT, "oncall", {})]
        owner.desk.amend(facts, subject="test")
        yield node


def event(node: Node) -> str:
    return node.session().desk.facts().rows[SCHEDULE]["nightly"].event


def first(node: Node) -> Position:
    return Position("nightly", event(node), 0, TIME)


def job(id: str = "J1") -> Queued:
    return Queued(id, "source run", "owner", TIME, schedule="nightly", occurrence=TIME)


def test_a_step_is_made_whole(node: Node) -> None:
    scheduled = node.session().desk.schedules()
    told = [Told(CONDITION, holds=True, notice=NOTICE)]
    then = replace(first(node), job="J1", occurrence=TIME)
    assert scheduled.move(Move(None, then, job()), told)
    assert scheduled.positions() == {"nightly": replace(then, version=1)}
    assert list(scheduled.conditions()) == [CONDITION]
    assert [one.id for one in scheduled.notices("oncall")] == ["N1"]
    found = scheduled.run("J1")
    assert found is not None
    assert found.schedule == "nightly"
    assert scheduled.run("J2") is None


def test_what_is_not_where_it_was_seen_makes_no_step(node: Node) -> None:
    scheduled = node.session().desk.schedules()
    told = [Told(CONDITION, holds=True, notice=NOTICE)]
    assert scheduled.move(Move(None, first(node)))
    assert not scheduled.move(Move(None, first(node), job()), told)
    assert scheduled.run("J1") is None
    assert scheduled.conditions() == {}
    assert scheduled.notices("oncall") == []


@pytest.mark.parametrize("body", [{"operation": "y"}, None])
def test_a_schedule_that_was_changed_meanwhile_queues_nothing(node: Node, body: Any) -> None:
    desk = node.session().desk
    seen = first(node)
    desk.amend([Fact(SCHEDULE, "nightly", body)], subject="test")
    assert not desk.schedules().move(Move(None, seen, job()))
    assert desk.schedules().run("J1") is None


def test_a_position_is_forgotten_when_its_schedule_is_gone(node: Node) -> None:
    desk = node.session().desk
    assert desk.schedules().move(Move(None, first(node)))
    seen = desk.schedules().positions()["nightly"]
    assert not desk.schedules().move(Move(seen, None))
    desk.amend([Fact(SCHEDULE, "nightly", None)], subject="test")
    assert desk.schedules().move(Move(seen, None))
    assert desk.schedules().positions() == {}


def test_what_is_told_of_no_alert_is_forgotten(node: Node) -> None:
    desk = node.session().desk
    desk.schedules().tell([Told(CONDITION, holds=True, notice=NOTICE)])
    desk.schedules().tidy("2026-01-01T00:00:00.000000Z")
    assert list(desk.schedules().conditions()) == [CONDITION]
    desk.amend([Fact(ALERT, "oncall", None)], subject="test")
    desk.schedules().tidy("2026-01-01T00:00:00.000000Z")
    assert desk.schedules().conditions() == {}
    assert desk.schedules().notices("oncall") == []


def test_who_may_look_and_who_may_move(node: Node) -> None:
    owner = node.session().desk.schedules()
    owner.move(Move(None, first(node)), [Told(CONDITION, holds=True, notice=NOTICE)])
    for name in ("sue", "ana"):
        desk = node.session(name).desk
        other = desk.schedules()
        asked: list[tuple[Callable[..., object], tuple[Any, ...]]] = [
            (other.move, (Move(None, first(node)),)),
            (other.tell, ([],)),
            (other.run, ("J1",)),
            (other.outbox, ()),
            (other.tidy, (TIME,)),
            (partial(desk.amend, subject="x"), ([Fact(SCHEDULE, "x", {})],)),
            (partial(desk.amend, subject="x"), ([Fact(ALERT, "x", {})],)),
        ]
        for ask, given in asked:
            with pytest.raises(Refused, match="may not change schedules or alerts"):
                ask(*given)
    sue, ana = node.session("sue").desk.schedules(), node.session("ana").desk.schedules()
    assert (len(sue.positions()), sue.conditions(), sue.notices("oncall")) == (1, {}, [])
    assert (ana.positions(), ana.conditions(), ana.notices("oncall")) == ({}, {}, [])
