"""All that one asker may find, ready to be asked: words, names, facets and places of vectors.

It is made of the facts that the asker may know and holds nothing else. When these change, the
next one takes over what stayed the same, and only what changed is read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from doumen.kits.search import Document, Names, Segment, chinese
from doumen.rooms.discover.search.choices import FACETS, KINDS
from doumen.rooms.discover.search.documents import Entry, Source

SEGMENTS = 8
"""Segments above which, or once half of the rows are gone, all is put together anew."""


@dataclass(frozen=True)
class Catalogue:
    """Documents by rows. Immutable but for `places`, which is filled as vectors come.

    Attributes:
        entries: Of each row; a row whose document is gone keeps its last.
        sources: What each dataset was made of, with its row.
        alive: Rows that are there.
        names: To be searched as one text.
        tongues: Whether each is described in Chinese, and whether in another language.
        facets: Facet → names of its values, and pairs of row and value.
        kinds: Place of the kind of each row in `documents.KINDS`.
        ranks: Place of each row by its name.
        places: Where the vector of each row is, or -1; `sought` says up to which vector.
        unread: Contracts of datasets that were not read yet.
    """

    entries: tuple[Entry, ...] = ()
    sources: Mapping[str, tuple[Source, int]] = field(default_factory=dict)
    segments: tuple[Segment, ...] = ()
    alive: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))
    names: Names = field(default_factory=lambda: Names.of(()))
    tongues: NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 2), np.bool_))
    facets: Mapping[str, Facet] = field(default_factory=dict)
    kinds: NDArray[np.int8] = field(default_factory=lambda: np.zeros(0, np.int8))
    ranks: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    vocabulary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    unread: int = 0

    def document(self, row: int) -> Document:
        """The document of a row."""
        return self.entries[row].document

    def of_question(self, question: str) -> NDArray[np.bool_]:
        """Whether each row is described in the language of a question."""
        return self.tongues[:, 0 if chinese(question) else 1]


@dataclass(frozen=True, slots=True)
class Facet:
    """Values of one facet.

    Attributes:
        rows, values: Pairs: a row has a value, by its place in `names`.
    """

    names: tuple[str, ...]
    rows: NDArray[np.int32]
    values: NDArray[np.int32]

    def having(self, wanted: Iterable[str], size: int) -> NDArray[np.bool_]:
        """Which of so many rows have one of these values."""
        codes = [self.names.index(name) for name in wanted if name in self.names]
        mask = np.zeros(size, np.bool_)
        mask[self.rows[np.isin(self.values, codes)]] = True
        return mask

    def counts(self, mask: NDArray[np.bool_]) -> dict[str, int]:
        """Value → how many of these rows have it, the most first; none of none."""
        counted = np.bincount(self.values[mask[self.rows]], minlength=len(self.names))
        found = [(name, int(n)) for name, n in zip(self.names, counted, strict=True) if n]
        return dict(sorted(found, key=lambda one: (-one[1], one[0])))


@dataclass(frozen=True, slots=True)
class Change:
    """What is there now.

    Attributes:
        names: Of all datasets.
        made: Of those whose source changed: the source, and the entry made of it.
        others: Terms and products, all of them.
        vocabulary: As `documents.words_meant` gives it.
    """

    names: Sequence[str]
    made: Mapping[str, tuple[Source, Entry]]
    others: tuple[Entry, ...]
    vocabulary: Mapping[str, tuple[str, ...]]


def follow(before: Catalogue, change: Change) -> Catalogue:
    """The catalogue after another."""
    made, others = change.made, change.others
    kept = {name: before.sources[name] for name in change.names if name not in made}
    stay = sorted(row for _, row in kept.values())
    entries, places, segments = list(before.entries), before.places, before.segments
    if len(segments) >= SEGMENTS or 2 * len(stay) < len(entries):
        moved = np.full(len(entries), -1, np.int32)
        moved[stay] = np.arange(len(stay))
        kept = {name: (source, int(moved[row])) for name, (source, row) in kept.items()}
        segments = (Segment.merged(segments, moved),)
        entries, places = [entries[row] for row in stay], places[stay]
    alive = np.zeros(len(entries) + len(made) + len(others), np.bool_)
    alive[[row for _, row in kept.values()]] = True
    first = len(entries)
    alive[first:] = True
    placed = {name: (source, first + at) for at, (name, (source, _)) in enumerate(made.items())}
    entries += [*(entry for _, entry in made.values()), *others]
    if first < len(entries):
        counted = [entry.document.counted() for entry in entries[first:]]
        segments = (*segments, Segment.of(range(first, len(entries)), counted))
    names = [entry.document.name for entry in entries]
    return Catalogue(
        entries=tuple(entries),
        sources={**kept, **placed},
        segments=segments,
        alive=alive,
        names=Names.of(names),
        tongues=np.array([e.document.languages for e in entries], np.bool_).reshape(-1, 2),
        facets={name: _facet(name, entries) for name in FACETS},
        kinds=np.fromiter((KINDS.index(e.document.kind) for e in entries), np.int8, len(entries)),
        ranks=_ranks(names),
        vocabulary=change.vocabulary,
        places=np.concatenate((places, np.full(len(made) + len(others), -1, np.int32))),
        unread=sum(source.unread for source, _ in [*kept.values(), *placed.values()]),
    )


def _ranks(names: list[str]) -> NDArray[np.int64]:
    ranks = np.empty(len(names), np.int64)
    ranks[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    return ranks


def _facet(name: str, entries: list[Entry]) -> Facet:
    pairs = [(row, v) for row, entry in enumerate(entries) for v in entry.facets.get(name, ())]
    names = tuple(sorted({value for _, value in pairs}))
    codes = {value: code for code, value in enumerate(names)}
    return Facet(
        names,
        np.fromiter((row for row, _ in pairs), np.int32, len(pairs)),
        np.fromiter((codes[value] for _, value in pairs), np.int32, len(pairs)),
    )
