"""Two answers that differ in the last digits of floating numbers."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence.closeness import close_enough

HAIR = 1 + 4e-10


def table(rows: list[tuple[Any, ...]], *types: pa.DataType) -> pa.Table:
    columns = {f"c{n}": pa.array([row[n] for row in rows], t) for n, t in enumerate(types)}
    return pa.table(columns)


def floats(*rows: tuple[float | None, ...]) -> pa.Table:
    return table(list(rows), *[pa.float64()] * len(rows[0]))


def test_equal_answers_are_close_in_any_order() -> None:
    rows = [(1, "a", 0.5), (2, None, None), (2, "b", math.nan), (3, "", -math.inf)]
    types = pa.int64(), pa.string(), pa.float64()
    for order in itertools.permutations(rows):
        assert close_enough(table(rows, *types), table(list(order), *types))
    assert close_enough(table([], *types), table([], *types))


def test_floating_numbers_may_differ_by_a_hair() -> None:
    assert close_enough(floats((1e6,)), floats((1e6 * HAIR,)))
    assert not close_enough(floats((1e6,)), floats((1e6 * (1 + 2e-9),)))
    assert close_enough(floats((0.0,)), floats((-1e-13,)))
    assert not close_enough(floats((0.0,)), floats((1e-11,)))
    assert close_enough(floats((-0.0,)), floats((0.0,)))


@pytest.mark.parametrize(
    ("one", "two"),
    [(math.nan, 1.0), (math.inf, -math.inf), (math.inf, 1e308), (None, 0.0), (None, math.nan)],
)
def test_classes_of_numbers_are_not_close(one: float | None, two: float) -> None:
    assert not close_enough(floats((one,)), floats((two,)))


def test_everything_else_must_be_equal() -> None:
    base = table([(1, "a", 0.5)], pa.int64(), pa.string(), pa.float64())
    for row in ((2, "a", 0.5), (1, "b", 0.5), (1, "a", 0.6), (1, None, 0.5)):
        assert not close_enough(base, table([row], pa.int64(), pa.string(), pa.float64()))
    assert not close_enough(base, base.rename_columns(["x", "y", "z"]))
    assert not close_enough(base, pa.concat_tables([base, base]))
    texts = table([(1, "a", "0.5")], pa.int64(), pa.string(), pa.string())
    assert not close_enough(base, texts)


def test_rows_are_a_multiset() -> None:
    assert not close_enough(floats((1.0,), (1.0,), (2.0,)), floats((1.0,), (2.0,), (2.0,)))


def test_order_counts_where_it_is_fixed() -> None:
    one, two = floats((1.0,), (2.0,)), floats((2.0,), (1.0,))
    assert close_enough(one, two)
    assert not close_enough(one, two, ordered=True)
    assert close_enough(one, floats((HAIR,), (2.0,)), ordered=True)
    assert not close_enough(
        table([(1,), (2,)], pa.int64()), table([(2,), (1,)], pa.int64()), ordered=True
    )


def test_floating_numbers_inside_lists_and_structs() -> None:
    type_ = pa.list_(pa.struct([("n", pa.int64()), ("x", pa.float32()), ("t", pa.string())]))
    tail: list[Any] = [None, {"n": None, "x": None, "t": None}]
    rows: list[tuple[Any, ...]] = [([{"n": 1, "x": 1.5, "t": "a"}, *tail],), (None,)]
    assert close_enough(table(rows, type_), table(rows[::-1], type_))
    for changed in (
        [{"n": 2, "x": 1.5, "t": "a"}, *tail],
        [{"n": 1, "x": 1.6, "t": "a"}, *tail],
        [{"n": 1, "x": 1.5, "t": "b"}, *tail],
        tail,
    ):
        assert not close_enough(table(rows, type_), table([(changed,), (None,)], type_))


def test_rows_that_sort_differently_are_matched() -> None:
    # close in the first number, apart in the second
    left = floats((1.0, 5.0), (HAIR, 3.0))
    right = floats((HAIR, 5.0), (1.0, 3.0))
    assert close_enough(left, right)
    assert not close_enough(left, floats((HAIR, 5.0), (1.0, 4.0)))


def test_rows_that_no_gap_separates_are_matched_one_by_one() -> None:
    # a chain: each number is close to the next, the ends are not close
    step = 6e-10
    one, two, three, four = (1 + step * n for n in range(4))
    left = floats((one, one), (two, four), (three, two), (four, three))
    right = floats((two, two), (one, three), (four, three), (three, four))
    assert close_enough(left, right) == naive(left, right)
    wrong = floats((two, one), (one, one), (one, two), (two, one))
    assert close_enough(left, wrong) == naive(left, wrong)


def test_a_chain_that_needs_an_augmenting_path() -> None:
    step = 6e-10
    a, b, c = (1 + step * n for n in range(3))
    left, right = floats((b, b), (a, c), (c, c)), floats((b, c), (a, b), (c, b))
    assert close_enough(left, right)
    assert naive(left, right)


def naive(left: pa.Table, right: pa.Table) -> bool:
    """Whether some order of the right rows is close to the left ones, by trying all."""
    one = list(zip(*left.to_pydict().values(), strict=True))
    two = list(zip(*right.to_pydict().values(), strict=True))
    return any(
        all(
            math.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12)
            for a, b in zip(one, order, strict=True)
            for x, y in zip(a, b, strict=True)
        )
        for order in itertools.permutations(two)
    )


near = st.integers(0, 4).map(lambda n: 1 + n * 6e-10)
rows = st.lists(st.tuples(near, near), min_size=5, max_size=5)


@settings(derandomize=True, deadline=None, max_examples=count(300))
@given(rows, rows, st.randoms(use_true_random=False))
def test_matching_is_that_of_trying_all_orders(
    left: list[tuple[float, float]], right: list[tuple[float, float]], chance: random.Random
) -> None:
    one = floats(*left)
    assert close_enough(one, floats(*right)) == naive(one, floats(*right))
    moved = [tuple(x * (1 + chance.uniform(-9e-10, 9e-10)) for x in row) for row in left]
    chance.shuffle(moved)
    assert close_enough(one, floats(*moved))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([(3, 0), (3, 3), (4, 1), (5, 1)], [(3, 1), (4, 2), (4, 3), (4, 4)]),
        ([(3, 3), (4, 1), (5, 0), (5, 1)], [(3, 2), (3, 3), (4, 1), (4, 4)]),
    ],
)
def test_a_row_that_was_moved_keeps_one_place(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    one, two = (
        floats(*(tuple(1 + n * 6e-10 for n in row) for row in side)) for side in (left, right)
    )
    assert not close_enough(one, two)
    assert not naive(one, two)
