"""Columns by their types, and what of their values can be drawn."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.rooms.analyse.chart.result import Result, Role, role_of


@pytest.mark.parametrize(
    ("types", "role"),
    [
        ("DATE TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS", Role.TIME),
        ("TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT UINTEGER UHUGEINT FLOAT DOUBLE"
         " DECIMAL(38,0)", Role.NUMBER),
        ("VARCHAR BOOLEAN", Role.CATEGORY),
        ("UUID BLOB BIT TIME INTERVAL JSON BIGINT[] MAP(VARCHAR,BIGINT) VARCHAR[2]", Role.OTHER),
    ],
)  # fmt: skip
def test_roles(types: str, role: Role) -> None:
    assert {role_of(type) for type in types.split()} == {role}


def test_types_with_spaces() -> None:
    assert role_of("TIMESTAMP WITH TIME ZONE") is Role.TIME
    assert role_of("ENUM('a, b', 'c\nd')") is Role.CATEGORY
    assert role_of("STRUCT(day DATE)") is Role.OTHER


def test_values(table: Any) -> None:
    schema = table.schema("n BIGINT; d DECIMAL(3,1); f DOUBLE; t DATE; b BOOLEAN; o UUID")
    rows: list[list[Any]] = [
        [1, "2.5", "NaN", "2026-01-01", True, "a"],
        ["9007199254740993", None, "-Infinity", "infinity", None, "b"],
        [None, "-1.0", 1.5, None, False, "c"],
    ]
    n, d, f, t, b, o = Result.of(schema, rows).columns
    assert n.values == (1, float(2**53), None)
    assert n.whole
    assert d.values == (2.5, None, -1)
    assert not d.whole
    assert f.values == (None, None, 1.5)
    assert t.values == ("2026-01-01", None, None)
    assert t.gaps == 2
    assert b.values == ("true", None, "false")
    assert o.values == (None, None, None)
    assert n.numbers == [1, 2**53]
    assert b.texts == ["true", "false"]


def test_no_rows(table: Any) -> None:
    result = Result.of(table.schema("n BIGINT; t DATE"), [])
    assert [column.values for column in result.columns] == [(), ()]
