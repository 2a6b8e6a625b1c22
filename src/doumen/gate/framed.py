"""Arrow IPC from a peer, message by message: none is larger than it may be, none is packed.

A reader of Arrow believes what a message says of its length, and of what it unpacks to: a few
bytes would make it ask for all memory. So both are judged here, before it sees the message. What
is inside, it checks by itself. The layout is that of `Message.fbs` of Arrow 1.0 and later.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

MARK = 0xFFFFFFFF
"""How a message begins, since Arrow 0.15."""
METADATA = 4 << 20
"""Bytes of what a message says of itself; a receipt stands in it."""
PIECE = 1 << 18
_DICTIONARY, _BATCH = 2, 3
_HEADER_TYPE, _HEADER, _BODY_LENGTH = 1, 2, 3
_DATA, _COMPRESSION = 1, 3


class Unframed(ValueError):
    """It is no stream of messages, or one that is not taken."""


class Oversized(Unframed):
    """A message is larger than it may be."""


def framed(source: BinaryIO, most: int) -> Iterator[bytes]:
    """The same bytes, once what each message says of its size was judged.

    Args:
        source: Gives as many bytes as it is asked for, and fewer only at its end.
        most: Bytes of one body.

    Raises:
        Unframed: a message is no such one, or packed. Oversized: it is too large.
    """
    while True:
        head = source.read(8)
        if len(head) < 8:
            yield head
            return
        mark, size = struct.unpack("<Ii", head)
        if mark != MARK or not 0 <= size <= METADATA:
            raise Unframed
        metadata = source.read(size)
        yield head + metadata
        if not size:
            return
        left = _body(metadata)
        if left < 0:
            raise Unframed
        if left > most:
            raise Oversized
        while left:
            piece = source.read(min(left, PIECE))
            if not piece:
                return
            left -= len(piece)
            yield piece


def _body(metadata: bytes) -> int:
    """Bytes of the body of a message.

    Raises:
        Unframed: it is packed, or this is no message.
    """
    try:
        (message,) = struct.unpack_from("<I", metadata)
        kind, header = (_field(metadata, message, place) for place in (_HEADER_TYPE, _HEADER))
        length = _field(metadata, message, _BODY_LENGTH)
        if kind is not None and header is not None:
            table = _table(metadata, header)
            if metadata[kind] == _DICTIONARY:
                data = _field(metadata, table, _DATA)
                table = table if data is None else _table(metadata, data)
            if metadata[kind] in {_DICTIONARY, _BATCH} and _field(metadata, table, _COMPRESSION):
                raise Unframed
        return 0 if length is None else int(struct.unpack_from("<q", metadata, length)[0])
    except (struct.error, IndexError):
        raise Unframed from None


def _table(data: bytes, place: int) -> int:
    """Where the table lies that an offset leads to."""
    return place + int(struct.unpack_from("<I", data, place)[0])


def _field(data: bytes, table: int, number: int) -> int | None:
    """Where a field of a table lies; None: it has none."""
    shape = table - int(struct.unpack_from("<i", data, table)[0])
    (size,) = struct.unpack_from("<H", data, shape)
    if 4 + 2 * number >= size:
        return None
    (offset,) = struct.unpack_from("<H", data, shape + 4 + 2 * number)
    return table + int(offset) if offset else None
