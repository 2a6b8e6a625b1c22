"""Sources that a worker reads: taken over half done, tried again, ended when nobody waits."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import forked, shop
from tests.queued import state, work

import doumen
from doumen.model.errors import DoumenError, Unavailable
from doumen.model.message import msg
from doumen.model.wanted import WANTED
from doumen.rooms.collect.sources import running, tables
from doumen.session import Node, create
from doumen.session import worker as module
from doumen.session.node import now

KILLED = shop.PIECES + forked.COMMAND


@pytest.fixture
def stand(store: str, tmp_path: Path) -> Iterator[Node]:
    """A node with a shop of 100 orders to read."""
    create(tmp_path / "node", "shop")
    shop.sold(tmp_path, 0, 100)
    with doumen.open(tmp_path / "node") as node:
        shop.described(node, tmp_path)
        yield node


def queued(node: Node) -> str:
    return str(node.session().submit("source run", name="shop").json["job"])


def failing(monkeypatch: pytest.MonkeyPatch, *errors: DoumenError | None) -> list[int]:
    """The place fails with these, one after another; the last of them goes on."""
    real, turns = running._one, list[int]()

    def read(*given: Any) -> Any:
        turns.append(1)
        error = errors[min(len(turns), len(errors)) - 1]
        if error is None:
            return real(*given)
        raise error

    monkeypatch.setattr(running, "_one", read)
    return turns


def test_a_source_is_run_by_a_worker(stand: Node) -> None:
    job = queued(stand)
    work(stand)
    told = stand.session().do("job show", job=job).json
    assert (told["state"], told["exit"], told["inputs"]) == ("done", 0, {"name": "shop"})
    assert told["outcome"]["streams"][0]["landed"] == 100
    assert told["receipt"] == told["outcome"]["streams"][0]["receipts"][-1]
    assert shop.bought(stand) == [(100, 100)]


@pytest.mark.parametrize("point", ["source.landed:1", "commit.durable:2", "worker.performed:1"])
@pytest.mark.usefixtures("later")
def test_a_run_that_is_taken_over_goes_on_where_it_was(
    stand: Node, tmp_path: Path, point: str
) -> None:
    job = queued(stand)
    line = ("--node", str(tmp_path / "node"), "worker", "--until-idle")
    killed = forked.run(KILLED, *line, environment={"DOUMEN_FAILPOINT": point}, seconds=60)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    work(stand)
    told = stand.session().do("job show", job=job).json
    assert (told["state"], told["exit"], told["attempt"]) == ("done", 0, 2)
    assert shop.bought(stand) == [(100, 100)]
    assert stand.session().desk.inspect() == ()


def test_a_place_that_is_away_is_tried_again(stand: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    away = Unavailable(msg("Nobody answers there."), detail="place")
    turns = failing(monkeypatch, away, away, None)
    job = queued(stand)
    assert work(stand)[-1]["event"] == "job.back"
    assert work(stand) == []
    for times in (1, 2):
        later = timedelta(seconds=module.PLACE_PAUSE * times * 2)
        monkeypatch.setattr(module, "now", lambda later=later: now() + later)
        work(stand)
    assert (len(turns), state(stand, job)) == (3, "done")
    assert shop.bought(stand) == [(100, 100)]


def test_what_stays_away_fails_in_the_end(stand: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PLACE_PAUSE", 0.0)
    turns = failing(monkeypatch, Unavailable(msg("Nobody answers there."), detail="place"))
    job = queued(stand)
    work(stand)
    told = stand.session().do("job show", job=job).json
    assert (told["state"], told["exit"], len(turns)) == ("done", 1, module.ATTEMPTS)
    assert told["outcome"]["streams"][0]["error"]["code"] == "unavailable.place"


def test_a_store_that_is_away_ends_the_run_for_now(
    stand: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STORE_PAUSE", 0.0)
    failing(monkeypatch, Unavailable(msg("The store cannot be used."), detail="store"), None)
    job = queued(stand)
    assert [line["event"] for line in work(stand)] == [
        "job.begun", "job.back", "job.begun", "job.done",
    ]  # fmt: skip
    assert (state(stand, job), shop.bought(stand)) == ("done", [(100, 100)])


def test_a_run_that_is_not_wanted_reads_no_further(
    stand: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tables.run

    def given_up(*given: Any) -> Any:
        wanted = WANTED.get()
        assert wanted is not None
        stand.session().do("job cancel", job=job)
        wanted.end()
        return real(*given)

    monkeypatch.setattr(tables, "run", given_up)
    job = queued(stand)
    work(stand)
    assert state(stand, job) == "cancelled"
