"""Checks of Soda: those of one metric are read, in both forms, all others are told of."""

from __future__ import annotations

from typing import Any

import pytest

from doumen.kits.standards.odcs.foreign import translated
from doumen.kits.standards.soda import translate


@pytest.mark.parametrize(
    ("check", "column", "rule"),
    [
        ("missing_count(day) = 0", None, {"metric": "nullValues", "mustBe": 0}),
        ("missing_percent(day) < 1.5", None, {"metric": "nullValues", "unit": "percent"}),
        ("row_count > 3", "a", {"metric": "rowCount", "mustBeGreaterThan": 3}),
        ({"type": "missing_count", "must_be": 0}, "a", {"metric": "nullValues", "mustBe": 0}),
        ({"type": "invalid_count", "column": "a", "valid_values": [1], "must_be": 0}, None,
         {"metric": "invalidValues", "arguments": {"validValues": [1]}}),
        ({"type": "invalid_percent", "valid_regex": "x+", "must_be_less_than": 5}, "a",
         {"metric": "invalidValues", "arguments": {"pattern": "x+"}, "unit": "percent"}),
        ("duplicate_count(a, b) = 0", None, {"type": "sql", "mustBe": 0}),
    ],
)  # fmt: skip
def test_checks_of_one_metric(check: Any, column: str | None, rule: dict[str, Any]) -> None:
    turned = translate(check, column)
    assert turned.item
    assert rule.items() <= turned.item.items()
    if "duplicate" in str(check):
        assert 'GROUP BY "a", "b" HAVING count(*) > 1' in turned.item["query"]


@pytest.mark.parametrize(
    "check",
    ["x", "avg(a) = 1", 7, {"type": "missing_count"}, {"type": "missing_count", "must_be": "x"},
     {"type": "row_count", "must_be": 1, "filter": "a > 1"}, "invalid_count(a) = 0",
     "duplicate_percent(a) = 0", "missing_count(a, b) = 0", "missing_count = 0"],
)  # fmt: skip
def test_others_are_told_of(check: Any) -> None:
    turned = translate(check, None)
    assert turned.item is None
    assert turned.why


@pytest.mark.parametrize(
    "engine", ["greatExpectations", "great-expectations", "Great_Expectations"]
)
@pytest.mark.parametrize(
    "said",
    [{"type": "expect_table_row_count_to_equal", "kwargs": {"value": 3}},
     "type: expect_table_row_count_to_be_between\nkwargs:\n  minValue: 3\n  maxValue: 3\n",
     '{"expectation_type": "expect_table_row_count_to_equal", "kwargs": {"value": 3}}'],
)  # fmt: skip
def test_engines_and_implementations_in_every_spelling(engine: str, said: Any) -> None:
    """The second is the form that the documentation of ODCS shows."""
    turned = translated({"type": "custom", "engine": engine, "implementation": said}, None)
    assert turned
    assert turned.item
    assert (turned.item["metric"], turned.item["mustBe"]) == ("rowCount", 3)


def test_other_engines_are_not_ours_to_read() -> None:
    assert translated({"engine": "monte-carlo", "implementation": "x"}, "a") is None
    known = translated({"engine": "dbt", "implementation": "unique"}, "a")
    assert known
    assert known.item
    words = translated({"engine": "greatExpectations", "implementation": "some words"}, "a")
    assert words
    assert words.why
    soda = translated({"engine": "soda", "implementation": "row_count > 1"}, None)
    assert soda
    assert soda.item
