"""Texts become the values that they are the texts of, or the column is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.model.errors import Faulty
from doumen.rooms.collect.connectors.arrow import arrow_type
from doumen.rooms.collect.connectors.texts import exact


@settings(derandomize=True, deadline=None)
@given(
    st.sampled_from(
        [
            ("BIGINT", st.integers(-(2**63), 2**63 - 1), str),
            ("SMALLINT", st.integers(-(2**15), 2**15 - 1), str),
            ("DECIMAL(38,9)", st.decimals(-(10**28), 10**28, places=9), lambda v: format(v, "f")),
            ("DOUBLE", st.floats(allow_nan=False), repr),
            ("DATE", st.dates(), str),
            ("TIMESTAMP", st.datetimes(), lambda v: v.isoformat(" ", "microseconds")),
            ("VARCHAR", st.text(st.characters(codec="utf-8")), str),
            ("BOOLEAN", st.booleans(), lambda v: str(int(v))),
        ]
    ).flatmap(lambda kind: st.tuples(st.just(kind), st.lists(st.none() | kind[1], min_size=1)))
)
def test_what_is_written_is_read(case: Any) -> None:
    (type, _, write), values = case
    texts = [None if value is None else write(value).encode() for value in values]
    made = exact(pa.array(texts, pa.binary()), type, "c")
    assert made.type == arrow_type(type)
    assert made.to_pylist() == values


@pytest.mark.parametrize(
    ("type", "text"),
    [
        ("TINYINT", "128"),
        ("BIGINT", "1.0"),
        ("DECIMAL(5,2)", "0.125"),
        ("DECIMAL(5,2)", "1234.5"),
        ("BOOLEAN", "2"),
        ("DATE", "0000-00-00"),
        ("DATE", "0000-12-31"),
        ("DATE", "2023-02-29"),
        ("TIMESTAMP", "0000-12-31 23:59:59"),
        ("TIMESTAMP", "2024-01-01 00:00:00.1234567"),
        ("TIMESTAMP WITH TIME ZONE", "2024-13-01 00:00:00"),
        ("DOUBLE", "geheim"),
        ("VARCHAR", b"\xff"),
    ],
)
def test_what_does_not_fit_is_refused_without_its_value(type: str, text: str | bytes) -> None:
    value = text.encode() if isinstance(text, str) else text
    with pytest.raises(Faulty, match="Column `c` holds a value") as caught:
        exact(pa.array([b"1", None, value], pa.binary())[1:], type, "c")
    assert str(text) not in str(caught.value.as_json())


def test_noughts_beyond_the_microsecond_are_none() -> None:
    texts = pa.array(["2024-01-01 00:00:00.1234560", "2024-01-01 00:00:00.5", None])
    whole, half = (
        datetime(2024, 1, 1, microsecond=123_456),
        datetime(2024, 1, 1, microsecond=500_000),
    )
    assert exact(texts, "TIMESTAMP", "c").to_pylist() == [whole, half, None]
    instants = [whole.replace(tzinfo=UTC), half.replace(tzinfo=UTC), None]
    assert exact(texts, "TIMESTAMP WITH TIME ZONE", "c").to_pylist() == instants


def test_bytes_stay_as_they_are_and_nothing_is_nothing() -> None:
    assert exact(pa.array([b"\xff"]), "BLOB", "c").to_pylist() == [b"\xff"]
    for type in ("DATE", "TIMESTAMP", "DECIMAL(5,2)"):
        assert exact(pa.array([None], pa.binary()), type, "c").to_pylist() == [None]
    assert exact(pa.array([b"0001-01-01"]), "DATE", "c").to_pylist() == [date(1, 1, 1)]
    assert exact(pa.array([b"1"]), "DECIMAL(5,2)", "c").to_pylist() == [Decimal("1.00")]
