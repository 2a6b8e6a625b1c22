"""Figures against those that others published or compute."""

from __future__ import annotations

import random
import statistics

import numpy as np
import pytest

from doumen.rooms.analyse.chart import figures

IRIS = [5.1, 4.9, 4.7, 4.6, 5.0, 5.4, 4.6, 5.0, 4.4, 4.9, 5.4, 4.8, 4.8, 4.3, 5.8, 5.7, 5.4, 5.1]
"""Sepal lengths of the first flowers of Fisher's iris data."""
ANSCOMBE = (
    [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5],
    [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68],
)
"""The first set of Anscombe (1973), whose correlation is printed as 0.816."""


def test_quartiles_are_those_of_numpy() -> None:
    assert figures.quartiles(IRIS) == pytest.approx(tuple(np.quantile(IRIS, [0.25, 0.5, 0.75])))
    assert figures.quartiles([3]) == (3, 3, 3)


@pytest.mark.parametrize("seed", range(20))
def test_bins_are_about_those_of_freedman_and_diaconis(seed: int) -> None:
    draw = random.Random(seed)
    values = [draw.gauss(100, 15) for _ in range(500 + seed)]
    edges = np.histogram_bin_edges(values, "fd")
    made = figures.bins(values)
    width = made.edges[1] - made.edges[0]
    assert 1 <= width / (edges[1] - edges[0]) < 2.6, "the next round width"
    assert made.edges[0] <= min(values)
    assert made.edges[-1] > max(values)
    assert made.count(values) == list(np.histogram(values, made.edges)[0])


@pytest.mark.parametrize(
    "values",
    [[1, 2], [0.1, 0.2, 0.3], [-5, -5, -5, 7], [1e-9, 2e-9], [1e15, 1.1e15], [-0.5, 0.0, 1e6]],
)
def test_every_value_is_in_one_bin(values: list[float]) -> None:
    assert figures.divisible(values)
    made = figures.bins(values)
    assert sum(made.count(values)) == len(values)
    assert len(made.edges) <= figures.MOST_BINS + 2
    for value in values:
        at = made.place(value)
        assert made.edges[at] <= value
        assert value < made.edges[at + 1] or at == len(made.edges) - 2


def test_whole_numbers_have_whole_bins() -> None:
    made = figures.bins([1, 2, 2, 3], whole=True)
    assert made.edges == (1, 2, 3, 4)
    assert made.count([1, 2, 2, 3]) == [1, 2, 1]


def test_what_has_no_range_is_not_divided() -> None:
    assert not figures.divisible([7, 7])
    assert not figures.divisible([-1.7e308, 1.7e308])
    assert not figures.divisible([1e15, 1e15 + 4])


def test_correlation_is_that_of_anscombe() -> None:
    found = figures.correlation(list(zip(*ANSCOMBE, strict=True)))
    assert found == pytest.approx(0.816, abs=0.0005)
    assert found == pytest.approx(statistics.correlation(*ANSCOMBE))


def test_where_there_is_no_correlation() -> None:
    assert figures.correlation([(1, 1), (2, 2)]) is None
    assert figures.correlation([(1, 1), (1, 2), (1, 3)]) is None
    assert figures.correlation([(1e300, 1), (-1e300, 2), (1e300, 5)]) is None


def test_trends() -> None:
    assert figures.trend([1, 2, 3, 5]) == "rising on the whole"
    assert figures.trend([5, 4, 4, 1]) == "falling on the whole"
    assert figures.trend([1, 5, 1, 5, 1]) == "without a clear direction"


def test_steps_and_sizes() -> None:
    assert figures.evenly([2003, 2001, 2002])
    assert not figures.evenly([1, 2, 4])
    assert not figures.evenly([1, 2])
    assert figures.comparable([[1, 2], [-100]])
    assert not figures.comparable([[1, 2], [1000]])
    assert not figures.comparable([[1, 2], []])


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-3, "-3"), (1e6, "1,000,000"), (12345.678, "12,345.68"), (0.5, "0.5"),
     (0.00025, "0.00025"), (2.5e-9, "2.5e-09"), (1 / 3, "0.3333333"), (2**70, f"{2**70:,}")],
)  # fmt: skip
def test_figures_are_told(value: float, text: str) -> None:
    assert figures.shown(value) == text
