"""Values: each type of the reference engine as JSON, nothing rounded, nothing lost."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.model.errors import Invalid
from doumen.model.schema import Schema
from doumen.model.values import json_rows, json_values

CASES: list[tuple[str, Any]] = [
    ("1::TINYINT", 1),
    ("9007199254740992", 2**53),
    ("9007199254740993", "9007199254740993"),
    ("-9007199254740993", "-9007199254740993"),
    ("18446744073709551615::UBIGINT", "18446744073709551615"),
    ("7::HUGEINT", 7),
    ("[7::HUGEINT]", [7]),
    ("170141183460469231731687303715884105::HUGEINT", "170141183460469231731687303715884105"),
    ("7::DECIMAL(38,0)", "7"),
    ("1.50::DECIMAL(5,2)", "1.50"),
    ("0::DECIMAL(18,10)", "0.0000000000"),
    ("1.5::FLOAT", 1.5),
    ("'nan'::DOUBLE", "NaN"),
    ("'inf'::DOUBLE", "Infinity"),
    ("'-inf'::DOUBLE", "-Infinity"),
    ("true", True),
    ("NULL", None),
    ("NULL::DATE", None),
    ("'陡门'", "陡门"),
    ("''", ""),
    ("'ab'::BLOB", "YWI="),
    ("DATE '2013-01-31'", "2013-01-31"),
    ("DATE '0001-01-01'", "0001-01-01"),
    ("DATE '0001-01-01' - 1", "0000-12-31"),
    ("DATE '0001-01-01' - 366", "0000-01-01"),
    ("DATE '0001-01-01' - 367", "-0001-12-31"),
    ("DATE '9999-12-31' + 1", "+10000-01-01"),
    ("'infinity'::DATE", "infinity"),
    ("'-infinity'::DATE", "-infinity"),
    ("TIME '01:02:03'", "01:02:03"),
    ("TIME '24:00:00'", "24:00:00"),
    ("TIME '01:02:03.04'", "01:02:03.040000"),
    ("TIMESTAMP '2013-01-01 05:00:00'", "2013-01-01T05:00:00"),
    ("TIMESTAMP '1969-12-31 23:59:59.5'", "1969-12-31T23:59:59.500000"),
    ("TIMESTAMP_S '2013-01-01 05:00:00'", "2013-01-01T05:00:00"),
    ("TIMESTAMP_MS '2013-01-01 05:00:00.25'", "2013-01-01T05:00:00.250"),
    ("TIMESTAMP_NS '2013-01-01 00:00:00.123456789'", "2013-01-01T00:00:00.123456789"),
    ("TIMESTAMPTZ '2013-01-01 05:00:00+02'", "2013-01-01T03:00:00Z"),
    ("'infinity'::TIMESTAMP", "infinity"),
    ("'-infinity'::TIMESTAMPTZ", "-infinity"),
    ("INTERVAL '14 months 2 days 3.5 seconds'", "P14M2DT3.5S"),
    ("INTERVAL '0 days'", "PT0S"),
    ("INTERVAL '-90 seconds'", "PT-90S"),
    ("[1, NULL, 3]", [1, None, 3]),
    ("NULL::INTEGER[]", None),
    ("[DATE '2013-01-01']", ["2013-01-01"]),
    ("[1.5, 2.5]::DOUBLE[2]", [1.5, 2.5]),
    ("NULL::DOUBLE[2]", None),
    ("{'a': 1, 'b': [1.50::DECIMAL(5,2)]}", {"a": 1, "b": ["1.50"]}),
    ("NULL::STRUCT(a INTEGER)", None),
    ("row(1, 'x')", {"element1": 1, "element2": "x"}),
    ("MAP {1: 'a', 2: NULL}", [[1, "a"], [2, None]]),
    ("'a'::ENUM('a', 'b')", "a"),
    ("union_value(k := 9007199254740993)", "9007199254740993"),
    ("'6ba7b810-9dad-11d1-80b4-00c04fd430c8'::UUID", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
    ("'{\"a\": 1}'::JSON", '{"a": 1}'),
]


def column(expression: str) -> list[Any]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        relation = connection.sql(f"select {expression} as v")
        array = relation.to_arrow_table()["v"].combine_chunks()
        return json_values(array, str(relation.types[0]))


@pytest.mark.parametrize(("expression", "expected"), CASES, ids=[c[0] for c in CASES])
def test_a_value_of_the_reference_engine(expression: str, expected: Any) -> None:
    values = column(expression)
    assert values == [expected]
    assert type(values[0]) is type(expected)
    assert json.loads(json.dumps(values, allow_nan=False)) == values


def test_nested_values_survive_a_slice_that_begins_in_the_middle() -> None:
    lists = pa.array([[1], None, [2, 3], []]).slice(1)
    maps = pa.array([[("a", 1)], None, [("b", 2)]], pa.map_(pa.string(), pa.int64())).slice(1)
    structs = pa.array([{"a": 1}, None, {"a": 3}]).slice(1)
    fixed = pa.array([[1, 2], None, [5, 6]], pa.list_(pa.int64(), 2)).slice(1)
    union = pa.UnionArray.from_sparse(
        pa.array([0, 1, 0], pa.int8()), [pa.array([1, 2, 3]), pa.array(["a", "b", "c"])]
    ).slice(1)
    assert json_values(lists, "BIGINT[]") == [None, [2, 3], []]
    assert json_values(maps, "MAP(VARCHAR, BIGINT)") == [None, [["b", 2]]]
    assert json_values(structs, "STRUCT(a BIGINT)") == [None, {"a": 3}]
    assert json_values(fixed, "BIGINT[2]") == [None, [5, 6]]
    assert json_values(union, "UNION(x BIGINT, y VARCHAR)") == ["b", 3]


def test_other_forms_that_arrow_has_for_the_same() -> None:
    assert json_values(pa.array([b"ab"], pa.large_binary()), "BLOB") == ["YWI="]
    assert json_values(pa.array([b"ab"], pa.binary(2)), "BLOB") == ["YWI="]
    assert json_values(pa.array([timedelta(seconds=90)], pa.duration("us")), "X") == ["PT90S"]
    assert json_values(pa.array([3661], pa.time32("s")), "TIME") == ["01:01:01"]
    assert json_values(pa.array([date(2013, 1, 1)], pa.date64()), "DATE") == ["2013-01-01"]
    assert json_values(pa.array([b"x" * 16], pa.uuid()), "UUID") == ["eHh4eHh4eHh4eHh4eHh4eA=="]
    assert json_values(pa.array([["a"]], pa.large_list(pa.string())), "VARCHAR[]") == [["a"]]


def test_a_type_without_a_form_is_named() -> None:
    nested = pa.RunEndEncodedArray.from_arrays([1], [7])
    flat = pa.array([1.0], pa.float16())
    assert json_values(flat, "X") == [1.0]
    for array in (nested, pa.array([None], pa.list_view(pa.int8()))):
        with pytest.raises(Invalid, match="cannot be written as JSON") as failure:
            json_values(array, "X")
        assert failure.value.code == "invalid.type"


def test_rows_of_a_batch_without_columns_are_counted() -> None:
    batch = pa.RecordBatch.from_struct_array(pa.array([{}, {}], pa.struct([])))
    assert list(json_rows(batch, Schema(()))) == [[], []]


@given(st.datetimes())
@settings(derandomize=True, deadline=None, max_examples=count(200))
def test_timestamps_are_what_python_writes(moment: datetime) -> None:
    plain = pa.array([moment], pa.timestamp("us"))
    zoned = pa.array([moment.replace(tzinfo=UTC)], pa.timestamp("us", "UTC"))
    assert json_values(plain, "TIMESTAMP") == [moment.isoformat()]
    assert json_values(zoned, "TIMESTAMP WITH TIME ZONE") == [moment.isoformat() + "Z"]
    assert json_values(pa.array([moment.date()]), "DATE") == [moment.date().isoformat()]


@given(st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1))))
@settings(derandomize=True, deadline=None, max_examples=count(100))
def test_integers_read_back_exactly_by_a_reader_that_only_has_doubles(values: list[Any]) -> None:
    text = json.dumps(json_values(pa.array(values, pa.int64()), "BIGINT"))
    read = json.loads(text, parse_int=lambda digits: int(float(digits)))
    assert [v if v is None else int(v) for v in read] == values


@given(st.lists(st.floats()), st.lists(st.decimals(allow_nan=False, places=3, max_value=10**9)))
@settings(derandomize=True, deadline=None, max_examples=count(100))
def test_floats_and_decimals_read_back(floats: list[float], decimals: list[Decimal]) -> None:
    read = [float(v) for v in json_values(pa.array(floats, pa.float64()), "DOUBLE")]
    assert all(
        a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(read, floats, strict=True)
    )
    small = [d for d in decimals if abs(d) < 10**9]
    exact = json_values(pa.array(small, pa.decimal128(30, 3)), "DECIMAL(30,3)")
    assert [Decimal(v) for v in exact] == small
