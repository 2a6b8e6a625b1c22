from __future__ import annotations

from decimal import Decimal

import pytest

from doumen.kits.standards.odcs.bounds import (
    bound_value,
    iso_bound,
    number_text,
    reversed_bounds,
)
from doumen.kits.standards.regex import pattern_fault


@pytest.mark.parametrize(
    ("text", "type", "known"),
    [
        ("1", "BIGINT", True), ("1.5", "DOUBLE", True), ("x", "BIGINT", False),
        ("NaN", "DOUBLE", False), ("2020-02-30", "DATE", False), ("2020-02-28", "DATE", True),
        ("2020-02-28 10:00:00+02:00", "TIMESTAMP", True), ("25:00", "TIME", False),
        ("1", "VARCHAR", False), ("1", "BLOB", False),
    ],
)  # fmt: skip
def test_values_of_a_type(text: str, type: str, known: bool) -> None:
    assert (bound_value(text, type) is not None) is known


def test_bounds_in_the_columns_own_format_are_turned() -> None:
    assert iso_bound("31.12.2020", "DATE", ("%Y/%m/%d", "%d.%m.%Y")) == "2020-12-31"
    assert iso_bound("31.12.2020", "TIMESTAMP", ("%d.%m.%Y",)) == "2020-12-31 00:00:00"
    assert iso_bound("5 PM", "TIME", ("%I %p",)) == "17:00:00"
    assert iso_bound("31.12.2020", "DATE", ()) is None


def test_numbers_as_text() -> None:
    assert [number_text(v) for v in (1, Decimal("1E+3"), True, False, "x")] == [
        "1", "1000", "true", "false", "x"
    ]  # fmt: skip


def test_bounds_that_leave_nothing() -> None:
    assert reversed_bounds("2", "1.5", "DOUBLE")
    assert not reversed_bounds("1", "1", "BIGINT")
    assert not reversed_bounds("2021-01-01", "2020-01-01T00:00:00+01:00", "TIMESTAMP")


@pytest.mark.parametrize(
    ("pattern", "runs"),
    [
        ("[A-Z]{2}\\d+", True), ("^a$", True), ("(?:a|b)", True), ("(?P<x>a)", True),
        ("(?=a)", False), ("(?<!a)", False), ("(a)\\1", False), ("a*+", False), ("(", False),
        ("a{999999999999}", False),
    ],
)  # fmt: skip
def test_patterns_that_the_engine_runs(pattern: str, runs: bool) -> None:
    assert (pattern_fault(pattern) is None) is runs
