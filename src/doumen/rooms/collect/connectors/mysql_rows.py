"""Rows as a server of MySQL sends them, made into columns without a step of Python for each value.

A row is a packet of values, each a length and so many bytes, one after the other (MySQL's protocol,
`ProtocolText::ResultsetRow`). The first values of all rows are found at once, then the second ones,
and so on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Places = npt.NDArray[np.int64]
_NULL = 0xFB
_SIZES = {0xFC: 2, 0xFD: 3, 0xFE: 8}
"""How many bytes hold a length, by the byte before them; a smaller byte is the length itself."""
_ROOM = 9
"""Bytes that the length of a value takes at most."""


def columns(packets: Sequence[bytes], count: int) -> list[pa.Array]:
    """The values of rows, a column at a time.

    Args:
        packets: One a row; together less than 2 GiB.
        count: Number of columns.

    Returns:
        Arrays of `pa.binary()`.

    Raises:
        ValueError: a row is not of that many columns.
    """
    joined = b"".join([*packets, bytes(_ROOM)])
    sent = np.frombuffer(joined, np.uint8)
    ends = np.cumsum(np.fromiter(map(len, packets), np.int64, len(packets)))
    place = np.concatenate([[0], ends[:-1]])
    found = []
    for _ in range(count):
        if (place >= ends).any():
            raise ValueError("a row ends before its last column")
        start, size, null = _values(sent, place)
        place = start + size
        if (size < 0).any() or (place > ends).any():
            raise ValueError("a value ends beyond its row")
        found.append(_gathered(joined, start, size, null))
    if (place != ends).any():
        raise ValueError("a row goes on behind its last column")
    return found


def _values(
    sent: npt.NDArray[np.uint8], place: Places
) -> tuple[Places, Places, npt.NDArray[np.bool_]]:
    """Where the values that begin at places are, how long they are, and which are NULL."""
    byte = sent[place].astype(np.int64)
    null = byte == _NULL
    start, size = place + 1, np.where(null, 0, byte)
    if (byte > _NULL).any():
        for kind, width in _SIZES.items():
            rows = np.flatnonzero(byte == kind)
            size[rows] = sum(
                sent[start[rows] + at].astype(np.int64) << (8 * at) for at in range(width)
            )
            start[rows] += width
        size[byte == 0xFF] = -1
    return start, size, null


def _gathered(joined: bytes, start: Places, size: Places, null: npt.NDArray[np.bool_]) -> pa.Array:
    """The values as an array: cut at both ends of each, all that is between them is left out."""
    cuts = np.empty(2 * len(start) + 1, np.int32)
    cuts[0:-1:2], cuts[1::2], cuts[-1] = start, start + size, len(joined)
    pieces = pa.Array.from_buffers(
        pa.binary(), 2 * len(start), [None, pa.py_buffer(cuts), pa.py_buffer(joined)]
    )
    return pieces.take(pa.array(np.arange(0, 2 * len(start), 2), mask=null))
