"""Law 9 for schedules: each time is run once and to its end, whoever is killed when.

Workers are processes of their own, whose clock is set on by days. They are killed at failpoints, or
amid a run; others go on. What each schedule asks for is then there, once.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from tests import forked, shop
from tests.sound import faults

import doumen
from doumen.flows.schedule import timing
from doumen.flows.times import moment, stamp
from doumen.model.queued import Queued
from doumen.model.schedule import Cron
from doumen.session import Node, create
from doumen.session.node import now

pytestmark = pytest.mark.law

DAILY = "0 2 * * *"
DAY = timedelta(days=1)
SCHEDULES = {"none": "none", "once": "once", "each": "all"}
POINTS = ("schedule.moved", "schedule.durable", "queue.claimed", "source.landed", "commit.written",
          "commit.durable", "worker.performed", "queue.finished")  # fmt: skip
CLOCK = (
    shop.PIECES
    + """
import sys
from datetime import timedelta
import doumen
from doumen.session import worker
from doumen.session.node import now
ahead = timedelta(seconds=float(sys.argv[2]))
worker.now = lambda: now() + ahead
worker.LEASE_SECONDS, worker.BEAT, worker.POLL = 2.0, 0.2, 0.1
"""
)
TO_THE_END = (
    CLOCK
    + """
with doumen.open(sys.argv[1]) as node:
    worker.Worker(node).run(until_idle=True)
"""
)
FOR_EVER = (
    CLOCK
    + """
import json, os
with doumen.open(sys.argv[1]) as node:
    worker.Worker(node).run()
"""
)
AMID = (
    CLOCK
    + """
import time
from pathlib import Path
from doumen.rooms.collect.sources import tables
def stopped(name):
    Path(sys.argv[3]).touch()
    time.sleep(600)
tables.passing = stopped
with doumen.open(sys.argv[1]) as node:
    worker.Worker(node).run()
"""
)


@pytest.fixture(params=["sqlite", "postgresql"])
def stand(request: pytest.FixtureRequest, choose: Any, tmp_path: Path) -> Iterator[Node]:
    """A node with a shop of 100 orders, read each night in three ways."""
    with choose(request.param):
        create(tmp_path / "node", "shop")
        shop.sold(tmp_path, 0, 100)
        with doumen.open(tmp_path / "node") as node:
            shop.described(node, tmp_path)
            yield node


def scheduled(node: Node) -> list[str]:
    """Describe the schedules; gives the times of the seven nights to come."""
    for name, catch_up in SCHEDULES.items():
        node.session().do(
            "schedule add", name=name, command_line="source run shop", cron=DAILY, catch_up=catch_up
        )
    first = timing.after(Cron(DAILY), now())
    return [stamp(first + number * DAY) for number in range(7)]


def seconds_until(last: str) -> float:
    """How far a clock is set on to be an hour after a time."""
    return (moment(last) - now()).total_seconds() + 3600


def runs(node: Node, name: str) -> list[Queued]:
    return node.means.queue.all(schedule=name, limit=1000)[::-1]


def waited(until: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "it did not come to it"
        time.sleep(0.05)


def held(node: Node, times: list[str]) -> None:
    """What each schedule says is there once, over and well, and so is what was read."""
    expected = {"none": [], "once": times[-1:], "each": times}
    assert {name: [run.occurrence for run in runs(node, name)] for name in SCHEDULES} == expected
    assert {(r.state, r.exit) for name in SCHEDULES for r in runs(node, name)} == {("done", 0)}
    assert shop.bought(node) == [(100, 100)]
    assert node.session().desk.inspect() == ()


def killed_at(node: Node, folder: Path, points: list[str]) -> None:
    times = scheduled(node)
    ahead = seconds_until(times[-1])
    for turn, point in enumerate(points):
        process = forked.start(
            TO_THE_END, str(folder / "node"), str(ahead + 60 * turn), DOUMEN_FAILPOINT=point
        )
        assert forked.finish(process) in {0, -signal.SIGKILL}
    process = forked.start(TO_THE_END, str(folder / "node"), str(ahead + 60 * len(points)))
    assert forked.finish(process) == 0
    held(node, times)
    assert faults(folder / "node") == []


def test_workers_that_are_killed_lose_no_run_and_double_none(stand: Node, tmp_path: Path) -> None:
    killed_at(stand, tmp_path, [
        "schedule.moved:4", "schedule.durable:5", "source.landed:1", "worker.performed:2",
    ])  # fmt: skip


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(20))
def test_workers_that_are_killed_anywhere(stand: Node, tmp_path: Path, seed: int) -> None:
    draw = random.Random(seed)
    points = [f"{draw.choice(POINTS)}:{draw.randint(1, 6)}" for _ in range(4)]
    killed_at(stand, tmp_path, points)


def test_two_workers_catch_up_a_week_together(stand: Node, tmp_path: Path) -> None:
    times = scheduled(stand)
    folder, ahead = str(tmp_path / "node"), seconds_until(times[-1])
    both = [forked.start(TO_THE_END, folder, str(ahead)) for _ in range(2)]
    for process in both:
        assert forked.finish(process) == 0
    while any(not run.over for name in SCHEDULES for run in runs(stand, name)):
        ahead += 60  # runs of two schedules met in one stream: one was put back
        assert forked.finish(forked.start(TO_THE_END, folder, str(ahead))) == 0
    held(stand, times)


@pytest.mark.parametrize("stand", ["postgresql"], indirect=True)
def test_a_run_whose_worker_is_killed_ends_once_on_the_other(stand: Node, tmp_path: Path) -> None:
    stand.session().do("schedule add", name="n", command_line="source run shop", cron=DAILY)
    time_of_run = stamp(timing.after(Cron(DAILY), now()))
    folder, marked = str(tmp_path / "node"), tmp_path / "amid"
    ahead = str(seconds_until(time_of_run))
    workers: list[ForkServerProcess] = [forked.start(AMID, folder, ahead, str(marked))]
    try:
        waited(marked.exists)
        (run,) = runs(stand, "n")
        workers.append(forked.start(FOR_EVER, folder, ahead))
        time.sleep(3)  # longer than a lease: who lives keeps it
        (run,) = runs(stand, "n")
        assert (run.state, run.attempt) == ("running", 1)
        os.kill(workers[0].pid or 0, signal.SIGKILL)
        waited(lambda: runs(stand, "n")[0].over)
    finally:
        for process in workers:
            process.kill()
            process.join()
    (run,) = runs(stand, "n")
    assert (run.state, run.exit, run.attempt, run.occurrence) == ("done", 0, 2, time_of_run)
    assert f":{workers[1].pid}:" in str(run.worker)
    assert shop.bought(stand) == [(100, 100)]
    assert stand.session().desk.inspect() == ()
