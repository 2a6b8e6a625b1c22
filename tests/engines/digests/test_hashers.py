"""Rows digested elsewhere: the same digests, whatever becomes of the processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pyarrow as pa
import pytest

from doumen.engines.digests import Hashers
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
