"""Texts cut into words to be searched by: Latin words without endings, pairs of Chinese characters.

Case and width do not count (NFKC, case folding). Chinese is not segmented: a run of characters
gives each pair of neighbours, as CJK analysers of Lucene do, so that no dictionary decides what
can be found, and a question finds what it is a part of.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

RUN = re.compile(r"[^\W_㐀-鿿豈-﫿]+|[㐀-鿿豈-﫿]+")
"""A run of Latin or Chinese characters in a folded text."""
_HAN = re.compile(r"[㐀-鿿豈-﫿]")
PLAIN = frozenset(
    (
        *("a", "an", "the", "of", "and", "or", "in", "on", "at", "to", "for", "by", "with", "from"),
        *("is", "are", "was", "were", "be", "how", "what", "which", "who", "that", "they", "it"),
        *("its", "as", "per", "的", "了", "和", "与", "及", "在", "有", "是", "各"),
    )
)
"""Words that say nothing of what is meant."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, as it is searched by, with where it stands in the folded text."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """The form in which texts are compared: one width, one case."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).casefold()


def chinese(text: str) -> bool:
    """Whether there is a Chinese character in a text."""
    return not text.isascii() and _HAN.search(text) is not None


def words(text: str) -> list[Word]:
    """The words of a text in their order, of `fold(text)`.

    A run of one Chinese character is a word; of longer ones, each pair is.
    """
    found: list[Word] = []
    for match in RUN.finditer(fold(text)):
        run, start = match.group(), match.start()
        if not chinese(run):
            if run not in PLAIN:
                found.append(Word(_stem(run), start, match.end()))
        elif len(run) == 1:
            if run not in PLAIN:
                found.append(Word(run, start, match.end()))
        else:
            found += [Word(run[i : i + 2], start + i, start + i + 2) for i in range(len(run) - 1)]
    return found


def _stem(word: str) -> str:
    """An English word without the ending of its plural (the S stemmer of Harman, 1991, reduced)."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
