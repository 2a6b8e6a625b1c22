"""Freshness: how old the latest value of a time may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import field_validator

from doumen.kits.quality.checks.interface import Measure, Options, Subject, Whole
from doumen.kits.quality.checks.suits import misplaced, of_other_type, stands_at
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql import quoted
from doumen.kits.sql.literal import Family
from doumen.model.message import Message, msg

_DURATION = re.compile(
    r"P(?=.)(?:([0-9]{1,6})W)?(?:([0-9]{1,6})D)?"
    r"(?:T(?=.)(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?"
)
_SECONDS = (604_800, 86_400, 3_600, 60, 1)


def seconds(duration: str) -> int | None:
    """Length of a duration of ISO 8601 in weeks, days, hours, minutes and seconds; None: no such.

    Years and months have no length of their own, so they are not taken.
    """
    found = _DURATION.fullmatch(duration)
    if found is None:
        return None
    return sum(int(part or 0) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True))


class Form(Options):
    """A time and its greatest age.

    Attributes:
        max_age: A duration of ISO 8601, such as `P1D` or `PT36H`.
        column: Where the rule does not stand at it.
    """

    check: Literal["freshness"]
    max_age: str
    column: str | None = None

    @field_validator("max_age")
    @classmethod
    def _measurable(cls, max_age: str) -> str:
        if seconds(max_age) is None:
            raise ValueError(
                msg(
                    "`{text}` is no duration in weeks, days, hours, minutes and seconds, such as "
                    "P1D or PT36H",
                    text=max_age,
                )
            )
        return max_age


class Freshness:
    """Seconds from the latest value to the time of the job; negative where it lies ahead.

    Times without a zone are taken as UTC, dates as their first moment. Infinite times, and no
    value at all, have no age.
    """

    name = "freshness"
    form: type[Options] = Form
    dimension = "timeliness"
    counts = False
    summary = msg("seconds since the latest value of a time")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """The column that it stands at."""
        return (stands_at(subject, options.column),)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """One column of dates or times."""
        return misplaced(subject, options.column) or of_other_type(
            subject, stands_at(subject, options.column), {Family.TIME}
        )

    def words(self, options: Form) -> Message:
        """The age as written."""
        return msg("the latest is at most {age} old", age=options.max_age)

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most the age, in seconds."""
        return Expectation("mustBeLessOrEqualTo", (str(seconds(options.max_age)),))

    def measure(self, subject: Subject, options: Form) -> Measure:
        """One aggregate."""
        latest = f"max({quoted(stands_at(subject, options.column))})"
        return Whole(f"epoch(now()) - epoch({latest})")
