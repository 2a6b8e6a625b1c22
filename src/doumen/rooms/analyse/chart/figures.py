"""Figures that charts are made of and told by: quartiles, bins, correlation, trend, and words.

All of them depend on the values alone, never on the order of rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, quantiles

from doumen.model.message import Message, msg

Number = int | float
MOST_BINS = 60
_NOISE = 1e-9
"""Ranges this small, beside the values themselves, are the noise of their last digits."""
_CLEAR = 0.5
"""Correlation from which on a direction is said to be there: a large one (Cohen 1988)."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of equal width, each without its upper edge but the last.

    Attributes:
        edges: One more than there are bins.
    """

    edges: tuple[Number, ...]

    def count(self, values: Sequence[Number]) -> list[int]:
        """How many values are in each bin."""
        counts = [0] * (len(self.edges) - 1)
        for value in values:
            counts[self.place(value)] += 1
        return counts

    def place(self, value: Number) -> int:
        """The number of the bin of a value that lies between the outer edges."""
        low, width = self.edges[0], self.edges[1] - self.edges[0]
        at = min(max(int((value - low) / width), 0), len(self.edges) - 2)
        if value < self.edges[at]:
            return at - 1
        return at + 1 if at < len(self.edges) - 2 and value >= self.edges[at + 1] else at


def bins(values: Sequence[Number], *, whole: bool = False, most: int = MOST_BINS) -> Bins:
    """Bins of a round width near to that of Freedman and Diaconis (1981), 2·IQR·n^(-1/3).

    Where half of the values are equal that width is zero, and that of Sturges (1926) is taken.

    Args:
        values: Two different ones at least.
        whole: Whether they have no fraction; then a bin is no narrower than 1.
        most: How many bins there may be.
    """
    low, high = min(values), max(values)
    first, _, third = quartiles(values)
    width = 2 * (third - first) * len(values) ** (-1 / 3)
    if width <= 0:
        width = (high - low) / (math.log2(len(values)) + 1)
    width = _round_width(max(width, (high - low) / most))
    if whole:
        width = max(1, math.ceil(width))
    start = math.floor(low / width)
    count = max(1, math.floor(high / width) - start + 1)
    return Bins(tuple(_trimmed((start + at) * width) for at in range(count + 1)))


def divisible(values: Sequence[Number]) -> bool:
    """Whether there is a range between the values that bins can divide."""
    low, high = float(min(values)), float(max(values))
    return math.isfinite(high - low) and high - low > _NOISE * max(-low, high)


def _round_width(width: float) -> Number:
    """The next of 1, 2, 5, 10 … times a power of ten that is not smaller."""
    power = 10.0 ** math.floor(math.log10(width))
    step = next((step for step in (1, 2, 5) if step * power >= width * (1 - 1e-9)), 10)
    return _trimmed(step * power)


def _trimmed(value: float) -> Number:
    """A multiple of a round width without the noise of its last digits."""
    trimmed = float(f"{value:.12g}")
    return int(trimmed) if trimmed.is_integer() and abs(trimmed) < 1e15 else trimmed


def quartiles(values: Sequence[Number]) -> tuple[float, float, float]:
    """First quartile, median, third: linear between order statistics (type 7 of Hyndman and Fan).

    Args:
        values: One at least.
    """
    if len(values) == 1:
        return (values[0],) * 3
    first, median, third = quantiles(values, n=4, method="inclusive")
    return first, median, third


def correlation(pairs: Sequence[tuple[Number, Number]]) -> float | None:
    """Pearson's r; None where a side does not vary or is too large, or of fewer than three."""
    if len(pairs) < 3:
        return None
    try:
        left, right = fmean(x for x, _ in pairs), fmean(y for _, y in pairs)
        across = math.fsum((x - left) ** 2 for x, _ in pairs)
        up = math.fsum((y - right) ** 2 for _, y in pairs)
        both = math.fsum((x - left) * (y - right) for x, y in pairs)
    except OverflowError:
        return None
    spread = math.sqrt(across) * math.sqrt(up)
    return both / spread if 0 < spread < math.inf else None


def trend(values: Sequence[Number]) -> Message:
    """Where values in their order lead: by how they correlate with their place."""
    found = correlation(list(enumerate(values)))
    if found is not None and found >= _CLEAR:
        return msg("rising on the whole")
    if found is not None and found <= -_CLEAR:
        return msg("falling on the whole")
    return msg("without a clear direction")


def evenly(values: Sequence[Number]) -> bool:
    """Whether whole numbers, sorted, go up by the same step: years, hours, numbered rounds."""
    ordered = sorted(values)
    steps = {after - before for before, after in pairwise(ordered)}
    return len(ordered) > 2 and len(steps) == 1 and steps != {0}


def comparable(columns: Sequence[Sequence[Number]], ratio: float = 100) -> bool:
    """Whether columns of numbers can share an axis without one of them lying flat on it."""
    reach = [max(map(abs, values), default=0) for values in columns]
    return min(reach) > 0 and max(reach) / min(reach) <= ratio


def shown(value: Number) -> str:
    """A figure as people read it: about seven digits, with commas.

    Examples:
        >>> shown(1234567), shown(0.1 + 0.2), shown(-1234.5678), shown(2.5e-9)
        ('1,234,567', '0.3', '-1,234.568', '2.5e-09')
    """
    if isinstance(value, int) or value.is_integer():
        return f"{int(value):,}"
    digits = math.floor(math.log10(abs(value))) + 1
    if digits < -3:
        return f"{value:.6g}"
    return f"{value:,.{max(0, 7 - max(digits, 0))}f}".rstrip("0").rstrip(".")
