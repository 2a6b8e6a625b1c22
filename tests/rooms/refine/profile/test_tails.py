from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from doumen.rooms.refine.profile.tails import EXPECTED, furthest, reach

ROWS = 20_000
Quantile = Callable[[float], float]


def grid(quantile: Quantile, rows: int = ROWS) -> Any:
    """Values at evenly spaced shares: a sample without chance."""
    return np.array([quantile((n + 0.5) / rows) for n in range(rows)])


@pytest.mark.parametrize(
    ("quantile", "most"),
    [
        (lambda p: p, 1.05),
        (NormalDist(10, 2).inv_cdf, 1.5),
        (lambda p: -math.log(1 - p), 1.7),
        (lambda p: (1 - p) ** -0.2, 2.5),
    ],
    ids=["uniform", "normal", "exponential", "Pareto, shape 0.2"],
)
def test_a_tail_goes_as_far_as_theory_says_and_somewhat_further(
    quantile: Quantile, most: float
) -> None:
    """A thousandth of one of 20,000 rows lies above the quantile at 1 - 0.001 / 20,000."""
    true = quantile(1 - EXPECTED / ROWS)
    estimated = furthest(grid(quantile), ROWS)
    assert estimated is not None
    assert true <= estimated <= true * most


def test_a_tail_without_a_variance_is_long() -> None:
    assert furthest(grid(lambda p: (1 - p) ** -0.8), ROWS) is None


def test_of_few_values_nobody_can_say() -> None:
    assert furthest(np.arange(99.0), 99) is None
    assert furthest(np.arange(100.0), 100) is not None


def test_a_greatest_value_that_a_tenth_has_is_the_end() -> None:
    grades = np.repeat(np.arange(5.0) / 2 + 0.25, 100)
    assert furthest(grades, 500) == 2.25


def test_whole_numbers_that_repeat_are_spread() -> None:
    """Else the many that are equal would hide how the tail falls (Poisson, mean 3)."""
    counts = np.random.default_rng(7).poisson(3, ROWS).astype(float)
    estimated = furthest(counts, ROWS)
    assert estimated is not None
    assert counts.max() < estimated < 4 * counts.max()


def test_units_and_origin_do_not_matter() -> None:
    values = np.random.default_rng(5).gamma(2.2, 18.5, 3000)
    once, other = furthest(values, 3000), furthest(values * 1000 - 7, 3000)
    assert once is not None
    assert other == pytest.approx(once * 1000 - 7)


def test_both_sides_and_the_rows_that_a_sample_stands_for() -> None:
    values = np.random.default_rng(5).normal(0, 1, 3000)
    down, up = reach(values, 100.0)
    assert down is not None
    assert up is not None
    assert down == -(furthest(-values, 3000) or 0)
    more = reach(values, 10.0)[1]
    assert more is not None
    assert more > up


@pytest.mark.parametrize("draw", ["normal", "exponential", "lognormal"])
def test_fresh_rows_seldom_lie_beyond(draw: str) -> None:
    beyond = told = 0
    for seed in range(200):
        values = getattr(np.random.default_rng(seed), draw)(size=1000)
        end = furthest(values, 1000)
        told += end is not None
        fresh = getattr(np.random.default_rng(10_000 + seed), draw)(size=1000)
        beyond += end is not None and bool(fresh.max() > end)
    assert beyond <= 2
    assert told >= (20 if draw == "lognormal" else 190)
