from __future__ import annotations

from typing import Any

import duckdb
import pytest

from doumen.kits.standards.odcs.types import canonical, engine_type, logical_type, widens

ENGINE = [
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
    "UINTEGER", "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "VARCHAR", "DATE", "TIME",
    "TIME WITH TIME ZONE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_S", "TIMESTAMP_MS",
    "TIMESTAMP_NS", "BLOB", "UUID", "INTERVAL", "BIT", "DECIMAL(18,3)", "DECIMAL(38,0)",
    "INTEGER[]", "INTEGER[3]", "VARCHAR[][]", "MAP(INTEGER, VARCHAR[])",
    'STRUCT(a INTEGER, "b c" VARCHAR, A2 DECIMAL(3,1)[])', 'STRUCT("a,(b" MAP(DATE, BLOB))[]',
]  # fmt: skip


@pytest.mark.parametrize("type", ENGINE)
def test_the_engines_own_spelling_stands(type: str) -> None:
    assert canonical(type) == type
    described = duckdb.execute(f"DESCRIBE SELECT NULL::{type} AS x").fetchall()
    assert described[0][1] == type


@pytest.mark.parametrize(
    ("written", "type"),
    [
        ("varchar(2)", "VARCHAR"), ("character varying(10)", "VARCHAR"), ("Text", "VARCHAR"),
        ("int", "INTEGER"), ("Int64", "BIGINT"), ("double precision", "DOUBLE"),
        ("float(3,2)", "FLOAT"), ("numeric(10, 2)", "DECIMAL(10,2)"), ("NUMBER(10)",
        "DECIMAL(10,0)"), ("decimal", "DECIMAL(18,3)"), ("timestamp(3) with time zone",
        "TIMESTAMP WITH TIME ZONE"), ("timestamp(6)", "TIMESTAMP"), ("bytea", "BLOB"),
        ("struct(a int, b text)", "STRUCT(a INTEGER, b VARCHAR)"),
        ("NUMBER", None), ("decimal(50,2)", None), ("decimal(2,3)", None), ("money", None),
        ("", None), ("struct(a)", None), ("map(int)", None), ("map(int, odd)", None),
        ("odd[]", None), ("int" + "[]" * 30, None), ("int)", None), ("7up", None),
    ],
)  # fmt: skip
def test_spellings_of_other_systems(written: str, type: str | None) -> None:
    assert canonical(written) == type


@pytest.mark.parametrize(
    ("declared", "type"),
    [
        ({"logicalType": "string"}, "VARCHAR"),
        ({"logicalType": "integer", "logicalTypeOptions": {"format": "u16"}}, "USMALLINT"),
        ({"logicalType": "number", "logicalTypeOptions": {"format": "f32"}}, "FLOAT"),
        ({"logicalType": "timestamp", "logicalTypeOptions": {"timezone": True}},
         "TIMESTAMP WITH TIME ZONE"),
        ({"logicalType": "date", "physicalType": "varchar(10)"}, "DATE"),
        ({"logicalType": "string", "physicalType": "int"}, "INTEGER"),
        ({"logicalType": "integer", "physicalType": "odd"}, "BIGINT"),
        ({"physicalType": "odd"}, None),
        ({}, None),
        ({"logicalType": "array", "items": {"logicalType": "integer"}}, "BIGINT[]"),
        ({"logicalType": "array", "items": {"physicalType": "odd"}}, None),
        ({"logicalType": "array", "physicalType": "list"}, "VARCHAR"),
        ({"logicalType": "object", "properties": [
            {"name": "a", "logicalType": "date"}, {"name": "b c", "logicalType": "boolean"}]},
         'STRUCT(a DATE, "b c" BOOLEAN)'),
        ({"logicalType": "object", "properties": [{"name": "a"}]}, None),
    ],
)  # fmt: skip
def test_the_type_of_a_property(declared: dict[str, Any], type: str | None) -> None:
    assert engine_type(declared) == type


def test_logical_types() -> None:
    logical = [logical_type(type) for type in ("BIGINT", "DECIMAL(1,0)", "UUID", "TIME", "BLOB")]
    assert logical == ["integer", "number", "string", "time", None]
    assert [logical_type(t) for t in ("TIMESTAMP_S", "INTEGER[]", "MAP(DATE, DATE)")] == [
        "timestamp", "array", "object"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "wide"),
    [
        ("DATE", "DATE", True), ("INTEGER", "BIGINT", True), ("BIGINT", "INTEGER", False),
        ("UTINYINT", "USMALLINT", True), ("UBIGINT", "UINTEGER", False),
        ("UINTEGER", "BIGINT", True), ("UBIGINT", "BIGINT", False), ("INTEGER", "UBIGINT", False),
        ("FLOAT", "DOUBLE", True), ("INTEGER", "DOUBLE", True), ("BIGINT", "DOUBLE", False),
        ("DECIMAL(5,2)", "DECIMAL(6,2)", True), ("DECIMAL(5,2)", "DECIMAL(6,4)", False),
        ("DECIMAL(5,2)", "DECIMAL(7,1)", False), ("INTEGER", "DECIMAL(12,2)", True),
        ("BIGINT", "DECIMAL(12,2)", False), ("DOUBLE", "DECIMAL(38,2)", False),
        ("DATE", "TIMESTAMP", True), ("TIMESTAMP", "DATE", False), ("INTEGER", "VARCHAR", False),
    ],
)  # fmt: skip
def test_widening(old: str, new: str, wide: bool) -> None:
    assert widens(old, new) is wide
