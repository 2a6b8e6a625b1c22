"""Texts as classes of characters: `AB-123` is of the form `A-9`, `温州12` of `中9`.

Pure. A run of one class is one sign: `A` capital and `a` small letters, `9` the digits 0 to 9,
`中` Chinese characters; all else stands for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import pyarrow.compute as pc

_SIGNS = ((r"[0-9]+", "9"), (r"[\p{Lu}\p{Lt}]+", "A"), (r"\p{Ll}+", "a"), (r"\p{Han}+", "中"))
_HAN = "[一-鿿]"
_RANGES = {"9": "[0-9]", "A": "[A-Z]", "a": "[a-z]", "中": _HAN}
_SPECIAL = frozenset(r".^$*+?{}[]\|()")
_LONGEST = 12
"""Runs of the longest form that a rule is made of."""


def forms(texts: Any) -> Any:
    """The form of each text of an Arrow array; NULL stays NULL."""
    for pattern, sign in _SIGNS:
        texts = pc.replace_substring_regex(texts, pattern, sign)
    return texts


def expression(texts: Sequence[str]) -> str | None:
    """A regular expression that all these texts match, where they are of one form; else None.

    Runs that have one length in all texts keep it, others may be of any length; letters and
    signs that are the same in all texts stand as they are. A form without a digit and without
    a sign says too little.

    Example:
        >>> expression(["AB-12", "CB-7"]), expression(["a", "12"])
        ('[A-Z]{2}-[0-9]+', None)
    """
    runs = [_runs(text) for text in texts]
    signs = [[sign for sign, _ in each] for each in runs]
    if not runs or any(each != signs[0] for each in signs) or len(signs[0]) > _LONGEST:
        return None
    if not any(sign == "9" or not (sign.isalpha() or sign.isspace()) for sign in signs[0]):
        return None
    return "".join(_token([each[place] for each in runs]) for place in range(len(signs[0])))


def _runs(text: str) -> list[tuple[str, str]]:
    return [(sign, "".join(run)) for sign, run in groupby(text, _sign)]


def _sign(character: str) -> str:
    if character.isascii():
        if character.isdigit():
            return "9"
        if character.isalpha():
            return "A" if character.isupper() else "a"
    elif "一" <= character <= "鿿":
        return "中"
    return character


def _token(runs: Sequence[tuple[str, str]]) -> str:
    sign, first = runs[0]
    if sign != "9" and all(run == first for _, run in runs):
        return "".join(f"\\{c}" if c in _SPECIAL else c for c in first)
    head = _RANGES.get(sign) or (f"\\{sign}" if sign in _SPECIAL else sign)
    if any(len(run) != len(first) for _, run in runs):
        return f"{head}+"
    return head if len(first) == 1 else f"{head}{{{len(first)}}}"
