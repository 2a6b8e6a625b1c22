"""Workers: one actor each, a spare ready, nobody left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from doumen.engines.sandbox import Pool, Worker
from doumen.engines.sandbox.herd import Herd
from doumen.model.errors import Unavailable

ENTRY = "doumen.engines.duckdb.worker"


class _Lending(Pool):
    """A pool that knows whom it lent, to close what a test leaves open."""

    def take(self, actor: str | None) -> Worker:
        worker = super().take(actor)
        self.lent = [*getattr(self, "lent", ()), worker]
        return worker

    def close(self) -> None:
        super().close()
        for worker in getattr(self, "lent", ()):
            worker.channel.close()


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Pool]:
    one = _Lending(ENTRY, scratch=tmp_path, kept=2, warm=False)
    yield one
    one.close()


def _herd(pool: Pool) -> Herd:
    herd = pool._herd
    assert herd is not None
    return herd


def _gone(pids: list[int], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(_lives(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _read(worker: Worker, number: int) -> str:
    channel = worker.channel
    bounds = {"memory": 1 << 28, "threads": 1, "seconds": 10.0, "output": 1 << 20}
    channel.send_json(b"J", {"do": "read", "statement": f"SELECT {number}", "bounds": bounds})
    return str(json.loads(channel.receive(1 << 20, time.monotonic() + 20)[1])["reading"])


def test_a_worker_is_used_again_for_its_actor_only(pool: Pool) -> None:
    first = pool.take("ana")
    assert '"error":false' in _read(first, 1)
    pool.give("ana", first, 0)
    other = pool.take("bob")
    nobody = pool.take(None)
    assert pool.take("ana") is first
    assert len({first.number, other.number, nobody.number}) == 3


def test_a_worker_that_died_is_replaced(pool: Pool) -> None:
    first = pool.take("ana")
    first.end()
    first.channel.close()
    pool.give("ana", first, 0)
    assert pool.take("ana") is not first
    assert pool._spare is not None
    pool._spare.end()
    assert '"error":false' in _read(pool.take("bob"), 2)


def test_no_more_than_a_few_idle_workers_are_kept(pool: Pool) -> None:
    workers = [pool.take(f"actor{n}") for n in range(3)]
    for number, worker in enumerate(workers):
        pool.give(f"actor{number}", worker, 0)
    assert not workers[0].ready
    assert workers[2].ready


def test_idle_workers_hold_only_so_much_together(pool: Pool) -> None:
    one, two = pool.take("ana"), pool.take("bob")
    pool.give("ana", one, pool._weight + 1)
    assert one.ready
    pool.give("bob", two, pool._weight + 1)
    assert not one.ready
    assert two.ready


def test_a_new_zygote_takes_the_place_of_a_dead_one(pool: Pool) -> None:
    first = pool.take("ana")
    pool.give("ana", first, 0)
    process = _herd(pool)._process
    process.kill()
    process.wait()
    assert first.end() is None
    again = pool.take("ana")
    assert again is not first
    assert '"error":false' in _read(again, 3)


def test_a_closed_pool_gives_nothing(tmp_path: Path) -> None:
    pool = _Lending(ENTRY, scratch=tmp_path)
    worker = pool.take("ana")
    pool.close()
    pool.close()
    pool.give("ana", worker, 0)
    with pytest.raises(Unavailable):
        pool.take("ana")
    assert not list(tmp_path.iterdir())


def test_directories_of_workers_that_are_killed_go_too(pool: Pool, tmp_path: Path) -> None:
    worker = pool.take("ana")
    _read(worker, 4)
    (root,) = tmp_path.iterdir()
    home = root / str(worker.number)
    (home / "left").write_text("behind")
    status = worker.end()
    assert status is not None
    assert os.WIFSIGNALED(status)
    assert not home.exists()
    assert worker.end() is None


def test_the_environment_of_workers_is_clean(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_CANARY", "x")
    worker = pool.take("ana")
    _read(worker, 5)
    zygote = psutil.Process(_herd(pool)._process.pid)
    for process in (zygote, *zygote.children()):
        held = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert b"CANARY" not in held
        assert b"PATH=" not in held.replace(b"LIBRARY_PATH=", b"")
        targets = [str(one.readlink()) for one in Path(f"/proc/{process.pid}/fd").iterdir()]
        assert not [t for t in targets if not t.startswith(("/dev/null", "socket:", "anon_inode"))]


def test_a_pool_that_was_forked_makes_its_own_workers(pool: Pool) -> None:
    first = pool.take("ana")
    pool.give("ana", first, 0)
    old = _herd(pool)
    pool._owner = -1
    assert pool.take("ana") is not first
    assert _herd(pool) is not old
    old.close()


def test_without_processes_the_pool_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(subprocess, "Popen", fail)
    with pytest.raises(Unavailable):
        Pool(ENTRY, scratch=tmp_path)


_PARENT = """
import sys, time
from pathlib import Path
from doumen.engines.sandbox import Pool
pool = Pool("doumen.engines.duckdb.worker", scratch=Path(sys.argv[1]))
worker = pool.take("ana")
bounds = {"memory": 1 << 28, "threads": 1, "seconds": 60.0, "output": 1 << 20}
busy = "SELECT count(*) FROM range(100000000000) a(i) WHERE hash(i) = 1"
worker.channel.send_json(b"J", {"do": "query", "statement": busy, "tables": [], "now":
    "2020-01-01", "parameters": [], "variables": {}, "limit": None, "written": None,
    "splices": [], "into": None, "bounds": bounds})
time.sleep(float(sys.argv[2]))
print("ready", flush=True)
time.sleep(60)
"""


def _family(pid: int, least: int, seconds: float = 20) -> list[int]:
    """The processes under one, once there are so many: a busy machine forks late."""
    end = time.monotonic() + seconds
    while True:
        family = [p.pid for p in psutil.Process(pid).children(recursive=True)]
        if len(family) >= least:
            return family
        assert time.monotonic() < end
        time.sleep(0.05)


def test_nothing_outlives_a_parent_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path), "0.5"], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "ready\n"
        family = _family(parent.pid, 3)
        parent.send_signal(signal.SIGKILL)
    assert _gone(family)
    assert not list(tmp_path.iterdir())


def test_a_zygote_that_still_starts_is_ended_at_once(tmp_path: Path) -> None:
    pool = Pool(ENTRY, scratch=tmp_path)
    process = _herd(pool)._process
    pool.close()
    assert process.returncode == -signal.SIGTERM
    assert not list(tmp_path.iterdir())


def test_a_zygote_with_workers_cleans_up_whoever_asks_it_to_end(tmp_path: Path) -> None:
    pool = _Lending(ENTRY, scratch=tmp_path)
    _read(pool.take("ana"), 5)
    process = _herd(pool)._process
    workers = [p.pid for p in psutil.Process(process.pid).children()]
    process.terminate()
    _read(pool.take("bob"), 6)
    pool.close()
    assert process.returncode == 0
    assert _gone(workers)
    assert not list(tmp_path.iterdir())


def test_workers_do_not_outlive_their_zygote(tmp_path: Path) -> None:
    pool = _Lending(ENTRY, scratch=tmp_path)
    _read(pool.take("ana"), 6)
    zygote = psutil.Process(_herd(pool)._process.pid)
    workers = [p.pid for p in zygote.children()]
    zygote.kill()
    assert _gone(workers)
    pool.close()
