"""Distribution: how far the shares of bins, or of values, are from those that are expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from doumen.kits.quality.checks.interface import Measure, Options, Subject, Whole
from doumen.kits.quality.checks.suits import as_text, misplaced, of_other_type, stands_at
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql import quoted
from doumen.kits.sql.literal import Family
from doumen.model.message import Message, msg

LEAST = Decimal("0.0001")
"""Share that an empty bin counts as, or its logarithm would be infinite."""
MOST = 100
"""Bins, or values."""
_OFF_ONE = Decimal("0.001")
_SIGNIFICANT = Decimal("0.25")
"""Above it a population counts as changed (Siddiqi, p. 137); from 0.1 on, as slightly so."""


class Form(Options):
    """What shares are expected, of bins between edges or of values.

    Attributes:
        edges: Ascending; the first bin is what lies below the first edge, each other one begins
            with its edge. Then `shares` has one share more than there are edges.
        shares: Of the bins, together 1.
        values: Value, as text, to its share; what is left of 1 is for all other values.
        max_psi: Greatest index that is no breach.
        column: Where the rule does not stand at it.
    """

    check: Literal["distribution"]
    edges: tuple[Decimal, ...] = Field(default=(), max_length=MOST)
    shares: tuple[Decimal, ...] = Field(default=(), max_length=MOST + 1)
    values: Mapping[str, Decimal] = Field(default={}, max_length=MOST)
    max_psi: Decimal = Field(default=_SIGNIFICANT, gt=0)
    column: str | None = None

    @field_validator("values", mode="before")
    @classmethod
    def _as_text(cls, values: Any) -> Any:
        """Keys as YAML reads them: `true`, 1."""
        if not isinstance(values, Mapping):
            return values
        return {str(k).lower() if isinstance(k, bool) else str(k): v for k, v in values.items()}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.edges) == bool(self.values):
            raise ValueError(msg("give `edges` and `shares`, or `values`"))
        shares: tuple[Decimal, ...] = self.shares or tuple(self.values.values())
        if any(not share.is_finite() or share < 0 for share in shares):
            raise ValueError(msg("a share is from 0 to 1"))
        if self.values:
            if self.shares:
                raise ValueError(msg("`shares` goes with `edges`; `values` hold their own"))
            if sum(shares, Decimal(0)) > 1 + _OFF_ONE:
                raise ValueError(msg("the shares are more than 1 together"))
            return self
        if any(not edge.is_finite() for edge in self.edges) or list(self.edges) != sorted(
            set(self.edges)
        ):
            raise ValueError(msg("`edges` do not ascend"))
        if len(self.shares) != len(self.edges) + 1:
            raise ValueError(
                msg("`shares` should hold {count}, one for each bin", count=len(self.edges) + 1)
            )
        if abs(sum(shares, Decimal(0)) - 1) > _OFF_ONE:
            raise ValueError(msg("the shares are not 1 together"))
        return self


class Distribution:
    """The population stability index of a column.

    PSI = Σ (a - e) · ln(a / e) over the bins, with the actual share a and the expected share e:
    the divergence of Jeffreys (1946). N. Siddiqi, Credit Risk Scorecards, Wiley 2006, chapter 9.
    Shares are of the rows that have a value; one below 0.0001 counts as 0.0001.
    """

    name = "distribution"
    form: type[Options] = Form
    dimension = "accuracy"
    counts = False
    summary = msg("how far the shares of values are from those that are expected")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """The column that it stands at."""
        return (stands_at(subject, options.column),)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """One column: of numbers for edges; of text, whole numbers or truth values for values."""
        found = misplaced(subject, options.column)
        if found is not None:
            return found
        column = stands_at(subject, options.column)
        if options.edges:
            return of_other_type(subject, column, {Family.NUMBER})
        return of_other_type(subject, column, {Family.TEXT, Family.TRUTH}, whole=True)

    def words(self, options: Form) -> Message:
        """The greatest index."""
        return msg("the distribution is stable: PSI at most {most}", most=options.max_psi)

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most the greatest index."""
        return Expectation("mustBeLessOrEqualTo", (format(options.max_psi, "f"),))

    def measure(self, subject: Subject, options: Form) -> Measure:
        """One aggregate; each condition stands in it twice, so do its parameters."""
        column = stands_at(subject, options.column)
        name, text = quoted(column), as_text(subject, column)
        if options.edges:
            bins = list(_between(name, options.edges))
            parts = [_part(name, *each) for each in zip(bins, options.shares, strict=True)]
            return Whole(" + ".join(parts))
        marks = ", ".join("?" for _ in options.values)
        bins = [f"{text} = ?" for _ in options.values] + [f"{text} NOT IN ({marks})"]
        shares = [*options.values.values()]
        shares.append(1 - sum(shares, Decimal(0)))
        parts = [_part(name, *each) for each in zip(bins, shares, strict=True)]
        named = tuple(options.values)
        each = tuple(value for value in named for _ in range(2))
        return Whole(" + ".join(parts), each + named + named)


def _between(name: str, edges: Sequence[Decimal]) -> Iterator[str]:
    """The conditions of the bins; NaN is above all numbers."""
    numbers = [f"CAST({format(edge, 'f')} AS DOUBLE)" for edge in edges]
    yield f"{name} < {numbers[0]}"
    for low, high in pairwise(numbers):
        yield f"{name} >= {low} AND {name} < {high}"
    yield f"{name} >= {numbers[-1]}"


def _part(name: str, condition: str, share: Decimal) -> str:
    """(a - e) · ln(a / e) of one bin; NULL where the column has no value."""
    counted = f"count_if({condition}) / CAST(nullif(count({name}), 0) AS DOUBLE)"
    expected = f"CAST({format(max(share, LEAST), 'f')} AS DOUBLE)"
    # `greatest` passes over NULL, which would make a share of a column without values
    actual = f"CASE WHEN count({name}) > 0 THEN greatest({counted}, CAST({LEAST} AS DOUBLE)) END"
    return f"({actual} - {expected}) * ln({actual} / {expected})"
