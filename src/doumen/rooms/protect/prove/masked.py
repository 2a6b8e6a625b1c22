"""Other values that show as the same under a mask; for the masks whose meaning is known here."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from doumen.model.rule import Mask
from doumen.rooms.protect.prove.values import family, usual, wild

_LETTERS = "abcXYZ0189[%"


def alike(rng: random.Random, mask: Mask, type: str, value: Any) -> Any:
    """A value that the mask shows like this one; the value itself where no other is known."""
    options = dict(mask.options)
    if mask.method == "null":
        return wild(rng, type)
    if value is None:
        return None
    if mask.method == "partial" and type == "VARCHAR":
        return _partial(rng, value, int(str(options["keep_start"])), int(str(options["keep_end"])))
    if mask.method == "generalise":
        return _general(rng, options["levels"], type, value)
    if mask.method == "bucket" and isinstance(options["edges"], tuple):
        return _bucket(rng, options["edges"], type, value)
    return value


def renamed(value: Any) -> Any:
    """Another value for each value, one to one; texts that are numbers go with the numbers."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return value ^ 1
    if isinstance(value, str):
        plain = value.isascii() and value.isdecimal() and str(int(value)) == value
        return str(int(value) ^ 1) if plain and len(value) < 18 else f"~{value}"
    return value


def _partial(rng: random.Random, value: str, start: int, end: int) -> str:
    if len(value) <= start + end:
        return "".join(rng.choices(_LETTERS, k=len(value)))
    middle = rng.choices(_LETTERS, k=len(value) - start - end)
    return value[:start] + "".join(middle) + value[len(value) - end :]


def _general(rng: random.Random, levels: Any, type: str, value: Any) -> Any:
    if isinstance(levels, str) and isinstance(value, dt.date):
        return _same_time(rng, levels, value)
    if isinstance(levels, (int, float)) and isinstance(value, int) and float(levels).is_integer():
        step = int(levels)
        low = value - value % step
        return _clamped(low + rng.randrange(step), type, value)
    if isinstance(levels, tuple) and isinstance(value, str):
        meaning = dict(levels)
        same = [text for text in meaning if meaning[text] == meaning.get(value)]
        if value not in meaning:
            same = [t for t in ("CANARY", "x9", str(usual(rng, type))) if t not in meaning]
        return rng.choice(same or [value])
    return value


def _same_time(rng: random.Random, unit: str, value: dt.date) -> dt.date:
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months is None or value.year in (1, 9999):
        return value
    first = (value.month - 1) // months * months + 1
    return value.replace(month=first + rng.randrange(months), day=rng.randrange(1, 29))


def _bucket(rng: random.Random, edges: Sequence[Any], type: str, value: Any) -> Any:
    """A whole number in the same half-open interval of whole edges."""
    whole = all(isinstance(e, (int, float)) and float(e).is_integer() for e in edges)
    if family(type) != "int" or not whole or not isinstance(value, int):
        return value
    bounds = [int(edge) for edge in edges]
    if value < bounds[0]:
        return _clamped(bounds[0] - 1 - rng.randrange(50), type, value)
    for low, high in pairwise(bounds):
        if low <= value < high:
            return rng.randrange(low, high)
    return _clamped(bounds[-1] + rng.randrange(50), type, value)


def _clamped(new: int, type: str, old: int) -> int:
    bits = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32}.get(type, 64)
    return new if -(1 << (bits - 1)) <= new < 1 << (bits - 1) else old
