"""What spans two columns of a sample: correlations, and candidates that all rows then confirm.

Pure. A candidate must be more than chance: of two columns that have nothing to do with each other
the sample would break it often.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np

from doumen.rooms.refine.profile.figures import (
    NUMBER,
    TEXT,
    TIME,
    ColumnProfile,
    Correlation,
    Dependency,
    Ordered,
    is_floating,
    told,
)
from doumen.rooms.refine.profile.sampled import Looked

MOST = 40
"""Columns of which pairs are looked at: the first so many that come into question."""
_FIRST = 5_000
"""Rows that a candidate must get past before all rows of the sample are looked at."""
_EXPECTED = 10
"""Breaches that chance would bring, at least, where a candidate has none."""
_LONG = 40
"""Characters, on average, of a text that is no key."""
_RARELY = 0.95
"""Share of rows, paired at random, in which one column is below the other: no more than this."""


def correlations(looked: Sequence[Looked]) -> tuple[Correlation, ...]:
    """Pearson's coefficient of all pairs of columns of numbers that vary."""
    numbers = [one for one in looked if one.profile.kind == NUMBER and one.different > 1][:MOST]
    found = []
    for a, b in combinations(numbers, 2):
        both = ~(np.isnan(a.numbers) | np.isnan(b.numbers))
        rows = int(both.sum())
        r = _pearson(a.numbers[both], b.numbers[both]) if rows > 2 else None
        if r is not None:
            found.append(Correlation((a.profile.name, b.profile.name), r, rows))
    return tuple(found)


def _pearson(x: Any, y: Any) -> float | None:
    """See numpy.corrcoef; scaled first, so that no square overflows."""
    x, y = _scaled(x), _scaled(y)
    spread = float(np.sqrt((x @ x) * (y @ y)))
    return None if spread < 1e-300 else float(told(float(np.clip((x @ y) / spread, -1, 1))))


def _scaled(x: Any) -> Any:
    largest = float(np.abs(x).max()) or 1.0
    scaled = x / largest
    scaled = scaled - scaled.mean()
    return scaled if float(np.abs(scaled).max()) > 1e-12 else np.zeros_like(scaled)


def single_keys(looked: Sequence[Looked], rows: int) -> Iterator[str]:
    """Columns that may tell all rows apart: nothing of the sample is there twice."""
    for one in looked:
        filled = one.codes is not None and int(one.profile.get("nulls")) == 0
        near = (one.profile.get("distinct") or 0) >= 0.85 * rows
        if filled and near and rows > 1 and one.different == len(one.codes):
            yield one.profile.name


def double_keys(looked: Sequence[Looked], rows: int) -> Iterator[tuple[str, str]]:
    """Pairs that may tell all rows apart, those first whose values give the fewest others."""
    usable = [
        one
        for one in looked
        if one.codes is not None
        and int(one.profile.get("nulls")) == 0
        and _named(one.profile)
        and (one.profile.get("distinct") or 0) > 1
        and one.different < len(one.codes)
    ][:MOST]
    found = []
    for a, b in combinations(usable, 2):
        product = int(a.profile.get("distinct")) * int(b.profile.get("distinct"))
        enough = product * 1.1 >= rows  # both are estimates, some per cent off
        if enough and rows * (rows - 1) / 2 / product >= _EXPECTED:
            found.append((product, a, b))
    for _, a, b in sorted(found, key=lambda one: one[0]):
        if all(_unique(_both(a, b, size)) for size in (_FIRST, None)):
            yield a.profile.name, b.profile.name


def dependencies(looked: Sequence[Looked]) -> list[Dependency]:
    """Columns that seem to follow from another, the best supported first; NULL is a value."""
    usable = [
        one
        for one in looked
        if one.codes is not None and one.different > 1 and not is_floating(one.profile.type)
    ][:MOST]
    found = []
    for a, b in permutations(usable, 2):
        repeated = len(a.codes) - a.different
        if b.different > a.different or repeated * (1 - _agreement(b)) < 2 * _EXPECTED:
            continue
        if all(_follows(a, b, size) for size in (_FIRST, None)):
            found.append((repeated, a.profile.name, b.profile.name))
    found.sort(key=lambda one: (-one[0], one[1:]))
    return [Dependency(a, b) for _, a, b in found]


def ordered(looked: Sequence[Looked]) -> tuple[Ordered, ...]:
    """Pairs of which one is never above the other, though their values overlap.

    Times of the same type are compared with each other, numbers where their names are of a pair.
    """
    found = []
    usable = [one for one in looked if one.numbers is not None and one.different > 1][:MOST]
    for a, b in permutations(usable, 2):
        if not _comparable(a.profile, b.profile):
            continue
        both = ~(np.isnan(a.numbers) | np.isnan(b.numbers))
        low, high = a.numbers[both], b.numbers[both]
        if not len(low) or (low > high).any():
            continue
        by_chance = float((low <= np.roll(high, len(high) // 2 + 1)).mean())
        if by_chance <= _RARELY:
            share = float(told(by_chance))
            found.append(Ordered(a.profile.name, b.profile.name, len(low), share))
    return tuple(found)


_PAIRS = (
    ("min", "max"), ("low", "high"), ("lower", "upper"), ("start", "end"), ("from", "to"),
    ("first", "last"), ("net", "gross"), ("begin", "end"), ("cost", "price"), ("q1", "q3"),
)  # fmt: skip


def _comparable(a: ColumnProfile, b: ColumnProfile) -> bool:
    if a.kind == TIME:
        return a.type == b.type
    if b.kind != NUMBER:
        return False
    low, high = (set(name.casefold().split("_")) for name in (a.name, b.name))
    return any(one in low and other in high for one, other in _PAIRS)


def _named(column: ColumnProfile) -> bool:
    """Whether its values are such as name things: no measures, no long texts."""
    if column.kind == TEXT:
        return float(column.get("length_mean") or 0) <= _LONG
    if column.kind == NUMBER:
        return not is_floating(column.type) and not column.type.startswith("DECIMAL")
    return column.kind == TIME


def _agreement(one: Looked) -> float:
    """Chance that two rows have the same value."""
    shares = np.bincount(one.codes + 1) / len(one.codes)
    return float(shares @ shares)


def _both(a: Looked, b: Looked, size: int | None) -> Any:
    """One number for each pair of values."""
    first = a.codes[:size].astype(np.int64) + 1
    return first * (b.different + 1) + b.codes[:size] + 1


def _unique(codes: Any) -> bool:
    return len(np.unique(codes)) == len(codes)


def _follows(a: Looked, b: Looked, size: int | None) -> bool:
    first = np.full(a.different + 1, -1, np.int64)
    determinant, dependent = a.codes[:size] + 1, b.codes[:size] + 1
    first[determinant] = dependent
    return bool((first[determinant] == dependent).all())
