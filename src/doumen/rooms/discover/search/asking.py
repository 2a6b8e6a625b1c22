"""A question to a catalogue: what is found, in which order, with the facets of all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from doumen.kits.search import Term, Weights, rank
from doumen.kits.search.rank import level, of_translations, of_words, shared
from doumen.rooms.discover.search.catalogue import Catalogue
from doumen.rooms.discover.search.choices import COLUMN, FACETS, KINDS
from doumen.rooms.discover.search.meaning import Vector
from doumen.rooms.discover.search.vectors import Vectors

WEIGHTS = Weights()

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes:
        text: As asked; an empty one finds all.
        vector: What it means; None: words and names alone.
        terms: Its words as they may be called in the other language; empty: nobody knows.
        kind: Which kind of thing is wanted.
        chosen: Facet → values, one of which is wanted; empty: any.
    """

    text: str
    vector: Vector | None
    terms: Sequence[Term]
    kind: str
    chosen: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes:
        rows: Rows of the kind that was asked for, the best first.
        scores, likeness: Of all rows.
        kinds: Kind → how many were found, whatever kind was asked for.
        facets: Facet → value → how many were found that have it, under the other choices.
    """

    rows: NDArray[np.int64]
    scores: Vector
    likeness: Vector
    kinds: Mapping[str, int]
    facets: Mapping[str, Mapping[str, int]]


def ask(catalogue: Catalogue, question: Question, vectors: Vectors) -> Answer:
    """Answer a question over what the asker may find."""
    size = len(catalogue.entries)
    likeness = np.zeros(size, np.float32)
    if question.text:
        found, scores = _found(catalogue, question, vectors, likeness)
    else:
        found, scores = catalogue.alive, np.zeros(size, np.float32)
    masks = {
        name: catalogue.facets[name].having(values, size)
        for name, values in question.chosen.items()
        if values
    }
    wanted = found & _all(masks, None, size)
    counted = np.bincount(catalogue.kinds[wanted], minlength=len(KINDS))
    kinds = {name: int(n) for name, n in zip(KINDS, counted, strict=True) if name != COLUMN}
    of_kind = catalogue.kinds == KINDS.index(question.kind)
    rows = np.flatnonzero(wanted & of_kind)
    facets = {
        name: catalogue.facets[name].counts(found & of_kind & _all(masks, name, size))
        for name in FACETS
        if name in catalogue.facets
    }
    return Answer(_ordered(catalogue, rows, scores), scores, likeness, kinds, facets)


def _found(
    catalogue: Catalogue, question: Question, vectors: Vectors, likeness: Vector
) -> tuple[Mask, Vector]:
    """Rows that are found, and their scores; fills in how like the likest are."""
    parts = rank(question.text, catalogue.segments, catalogue.alive, catalogue.names, WEIGHTS)
    same = catalogue.of_question(question.text)
    worded = of_words(parts.words, same, WEIGHTS)
    translated = shared(question.terms, catalogue.segments, catalogue.alive)
    found = (worded + parts.names > 0) | (~same & (translated >= WEIGHTS.enough))
    found &= catalogue.alive
    said = worded + of_translations(translated, same, WEIGHTS)
    vector = question.vector
    if vector is not None:
        meant = np.flatnonzero(catalogue.alive & (catalogue.places >= 0))
        likest = meant[vectors.likest(vector, catalogue.places[meant])]
        best = np.flatnonzero(found & (catalogue.places >= 0))
        if len(best) > len(likest):
            first = np.argsort(-(said + parts.names)[best], kind="stable")
            best = best[first[: max(len(likest), 1)]]
        looked = np.union1d(likest, best)
        likeness[looked] = vectors.likeness(vector, catalogue.places[looked])
        near = likest[likeness[likest] >= WEIGHTS.least]
        nearest = near[np.argsort(-likeness[near], kind="stable")[: WEIGHTS.nearest]]
        found[nearest] = True
        said += np.maximum(likeness, 0)
        said[~same] += level(said[looked], same[looked], WEIGHTS)
    return found, said + parts.names


def _all(masks: Mapping[str, Mask], but: str | None, size: int) -> Mask:
    """Rows that every choice but one lets pass."""
    mask = np.ones(size, np.bool_)
    for name, one in masks.items():
        if name != but:
            mask &= one
    return mask


def _ordered(catalogue: Catalogue, rows: NDArray[np.int64], scores: Vector) -> NDArray[np.int64]:
    """The best first; equal ones by name, so that nothing but what is seen has a part in it."""
    rounded = np.rint(scores[rows] * 1000)
    ordered: NDArray[np.int64] = rows[np.lexsort((catalogue.ranks[rows], -rounded))]
    return ordered
