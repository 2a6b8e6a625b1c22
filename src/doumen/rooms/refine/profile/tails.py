"""How far out fresh values of the same kind may lie: the tail of what a sample holds.

Pure. Excesses over a high threshold follow a generalised Pareto distribution (J. Pickands, Annals
of Statistics 3, 1975); its shape and scale are estimated by probability-weighted moments (J. R. M.
Hosking, J. R. Wallis, Technometrics 29, 1987), and the shape is taken at the upper end of its
confidence interval, since few values tell little of a tail.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

SHARE, FEWEST, MOST = 10, 50, 500
"""One of so many values is over the threshold; at least, and at most, so many."""
SURE = 1.645
"""Standard errors that the shape is raised by: 95 % of one side."""
EXPECTED = 0.001
"""Values beyond, in as many fresh rows as there are."""
_LONG = 0.5
"""Shape from which on the estimate has no variance: the tail is long."""


def reach(values: Any, percent: float) -> tuple[float | None, float | None]:
    """How far down and how far up fresh rows may go.

    Args:
        values: Finite numbers of a sample, as floating ones.
        percent: How many of a hundred rows the sample has; as many fresh rows are meant as all.
    """
    rows = round(len(values) * 100 / percent)
    down = furthest(-values, rows)
    return None if down is None else -down, furthest(values, rows)


def furthest(values: Any, rows: int) -> float | None:
    """The value that `EXPECTED` of so many fresh rows lie above; None: nobody can say.

    Args:
        values: Finite numbers of a sample, as floating ones, in any order.
        rows: How many rows with a value the fresh data has.
    """
    over = min(max(len(values) // SHARE, FEWEST), MOST)
    if len(values) < 2 * over:
        return None
    highest = _apart(np.sort(np.partition(values, len(values) - over - 1)[-over - 1 :]))
    threshold, excesses = float(highest[0]), highest[1:] - highest[0]
    mean = float(excesses.mean())
    if mean <= 0:
        return threshold  # a tenth of all has the greatest value: it is the end
    shares = (over - np.arange(1, over + 1) + 0.35) / over
    weighted = float((shares * excesses).mean())
    if mean <= 2 * weighted:
        return None
    shape = 2 - mean / (mean - 2 * weighted)
    shape += SURE * _error(min(shape, 0.45), over)
    if shape >= _LONG:
        return None
    scale = mean * (1 - shape)
    odds = rows * over / len(values) / EXPECTED
    return threshold + scale * (math.log(odds) if abs(shape) < 1e-6 else (odds**shape - 1) / shape)


def _apart(ascending: Any) -> Any:
    """Whole numbers as what was rounded to them: those of one value evenly about it."""
    if (ascending != np.rint(ascending)).any():
        return ascending
    _, first, times = np.unique(ascending, return_index=True, return_counts=True)
    places = np.arange(len(ascending)) - np.repeat(first, times)
    return ascending + (places + 0.5) / np.repeat(times, times) - 0.5


def _error(shape: float, over: int) -> float:
    """Standard error of the shape by that method, for large samples (Hosking and Wallis)."""
    spread = (1 - shape) * (1 - shape + 2 * shape**2) * (2 - shape) ** 2
    return math.sqrt(spread / ((1 - 2 * shape) * (3 - 2 * shape)) / over)
