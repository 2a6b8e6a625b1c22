"""The operators of ODCS, each with numbers that hold and numbers that do not."""

from __future__ import annotations

from decimal import Decimal

import pytest

from doumen.kits.quality.expectation import Expectation, holds


@pytest.mark.parametrize(
    ("operator", "bounds", "good", "bad"),
    [
        ("mustBe", ("5",), [5], [4, 6]),
        ("mustNotBe", ("5",), [4, 6], [5]),
        ("mustBeGreaterThan", ("5",), [6], [5, 4]),
        ("mustBeGreaterOrEqualTo", ("5",), [5, 6], [4]),
        ("mustBeLessThan", ("5",), [4], [5, 6]),
        ("mustBeLessOrEqualTo", ("5",), [4, 5], [6]),
        ("mustBeBetween", ("4", "6"), [4, 5, 6], [3, 7]),
        ("mustNotBeBetween", ("4", "6"), [3, 7], [4, 5, 6]),
    ],
)
def test_operators(operator: str, bounds: tuple[str, ...], good: list[int], bad: list[int]) -> None:
    expects = Expectation(operator, bounds)
    assert all(holds(Decimal(value), expects, 100) for value in good)
    assert not any(holds(Decimal(value), expects, 100) for value in bad)


def test_percentages_are_of_all_rows() -> None:
    expects = Expectation("mustBe", ("25",), percent=True)
    assert holds(Decimal(1), expects, 4)
    assert not holds(Decimal(25), expects, 4)
    assert holds(Decimal(3), Expectation("mustBe", ("0",), percent=True), 0)


@pytest.mark.parametrize(
    ("expects", "words"),
    [
        (Expectation(), "= 0"),
        (Expectation("mustBeGreaterOrEqualTo", ("10000",)), ">= 10000"),
        (Expectation("mustNotBeBetween", ("1", "5"), percent=True), "≠ 1 … 5 %"),
    ],
)
def test_it_is_written_as_people_do(expects: Expectation, words: str) -> None:
    assert str(expects) == words
