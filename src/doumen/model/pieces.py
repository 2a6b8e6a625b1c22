"""Pieces of bytes, as they come from a peer, as a stream to read from."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any


class Pieces(io.RawIOBase):
    """A stream over pieces; none of them is asked for before it is needed."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Any, /) -> int:
        """Fill as much of the target as is there; 0 at the end."""
        view = memoryview(target).cast("B")
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        count = min(len(view), len(self._rest))
        view[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
