"""The body of an answer, taken whole within bounds, unpacked, into a file that nobody else sees."""

from __future__ import annotations

import http.client
import tempfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO

from doumen.model.errors import DoumenError
from doumen.model.message import msg
from doumen.rooms.collect import unpack
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address

PIECE = 1 << 18
IN_MEMORY = 8 << 20
"""Bytes of an answer that are kept in memory; what is longer goes to the disk."""


class Cut(Exception):
    """The answer ended before its end."""


def taken(
    address: Address, answer: http.client.HTTPResponse, most: int, moved: Callable[[int], None]
) -> IO[bytes]:
    """All of an answer, from its beginning on; who takes it closes it.

    Args:
        address: Where it comes from.
        answer: The answer, whose head was read.
        most: Most bytes, unpacked.
        moved: Told how many bytes came so far.

    Raises:
        Cut: it broke off. Faulty: it is too long, a bomb, or packed in another way.
    """
    coded = answer.getheader("Content-Encoding", "identity").strip().lower() or "identity"
    if coded not in {"identity", "gzip", "x-gzip"}:
        raise faults.not_given(address, msg("It packs its answer as `{coded}`.", coded=coded))
    pieces = _pieces(answer, moved)
    whole = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - given away
    try:
        size = 0
        for piece in pieces if coded == "identity" else _unpacked(address, pieces):
            size += len(piece)
            if size > most:
                raise _long(address, most)
            whole.write(piece)
        whole.seek(0)
    except BaseException:
        whole.close()
        raise
    return whole


def _pieces(answer: http.client.HTTPResponse, moved: Callable[[int], None]) -> Iterator[bytes]:
    total, left = 0, answer.length
    while piece := answer.read(PIECE):
        total += len(piece)
        moved(total)
        yield piece
    if left is not None and total != left:
        raise Cut


def _unpacked(address: Address, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Streams of gzip one after another, within the bounds that packed files have."""
    one, packed, size = zlib.decompressobj(31), 0, 0
    begun = False
    for piece in pieces:
        packed += len(piece)
        left, full = piece, False
        while left or full:
            begun = True
            try:
                out = one.decompress(left, unpack.CHUNK)
            except zlib.error:
                raise faults.not_given(address, msg("It cannot be unpacked.")) from None
            size += len(out)
            if size > unpack.FREE and size > unpack.RATIO * packed:
                raise faults.not_given(
                    address,
                    msg("It unpacks to more than {ratio} times its size.", ratio=unpack.RATIO),
                )
            yield out
            left, full = one.unconsumed_tail, len(out) == unpack.CHUNK
            if one.eof:
                left, full, begun = one.unused_data, False, False
                one = zlib.decompressobj(31)
    if begun:
        raise Cut


def _long(address: Address, most: int) -> DoumenError:
    return faults.not_given(
        address, msg("It answers with more than {most:,} MiB at a time.", most=most >> 20)
    )
