"""Whether a text is a value of a type, and which types compare on any row."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.sql.literal import Family, comparable, family, number_type, value_of


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("VARCHAR", Family.TEXT),
        ("BOOLEAN", Family.TRUTH),
        ("UHUGEINT", Family.NUMBER),
        ("DECIMAL(38,0)", Family.NUMBER),
        ("FLOAT", Family.NUMBER),
        ("DATE", Family.TIME),
        ("TIMESTAMP WITH TIME ZONE", Family.TIME),
        ("TIME", Family.OTHER),
        ("VARCHAR[]", Family.OTHER),
        ("STRUCT(a INTEGER)", Family.OTHER),
    ],
)
def test_families(type: str, expected: Family) -> None:
    assert family(type) is expected


EXTREMES = {
    "TINYINT": ["-128", "127"],
    "BIGINT": ["-9223372036854775808", "9223372036854775807"],
    "UBIGINT": ["0", "18446744073709551615"],
    "HUGEINT": [
        "-170141183460469231731687303715884105728",
        "170141183460469231731687303715884105727",
    ],
    "UHUGEINT": ["0", "340282366920938463463374607431768211455"],
    "DECIMAL(10,2)": ["-99999999.99", "99999999.99"],
    "DECIMAL(38,0)": ["9" * 38, "-" + "9" * 38],
    "DECIMAL(38,37)": ["9." + "9" * 37],
    "DECIMAL(19,18)": ["9." + "9" * 18],
    "DOUBLE": ["1e308", "-1e308", "nan"],
    "DATE": ["infinity", "2024-01-01"],
    "TIMESTAMP": ["infinity", "2024-01-01"],
    "VARCHAR": ["", "x"],
    "BOOLEAN": ["true", "false"],
}


def test_comparable_types_compare_on_any_row() -> None:
    con = duckdb.connect()
    refused = 0
    for left, ours in EXTREMES.items():
        for right, theirs in EXTREMES.items():
            if not comparable(left, right):
                refused += 1
                continue
            sides = [
                ", ".join(f"(CAST('{value}' AS {type}))" for value in values)
                for type, values in ((left, ours), (right, theirs))
            ]
            source = f"(VALUES {sides[0]}) a(x), (VALUES {sides[1]}) b(x)"
            con.execute(f"SELECT a.x = b.x, a.x < b.x FROM {source}").fetchall()
    assert refused
    assert comparable("BIGINT", "DECIMAL(19,18)")
    assert not comparable("HUGEINT", "DECIMAL(2,1)")
    assert not comparable("VARCHAR", "INTEGER")
    assert comparable("VARCHAR[]", "VARCHAR[]")
    assert not comparable("VARCHAR[]", "INTEGER[]")


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "1",
        "-1",
        "2147483647",
        "2147483648",
        "-2147483649",
        "9223372036854775808",
        "1.5",
        "0.10",
        "00.5",
        ".5",
        "5.",
        "1e3",
        "1.5E-3",
        "1_000",
        "123456789012345678901234567890.12345678",
    ],
)
def test_numbers_have_the_type_that_the_engine_gives(text: str) -> None:
    row = duckdb.connect().execute(f"SELECT typeof({text})").fetchone()
    assert row == (number_type(text),)


@settings(derandomize=True, deadline=None, max_examples=count(150))
@given(
    st.sampled_from(
        ["INTEGER", "UBIGINT", "DECIMAL(5,2)", "DOUBLE", "DATE", "BOOLEAN", "TIMESTAMP"]
    ),
    st.one_of(
        st.integers(-(10**20), 10**20).map(str),
        st.decimals(-1000, 1000, places=2).map(str),
        st.dates().map(str),
        st.datetimes().map(str),
        st.text("0123456789.-+eE: T", max_size=8),
    ),
)
def test_what_is_a_value_is_one_for_the_engine(type: str, text: str) -> None:
    try:
        value = value_of(text, type)
    except ValueError:
        return
    con = duckdb.connect()
    con.execute("SET VARIABLE v = ?", [value])
    row = con.execute(f"SELECT CAST(getvariable('v') AS {type}) = CAST(? AS {type})", [text])
    assert row.fetchone() == (True,)
