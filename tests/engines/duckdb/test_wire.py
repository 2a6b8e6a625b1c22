"""Plans and errors survive the way; what comes back is not believed blindly."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.engines.duckdb import conversation, wire
from doumen.engines.duckdb.conversation import Conversation
from doumen.engines.duckdb.stream import AnswerStream
from doumen.engines.duckdb.text import literal, name, type_name
from doumen.engines.sandbox import Channel, Closed
from doumen.model.errors import DoumenError, Invalid, OverBudget, Unavailable
from doumen.model.load import Check, LoadColumn, LoadSpec, Reading, SourceFile
from doumen.model.message import joined, msg, packed, plain, unpacked
from doumen.model.plan import (
    Bounds,
    CompactPlan,
    ExaminePlan,
    GovernedTable,
    LoadPlan,
    QueryPlan,
    Scalar,
)
from doumen.model.schema import Schema

SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    st.datetimes(),
)


@settings(derandomize=True, deadline=None, max_examples=count(200))
@given(SCALAR)
def test_scalars_survive(value: Scalar) -> None:
    back = wire.unpack_scalar(json.loads(json.dumps(wire.pack_scalar(value))))
    assert back == value
    assert type(back) is type(value)


def test_a_query_plan_survives(
    plan: Callable[..., QueryPlan], table: Callable[..., GovernedTable]
) -> None:
    held = pa.table({"x": [1]})
    first = table("a.b", {"x": "BIGINT"}, "/f", show=[("x", "BIGINT", "x+1")], where=("x>1",))
    other = table("sys.t", {"x": "BIGINT"}, inline=held)
    one = plan(
        "SELECT 1",
        first,
        other,
        parameters=(1, datetime(2020, 1, 1)),
        variables={"k": None, "many": ("a", "b")},
        limit=3,
        into="/d",
    )
    body, inline = wire.pack_query(one)
    back = wire.unpack_query(
        json.loads(json.dumps(body)), [bytearray(memoryview(b)) for b in inline]
    )
    assert back.tables[1].inline == held
    assert back == one


def test_a_compact_plan_survives() -> None:
    plan = CompactPlan((("/a", 3), ("/b", 4)), Schema.of(x="BIGINT"), ("x",), 9, "/i", "/s")
    assert wire.unpack_compact(json.loads(json.dumps(asdict(plan)))) == plan


def test_load_and_examine_plans_survive() -> None:
    file = SourceFile("/p", "p", 3, "00")
    reading = Reading("csv", delimiter=";", columns=("a",))
    column = LoadColumn("a", "b", "DATE", ("%d",), (Check("set", ("x",)), Check("required")))
    load = LoadPlan(LoadSpec((file,), reading, (column,)), "/i", "/q", Bounds(1, 2, 3.0, 4))
    assert wire.unpack_load(json.loads(json.dumps(asdict(load)))) == load
    look = ExaminePlan((file,), reading, first=7)
    assert wire.unpack_examine(json.loads(json.dumps(asdict(look)))) == look


@pytest.mark.parametrize("detail", [None, "memory", "a.b"])
def test_errors_survive(detail: str | None) -> None:
    error = OverBudget(msg("what"), why=msg("why"), next=msg("next"), detail=detail)
    back = wire.unpack_error(json.loads(json.dumps(wire.pack_error(error))))
    assert type(back) is OverBudget
    assert back.as_json() == error.as_json()


def test_text_is_quoted_so_that_it_is_nothing_else() -> None:
    assert name('a"b') == '"a""b"'
    assert literal("it's") == "'it''s'"
    for good in ("BIGINT", "DECIMAL(12, 2)", "VARCHAR[]", "STRUCT(a INTEGER)[]", "INTEGER[3]"):
        assert type_name(good) == good
    for bad in ("BIGINT; x", "INT) --", "STRUCT(a INTEGER); DROP", "", "'x'", "INT/**/"):
        with pytest.raises(Invalid):
            type_name(bad)


class _Worker:
    """A worker of which only the channel is real."""

    def __init__(self, end: socket.socket, status: int | None) -> None:
        self.channel = Channel(end)
        self.status = status

    def end(self) -> int | None:
        self.channel.close()
        return self.status


Serve = Callable[[Callable[[socket.socket], None]], socket.socket]


def _talk(end: socket.socket, status: int | None = None, **rest: Any) -> Conversation:
    worker: Any = _Worker(end, status)
    return Conversation(worker, {"do": "x"}, seconds=10, **rest)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (None, "unavailable.engine"),
        (9, "over-budget.memory"),
        (6, "over-budget.memory"),
        (11, "unavailable.engine"),
        (75 << 8, "over-budget.time"),
        (1 << 8, "unavailable.engine"),
    ],
)
def test_the_death_of_a_worker_is_told_by_its_status(
    served: Serve, status: int | None, code: str
) -> None:
    def die(end: socket.socket) -> None:
        Channel(end).receive(1000)
        end.close()

    talk = _talk(served(die), status)
    with pytest.raises(DoumenError) as told:
        talk.next()
    assert told.value.code == code
    with pytest.raises(Unavailable):
        talk.next()


def test_a_worker_that_is_gone_takes_no_job() -> None:
    mine, theirs = socket.socketpair()
    theirs.close()
    with pytest.raises(Unavailable):
        _talk(mine, inline=[pa.py_buffer(b"x" * 10_000_000)])


def test_a_worker_that_babbles_is_ended(served: Serve) -> None:
    def babble(end: socket.socket) -> None:
        channel = Channel(end)
        channel.receive(1000)
        channel.send_json(wire.SCHEMA, [["a", "BIGINT"]])
        channel.send(wire.ARROW, memoryview(pa.schema([("a", pa.int64())]).serialize()))
        channel.send(wire.BATCH, b"this is no arrow")

    stream = AnswerStream(_talk(served(babble)), 1000)
    with pytest.raises(Unavailable):
        next(stream)

    def shout(end: socket.socket) -> None:
        with contextlib.suppress(Closed):
            Channel(end).send(wire.SCHEMA, b"x" * 5000)

    talk = _talk(served(shout))
    with pytest.raises(OverBudget):
        talk.next(1000)


def test_half_of_a_surrogate_pair_is_no_text() -> None:
    conversation.encodable("ok", 1, None)
    with pytest.raises(Invalid):
        conversation.encodable("ok", "\ud800")


def test_a_sentence_keeps_its_template_on_the_way() -> None:
    said = Invalid(
        msg("`{file}` has {size:,} bytes{place}.", file=Path("a.csv"), size=1234, place=plain("")),
        why=joined(msg(", "), [msg("a source"), plain("b")]),
        detail="x",
    )
    body = json.loads(json.dumps(wire.pack_error(said)))
    told = wire.unpack_error(body)
    assert (told.what, told.why, told.next, told.code) == (said.what, said.why, None, said.code)
    zh = {"`{file}` has {size:,} bytes{place}.": "{size:,} 字节：`{file}`{place}。", ", ": "、"}
    assert told.what.into(lambda text: zh.get(text, text)) == "1,234 字节：`a.csv`。"
    assert told.why is not None
    assert told.why.into(lambda text: zh.get(text, text)) == "a source、b"


def test_a_template_from_a_worker_is_never_formatted_for_what_it_does_not_name() -> None:
    evil = {"text": "It failed.", "template": "{a.__class__.__mro__}", "given": {"a": "x"}}
    taken = unpacked(evil)
    assert taken is not None
    assert (taken, taken.template) == ("It failed.", None)
    named = unpacked({"text": "It failed.", "template": "{a}", "given": {"a": "x"}})
    assert named is not None
    assert named.into(lambda text: text) == "It failed."
    assert unpacked("plain") == "plain"
    assert packed(None) is None
