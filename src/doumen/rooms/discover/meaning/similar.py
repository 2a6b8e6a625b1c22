"""How alike the name of a column and the names of a term or a data element are. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

NEAR = 0.9
"""From which ratio of `difflib` on two names are near: one letter of ten may differ."""
LONG = 6
"""Letters, or half as many characters of Chinese, from which on near names count at all."""
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Alike:
    """The best of several names.

    Attributes:
        name: The name that is like that of the column, as the vocabulary writes it.
        ratio: 1 where they are the same but for case, width and what parts words.
    """

    name: str
    ratio: float


def normal(text: str) -> str:
    """A name without case, width, and what parts its words: `birthDate`, `BIRTH_DATE`."""
    wide = unicodedata.normalize("NFKC", _HUMP.sub(" ", text))
    return "".join(_WORD.findall(wide)).casefold()


def names_of(key: str, body: Mapping[str, Any]) -> list[str]:
    """All names of a term, an element or a code list."""
    words = body.get("names") or body.get("title") or {}
    named = [key, words.get("en", ""), words.get("zh", ""), *body.get("synonyms", ())]
    return list(dict.fromkeys(filter(None, named)))


def alike(called: Iterable[str], names: Iterable[str]) -> Alike | None:
    """The name most like one of those of a column; None where none is near.

    Args:
        called: Its name, and what its contract says of it.
        names: Of one term, element or list.
    """
    best: Alike | None = None
    asked = [text for text in map(normal, called) if text]
    for name in names:
        ratio = max((_ratio(text, normal(name)) for text in asked), default=0.0)
        if ratio >= NEAR and (best is None or ratio > best.ratio):
            best = Alike(name, round(ratio, 3))
    return best


def _ratio(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(_weight(one), _weight(other)) < LONG or _digits(one) != _digits(other):
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _weight(text: str) -> int:
    """Its letters; a character of Chinese says as much as two."""
    return sum(1 if ch.isascii() else 2 for ch in text)


def _digits(text: str) -> str:
    """Numbers in names tell things apart: `address1`, `address2`."""
    return "".join(filter(str.isdigit, text))
