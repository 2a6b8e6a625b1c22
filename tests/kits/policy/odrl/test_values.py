"""Every operator over every sort of value, and what does not compare."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doumen.kits.policy.odrl import Value, World
from doumen.kits.policy.odrl.truth import Truth
from doumen.kits.policy.odrl.values import compared, sound
from doumen.kits.policy.odrl.vocabulary import Operator

NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATE = datetime(2026, 11, 29, 23, tzinfo=timezone(timedelta(hours=-8)))
WORLD = World(
    NOON,
    part_of={
        "rotterdam": frozenset({"nl"}), "nl": frozenset({"eu"}),
        "a": frozenset({"b"}), "b": frozenset({"a"}),
    },
    kinds={"cohort-study": frozenset({"research"}), "research": frozenset({"purpose"})},
)  # fmt: skip


def asked(operator: str, left: Any, right: Any) -> Truth:
    left = left if isinstance(left, tuple) else (left,)
    right = right if isinstance(right, tuple) else (right,)
    return compared(f"odrl:{operator}", left, right, WORLD)


ORDERED: list[tuple[Value, Value]] = [
    (1, 2),
    (1.5, Decimal("1.6")),
    (2**60, 2**60 + 1),
    (NOON, NOON + timedelta(microseconds=1)),
    (date(2026, 1, 1), date(2026, 1, 2)),
    (NOON, date(2026, 11, 30)),
    (date(2026, 11, 28), NOON),
    (timedelta(days=1), timedelta(days=2)),
]
TABLE = {
    "eq": (False, True, False), "neq": (True, False, True), "lt": (True, False, False),
    "lteq": (True, True, False), "gt": (False, False, True), "gteq": (False, True, True),
}  # fmt: skip


@pytest.mark.parametrize("operator", TABLE)
@pytest.mark.parametrize(("less", "more"), ORDERED)
def test_ordered_values(operator: str, less: Value, more: Value) -> None:
    below, same, above = TABLE[operator]
    assert asked(operator, less, more) is below
    assert asked(operator, less, less) is same
    assert asked(operator, more, less) is above


@pytest.mark.parametrize(
    ("left", "right"),
    [("a", 1), (True, 1), (1, True), (NOON, 1), (timedelta(1), 1), (float("nan"), 1.0),
     (NOON.replace(tzinfo=None), NOON), (Decimal("Infinity"), 3), ("2026-11-29", NOON)],
)  # fmt: skip
def test_what_does_not_compare_is_unknown(left: Any, right: Any) -> None:
    for operator in (*TABLE, "isAnyOf", "isNoneOf", "isAllOf"):
        assert asked(operator, left, right) is None
        assert asked(operator, right, left) is None


@pytest.mark.parametrize("value", ["a", True])
def test_texts_and_truths_are_equal_or_not_and_have_no_order(value: Value) -> None:
    other = "b" if value == "a" else False
    assert [asked(o, value, value) for o in TABLE] == [True, False, None, None, None, None]
    assert [asked(o, value, other) for o in TABLE] == [False, True, None, None, None, None]


def test_a_day_is_over_when_it_is_over_in_utc() -> None:
    assert asked("lteq", NOON.replace(hour=23, minute=59), date(2026, 11, 29)) is True
    assert asked("lteq", LATE, date(2026, 11, 29)) is False
    assert asked("gt", LATE, date(2026, 11, 29)) is True


@pytest.mark.parametrize(
    ("operator", "left", "right", "holds"),
    [
        ("isA", "cohort-study", "purpose", True),
        ("isA", "research", "research", True),
        ("isA", "research", "cohort-study", False),
        ("isPartOf", "rotterdam", "eu", True),
        ("isPartOf", "eu", "rotterdam", False),
        ("isPartOf", "nl", "nl", True),
        ("isPartOf", "a", "c", False),
        ("hasPart", "eu", "rotterdam", True),
        ("hasPart", "rotterdam", "eu", False),
        ("isA", 1, "purpose", None),
        ("isPartOf", "nl", 1, None),
        ("hasPart", 1, "nl", None),
    ],
)
def test_relations(operator: str, left: Any, right: Any, holds: Truth) -> None:
    assert asked(operator, left, right) is holds


@pytest.mark.parametrize(
    ("left", "right", "any_of", "all_of", "none_of"),
    [
        (("a",), ("a", "b"), True, False, False),
        (("a", "b"), ("a", "b"), True, True, False),
        (("a", "b", "c"), ("a", "b"), True, True, False),
        (("c",), ("a", "b"), False, False, True),
        (("c", "a"), ("a", "b"), True, False, False),
        ((1,), ("1",), None, None, None),
        ((1, "1"), ("1",), True, True, False),
        ((1, "2"), ("1",), None, None, None),
    ],
)
def test_sets(left: Any, right: Any, any_of: Truth, all_of: Truth, none_of: Truth) -> None:
    assert asked("isAnyOf", left, right) is any_of
    assert asked("isAllOf", left, right) is all_of
    assert asked("isNoneOf", left, right) is none_of


@pytest.mark.parametrize("operator", Operator)
def test_nothing_known_is_unknown(operator: Operator) -> None:
    assert compared(operator, (), ("a",), WORLD) is None


def test_several_values_at_once_are_known_where_they_agree() -> None:
    assert asked("gt", (5, 7), 3) is True
    assert asked("gt", (1, 2), 3) is False
    assert asked("gt", (1, 5), 3) is None
    assert asked("eq", ("research", "marketing"), "research") is None
    assert asked("eq", ("research", 4), "research") is None


numbers = st.one_of(
    st.integers(), st.decimals(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip


@given(numbers, numbers)
def test_of_two_numbers_exactly_one_relation_holds(left: Value, right: Value) -> None:
    assert [asked(o, left, right) for o in ("lt", "eq", "gt")].count(True) == 1
    assert asked("neq", left, right) is not asked("eq", left, right)
    assert asked("lteq", left, right) is not asked("gt", left, right)
    assert asked("gteq", left, right) is asked("lteq", right, left)


def test_sound_values() -> None:
    assert all(sound(value) for pair in ORDERED for value in pair)
    unsound: list[Value] = [float("inf"), Decimal("NaN"), datetime(2026, 1, 1)]
    assert not any(sound(value) for value in unsound)
    assert not sound(None)  # type: ignore[arg-type]
