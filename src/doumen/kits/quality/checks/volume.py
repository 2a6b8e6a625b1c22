"""Volume: how many rows there may be, by fixed bounds or beside earlier runs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Literal, Self

from pydantic import Field, model_validator

from doumen.kits.quality.checks.interface import Measure, Options, Subject, Whole
from doumen.kits.quality.expectation import Expectation
from doumen.model.message import Message, joined, msg


class Form(Options):
    """Bounds of the number of rows; at least one of them.

    Attributes:
        change_percent: So far it may be from the median of earlier runs, in percent of it.
    """

    check: Literal["volume"]
    min: int | None = Field(default=None, ge=0)
    max: int | None = Field(default=None, ge=0)
    change_percent: Decimal | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.min is None and self.max is None and self.change_percent is None:
            raise ValueError(msg("give `min`, `max` or `change_percent`"))
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(msg("`min` is above `max`"))
        return self


class Volume:
    """The number of rows."""

    name = "volume"
    form: type[Options] = Form
    dimension = "completeness"
    counts = True
    summary = msg("the number of rows, by bounds or beside the median of earlier runs")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """None."""
        return ()

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """It is of the table."""
        if subject.columns:
            return msg("it is a check of the table: write it there, not at a column")
        return None

    def words(self, options: Form) -> Message:
        """Each bound."""
        parts = []
        if options.min is not None:
            parts.append(msg("at least {count:,} rows", count=options.min))
        if options.max is not None:
            parts.append(msg("at most {count:,} rows", count=options.max))
        if options.change_percent is not None:
            parts.append(
                msg(
                    "within {percent} % of the median of earlier runs",
                    percent=options.change_percent,
                )
            )
        return joined(msg(", "), parts)

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation | None:
        """What all bounds leave; none without a bound that is known yet."""
        low = None if options.min is None else Decimal(options.min)
        high = None if options.max is None else Decimal(options.max)
        if options.change_percent is not None and past:
            middle = Decimal(median(past))
            span = middle * options.change_percent / 100
            low = max(middle - span, low) if low is not None else middle - span
            high = min(middle + span, high) if high is not None else middle + span
        if low is not None and high is not None:
            return Expectation("mustBeBetween", (format(low, "f"), format(high, "f")))
        if low is not None:
            return Expectation("mustBeGreaterOrEqualTo", (format(low, "f"),))
        return None if high is None else Expectation("mustBeLessOrEqualTo", (format(high, "f"),))

    def measure(self, subject: Subject, options: Form) -> Measure:
        """One aggregate."""
        return Whole("count(*)")
