"""Which documents hold a word, and how much it counts there: sorted arrays, searched by halves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int32]
Counts = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Segment:
    """Words of some documents. Immutable: what comes later is another segment.

    Attributes:
        keys: Hashes of words (of this process), ascending, one per word and document.
        rows: Document of each.
        counts: How much the word counts in it.
    """

    keys: NDArray[np.int64]
    rows: Rows
    counts: Counts

    @classmethod
    def of(cls, rows: Sequence[int], counted: Sequence[Mapping[str, int]]) -> Segment:
        """The words of documents at these rows, as `Document.counted` gives them."""
        sizes = np.fromiter(map(len, counted), np.int64, len(counted))
        total = int(sizes.sum())
        keys = np.fromiter(map(hash, chain.from_iterable(counted)), np.int64, total)
        weights = chain.from_iterable(one.values() for one in counted)
        counts = np.fromiter((min(one, 255) for one in weights), np.uint8, total)
        placed = np.repeat(np.asarray(rows, np.int32), sizes)
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], placed[order], counts[order])

    @classmethod
    def merged(cls, segments: Sequence[Segment], moved: Rows) -> Segment:
        """Several in one; `moved` says where each row is now, or -1 where it is gone."""
        keys = np.concatenate([one.keys for one in segments] or [np.zeros(0, np.int64)])
        rows = np.concatenate([moved[one.rows] for one in segments] or [np.zeros(0, np.int32)])
        counts = np.concatenate([one.counts for one in segments] or [np.zeros(0, np.uint8)])
        there = rows >= 0
        keys, rows, counts = keys[there], rows[there], counts[there]
        order = np.argsort(keys, kind="stable")
        return cls(keys[order], rows[order], counts[order])

    def holding(self, word: str) -> tuple[Rows, Counts]:
        """Documents that hold a word, and how much it counts in each."""
        key = np.int64(hash(word))
        low, high = (
            np.searchsorted(self.keys, key, "left"),
            np.searchsorted(self.keys, key, "right"),
        )
        return self.rows[low:high], self.counts[low:high]

    def holding_all(self, words: Sequence[str]) -> tuple[Rows, Counts]:
        """Documents that hold all of these words, and how much the least of them counts in each."""
        (rows, counts), *others = sorted(map(self.holding, words), key=lambda one: one[0].size)
        for more, weights in others:
            at = np.minimum(np.searchsorted(more, rows), more.size - 1)
            both = more[at] == rows if more.size else np.zeros(rows.size, np.bool_)
            rows, counts = rows[both], np.minimum(counts[both], weights[at[both]])
        return rows, counts
