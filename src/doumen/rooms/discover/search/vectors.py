"""Vectors of many documents, in memory: how like each is to a question, coarsely and exactly.

With many, bits come first: of each number whether it is above zero, so that likeness is a count of
equal bits (about a twentieth of the time of all products), and only the likest are multiplied.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from doumen.rooms.discover.search.meaning import DIMENSIONS, STEP, Kept, Vector

FEW = 4096
"""Vectors up to which all are multiplied."""
LIKEST = 2000
"""Of more, those that are."""
_WORDS = DIMENSIONS // 64

Places = NDArray[np.int32]


class Vectors:
    """Vectors by the order in which they came; what is there never changes."""

    def __init__(self) -> None:
        self._count = 0
        self._steps: Kept = np.zeros((1024, DIMENSIONS), np.int8)
        self._bits = np.zeros((_WORDS, 1024), np.uint64)

    def __len__(self) -> int:
        return self._count

    def add(self, rows: Kept) -> None:
        """Add vectors (rows, in steps); one thread adds at a time."""
        wanted = self._count + len(rows)
        if wanted > len(self._steps):
            size = max(wanted, 2 * len(self._steps))
            steps, bits = np.zeros((size, DIMENSIONS), np.int8), np.zeros((_WORDS, size), np.uint64)
            steps[: self._count] = self._steps[: self._count]
            bits[:, : self._count] = self._bits[:, : self._count]
            self._steps, self._bits = steps, bits
        self._steps[self._count : wanted] = rows
        self._bits[:, self._count : wanted] = _bits(rows).T
        self._count = wanted

    def likest(self, question: Vector, places: Places) -> NDArray[np.int64]:
        """Of these vectors, positions in `places` of those that may be likest; all of a few."""
        if len(places) <= FEW:
            return np.arange(len(places))
        asked = _bits((question[None] > 0).astype(np.int8))[0]
        unlike = np.zeros(len(places), np.uint16)
        for word in range(_WORDS):
            unlike += np.bitwise_count(self._bits[word].take(places) ^ asked[word])
        return np.argpartition(unlike, LIKEST)[:LIKEST]

    def likeness(self, question: Vector, places: Places) -> Vector:
        """How like each of these vectors is to a question: 1.6 at most, 0 where nothing is said."""
        rows = self._steps[places].astype(np.float32)
        likeness: Vector = np.einsum("ij,j->i", rows, question) * np.float32(STEP)
        return likeness


def _bits(rows: Kept) -> NDArray[np.uint64]:
    return np.packbits(rows > 0, axis=1).view(np.uint64)
