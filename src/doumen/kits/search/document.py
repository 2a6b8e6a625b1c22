"""What of a thing is searched: its name, its words by field, the texts that carry its meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from doumen.kits.search.words import chinese, fold, words

NAME, TITLE, DESCRIPTION, COLUMN, WORD = "name", "title", "description", "column", "word"
COUNTS = {NAME: 40, TITLE: 40, DESCRIPTION: 20, COLUMN: 14, WORD: 14}
"""How much a word counts by the field it stands in, in twentieths."""
UNIT = 20
EXACT = "="
"""Before the name of a column, which is searched as a whole too."""
MOST_COLUMNS = 40
"""Columns whose words go into the meaning; the words of all are searched."""


@dataclass(frozen=True, slots=True)
class Part:
    """A column: its name, and what is said of it."""

    name: str
    text: str = ""


@dataclass(frozen=True)
class Document:
    """One thing that can be found. Not slotted: what follows from it is computed once.

    Attributes:
        kind: `dataset`, `term` or `product`.
        name: `domain.name` of a dataset, the key of another.
        title, description: In either language, or both.
        parts: Columns of a dataset.
        also: Other words it is found by: synonyms, labels, codes.
    """

    kind: str
    name: str
    title: str = ""
    description: str = ""
    parts: tuple[Part, ...] = ()
    also: tuple[str, ...] = ()

    def fields(self) -> Iterator[tuple[str, str]]:
        """Each field that has words, with its text."""
        yield NAME, spoken(self.name)
        yield TITLE, self.title
        yield DESCRIPTION, self.description
        for part in self.parts:
            yield COLUMN, f"{spoken(part.name)} {part.text}"
        for text in self.also:
            yield WORD, text

    def counted(self) -> dict[str, int]:
        """Word → how much it counts, each field once; names of columns as a whole after `=`.

        Each Chinese character is a word too, so that a question of a single one finds it.
        """
        counted: dict[str, int] = {}
        seen: set[tuple[str, str]] = set()
        for field, text in self.fields():
            for word in _single(text):
                if (field, word) not in seen:
                    seen.add((field, word))
                    counted[word] = counted.get(word, 0) + COUNTS[field]
        for part in self.parts:
            counted[EXACT + fold(part.name)] = UNIT
        return counted

    @cached_property
    def languages(self) -> tuple[bool, bool]:
        """Whether it is described in Chinese, and whether in another language; or else named."""
        text = f"{self.title} {self.description}".strip() or spoken(self.name)
        latin = [one for one in words(text) if not chinese(one.text)]
        return chinese(text), len(latin) >= (3 if chinese(text) else 1)

    @property
    def texts(self) -> tuple[str, str, str]:
        """What carries its meaning: the title, all that is said of it, and its name, spoken."""
        title = self.title or spoken(self.name.rpartition(".")[2])
        columns = ", ".join(part.text or part.name for part in self.parts[:MOST_COLUMNS])
        full = f"{title}. {self.description} {columns}".strip()
        return title, full, spoken(self.name)


def spoken(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ").replace(".", " ")


def _single(text: str) -> Iterator[str]:
    """The words of a text, and each character of those that are Chinese."""
    for word in words(text):
        yield word.text
        if chinese(word.text):
            yield from word.text
