"""Nothing in the place of a null: the values stay, what lay beneath nulls is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from doumen.engines.duckdb.bare import bare
from doumen.engines.sandbox import arrow

CANARY = b"\xca\xfe\xba\xbe" * 4
ROWS = 9
SHOWN = [
    "i::TINYINT", "i::SMALLINT", "i::INTEGER", "i::BIGINT", "i::HUGEINT", "i::FLOAT", "i::DOUBLE",
    "i::DECIMAL(4, 1)", "i::DECIMAL(38, 1)", "i % 3 = 0", "DATE '2020-01-01' + i::INTEGER",
    "TIME '10:00:00'", "TIMESTAMP '2020-01-01'", "TIMESTAMPTZ '2020-01-01'",
    "TIMESTAMP_NS '2020-01-01'", "INTERVAL (i) DAY", "'s' || i", "('s' || i)::BLOB", "uuid()",
    "'101'::BIT", "i::VARCHAR::BIGNUM", "'a'::ENUM('a', 'b')", "NULL",
    "{'a': i, 'b': 'x' || i}", "{'a': CASE WHEN i % 3 = 0 THEN i END}", "{'a': {'b': [i]}}",
    "[i, NULL, i + 1]", "[{'a': i, 'b': NULL}]", "MAP([i], [CASE WHEN i % 3 = 0 THEN i END])",
    "[i, i + 1]::INTEGER[2]", "[i, NULL]::INTEGER[2]", "[{'a': i}, {'a': 1}]::STRUCT(a INTEGER)[2]",
]  # fmt: skip
"""Expressions over `i`, of every type that an answer can have."""


def answered(expression: str, condition: str = "i % 2 = 0") -> pa.RecordBatch:
    """A batch of the engine with nulls where the condition does not hold."""
    with duckdb.connect() as connection:
        asked = f"SELECT CASE WHEN {condition} THEN {expression} END AS x FROM range({ROWS}) t(i)"
        with connection.sql(asked).to_arrow_reader(100) as reader:
            return next(iter(reader))


def bits(valid: list[bool]) -> pa.Buffer:
    return pa.array(valid, pa.bool_()).buffers()[1]


VALID = [True, False, True]
UNDER = {
    pa.int8(): 1, pa.int16(): 2, pa.int32(): 4, pa.int64(): 8, pa.float64(): 8, pa.date32(): 4,
    pa.time64("us"): 8, pa.timestamp("us"): 8, pa.decimal128(38, 1): 16,
    pa.month_day_nano_interval(): 16,
}  # fmt: skip


def under(kind: pa.DataType, width: int) -> pa.Array:
    """Three values, the middle one null, a canary beneath it."""
    values = b"\x01" + b"\0" * (width - 1) + CANARY[:width] + b"\x02" + b"\0" * (width - 1)
    return pa.Array.from_buffers(kind, 3, [bits(VALID), pa.py_buffer(values)])


def spread(array: pa.Array) -> list[pa.Array]:
    """The array as it is, as a slice, and within each kind of nesting."""
    kind, field = array.type, pa.field("a", array.type)
    whole = pa.StructArray.from_arrays([under(pa.int64(), 8).fill_null(0)], ["a"])
    hidden = pa.Array.from_buffers(pa.int32(), 3, [None, pa.py_buffer(b"\x01\0\0\0" + CANARY[:8])])
    offsets = pa.py_buffer(b"\0\0\0\0\x03\0\0\0")
    return [
        array,
        array.slice(1, 2),
        pa.StructArray.from_arrays([array, whole], ["a", "b"]),
        pa.StructArray.from_arrays([hidden], ["a"], mask=pa.array([False, True, True])),
        pa.Array.from_buffers(pa.list_(field), 1, [None, offsets], children=[array]),
        pa.Array.from_buffers(pa.list_(kind, 3), 1, [None], children=[array]),
        pa.Array.from_buffers(
            pa.list_(pa.int32(), 1), 3, [bits([True, False, False])], children=[hidden]
        ),
        pa.UnionArray.from_sparse(pa.array([0, 1, 1], pa.int8()), [hidden, array], ["x", "y"]),
    ]


def batch(array: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([array], ["x"])


@pytest.mark.parametrize(("kind", "width"), UNDER.items(), ids=str)
def test_nothing_is_left_beneath_a_null(kind: pa.DataType, width: int) -> None:
    canary = CANARY[: min(width, 8)] if width > 1 else CANARY[:1]
    for array in spread(under(kind, width)):
        cleared = bare(batch(array))
        cleared.validate(full=True)
        assert cleared.to_pylist() == batch(array).to_pylist(), array.type
        assert cleared.schema == batch(array).schema
        if width > 1:
            assert canary not in bytes(arrow.written(cleared)), array.type
    if width > 1:
        assert canary in bytes(arrow.written(batch(under(kind, width))))


def test_nothing_is_left_beneath_a_null_truth() -> None:
    array = pa.Array.from_buffers(pa.bool_(), 3, [bits(VALID), pa.py_buffer(b"\x07")])
    cleared = bare(batch(array)).column(0)
    assert cleared.to_pylist() == [True, None, True]
    assert bytes(cleared.buffers()[1])[0] & 7 == 5


@pytest.mark.parametrize("cut", [lambda b: b, lambda b: b.slice(1, 5)], ids=["whole", "cut"])
@pytest.mark.parametrize("condition", ["true", "i % 2 = 0", "false"])
@pytest.mark.parametrize("expression", SHOWN)
def test_the_values_of_every_type_stay(
    expression: str, condition: str, cut: Callable[[Any], Any]
) -> None:
    given = cut(answered(expression, condition))
    cleared = bare(given)
    cleared.validate(full=True)
    assert cleared.schema == given.schema
    assert cleared.equals(given)


def test_what_has_no_null_is_not_copied() -> None:
    given = batch(pa.array([1, 2, 3]))
    assert bare(given).column(0).buffers()[1].address == given.column(0).buffers()[1].address
