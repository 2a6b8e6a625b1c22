"""Digests behind an answer: in order, of all rows, and no more held than there is room for."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pyarrow as pa
import pytest

from doumen.gate.settling import Settling, Trail
from doumen.kits.evidence.digest import Digester, RowDigests, row_digests
from doumen.model.errors import Invalid
from doumen.model.schema import Schema
from doumen.model.wanted import WANTED, Wanted

SCHEMA = Schema.of(n="BIGINT")
PATIENCE = 10


def batch(start: int) -> pa.RecordBatch:
    return pa.record_batch({"n": pa.array(range(start, start + 10), pa.int64())})


BATCHES = [batch(n) for n in range(0, 50, 10)]


def right() -> Digester:
    digester = Digester(SCHEMA, ordered=True)
    for one in BATCHES:
        digester.update(one)
    return digester


class Gate:
    """Hashes when it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()

    def __call__(self, batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
        assert self.open.wait(PATIENCE)
        return row_digests(batch, floats)


def test_the_order_is_that_of_the_rows_whichever_is_hashed_first() -> None:
    def slow_first(batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
        time.sleep(0.1 if batch.equals(BATCHES[0]) else 0.0)
        return row_digests(batch, floats)

    settling = Settling(slow_first, 3)
    trail = Trail(Digester(SCHEMA, ordered=True), settling)
    for one in BATCHES:
        trail.put(one)
    assert trail.finish() == right().finish()
    settling.close()


def test_a_stream_waits_while_too_much_is_held() -> None:
    gate = Gate()
    settling = Settling(gate, held=BATCHES[0].nbytes * 2)
    trail, there = Trail(Digester(SCHEMA, ordered=True), settling), []

    def stream() -> None:
        for one in BATCHES:
            trail.put(one)
            there.append(one)

    thread = threading.Thread(target=stream)
    thread.start()
    thread.join(0.3)
    assert len(there) == 2
    gate.open.set()
    thread.join(PATIENCE)
    assert len(there) == len(BATCHES)
    assert trail.finish() == right().finish()
    settling.close()


def test_one_larger_than_the_room_passes_alone_and_what_is_held_anyway_at_once() -> None:
    gate = Gate()
    settling = Settling(gate, held=1)
    trail = Trail(Digester(SCHEMA, ordered=True), settling)
    trail.put(BATCHES[0])
    for one in BATCHES[1:]:
        trail.put(one, wait=False)
    gate.open.set()
    assert trail.finish() == right().finish()
    settling.close()


@pytest.mark.parametrize("how", ["closed", "client gone"])
def test_nobody_waits_for_what_is_given_up(how: str) -> None:
    gate, wanted = Gate(), Wanted()
    settling = Settling(gate, held=1)
    kept = WANTED.set(wanted)
    trail = Trail(Digester(SCHEMA, ordered=True), settling)
    WANTED.reset(kept)
    trail.put(BATCHES[0])
    thread = threading.Thread(target=trail.put, args=[BATCHES[1]])
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    trail.give_up() if how == "closed" else wanted.end()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    gate.open.set()
    other = Trail(Digester(SCHEMA, ordered=True), settling)  # there is room again
    for one in BATCHES:
        other.put(one)
    assert other.finish() == right().finish()
    settling.close()


def test_what_cannot_be_digested_is_told() -> None:
    settling = Settling()
    trail = Trail(Digester(SCHEMA, ordered=True), settling)
    with pytest.raises(Invalid):
        trail.put(pa.record_batch({"a": [1], "b": [2]}))
    trail.put(pa.record_batch({"n": pa.nulls(1, pa.list_view(pa.int8()))}))
    with pytest.raises(Invalid):
        trail.finish()
    settling.close()


def test_a_node_that_closes_waits_for_what_is_recorded() -> None:
    settling, done = Settling(), []
    settling.run(lambda: (time.sleep(0.2), done.append(1)))  # type: ignore[func-returns-value, arg-type]
    settling.close()
    assert done == [1]


def test_rows_go_out_before_they_are_hashed_unless_much_is_held() -> None:
    hashed: list[int] = []

    def noted(batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
        hashed.append(batch.num_rows)
        return row_digests(batch, floats)

    roomy, narrow = Settling(noted), Settling(noted, held=BATCHES[0].nbytes)
    trail = Trail(Digester(SCHEMA, ordered=True), roomy)
    for one in BATCHES:
        trail.put(one)
    time.sleep(0.2)
    assert not hashed
    assert trail.finish() == right().finish()
    assert len(hashed) == len(BATCHES)
    hashed.clear()
    Trail(Digester(SCHEMA, ordered=True), narrow).put(BATCHES[0])
    until = time.monotonic() + PATIENCE
    while not hashed and time.monotonic() < until:
        time.sleep(0.01)
    assert hashed == [10]
    roomy.close()
    narrow.close()
