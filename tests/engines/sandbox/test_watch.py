"""The watch of a worker: orphans and late jobs leave."""

from __future__ import annotations

import os
import queue
import socket
import time

import pytest

from doumen.engines.sandbox.watch import ORPHANED, OUT_OF_TIME, Watch


def test_a_worker_whose_parent_hangs_up_leaves() -> None:
    left: queue.Queue[int] = queue.Queue()
    mine, theirs = socket.socketpair()
    with theirs:
        Watch(theirs, left.put, look=0.01)
        with pytest.raises(queue.Empty):
            left.get(timeout=0.05)
        mine.close()
        assert left.get(timeout=5) == ORPHANED


def test_a_worker_past_its_deadline_leaves() -> None:
    left: queue.Queue[int] = queue.Queue()
    mine, theirs = socket.socketpair()
    with mine, theirs:
        watch = Watch(theirs, left.put, look=0.01)
        watch.until = time.monotonic() + 60
        with pytest.raises(queue.Empty):
            left.get(timeout=0.05)
        watch.until = time.monotonic()
        assert left.get(timeout=5) == OUT_OF_TIME


def test_a_worker_with_another_parent_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    left: queue.Queue[int] = queue.Queue()
    mine, theirs = socket.socketpair()
    with mine, theirs:
        Watch(theirs, left.put, look=0.01)
        monkeypatch.setattr(os, "getppid", lambda: 1)
        assert left.get(timeout=5) == ORPHANED
