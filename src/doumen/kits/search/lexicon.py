"""A bilingual dictionary: what the words of a question may be called in the other language.

Chinese is cut into the fewest, longest headwords; English is taken by the longest phrases that are
glosses, and by their words too. Each of these is a `Term`, and all its translations count as one
word (Pirkola, "The effects of query structure and dictionary setups in dictionary-based
cross-language information retrieval", SIGIR 1998): a word of many meanings weighs no more than one
of a single meaning, and is as rare as all that it may be called together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from doumen.kits.search.words import PLAIN, RUN, chinese, fold, words

MOST = 8
"""Translations of a term that are looked for."""
PHRASE = 4
"""Words of a gloss, at most; longer ones explain rather than translate."""
HEADWORD = 12
"""Characters of a headword, at most."""
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|^to ")
_NOTES = ("CL:", "abbr. for", "also written", "erhua", "old variant", "see ", "surname",
          "used in", "variant of")  # fmt: skip
"""Beginnings of glosses that translate nothing."""


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a question, and what it may be called in the other language; all count as one."""

    asked: str
    translations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Translations both ways, by folded headwords and by the words of glosses.

    Attributes:
        english: Chinese headword → glosses, with `|` between them.
        chinese: Words of an English gloss → headwords, with `|` between them.
    """

    english: Mapping[str, str]
    chinese: Mapping[str, str]

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Sequence[str]]]) -> Lexicon:
        """Of simplified Chinese headwords, each with its senses in English, the chief one first."""
        english: dict[str, dict[str, None]] = {}
        chinese: dict[str, list[tuple[int, str]]] = {}
        for written, told in entries:
            headword = fold(written)
            for at, (gloss, held) in enumerate(_glosses(told)):
                english.setdefault(headword, {}).setdefault(gloss)
                chinese.setdefault(held, []).append((at, headword))
        return cls(
            {headword: "|".join(list(found)[:MOST]) for headword, found in english.items()},
            {gloss: "|".join(_chief(found)) for gloss, found in chinese.items()},
        )

    @classmethod
    def of_bytes(cls, value: bytes) -> Lexicon:
        """What `as_bytes` gave."""
        english, chinese = value.decode().split("\x00")
        return cls(_mapping(english), _mapping(chinese))

    def as_bytes(self) -> bytes:
        """This, to be kept."""
        both = (self.english, self.chinese)
        return "\x00".join("\n".join(f"{k}\t{v}" for k, v in one.items()) for one in both).encode()

    def terms(self, question: str) -> list[Term]:
        """The parts of a question; one that no dictionary has is without translations."""
        if not chinese(question):
            return self._of_english([word.text for word in words(question)])
        found: list[Term] = []
        for match in RUN.finditer(fold(question)):
            run = match.group()
            if chinese(run):
                found += self._of_chinese(run)
            else:
                found += (Term(word.text, (word.text,)) for word in words(run))
        return found

    def _of_chinese(self, run: str) -> list[Term]:
        found = []
        for part in self._cut(run):
            glosses = _listed(self.english.get(part, ""))
            if glosses and part not in PLAIN:
                found.append(Term(part, glosses))
        return found

    def _cut(self, run: str) -> list[str]:
        """The fewest headwords that a run is made of, longer ones first where they are as few."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(run) + 1):
            lengths = range(1, min(HEADWORD, end) + 1)
            best.append(min(
                (best[end - n][0] + (1.0 if n > 1 else 1.5) - n * n / 100, n)
                for n in lengths
                if n == 1 or run[end - n : end] in self.english
            ))  # fmt: skip
        parts, end = [], len(run)
        while end:
            length = best[end][1]
            parts.append(run[end - length : end])
            end -= length
        return parts[::-1]

    def _of_english(self, asked: Sequence[str]) -> list[Term]:
        found: list[Term] = []
        at = 0
        while at < len(asked):
            size = next((n for n in range(min(PHRASE, len(asked) - at), 1, -1)
                         if " ".join(asked[at : at + n]) in self.chinese), 1)  # fmt: skip
            phrases = [" ".join(asked[at : at + size])] if size > 1 else []
            phrases += asked[at : at + size]
            found += (Term(one, _listed(self.chinese.get(one, ""))) for one in phrases)
            at += size
        return found


def _glosses(told: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each gloss that translates, as it is read and as its words."""
    for sense in told:
        if sense.startswith(_NOTES):
            continue
        for part in re.split(r"[;,|]", sense):
            gloss = " ".join(_ASIDE.sub(" ", part.strip()).split())
            held = [word.text for word in words(gloss)]
            if 0 < len(held) <= PHRASE and not chinese(gloss):
                yield gloss, " ".join(held)


def _chief(found: Sequence[tuple[int, str]]) -> list[str]:
    """Those first of whose glosses this is the first."""
    ordered = sorted(found, key=itemgetter(0))
    return list(dict.fromkeys(headword for _, headword in ordered))[:MOST]


def _listed(joined: str) -> tuple[str, ...]:
    return tuple(joined.split("|")) if joined else ()


def _mapping(text: str) -> dict[str, str]:
    return dict(line.split("\t") for line in text.split("\n")) if text else {}
