"""Digests behind an answer: in order, of all rows, and no more held than there is room for."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pytest

from doumen.gate import trail as module
from doumen.gate.trail import Hashing, Trail
from doumen.kits.evidence.digest import Digester, RowDigests, row_digests
from doumen.model.errors import Invalid, Unavailable
from doumen.model.schema import Schema
from doumen.model.wanted import WANTED, Wanted

SCHEMA = Schema.of(n="BIGINT")
PATIENCE = 10


def batch(start: int) -> pa.RecordBatch:
    return pa.record_batch({"n": pa.array(range(start, start + 10), pa.int64())})


BATCHES = [batch(n) for n in range(0, 50, 10)]
SIZE = BATCHES[0].nbytes


def right() -> Digester:
    digester = Digester(SCHEMA, ordered=True)
    for one in BATCHES:
        digester.update(one)
    return digester


def trail(hashing: Hashing, batches: Sequence[pa.RecordBatch] = ()) -> Trail:
    one = Trail(Digester(SCHEMA, ordered=True), hashing)
    for each in batches:
        one.put(each)
    return one


class Gate:
    """Hashes when it is opened."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.seen: list[int] = []

    def __call__(self, batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
        self.seen.append(batch.column(0)[0].as_py())
        assert self.open.wait(PATIENCE)
        return row_digests(batch, floats)


@pytest.fixture
def gate() -> Iterator[Gate]:
    one = Gate()
    yield one
    one.open.set()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_the_order_is_that_of_the_rows_whichever_is_hashed_first() -> None:
    def slow_first(batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
        time.sleep(0.1 if batch.equals(BATCHES[0]) else 0.0)
        return row_digests(batch, floats)

    one = trail(Hashing(slow_first, 3), BATCHES)
    assert one.finish() == right().finish()


def test_rows_go_out_before_they_are_hashed_unless_much_is_held(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START", 60.0)
    gate.open.set()
    one = trail(Hashing(gate), BATCHES)
    time.sleep(0.2)
    assert not gate.seen
    assert one.finish() == right().finish()
    assert gate.seen == [0, 10, 20, 30, 40]
    gate.seen.clear()
    trail(Hashing(gate, held=SIZE)).put(BATCHES[0])
    until(lambda: gate.seen == [0])


def test_an_answer_that_is_long_on_its_way_is_hashed_meanwhile(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START", 0.1)
    gate.open.set()
    one = trail(Hashing(gate))
    one.put(BATCHES[0])
    time.sleep(0.15)
    for each in BATCHES[1:]:
        one.put(each)
        until(lambda last=each: gate.seen[-1:] == [last.column(0)[0].as_py()])  # type: ignore[misc]
    assert one.finish() == right().finish()


def test_a_stream_waits_while_too_much_is_held(gate: Gate) -> None:
    one, there = trail(Hashing(gate, held=2 * SIZE)), []

    def stream() -> None:
        for each in BATCHES:
            one.put(each)
            there.append(each)

    thread = threading.Thread(target=stream)
    thread.start()
    thread.join(0.3)
    assert len(there) == 2
    gate.open.set()
    thread.join(PATIENCE)
    assert len(there) == len(BATCHES)
    assert one.finish() == right().finish()


def test_one_larger_than_the_room_passes_alone_and_what_is_held_anyway_at_once(gate: Gate) -> None:
    one = trail(Hashing(gate, held=1))
    one.put(BATCHES[0])
    for each in BATCHES[1:]:
        one.put(each, wait=False)
    gate.open.set()
    assert one.finish() == right().finish()


def test_whoever_needs_room_gets_it_from_what_is_not_due(gate: Gate) -> None:
    gate.open.set()
    hashing = Hashing(gate, held=3 * SIZE)
    stalled = trail(hashing)
    stalled.put(BATCHES[0])
    large = pa.concat_batches(BATCHES[:3])
    trail(hashing).put(large)
    until(lambda: gate.seen == [0, 0])


def test_an_answer_that_is_out_does_not_wait_for_one_that_is_not(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START", 60.0)
    gate.open.set()
    hashing = Hashing(gate)
    trail(hashing).put(BATCHES[0])
    one = trail(hashing, BATCHES)
    since = time.monotonic()
    assert one.finish() == right().finish()
    assert time.monotonic() - since < module.START / 2


@pytest.mark.parametrize("how", ["closed", "client gone"])
def test_nobody_waits_for_what_is_given_up(gate: Gate, how: str) -> None:
    wanted, hashing = Wanted(), Hashing(gate, held=1)
    kept = WANTED.set(wanted)
    one = trail(hashing)
    WANTED.reset(kept)
    one.put(BATCHES[0])
    thread = threading.Thread(target=one.put, args=[BATCHES[1]])
    thread.start()
    thread.join(0.2)
    assert thread.is_alive()
    one.give_up() if how == "closed" else wanted.end()
    thread.join(PATIENCE)
    assert not thread.is_alive()
    with pytest.raises(Unavailable) as error:
        one.finish()
    assert error.value.code == "unavailable.abandoned"
    gate.open.set()
    other = trail(hashing, BATCHES)  # there is room again
    assert other.finish() == right().finish()


def test_what_was_given_up_is_not_hashed_and_frees_its_room(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START", 60.0)
    hashing = Hashing(gate)
    one = trail(hashing, BATCHES)
    assert hashing._held == len(BATCHES) * SIZE
    one.give_up()
    assert hashing._held == 0
    assert not gate.seen


def test_what_is_out_is_not_given_up(gate: Gate) -> None:
    one, found = trail(Hashing(gate), BATCHES), []
    thread = threading.Thread(target=lambda: found.append(one.finish()))
    thread.start()
    until(lambda: gate.seen != [])
    one.give_up()
    gate.open.set()
    thread.join(PATIENCE)
    assert found == [right().finish()]


def test_what_cannot_be_digested_is_told_at_its_first_batch() -> None:
    with pytest.raises(Invalid):
        trail(Hashing()).put(pa.record_batch({"a": [1], "b": [2]}))
    with pytest.raises(Invalid):
        trail(Hashing()).put(pa.record_batch({"n": pa.nulls(1, pa.list_view(pa.int8()))}))


def test_what_fails_on_the_way_is_told_at_the_end() -> None:
    def fails(batch: pa.RecordBatch, floats: Sequence[bool]) -> RowDigests:
        raise MemoryError

    one = trail(Hashing(fails))
    one.put(BATCHES[0])
    with pytest.raises(MemoryError):
        one.finish()


def test_a_node_that_closes_lets_nobody_wait(gate: Gate) -> None:
    hashing = Hashing(gate)
    one, found = trail(hashing, BATCHES), []

    def finish() -> None:
        try:
            one.finish()
        except Unavailable as error:
            found.append(error.code)

    thread = threading.Thread(target=finish)
    thread.start()
    until(lambda: gate.seen == [0])
    hashing.close()
    gate.open.set()
    thread.join(PATIENCE)
    assert found == ["unavailable.closed"]
    assert hashing._held == 0


def test_a_process_that_was_forked_hashes_by_itself(gate: Gate) -> None:
    hashing = Hashing(gate)
    busy = trail(hashing, BATCHES)
    threading.Thread(target=busy.finish, daemon=True).start()
    until(lambda: gate.seen == [0])
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)
        gate.open.set()
        one = trail(hashing, BATCHES)
        os._exit(0 if one.finish() == right().finish() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_what_another_process_held_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    hashing = Hashing()
    trail(hashing).put(BATCHES[0])  # not due: no thread of the other process is there
    monkeypatch.setattr(os, "getpid", lambda: -1)
    one = trail(hashing, BATCHES)
    assert hashing._held == len(BATCHES) * SIZE
    assert one.finish() == right().finish()
    until(lambda: hashing._held == 0)
