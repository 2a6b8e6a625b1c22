"""Tables and batches as bytes in a frame: each an Arrow stream of its own."""

from __future__ import annotations

import pyarrow as pa


def written(table: pa.Table | pa.RecordBatch) -> pa.Buffer:
    """A table or a batch as one self-contained Arrow stream, in memory of just its size."""
    measured = pa.MockOutputStream()
    _into(measured, table)
    memory = pa.allocate_buffer(measured.size())
    _into(pa.FixedSizeBufferWriter(memory), table)
    return memory


def batch(payload: bytes | bytearray) -> pa.RecordBatch:
    """The one batch of a stream, which is not copied.

    Raises:
        pyarrow.ArrowException: it is none.
    """
    with pa.ipc.open_stream(pa.py_buffer(payload)) as reader:
        return reader.read_next_batch()


def _into(sink: pa.NativeFile, table: pa.Table | pa.RecordBatch) -> None:
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write(table)
