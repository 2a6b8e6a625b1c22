"""Cursors of records: what their values are, and that one stream has one sort of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doumen.model.errors import Faulty
from doumen.rooms.collect.connectors.interface import Mark
from doumen.rooms.collect.jsontext import Bare
from doumen.rooms.collect.sources import marks
from doumen.rooms.collect.sources.cursors import Cursor

HALF = datetime(2024, 2, 29, 12, 0, 0, 500_000)


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        (Bare("7"), 7), (Bare("-7.50"), Decimal("-7.50")), (Bare("1e3"), Decimal(1000)),
        ("0042", 42), ("4.2", Decimal("4.2")), (7, 7), (Decimal("1.5"), Decimal("1.5")),
        (0.1, Decimal("0.1")),
        ("2024-02-29", date(2024, 2, 29)), (date(2024, 2, 29), date(2024, 2, 29)),
        ("2024-02-29T12:00:00.5Z", HALF.replace(tzinfo=UTC)),
        ("2024-02-29t13:00:00.500000+0100", HALF.replace(tzinfo=UTC)),
        ("2024-02-29 12:00:00,500000000", HALF), (HALF, HALF),
        ("01HZY-x", "01HZY-x"), ("2024-02-30", "2024-02-30"), ("", ""),
    ],
)  # fmt: skip
def test_values_are_what_they_say(value: Any, mark: Mark) -> None:
    found = Cursor("a.b", None).of({"a": {"b": value}})
    assert found == mark
    assert type(found) is type(mark)
    assert found is not None
    assert marks.from_json(marks.as_json(found)) == mark
    assert Cursor("a.b", found).passed(mark)


@pytest.mark.parametrize(
    "value",
    [True, {}, [], b"x", Bare("NaN"), Bare("Infinity"), Bare("1e999"), Bare("not a number"),
     "2024-02-29T12:00:00.1234567Z", float("nan")],
)  # fmt: skip
def test_what_has_no_order_is_none(value: Any) -> None:
    with pytest.raises(Faulty, match="`a`"):
        Cursor("a", None).of({"a": value})


def test_a_stream_has_one_sort() -> None:
    for first, second in (
        ("2024-02-29", "2024-02-29T00:00:00Z"), ("2024-02-29T00:00:00", "2024-02-29T00:00:00Z"),
        (Bare("1"), "a"), ("a", Bare("1")),
    ):  # fmt: skip
        cursor = Cursor("a", None)
        mark = cursor.of({"a": first})
        with pytest.raises(Faulty, match="`a`"):
            cursor.of({"a": second})
        with pytest.raises(Faulty, match="`a`"):
            Cursor("a", mark).of({"a": second})


def test_texts_may_be_compared_as_they_are() -> None:
    cursor = Cursor("a", None, text=True)
    values = [cursor.of({"a": one}) for one in ("10", "9", Bare("9"), "2024-01-01", 7)]
    assert values == ["10", "9", "9", "2024-01-01", "7"]


def test_where_there_is_none() -> None:
    cursor = Cursor("a.b", None)
    for record in ({}, {"a": None}, {"a": {"b": None}}, {"a": 1}, Bare("x"), [1], None):
        assert cursor.of(record) is None
    assert cursor.of({"a.b": Bare("3"), "a": {"b": Bare("4")}}) == 3


@given(st.lists(st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3)))
def test_the_greatest_is_seen(values: list[Any]) -> None:
    cursor = Cursor("a", None)
    for value in values:
        mark = cursor.of({"a": value})
        assert mark is not None
        cursor.see(mark)
        assert not cursor.passed(mark)
    assert cursor.mark == max(values, default=None)


def test_zones_do_not_matter() -> None:
    east = datetime(2024, 1, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    cursor = Cursor("a", east)
    seen = cursor.of({"a": "2024-01-01T00:00:00Z"})
    assert seen is not None
    assert cursor.passed(seen)
