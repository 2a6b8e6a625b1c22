"""What a counted number must be, by the operators of ODCS 3.1, and the judgement of a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

_SIGNS: Mapping[str, str] = {
    "mustBe": "=", "mustNotBe": "≠", "mustBeGreaterThan": ">", "mustBeGreaterOrEqualTo": ">=",
    "mustBeLessThan": "<", "mustBeLessOrEqualTo": "<=", "mustBeBetween": "=",
    "mustNotBeBetween": "≠",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a counted value must be.

    Attributes:
        operator: An ODCS operator: `mustBe`, `mustNotBe`, `mustBeGreaterThan`,
            `mustBeGreaterOrEqualTo`, `mustBeLessThan`, `mustBeLessOrEqualTo`,
            `mustBeBetween`, `mustNotBeBetween`.
        bounds: One number as text, or two for the last two, which they include.
        percent: The count is taken as a percentage of all rows.
    """

    operator: str = "mustBe"
    bounds: tuple[str, ...] = ("0",)
    percent: bool = False

    def __str__(self) -> str:
        """As people write it: `>= 10000`, `= 1 … 5 %`."""
        bounds = " … ".join(self.bounds)
        return f"{_SIGNS[self.operator]} {bounds}{' %' if self.percent else ''}"

    @property
    def of_faults(self) -> bool:
        """Whether what is counted is unwanted: there may be none, or so many at most."""
        none = self.operator == "mustBe" and self.bounds == ("0",)
        return none or self.operator in {"mustBeLessThan", "mustBeLessOrEqualTo"}


def holds(value: Decimal, expects: Expectation, rows: int) -> bool:
    """Whether a count is as expected. A percentage of no rows is 0."""
    if expects.percent:
        value = value * 100 / rows if rows else Decimal(0)
    bounds = [Decimal({"true": "1", "false": "0"}.get(b, b)) for b in expects.bounds]
    low, high = bounds[0], bounds[-1]
    return {
        "mustBe": value == low,
        "mustNotBe": value != low,
        "mustBeGreaterThan": value > low,
        "mustBeGreaterOrEqualTo": value >= low,
        "mustBeLessThan": value < low,
        "mustBeLessOrEqualTo": value <= low,
        "mustBeBetween": low <= value <= high,
        "mustNotBeBetween": not low <= value <= high,
    }[expects.operator]
