"""What a worker does beside jobs: schedules and alerts in threads of their own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import shop
from tests.queued import work

import doumen
from doumen.flows.alert import outbox
from doumen.flows.schedule import rounds as schedules
from doumen.model.errors import Unavailable
from doumen.model.message import msg
from doumen.session import Node, create, worker
from doumen.session.node import now
from doumen.session.rounds import Rounds
from doumen.session.worker import Worker


@pytest.fixture
def stand(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    """A node with a schedule that is due."""
    create(tmp_path / "node", "shop")
    shop.sold(tmp_path, 0, 5)
    with doumen.open(tmp_path / "node") as node:
        shop.described(node, tmp_path)
        node.session().do("schedule add", name="n", command_line="source run", every="1h")
        monkeypatch.setattr(worker, "now", lambda: now() + timedelta(minutes=61))
        monkeypatch.setattr(worker, "POLL", 0.05)
        yield node


def until(line: str, lines: list[dict[str, Any]]) -> None:
    end = time.monotonic() + 20
    while line not in [one["event"] for one in lines]:
        assert time.monotonic() < end, lines
        time.sleep(0.05)


def test_a_worker_looks_at_schedules_while_it_runs(stand: Node) -> None:
    lines: list[dict[str, Any]] = []
    one = Worker(stand, lines.append)
    running = threading.Thread(target=one.run)
    running.start()
    until("job.done", lines)
    one.stop()
    running.join(20)
    assert not running.is_alive()
    assert [line["event"] for line in lines] == ["schedule.queued", "job.begun", "job.done"]
    assert shop.bought(stand) == [(5, 5)]


def test_without_places_nothing_is_done(stand: Node) -> None:
    lines: list[dict[str, Any]] = []
    assert Worker(stand, lines.append).run(0) == 0
    assert lines == []


@pytest.mark.parametrize(
    ("error", "code"),
    [(Unavailable(msg("The store is away."), detail="store"), "unavailable.store"),
     (RuntimeError("138-0000-0001"), "RuntimeError")],
)  # fmt: skip
def test_a_fault_is_told_once_and_again_when_it_comes_back(
    stand: Node, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    lines: list[dict[str, Any]] = []
    one = Rounds(stand, lines.append, str, now)

    def fails(*_: Any) -> Any:
        raise error

    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(schedules, "attend", fails)
            patch.setattr(outbox, "deliver", fails)
            for _ in range(3):
                one.attend()
                assert not one.deliver()
        one.attend()
        one.deliver()
    both = [{"event": "schedules.fault", "code": code}, {"event": "alerts.fault", "code": code}]
    assert lines == both * 2


def test_a_schedule_at_fault_is_told_once(stand: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[dict[str, Any]] = []
    one = Rounds(stand, lines.append, str, now)
    fault = {"event": "schedule.fault", "schedule": "n", "code": "invalid.zone"}
    fired = {"event": "schedule.queued", "schedule": "n"}
    told = iter([[fault], [fault], [fired], [fault]])
    monkeypatch.setattr(schedules, "attend", lambda *_: next(told))
    for _ in range(4):
        one.attend()
    assert lines == [fault, fired, fault]


def test_a_node_without_schedules_pays_nothing(
    made: Path, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr("doumen.gate.schedules.Schedules.all", looked)
    monkeypatch.setattr("doumen.stores.queue.Notices.claim", looked)
    work(node)
