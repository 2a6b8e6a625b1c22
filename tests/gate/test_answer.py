"""An answer is recorded before it is given: whole when small, between two events when large."""

from __future__ import annotations

import json
import threading
from typing import Any
from unittest.mock import Mock

import pyarrow as pa
import pytest

from doumen.gate.answer import RecordedAnswer
from doumen.gate.settling import Settling
from doumen.gate.trail import Hashing, Trail
from doumen.kits.evidence.digest import Digester, row_digests
from doumen.model.errors import Faulty, Invalid, Unavailable
from doumen.model.message import msg
from doumen.model.receipt import Inclusion, Receipt
from doumen.model.wanted import WANTED, Wanted


def batches(count: int) -> list[pa.RecordBatch]:
    return [pa.record_batch({"n": pa.array([n], pa.int64())}) for n in range(count)]


class Notes:
    """Remembers what was noted."""

    def __init__(self) -> None:
        self.kinds: list[tuple[str, int | None, str | None]] = []

    def __call__(self, kind: str, digest: Any, truncated: bool, code: str | None) -> Receipt:
        self.kinds.append((kind, digest.rows if digest else None, code))
        return Receipt(kind, {}, {}, (), Inclusion(0, 1, (), ""), {})


def recorded(stream: Any, notes: Notes, small: int) -> RecordedAnswer:
    return RecordedAnswer(
        stream, Digester(stream.schema, False), notes, settling=Settling(), small=small
    )


def test_small_is_recorded_before_it_is_given(broken: Any) -> None:
    notes = Notes()
    answer = recorded(broken(batches(3)), notes, 1000)
    assert notes.kinds == [("query", 3, None)]
    assert answer.receipt == "query"
    assert answer.arrow().num_rows == 3


def test_large_streams_between_two_events(broken: Any) -> None:
    notes = Notes()
    answer = recorded(broken(batches(5)), notes, 10)
    assert notes.kinds == [("query.started", None, None)]
    with pytest.raises(Unavailable):
        _ = answer.receipt
    assert answer.df()["n"].tolist() == [0, 1, 2, 3, 4]
    assert answer.receipt == "query.ended"
    assert notes.kinds[1:] == [("query.ended", 5, None)]


def test_what_fails_is_recorded_as_failed(broken: Any) -> None:
    notes = Notes()
    with pytest.raises(Faulty):
        recorded(broken(batches(1), Faulty(msg("No."), detail="conversion")), notes, 1000)
    assert notes.kinds == [("query.failed", None, "faulty.conversion")]


def test_what_fails_on_the_way_is_recorded_as_failed(broken: Any) -> None:
    notes = Notes()
    answer = recorded(broken(batches(5), Faulty(msg("No."))), notes, 10)
    with pytest.raises(Faulty):
        answer.rows()
    assert [kind for kind, *_ in notes.kinds] == ["query.started", "query.failed"]


def test_what_is_closed_leaves_a_start_without_an_end(broken: Any) -> None:
    notes = Notes()
    stream = broken(batches(5))
    answer = recorded(stream, notes, 10)
    next(answer.batches())
    answer.close()
    assert stream.closed
    assert list(answer.batches()) != []
    assert [kind for kind, *_ in notes.kinds] == ["query.started"]


def test_large_answers_of_a_node(world: Any) -> None:
    from dataclasses import replace

    from doumen.gate import Counter, Gate
    from doumen.session.node import silent

    means = replace(world.node.means, small=-1)
    answer = Counter(Gate(means), "owner", None, silent).query("SELECT * FROM g.people")
    assert len(answer.rows()) == 5
    started, ended = (json.loads(e) for e in list(world.owner.desk.entries())[-2:])
    assert (started["type"], ended["type"]) == ("query.started", "query.ended")
    assert ended["data"]["started"] == started["id"]
    assert started["charges"] == [{"account": "actor:owner", "unit": "queries", "amount": 1}]
    assert ended["charges"] == [{"account": "actor:owner", "unit": "rows", "amount": 5}]


def test_a_date_that_python_cannot_hold_is_told(broken: Any) -> None:
    far = pa.record_batch({"n": pa.array([2**31 - 1], pa.int32()).view(pa.date32())})
    with pytest.raises(Invalid, match="years 1 to 9999"):
        recorded(broken([far]), Notes(), 1000).rows()


def test_a_large_table_is_given_before_its_end_is_recorded(broken: Any) -> None:
    notes, settling, gate = Notes(), Settling(), threading.Event()

    def note(kind: str, *rest: Any) -> Receipt:
        assert kind == "query.started" or gate.wait(10)
        return notes(kind, *rest)

    stream = broken(batches(5))
    answer = RecordedAnswer(
        stream, Digester(stream.schema, False), note, settling=settling, small=10
    )
    assert answer.arrow()["n"].to_pylist() == [0, 1, 2, 3, 4]
    assert answer.arrow().num_rows == 0
    assert list(answer.batches()) == []
    assert [kind for kind, *_ in notes.kinds] == ["query.started"]
    gate.set()
    settling.wait()
    assert notes.kinds[1:] == [("query.ended", 5, None)]
    assert answer.receipt == "query.ended"
    settling.wait()


def test_an_end_that_cannot_be_recorded_is_told_with_the_receipt(broken: Any) -> None:
    def note(kind: str, *rest: Any) -> Receipt:
        if kind == "query.ended":
            raise Unavailable(msg("No disk."))
        return Notes()(kind, *rest)

    stream = broken(batches(5))
    answer = RecordedAnswer(
        stream, Digester(stream.schema, False), note, settling=Settling(), small=10
    )
    assert answer.arrow().num_rows == 5
    with pytest.raises(Unavailable, match="No disk"):
        _ = answer.receipt


class Broken(KeyboardInterrupt):
    """Somebody pressed Ctrl+C."""


@pytest.mark.parametrize("where", ["put", "finish"])
def test_what_is_broken_off_cannot_be_read_on_over_the_gap(
    broken: Any, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    notes, stream = Notes(), broken(batches(5))
    answer = recorded(stream, notes, 10)
    taken = [next(answer.batches())]
    with monkeypatch.context() as patch:
        patch.setattr(Trail, where, Mock(side_effect=Broken))
        with pytest.raises(Broken):
            taken.extend(answer.batches())
    assert stream.closed
    held = len(taken) + len(list(answer.batches()))
    assert held < 5 or where == "finish"
    with pytest.raises(Unavailable):
        _ = answer.receipt
    assert [kind for kind, *_ in notes.kinds] == ["query.started"]


def test_closing_does_not_end_what_is_recorded_behind(broken: Any) -> None:
    notes, go = Notes(), threading.Event()

    def hash(batch: pa.RecordBatch, floats: Any) -> Any:
        assert go.wait(10)
        return row_digests(batch, floats)

    stream = broken(batches(5))
    answer = RecordedAnswer(
        stream, Digester(stream.schema, False), notes, settling=Settling(Hashing(hash)), small=10
    )
    assert answer.arrow().num_rows == 5
    answer.close()
    go.set()
    assert answer.receipt == "query.ended"
    assert notes.kinds[-1] == ("query.ended", 5, None)


def test_who_went_away_before_the_end_is_recorded_as_failed(broken: Any) -> None:
    notes, wanted = Notes(), Wanted()
    kept = WANTED.set(wanted)
    answer = recorded(broken(batches(5)), notes, 10)
    WANTED.reset(kept)
    rest = answer.batches()
    next(rest)
    wanted.end()
    with pytest.raises(Unavailable):
        list(rest)
    assert notes.kinds[-1] == ("query.failed", None, "unavailable.abandoned")


def test_what_fails_behind_is_told_to_whoever_asks_for_the_receipt(broken: Any) -> None:
    stream = broken(batches(5))
    hashing = Hashing(Mock(side_effect=MemoryError))
    answer = RecordedAnswer(
        stream, Digester(stream.schema, False), Notes(), settling=Settling(hashing), small=10
    )
    assert answer.arrow().num_rows == 5
    with pytest.raises(MemoryError):
        _ = answer.receipt
