"""What a bench gives: a figure beside its goal, and how it was taken."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

RUNS = 5


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the results.

    Attributes:
        figure: What was measured, with its unit.
        goal: The goal, as text.
        met: Whether the figure meets it.
        beside: What the other side needed in the same run, if there is one.
    """

    name: str
    figure: str
    goal: str
    met: bool
    beside: str = ""


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median wall time of several calls, in seconds."""
    return statistics.median(seconds(work) for _ in range(runs))
