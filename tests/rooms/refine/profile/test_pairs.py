from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from doumen.rooms.refine.profile.figures import ColumnProfile
from doumen.rooms.refine.profile.pairs import correlations, dependencies, double_keys, ordered
from doumen.rooms.refine.profile.sampled import Looked


def looked(name: str, values: Any, type: str = "BIGINT", kind: str = "number") -> Looked:
    held = np.asarray(values, np.float64)
    _, codes = np.unique(held, return_inverse=True)
    codes = np.where(np.isnan(held), -1, codes)
    different = len(set(codes.tolist()) - {-1})
    figures = {"nulls": int((codes < 0).sum()), "distinct": different}
    return Looked(ColumnProfile(name, type, kind, figures), None, None, codes, different, held)


@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_a_correlation_is_that_of_numpy_at_any_scale(scale: float) -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(5, 2, 500)
    y = x + rng.normal(0, 1, 500)
    (found,) = correlations([looked("x", x * scale, "DOUBLE"), looked("y", y, "DOUBLE")])
    assert found.pearson == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-8)


def test_there_is_no_correlation_with_what_does_not_vary_where_both_are() -> None:
    x = [1.0, 2.0, 3.0, np.nan, np.nan]
    y = [7.0, 7.0, 7.0, 1.0, 2.0]
    assert correlations([looked("x", x), looked("y", y)]) == ()
    assert correlations([looked("x", x), looked("z", [np.nan] * 3 + [1.0, 2.0])]) == ()


def test_a_key_of_two_must_be_more_than_chance() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.permutation(5000) % 4999, rng.permutation(5000) % 4998
    assert list(double_keys([looked("a", a), looked("b", b)], 5000)) == []
    order, line = np.arange(5000) // 100, np.arange(5000) % 100
    assert list(double_keys([looked("o", order), looked("l", line)], 5000)) == [("o", "l")]
    decimal = looked("l", line, "DECIMAL(9,2)")
    assert list(double_keys([looked("o", order), decimal], 5000)) == []


def test_what_is_nearly_constant_follows_from_nothing() -> None:
    of = np.arange(5000) % 100
    almost = np.zeros(5000)
    almost[5] = 1
    assert dependencies([looked("of", of), looked("almost", almost)]) == []
    found = dependencies([looked("of", of), looked("to", of % 7)])
    assert [(one.determinant, one.dependent) for one in found] == [("of", "to")]
    late = (of % 7).astype(float)
    late[4999] = 9
    assert dependencies([looked("of", of), looked("to", late)]) == []


def test_numbers_are_compared_where_their_names_are_a_pair() -> None:
    rng = np.random.default_rng(3)
    low = rng.normal(0, 5, 1000)
    high = low + rng.gamma(1, 1, 1000)
    pair = [looked("min_t", low, "DOUBLE"), looked("max_t", high, "DOUBLE")]
    (found,) = ordered(pair)
    assert (found.low, found.high, found.rows) == ("min_t", "max_t", 1000)
    assert 0.3 < found.by_chance < 0.9
    assert ordered([looked("x", low, "DOUBLE"), looked("y", high, "DOUBLE")]) == ()
    far = [looked("min_t", low, "DOUBLE"), looked("max_t", high + 1000, "DOUBLE")]
    assert ordered(far) == ()
    days = [looked("a", np.floor(low), "DATE", "time"), looked("b", np.ceil(high), "DATE", "time")]
    assert [(one.low, one.high) for one in ordered(days)] == [("a", "b")]
