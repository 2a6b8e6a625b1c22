"""Keys order values as the engine does, for every type that has them."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import pytest

from doumen.kits.sql import key, ordered

VALUES = {
    "BIGINT": ["-9223372036854775808", "-1", "0", "9", "10", "9223372036854775807"],
    "DECIMAL(38,2)": ["-10.00", "-9.99", "0.00", "0.10", "123456789012345678901234567890123456.78"],
    "BOOLEAN": ["false", "true"],
    "DATE": ["0001-01-01", "1969-12-31", "1970-01-01", "9999-12-31"],
    "TIMESTAMP": ["1970-01-01 00:00:00", "1970-01-01 00:00:00.000001", "1970-01-01 00:00:00.5"],
    "TIMESTAMP WITH TIME ZONE": ["1970-01-01 00:00:00+00", "1970-01-01 02:00:00+01:30"],
    "VARCHAR": ["", "\x01", "A", "Z", "a", "ab", "b", "é", "中", "\ue000", "\U0001f600"],
}


@pytest.mark.parametrize("type_", VALUES)
def test_keys_are_in_the_order_of_the_engine(type_: str) -> None:
    texts = VALUES[type_]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(
            f"SELECT CAST(CAST(v AS {type_}) AS VARCHAR) FROM unnest(?) AS t(v) "
            f"ORDER BY CAST(v AS {type_})",
            [list(reversed(texts))],
        ).fetchall()
    keys = [key(text, type_) for (text,) in found]
    assert None not in keys
    assert all(a < b for a, b in pairwise(keys))  # type: ignore[operator]
    assert ordered(type_)


@pytest.mark.parametrize(
    "type_", ["DOUBLE", "FLOAT", "BLOB", "BIGINT[]", "STRUCT(a BIGINT)", "UUID"]
)
def test_other_types_have_no_keys(type_: str) -> None:
    assert not ordered(type_)
    assert key("1", type_) is None


@pytest.mark.parametrize(
    ("text", "type_"),
    [("infinity", "DATE"), ("20000-01-01", "DATE"), ("0044-03-15 (BC)", "DATE"), ("x", "BIGINT"),
     ("294247-01-10 04:00:54", "TIMESTAMP"), ("2026-01-01 25:00:00", "TIMESTAMP"),
     ("NaN!", "DECIMAL(3,1)"),
     ("9999-12-31 23:00:00-02", "TIMESTAMP WITH TIME ZONE"), ("maybe", "BOOLEAN")],
)  # fmt: skip
def test_what_python_cannot_hold_has_no_key(text: str, type_: str) -> None:
    assert key(text, type_) is None
