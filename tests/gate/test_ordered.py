"""Rows of a trial in order, and what their values lie between."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa

from doumen.gate.ordered import bounds_of, in_order
from doumen.kits.sql import key
from doumen.model.snapshot import Bound

TABLE = pa.table(
    {
        "x": [0.5, 2.5, 1.5],
        "b": [True, None, False],
        "n": pa.array([3, None, -1], pa.int64()),
        "m": [Decimal("1.50"), Decimal("0.25"), None],
        "d": [date(2026, 1, 2), date(2025, 1, 1), None],
        "t": pa.array([datetime(2026, 1, 2, 3), None, datetime(2025, 1, 1)], pa.timestamp("us")),
        "z": pa.array([datetime(2026, 1, 2, 3, tzinfo=UTC)] * 3, pa.timestamp("us", "UTC")),
        "s": ["b", "", None],
        "e": pa.array([None] * 3, pa.int64()),
        "far": pa.array([1 << 60] * 3, pa.timestamp("us")),
        "l": [["a"], [], None],
    }
)
TYPES = {
    "b": "BOOLEAN", "n": "BIGINT", "m": "DECIMAL(3,2)", "d": "DATE", "t": "TIMESTAMP",
    "z": "TIMESTAMP WITH TIME ZONE", "s": "VARCHAR",
}  # fmt: skip


def test_rows_are_in_the_order_of_the_first_column_that_has_one() -> None:
    assert in_order(TABLE).column("b").to_pylist() == [False, True, None]
    floats = pa.table({"x": [2.0, 1.0]})
    assert in_order(floats) is floats


def test_bounds_are_texts_as_the_engine_casts_them() -> None:
    bounds = {bound.column: bound for bound in bounds_of(TABLE)}
    assert bounds["b"] == Bound("b", "false", "true", 1)
    assert bounds["n"] == Bound("n", "-1", "3", 1)
    assert bounds["e"] == Bound("e", None, None, 3)
    assert set(bounds) == {*TYPES, "e"}
    for name, type_ in TYPES.items():
        low, high = bounds[name].low, bounds[name].high
        assert low is not None
        assert high is not None
        assert key(low, type_) is not None
        assert key(high, type_) is not None
