"""Rows digested elsewhere: the same digests, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import Mock

import psutil
import pyarrow as pa
import pytest

from doumen.engines.digests import Hashers
from doumen.engines.sandbox import Pool, arrow
from doumen.kits.evidence.digest import row_digests
from doumen.model.errors import Invalid


@pytest.fixture
def hashers() -> Iterator[Hashers]:
    one = Hashers(2)
    yield one
    one.close()


def batch(start: int, rows: int = 1000) -> pa.RecordBatch:
    numbers = range(start, start + rows)
    return pa.record_batch(
        {
            "id": pa.array(numbers, pa.int64()),
            "share": pa.array([n / 7 if n % 5 else None for n in numbers], pa.float64()),
            "word": pa.array([f"word {n}" for n in numbers]).dictionary_encode(),
            "list": pa.array([[n, None] for n in numbers], pa.list_(pa.int32())),
        }
    )


FLOATS = [False, True, False, False]
PLAIN = [batch(n).select(["id", "word"]).slice(3, 500) for n in (0, 7)]


def test_the_digests_are_those_computed_here(hashers: Hashers) -> None:
    for n in (0, 1, 40_000):
        assert hashers.digests(batch(n), FLOATS) == row_digests(batch(n), FLOATS)
    for one in PLAIN:
        exact, whole = hashers.digests(one, [False, False])
        assert (exact, whole) == row_digests(one, [False, False])
        assert (len(exact), whole) == (500 * 32, b"")
    assert hashers.digests(batch(0, 0), FLOATS) == (b"", b"")


def test_many_at_once(hashers: Hashers) -> None:
    batches = [batch(n * 1000) for n in range(20)]
    with ThreadPoolExecutor(hashers.count) as threads:
        found = list(threads.map(lambda one: hashers.digests(one, FLOATS), batches))
    assert found == [row_digests(one, FLOATS) for one in batches]


def test_what_a_dead_process_leaves_is_done_here(hashers: Hashers) -> None:
    right = row_digests(batch(1), FLOATS)
    assert hashers.digests(batch(1), FLOATS) == right
    ours = [p for p in psutil.Process().children(recursive=True) if "digests" in str(p.cmdline())]
    assert ours
    for process in ours:
        os.kill(process.pid, signal.SIGKILL)
    assert hashers.digests(batch(1), FLOATS) == right
    hashers.close()
    assert hashers.digests(batch(1), FLOATS) == right


def test_what_has_no_digest_is_told_as_here(hashers: Hashers) -> None:
    odd = pa.record_batch({"n": pa.nulls(1, pa.list_view(pa.int8()))})
    with pytest.raises(Invalid):
        row_digests(odd, [True])
    with pytest.raises(Invalid):
        hashers.digests(odd, [True])
    assert hashers.digests(batch(1), FLOATS) == row_digests(batch(1), FLOATS)


class Strange:
    """A process that answers with too few digests, or is none."""

    def __init__(self) -> None:
        self.channel, self.ended = Mock(), False
        self.channel.receive = lambda most: (b"E", bytearray(31))

    def end(self) -> None:
        self.ended = True


def test_what_a_process_leaves_out_is_done_here(
    hashers: Hashers, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = Strange()
    monkeypatch.setattr(Pool, "take", lambda self, actor: strange)
    assert hashers.digests(batch(1), FLOATS) == row_digests(batch(1), FLOATS)
    assert strange.ended
    strange.ended = False
    with monkeypatch.context() as patch:
        patch.setattr(arrow, "written", Mock(side_effect=MemoryError))
        with pytest.raises(MemoryError):
            hashers.digests(batch(1), FLOATS)
    assert strange.ended
    monkeypatch.setattr(Pool, "take", Mock(side_effect=OSError(24, "too many open files")))
    assert hashers.digests(batch(1), FLOATS) == row_digests(batch(1), FLOATS)


def test_there_are_as_many_as_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 3, 5})
    assert Hashers().count == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert Hashers().count == 7
