"""Types of the lake: what it keeps, what is cast to what, and what the engine makes of it."""

from __future__ import annotations

from contextlib import suppress

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.model.errors import DoumenError, Invalid
from doumen.stores.lake import storable
from doumen.stores.lake.types import KEPT


@pytest.mark.parametrize("type", [*KEPT, "DECIMAL(12,2)", "DECIMAL(38,0)"])
def test_kept_types_stay(type: str) -> None:
    assert storable(type) == type
    assert storable(f"{type}[]") == f"{type}[]"


@pytest.mark.parametrize(
    ("type", "kept"),
    [
        ("UTINYINT", "SMALLINT"),
        ("USMALLINT", "INTEGER"),
        ("UINTEGER", "BIGINT"),
        ("UBIGINT", "DECIMAL(20,0)"),
        ("HUGEINT", "DECIMAL(38,0)"),
        ("UHUGEINT", "DECIMAL(38,0)"),
        ("TIMESTAMP_S", "TIMESTAMP"),
        ("TIMESTAMP_MS", "TIMESTAMP"),
        ("TIMESTAMP_NS", "TIMESTAMP"),
        ("TIME", "VARCHAR"),
        ("TIME WITH TIME ZONE", "VARCHAR"),
        ("INTERVAL", "VARCHAR"),
        ("UUID", "VARCHAR"),
        ("JSON", "VARCHAR"),
        ("BIT", "VARCHAR"),
        ("BIGNUM", "VARCHAR"),
        ("ENUM('a', 'b, (c)', 'it''s')", "VARCHAR"),
        ("UNION(a INTEGER, b VARCHAR)", "VARCHAR"),
        ('"NULL"', "INTEGER"),
        ("INTEGER[3]", "INTEGER[]"),
        ("UUID[][2]", "VARCHAR[][]"),
        ("STRUCT(a INTEGER, b UUID)", "STRUCT(a INTEGER, b VARCHAR)"),
        (
            'STRUCT("a b" TIMESTAMP WITH TIME ZONE, "x""y" TIME[], z STRUCT(d DECIMAL(5,1)))',
            'STRUCT("a b" TIMESTAMP WITH TIME ZONE, "x""y" VARCHAR[], z STRUCT(d DECIMAL(5,1)))',
        ),
        ("MAP(UUID, STRUCT(a HUGEINT)[])", "MAP(VARCHAR, STRUCT(a DECIMAL(38,0))[])"),
    ],
)
def test_other_types_are_cast(type: str, kept: str) -> None:
    assert storable(type) == kept
    assert storable(kept) == kept


@pytest.mark.parametrize(
    "type",
    [
        "",
        " ",
        "INTEGER[",
        "INTEGER[3",
        "INTEGER[3 4",
        "INTEGER]",
        "STRUCT(",
        "STRUCT(a)",
        "STRUCT(a INTEGER",
        "STRUCT(a INTEGER]",
        "MAP(INTEGER)",
        "MAP(INTEGER, INTEGER",
        "MAP(INTEGER, INTEGER, INTEGER)",
        "DECIMAL(1",
        "INTEGER; DROP",
        "ENUM('a",
    ],
)
def test_what_is_no_type(type: str) -> None:
    with pytest.raises(Invalid):
        storable(type)


VALUES = [
    ("uuid()", "UUID"),
    ("TIME '1:2:3'", "TIME"),
    ("INTERVAL 1 day", "INTERVAL"),
    ("'a'::ENUM('a','b')", "ENUM('a', 'b')"),
    ("NULL", '"NULL"'),
    ("18446744073709551615::UBIGINT", "UBIGINT"),
    ("99999999999999999999999999999999999999::HUGEINT", "HUGEINT"),
    ("'101'::BIT", "BIT"),
    ("'{}'::JSON", "JSON"),
    ("[1, 2]::INTEGER[2]", "INTEGER[2]"),
    ("{'a b': uuid(), 'c': [TIME '1:2:3']}", 'STRUCT("a b" UUID, c TIME[])'),
    ("MAP {'a': 1::UTINYINT}", "MAP(VARCHAR, UTINYINT)"),
    ("union_value(k := 1)", "UNION(k INTEGER)"),
    ("TIMESTAMP_NS '2020-01-01 00:00:00.123456789'", "TIMESTAMP_NS"),
    ("'1:2:3+01'::TIMETZ", "TIME WITH TIME ZONE"),
    ("1.5::DECIMAL(5,1)", "DECIMAL(5,1)"),
]


@pytest.mark.parametrize(("value", "type"), VALUES)
def test_the_engine_writes_types_so_and_can_cast_them(value: str, type: str) -> None:
    with duckdb.connect() as engine:
        described = engine.execute(f"DESCRIBE SELECT {value} AS v").fetchall()[0][1]
        assert described == type
        cast = f"SELECT CAST({value} AS {storable(type)}) AS v"
        assert engine.execute(f"DESCRIBE {cast}").fetchall()[0][1] == storable(type)
        assert len(engine.execute(cast).fetchall()) == 1


TYPES = st.recursive(
    st.sampled_from([*KEPT, "UUID", "HUGEINT", "DECIMAL(7,3)"]),
    lambda inner: st.one_of(
        inner.map(lambda t: f"{t}[]"),
        st.tuples(inner, inner).map(lambda p: f"MAP({p[0]}, {p[1]})"),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda ts: f"STRUCT({', '.join(f'f{i} {t}' for i, t in enumerate(ts))})"
        ),
    ),
    max_leaves=6,
)


@settings(derandomize=True, deadline=None, max_examples=count(100))
@given(type=TYPES)
def test_what_is_stored_is_storable(type: str) -> None:
    assert storable(storable(type)) == storable(type)


@settings(derandomize=True, deadline=None, max_examples=count(200))
@given(type=st.text(alphabet="STRUCMAP(a ,)[3]\"'", max_size=20))
def test_no_text_makes_it_crash(type: str) -> None:
    with suppress(DoumenError):
        storable(type)
