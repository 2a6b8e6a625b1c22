"""The zygote's own steps, without leaving this process: fork and exit are stood in for."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doumen.engines.sandbox import __main__ as entry
from doumen.engines.sandbox import confine, zygote
from doumen.engines.sandbox.frames import Channel
from doumen.engines.sandbox.herd import Herd
from doumen.engines.sandbox.zygote import NEVER, REQUEST, STATUS, Zygote
from doumen.model.errors import Unavailable


@pytest.fixture
def control(tmp_path: Path) -> Iterator[socket.socket]:
    """The parent's end of a zygote that runs in a thread."""
    mine, theirs = socket.socketpair()
    root = tmp_path / "root"
    root.mkdir()
    thread = threading.Thread(target=Zygote(theirs, lambda _: None, root).run)
    thread.start()
    yield mine
    mine.close()
    thread.join(10)
    theirs.close()
    assert not root.exists()


@pytest.fixture
def sleeper(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Stands in for a forked worker."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        monkeypatch.setattr(os, "fork", lambda: process.pid)
        yield process.pid
        process.returncode = 0


def _end(control: socket.socket, number: int) -> int:
    control.sendall(REQUEST.pack(b"E", number))
    return int(STATUS.unpack(control.recv(STATUS.size))[0])


def _fork(control: socket.socket, number: int) -> socket.socket:
    mine, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(control, [REQUEST.pack(b"F", number)], [theirs.fileno()])
    return mine


def test_a_worker_is_forked_and_ended(control: socket.socket, sleeper: int, tmp_path: Path) -> None:
    with _fork(control, 7):
        status = _end(control, 7)
        assert os.WTERMSIG(status) == signal.SIGKILL
    assert _end(control, 7) == NEVER
    assert not (tmp_path / "root" / "7").exists()


def test_workers_end_with_their_zygote(control: socket.socket, sleeper: int) -> None:
    with _fork(control, 1):
        control.sendall(REQUEST.pack(b"?", 1)[:3])
        control.sendall(REQUEST.pack(b"?", 1)[3:])
        assert _end(control, 9) == NEVER


def test_without_processes_the_worker_hangs_up(
    control: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", fail)
    with _fork(control, 1) as end:
        assert _end(control, 1) == NEVER
        assert end.recv(1) == b""


class _Left(Exception):
    """Stands in for the end of the process."""


@pytest.mark.parametrize("fails", [True, False])
def test_a_child_becomes_a_worker_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    left: list[int] = []

    def leave(status: int) -> None:
        left.append(status)
        raise _Left

    def serve(channel: Channel) -> None:
        channel.send(b"A", b"served")
        channel.close()
        if fails:
            raise ValueError

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(os, "fork", lambda: 0)
    monkeypatch.setattr(confine, "process", lambda directory: directory.rmdir())
    control, other = socket.socketpair()
    mine, theirs = socket.socketpair()
    one = Zygote(control, serve, tmp_path)
    with other, mine, pytest.raises(_Left):
        one._fork(3, theirs.detach())
    assert left == [1 if fails else 0]
    assert control.fileno() == -1
    assert not (tmp_path / "3").exists()


def test_a_zygote_whose_socket_breaks_ends(tmp_path: Path) -> None:
    mine, theirs = socket.socketpair()
    mine.close()
    theirs.close()
    Zygote(theirs, lambda _: None, tmp_path / "root").run()


def test_the_entry_is_imported_once_and_pandas_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Callable[[Channel], None], Path]] = []

    class Fake:
        def __init__(self, control: socket.socket, serve: object, root: Path) -> None:
            control.close()
            seen.append((serve, root))  # type: ignore[arg-type] # whatever the entry has

        def run(self) -> None:
            (tmp_path / "ran").touch()

    mine, theirs = socket.socketpair()
    monkeypatch.setattr(entry, "Zygote", Fake)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    with mine:
        entry.main([str(theirs.detach()), "doumen.engines.duckdb.worker", str(tmp_path)])
    assert seen[0][1].parent == tmp_path
    assert (tmp_path / "ran").exists()
    shut = sys.meta_path[0]
    assert isinstance(shut, entry.Shut)
    shut.find_spec("json")
    with pytest.raises(ModuleNotFoundError):
        shut.find_spec("pandas")
    assert zygote.NEVER < 0


def test_a_herd_without_its_zygote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    herd = Herd("doumen.engines.duckdb.worker", str(tmp_path))
    assert herd.alive
    herd._process.kill()
    herd._process.wait()
    assert not herd.alive
    assert herd.end(0) is None
    with pytest.raises(Unavailable):
        herd.fork()
    herd.close()


def test_a_zygote_that_does_not_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    herd = Herd("doumen.engines.duckdb.worker", str(tmp_path))
    real = herd._process.wait

    def wait(timeout: float | None = None) -> int:
        if timeout is not None:
            raise subprocess.TimeoutExpired("zygote", timeout)
        return real()

    monkeypatch.setattr(herd._process, "wait", wait)
    herd.close()
    assert not herd.alive
