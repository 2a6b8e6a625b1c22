"""Batches of one size. Where the engine cuts an answer depends on rows that the actor may not see.

Each of its threads ends with a batch of what is left, so that the number and the sizes of batches
tell how the work was divided. What is sent is cut by the rows of the answer alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa


def even(batches: Iterable[pa.RecordBatch], size: int) -> Iterator[pa.RecordBatch]:
    """The same rows in the same order, in batches of `size` rows, the last with what is left.

    A batch that has this size already, where none is begun, passes as it is.
    """
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        rest = batch
        while rest.num_rows:
            piece = rest.slice(0, size - count)
            rest = rest.slice(piece.num_rows)
            held.append(piece)
            count += piece.num_rows
            if count == size:
                yield _joined(held)
                held, count = [], 0
    if held:
        yield _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)
