"""Answers of a provider that are none: found before anybody reads a value, and settled later."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from tests import linked
from tests.linked import COLUMNS, EXPIRES, Linked, told

from doumen.gate.distant import DistantStream
from doumen.model.errors import DoumenError, OverBudget, Unavailable
from doumen.model.peer import Call, Streamed

TERMS = """
for: [research]
until: 2099-12-31
datasets:
  w.hourly:
    columns: [city, temp]
    duties: [{filter: "city <> 'secret'"}]
quota: {queries: 100000}
"""
HOURLY = "city,temp,station\nRome,30,s1\nOslo,10,s2\nsecret,99,s3\n"
ALL = "SELECT city, temp FROM w.hourly ORDER BY city"
ROWS = [("Oslo", 10), ("Rome", 30)]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    with linked.linked(tmp_path_factory.mktemp("distant"), {"w.hourly": HOURLY}) as found:
        yield found


@pytest.fixture
def two(both: Linked) -> Iterator[Linked]:
    yield both
    both.restore()


@pytest.fixture
def key(two: Linked, request: pytest.FixtureRequest) -> str:
    return two.agree(request.node.name, TERMS)


def ask(two: Linked, key: str, sql: str = ALL, actor: str = "owner") -> list[Any]:
    return two.port.session(actor, "research").query(sql, agreement=key).rows()


CITY_TEMP = told([("city", "VARCHAR"), ("temp", "BIGINT")])


def raw(body: bytes) -> Callable[[Call, Streamed], Streamed]:
    def bend(call: Call, answer: Streamed) -> Streamed:
        b"".join(answer.pieces)
        return replace(answer, pieces=iter([body]))

    return bend


def schema_of(*fields: pa.Field, columns: bytes = CITY_TEMP) -> pa.Schema:
    return pa.schema(fields, metadata={COLUMNS: columns})


def stream(schema: pa.Schema, *batches: pa.RecordBatch, options: Any = None) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=options) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return bytes(sink.getvalue())


CITY, TEMP = pa.field("city", pa.string()), pa.field("temp", pa.int64())
GOOD = schema_of(CITY, TEMP)
BATCH = pa.record_batch([pa.array(["a"]), pa.array([1])], schema=GOOD)


def invalid_text() -> bytes:
    text = pa.Array.from_buffers(
        pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\4\0\0\0"), pa.py_buffer(b"\xff\xfe\xff\xfe")]
    )
    return stream(GOOD, pa.record_batch([text, pa.array([1])], schema=GOOD))


def invalid_offsets() -> bytes:
    batch = pa.record_batch([pa.array(["a" * 77]), pa.array([1])], schema=GOOD)
    ends = (0).to_bytes(4, "little") + (77).to_bytes(4, "little")
    return stream(GOOD, batch).replace(ends, ends[:4] + (1 << 30).to_bytes(4, "little"))


def of_type(arrow: pa.DataType, type: str) -> bytes:
    columns = told([("city", "VARCHAR"), ("temp", type)])
    return stream(schema_of(CITY, pa.field("temp", arrow), columns=columns))


def with_length(place: int, value: int, size: int) -> bytes:
    """A stream in which a number of a message was put in the place of another."""
    body = bytearray(stream(GOOD, BATCH))
    body[place : place + size] = value.to_bytes(size, "little", signed=True)
    return bytes(body)


NONSENSE: dict[str, bytes] = {
    "nothing": b"",
    "text": b"<html>not found</html>",
    "no metadata": stream(pa.schema([CITY, TEMP]), ),
    "columns that are no JSON": stream(schema_of(CITY, TEMP, columns=b"{")),
    "columns that are a number": stream(schema_of(CITY, TEMP, columns=b"7")),
    "columns without a type": stream(schema_of(CITY, TEMP, columns=b'[{"name": "city"}]')),
    "columns without end": stream(schema_of(CITY, TEMP, columns=b"[" * 100_000)),
    "other names": stream(schema_of(CITY, TEMP, columns=told([("a", "VARCHAR"), ("b", "DATE")]))),
    "no days": stream(GOOD.with_metadata({COLUMNS: CITY_TEMP, EXPIRES: b"soon"})),
    "numbers as text": of_type(pa.string(), "BIGINT"),
    "text as a huge number": of_type(pa.string(), "HUGEINT"),
    "nulls as numbers": of_type(pa.null(), "UBIGINT"),
    "runs": of_type(pa.run_end_encoded(pa.int32(), pa.int64()), "UUID"),
    "a type that is a statement": of_type(pa.int64(), "INTEGER) AS x, (SELECT 1"),
    "no end": stream(GOOD, BATCH),
    "cut off": stream(GOOD, BATCH)[:-40],
    "invalid text": invalid_text(),
    "invalid offsets": invalid_offsets(),
    "packed": stream(GOOD, BATCH, options=pa.ipc.IpcWriteOptions(compression="zstd")),
    "packed words": stream(
        schema_of(pa.field("city", pa.dictionary(pa.int8(), pa.string())), TEMP,
                  columns=told([("city", "ENUM('a')"), ("temp", "BIGINT")])),
        pa.record_batch([pa.array(["a" * 500]).dictionary_encode().cast(
            pa.dictionary(pa.int8(), pa.string())), pa.array([1])], names=["city", "temp"]),
        options=pa.ipc.IpcWriteOptions(compression="zstd"),
    ),
    "metadata of 2 GB": with_length(4, 2**31 - 1, 4),
    "metadata of less than nothing": with_length(4, -1, 4),
}  # fmt: skip


@pytest.mark.parametrize("kind", NONSENSE)
def test_what_is_no_answer_is_found_and_settled(two: Linked, key: str, kind: str) -> None:
    two.wire.bend = raw(NONSENSE[kind])
    with pytest.raises(Unavailable) as caught:
        ask(two, key)
    assert caught.value.code == "unavailable.peer"
    two.restore()
    assert two.usage(key) == ((1, 2), (0, 0), 1)
    assert two.port.session().desk.exchange().reconcile(key).reads == 1
    two.settle()
    assert two.usage(key) == ((1, 2), (1, 2), 0)
    there, here = two.receipts(key)
    assert there == here


def endless(batch: pa.RecordBatch) -> Callable[[Call, Streamed], Streamed]:
    whole, once = stream(batch.schema, batch), stream(batch.schema)
    head, body = once[:-8], whole[len(once) - 8 : -8]

    def forever() -> Iterator[bytes]:
        yield head
        while True:
            yield body

    def bend(call: Call, answer: Streamed) -> Streamed:
        b"".join(answer.pieces)
        return replace(answer, pieces=forever())

    return bend


@pytest.mark.parametrize("rows", [0, 1, 100_000])
def test_an_answer_without_end_has_one_here(two: Linked, key: str, rows: int) -> None:
    batch = pa.record_batch([pa.array(["a"] * rows, pa.string()), pa.array([1] * rows, pa.int64())],
                            schema=GOOD)  # fmt: skip
    two.wire.bend = endless(batch)
    means = two.port.means
    bounds = replace(means.bounds, output=1 << 20)
    desk = linked.desk(two.port, "research", replace(means, bounds=bounds, small=1 << 18))
    with pytest.raises(DoumenError) as caught:
        desk.query(ALL, agreement=key).rows()
    assert caught.value.code == "over-budget.output"
    assert two.usage(key)[1:] == ((0, 0), 1)


def test_words_without_end_have_one_here(two: Linked, key: str) -> None:
    """The words of a column come before its rows, which are what is counted."""
    columns = told([("city", "ENUM('a')"), ("temp", "BIGINT")])
    coded = schema_of(pa.field("city", pa.dictionary(pa.int8(), pa.string())), TEMP,
                      columns=columns)  # fmt: skip
    cities = pa.array(["a" * (1 << 16)]).dictionary_encode().cast(coded.field("city").type)
    batch = pa.record_batch([cities, pa.array([1])], schema=coded)
    head, words, _ = pa.ipc.MessageReader.open_stream(stream(coded, batch))
    pieces = itertools.chain([head.serialize()], itertools.repeat(words.serialize()))

    def bend(call: Call, answer: Streamed) -> Streamed:
        b"".join(answer.pieces)
        return replace(answer, pieces=map(bytes, pieces))

    two.wire.bend = bend
    desk = linked.desk(
        two.port, "research",
        replace(two.port.means, bounds=replace(two.port.means.bounds, output=1 << 20)),
    )  # fmt: skip
    with pytest.raises(OverBudget) as caught:
        desk.query(ALL, agreement=key).rows()
    assert caught.value.code == "over-budget.output"


def test_more_than_an_answer_may_have_is_not_read() -> None:
    most = 10
    for piece in (bytes(2 * most + (1 << 20) + 1), b"x" * (1 << 22)):
        with pytest.raises(OverBudget) as caught:
            DistantStream(iter([piece]), most, ExitStack())
        assert caught.value.code == "over-budget.output"
