"""Tables and batches as bytes: each a stream of its own, read without a copy."""

from __future__ import annotations

import pyarrow as pa
import pytest

from doumen.engines.sandbox import arrow

BATCH = pa.record_batch({"n": [1, None], "w": pa.array(["a", "b"]).dictionary_encode()})


def test_what_is_written_is_read() -> None:
    assert arrow.batch(bytes(arrow.written(BATCH))).equals(BATCH)
    table = pa.Table.from_batches([BATCH, BATCH])
    assert pa.ipc.open_stream(arrow.written(table)).read_all().equals(table)


def test_it_takes_no_more_memory_than_its_bytes() -> None:
    held = arrow.written(BATCH)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, BATCH.schema) as writer:
        writer.write(BATCH)
    assert held.size == len(sink.getvalue())


def test_what_is_no_stream_is_refused() -> None:
    with pytest.raises(pa.ArrowException):
        arrow.batch(b"nothing of the kind")
