"""Why something was found: which words of the question stand in which of its fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.kits.search import Document, Term, Word, fold, words
from doumen.kits.search.document import COLUMN, NAME

LIKENESS, TRANSLATION = "meaning", "translation"
MOST = 5
"""Columns that are named as reasons."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason.

    Attributes:
        field: `name`, `title`, `description`, `column`, `word`, `translation` or `meaning`.
        words: Of the question, as they were asked.
        translations: Of a translation: what each of these words is called in the document.
        column: Which one, where it is one.
        similarity: Of meaning: 0 to 1.
    """

    field: str
    words: tuple[str, ...] = ()
    translations: tuple[str, ...] = ()
    column: str | None = None
    similarity: float | None = None

    def as_json(self) -> dict[str, Any]:
        """For machines; what does not apply is left out."""
        told: dict[str, Any] = {"field": self.field}
        if self.words:
            told["words"] = list(self.words)
        if self.translations:
            told["translations"] = list(self.translations)
        if self.column is not None:
            told["column"] = self.column
        if self.similarity is not None:
            told["similarity"] = self.similarity
        return told


def reasons(
    document: Document, question: str, terms: Sequence[Term], likeness: float, least: float
) -> list[Reason]:
    """Why a document was found.

    Args:
        document: What was found.
        question: As asked.
        terms: Its words in the other language; empty where the document is in its own.
        likeness: 1.6 at most.
        least: From which likeness counts.
    """
    found = [*_worded(document, question), *_translated(document, terms)]
    if likeness >= least:
        found.append(Reason(LIKENESS, similarity=round(min(likeness / 1.6, 1.0), 2)))
    return found


def _translated(document: Document, terms: Sequence[Term]) -> Iterator[Reason]:
    there = document.counted() if terms else {}
    found = {}
    for term in terms:
        held = (one for one in term.translations if all(w.text in there for w in words(one)))
        called = next(held, term.asked)
        if called != term.asked:
            found[term.asked] = called
    if found:
        yield Reason(TRANSLATION, tuple(found), tuple(found.values()))


def matched(question: str, text: str) -> tuple[str, ...]:
    """Words of a question that stand in a text; pairs of Chinese characters that touch are one."""
    asked = fold(question)
    there = {word.text for word in words(text)}
    return tuple(dict.fromkeys(asked[a:b] for a, b in _spans(words(question), there)))


def _spans(asked: Sequence[Word], there: set[str]) -> Iterator[tuple[int, int]]:
    start, end = -1, -1
    for word in asked:
        if word.text in there:
            if word.start >= end:
                if start >= 0:
                    yield start, end
                start = word.start
            end = word.end
    if start >= 0:
        yield start, end


def _worded(document: Document, question: str) -> Iterator[Reason]:
    asked = fold(question).strip()
    names = [field for field in document.fields() if field[0] not in (NAME, COLUMN)]
    named = matched(question, document.name.replace("_", " "))
    if named:
        yield Reason(NAME, named)
    elif "_".join(asked.split()) in fold(document.name):
        yield Reason(NAME, (asked,))
    for field, text in names:
        held = matched(question, text)
        if held:
            yield Reason(field, held)
    told = 0
    for part in document.parts:
        held = matched(question, f"{part.name.replace('_', ' ')} {part.text}")
        if fold(part.name) == asked:
            held = (asked,)
        if held and told < MOST:
            told += 1
            yield Reason(COLUMN, held, column=part.name)
