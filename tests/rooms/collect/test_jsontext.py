"""JSON that is read and written loses nothing, whatever a parser would settle in silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doumen.rooms.collect.jsontext import decoded, encoded, parsed, written

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_is_written_reads_as_it_was(value: Any) -> None:
    text = written(value)
    assert written(parsed(text)) == text
    assert "\n" not in text
    assert encoded(decoded(encoded(text))) == encoded(text)


@pytest.mark.parametrize(
    "text",
    [
        "1.10", "1e400", "-0", "123456789012345678901234567890", "[1E+2,0.0]",
        '{"a":1,"a":2}', "NaN", "[Infinity,-Infinity]", '"\\ud800"', '{"\\udfff":"数"}',
        '{"a":{"b":[{"c":null,"d":true,"e":false}]}}',
    ],
)  # fmt: skip
def test_what_is_odd_stays(text: str) -> None:
    assert written(parsed(text)) == text


def test_bytes_that_are_no_text_stay() -> None:
    raw = b'\xef\xbb\xbf{"a":"\xff\xc3","b":"\xc3\xa9"}'
    assert encoded(written(parsed(decoded(raw)))) == raw[3:]


def test_values_of_python() -> None:
    noon = datetime(2024, 2, 29, 12, tzinfo=UTC)
    value = {
        "n": Decimal("1.50"), "d": date(2024, 2, 29), "t": time(1, 2), "at": noon, "f": 0.1,
        "no": [float("nan"), float("inf"), Decimal("-Infinity")], "in": (1, 2),
    }  # fmt: skip
    assert written(value) == (
        '{"n":1.50,"d":"2024-02-29","t":"01:02:00","at":"2024-02-29T12:00:00+00:00","f":0.1,'
        '"no":["NaN","Infinity","-Infinity"],"in":[1,2]}'
    )


def test_what_cannot_be_written() -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    for value in (object(), {1, 2}, deep, {"a": deep}):
        with pytest.raises(ValueError):  # noqa: PT011 (it has no words)
            written(value)
    for text in ("", "{", "[1,]", "[" * 100_000, "nope"):
        with pytest.raises(ValueError):  # noqa: PT011 (it has no words)
            parsed(text)
