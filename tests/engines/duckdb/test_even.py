"""Batches of one size: the rows stay, in their order; only the count of rows decides the cuts."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.engines.duckdb.even import even


def batch(values: range) -> pa.RecordBatch:
    texts = [None if v % 5 == 0 else f"text {v}" for v in values]
    schema = pa.schema([("n", pa.int64()), ("t", pa.string())])
    return pa.RecordBatch.from_pydict({"n": list(values), "t": texts}, schema=schema)


@settings(deadline=None)
@given(st.lists(st.integers(0, 7), max_size=12), st.integers(1, 6))
def test_cuts_depend_on_the_number_of_rows_alone(sizes: list[int], size: int) -> None:
    total, batches, at = sum(sizes), [], 0
    for rows in sizes:
        batches.append(batch(range(at, at + rows)))
        at += rows
    given_back = list(even(batches, size))
    whole, left = divmod(total, size)
    assert [b.num_rows for b in given_back] == [size] * whole + [left] * bool(left)
    values = [row for b in given_back for row in b.to_pylist()]
    assert values == batch(range(total)).to_pylist()


@pytest.mark.parametrize("rows", [4, 3])
def test_what_fits_is_not_copied(rows: int) -> None:
    one = batch(range(rows))
    (given_back,) = even([one], 4)
    assert given_back.column(0).buffers()[1].address == one.column(0).buffers()[1].address
