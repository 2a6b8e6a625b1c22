"""Workers: stopped, killed, overtaken, without a store; each job is done once."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import forked
from tests.queued import asked, events_of, state, work

from doumen.model.errors import (
    Unavailable,
)
from doumen.model.message import msg
from doumen.session import Node
from doumen.session import worker as module
from doumen.session.node import now
from doumen.session.worker import Worker

SLOW = "select count(*) as n from t.wide a, t.wide b, t.wide c where (a.n + b.n * c.n) % 7 = 3"


def test_a_job_that_runs_is_cancelled_soon(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT", 0.1)
    told = node.session().submit("query", sql=SLOW, into="t.slow").json["job"]
    lines: list[dict[str, Any]] = []
    worker = Worker(node, lines.append)
    running = threading.Thread(target=worker.run, kwargs={"until_idle": True})
    running.start()
    until = time.monotonic() + 20
    while state(node, told) != "running" and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.3)
    assert node.session().do("job cancel", job=told).json["cancelling"]
    running.join(20)
    assert not running.is_alive()
    assert state(node, told) == "cancelled"
    assert [line["event"] for line in lines] == ["job.begun", "job.cancelled"]


def test_a_worker_that_gives_up_puts_its_job_back(node: Node) -> None:
    told = node.session().submit("query", sql=SLOW, into="t.slow").json["job"]
    lines: list[dict[str, Any]] = []
    worker = Worker(node, lines.append)
    running = threading.Thread(target=worker.run)
    running.start()
    until = time.monotonic() + 20
    while state(node, told) != "running" and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    worker.give_up()
    running.join(20)
    assert not running.is_alive()
    assert lines[-1]["event"] == "job.back"
    kept = node.means.queue.one(told)
    assert kept is not None
    assert (kept.state, kept.attempt, kept.spared) == ("queued", 1, 1)


def kill_at(made: Path, point: str) -> None:
    """A worker that dies at this point."""
    line = ("--node", str(made), "worker", "--until-idle")
    killed = forked.command(*line, environment={"DOUMEN_FAILPOINT": point}, seconds=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr


@pytest.mark.parametrize(
    ("point", "committed"),
    [
        ("queue.claimed", False),
        ("commit.prepared", False),
        ("commit.written", False),
        ("commit.durable", True),
        ("worker.performed", True),
    ],
)
@pytest.mark.usefixtures("later")
def test_a_job_whose_worker_died_is_done_once(
    node: Node, made: Path, point: str, committed: bool
) -> None:
    job, name = asked(node)
    kill_at(made, point)
    assert state(node, job) == "running"
    assert events_of(node, name) == committed
    work(node)
    told = node.session().do("job show", job=job).json
    assert (told["state"], told["attempt"]) == ("done", 2)
    assert events_of(node, name) == 1
    assert told["outcome"]["receipt"] == told["receipt"]
    assert node.session().query(f"select count(*) from {name}").rows() == [(10,)]


def test_a_worker_that_was_overtaken_leaves_nothing(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is held up just before its commit; a second does the job meanwhile."""
    job, name = asked(node)
    real = node.means.queue.fence
    lines: list[dict[str, Any]] = []
    first: list[Any] = []

    def held_up(connection: Any, lease: Any, event: Any) -> None:
        if not first:
            first.append(lease)
            from sqlalchemy import update

            from doumen.stores.tables import JOBS

            connection.execute(update(JOBS).where(JOBS.c.id == job).values(attempt=2))
        real(connection, lease, event)

    monkeypatch.setattr(node.means.queue, "fence", held_up)
    Worker(node, lines.append)._turn()
    assert lines[-1]["event"] == "job.lost" or lines[-1]["code"] == "conflict.lease"
    assert events_of(node, name) == 0


@pytest.mark.usefixtures("later")
def test_a_job_that_kills_its_workers_is_given_up(node: Node, made: Path) -> None:
    job, _ = asked(node)
    for day in range(1, module.ATTEMPTS + 1):
        assert node.means.queue.claim("w", f"2026-01-0{day}", f"2026-01-0{day}") is not None
    work(node)
    told = node.session().do("job show", job=job).json
    assert (told["state"], told["error"]["code"]) == ("failed", "unavailable.worker")


@pytest.mark.parametrize(
    "error",
    [
        Unavailable(msg("The store cannot be used."), detail="store"),
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    ],
)
def test_what_passes_by_itself_is_waited_for(
    node: Node, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    job, _ = asked(node)
    real = node.means.commits.submit
    failed: list[int] = []

    def away(prepare: Any) -> Any:
        if not failed:
            failed.append(1)
            raise error
        return real(prepare)

    monkeypatch.setattr(node.means.commits, "submit", away)
    assert work(node)[-1]["event"] == "job.back"
    told = node.session().do("job show", job=job).json
    assert (told["state"], told["error"]) == ("queued", None)
    monkeypatch.setattr(module, "now", lambda: now() + timedelta(seconds=10))
    work(node)
    assert state(node, job) == "done"


def test_what_nobody_expected_is_told_by_kind_alone(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(prepare: Any) -> Any:
        raise RuntimeError("138-0000-0001")

    job, _ = asked(node)
    monkeypatch.setattr(node.means.commits, "submit", broken)
    work(node)
    error = node.session().do("job show", job=job).json["error"]
    assert (error["code"], error["why"]) == (
        "internal",
        "An error that it does not know: RuntimeError.",
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_stops_when_told(made: Path, number: int, store: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "doumen", "--node", str(made), "worker"],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert json.loads(process.stderr.readline())["event"] == "worker.started"
    process.send_signal(number)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert json.loads(out) == {"done": 0}


def test_a_job_that_was_often_put_back_is_done_all_the_same(node: Node) -> None:
    job, _ = asked(node)
    for number in range(1, module.ATTEMPTS + 2):
        mine = node.means.queue.claim("w", f"2026-01-0{number}", f"2026-01-0{number}")
        assert mine is not None
        assert node.means.queue.release(mine.held, None, spared=number)
    work(node)
    assert state(node, job) == "done"


@pytest.mark.usefixtures("later")
def test_a_worker_outlives_what_nobody_expected(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first job cannot be ended; the worker leaves it, and goes on with the next."""
    left, _ = asked(node)
    other, _ = asked(node)
    real = node.means.queue.finish

    def broken(lease: Any, *given: Any, **told: Any) -> bool:
        if lease.job == left:
            raise TypeError("nobody knows")
        return real(lease, *given, **told)

    with monkeypatch.context() as patch:
        patch.setattr(node.means.queue, "finish", broken)
        lines = work(node)
    assert [(line["job"], line.get("code")) for line in lines if line["event"] == "job.left"] == [
        (left, "TypeError")
    ]
    assert (state(node, left), state(node, other)) == ("running", "done")
    node.means.queue.cancel(left, "2026-11-29", None)
    monkeypatch.setattr(module, "now", lambda: now() + timedelta(minutes=9))
    work(node)
    assert state(node, left) == "done"  # it was committed: once, and before
