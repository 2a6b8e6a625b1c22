"""Columns that are found: of the datasets that were, those whose own words the question has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from doumen.kits.search import Document, Part, fold, words
from doumen.kits.search.document import spoken

LOOKED = 500
"""Datasets in which columns are looked for, the best first."""
SHARE = 0.5
"""Of the words of the question, what a column must have."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that was found.

    Attributes:
        row: Of its dataset.
        score: Share of the words it has, 2 where it is its name.
    """

    row: int
    part: Part
    score: float


def found(documents: Iterable[tuple[int, Document]], question: str) -> list[Column]:
    """Columns of datasets, the best first; equal ones in the order of the datasets."""
    asked = {word.text for word in words(question)}
    name = fold(question).strip()
    columns: list[Column] = []
    for row, document in documents:
        for part in document.parts:
            if fold(part.name) == name:
                columns.append(Column(row, part, 2.0))
            elif asked:
                there = {word.text for word in words(f"{spoken(part.name)} {part.text}")}
                share = len(asked & there) / len(asked)
                if share >= SHARE:
                    columns.append(Column(row, part, share))
    return sorted(columns, key=lambda one: -one.score)
