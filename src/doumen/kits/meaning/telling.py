"""How much it says that values are codes of a list: short numbers are codes of many lists. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

RARE = 0.001
"""Below this probability values of the same form are not all codes by chance."""
_DIGITS, _LETTERS, _OTHERS = 10, 26, 3000
"""How many characters of each kind there are to choose from; about 3,000 make up Chinese texts."""
_NUMBERS = 3
"""Digits up to which numbers are in use for anything: months, ages, grades."""


def density(codes: Iterable[str]) -> float:
    """The share of all texts of the forms of these codes that are codes.

    The form of a text says of each character whether it is a digit, a letter or another one.

    Example:
        >>> density(["A1", "B2"]) == 2 / 260
        True
    """
    known = set(codes)
    forms = {tuple(map(_choices, code)) for code in known}
    room = sum(reduce(lambda product, choices: product * choices, form, 1) for form in forms)
    return len(known) / room if room else 1.0


def telling(codes: Iterable[str], values: int) -> bool:
    """Whether that so many different values are codes is no chance.

    Drawn at random among texts of their forms, all would be codes with the probability
    `density ** values`. Numbers up to 999 and single characters tell nothing, for these are not
    drawn at random.
    """
    known = set(codes)
    if all(len(code) < 2 or (code.isdigit() and len(code) <= _NUMBERS) for code in known):
        return False
    return values > 0 and float(density(known) ** values) < RARE


def _choices(character: str) -> int:
    if character.isascii() and character.isdigit():
        return _DIGITS
    return _LETTERS if character.isascii() else _OTHERS
