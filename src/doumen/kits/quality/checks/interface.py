"""What a kind of check is: options read from a contract, and how its one number is got.

A contract writes one as a custom rule of ODCS 3.1: `type: custom`, `engine: doumen`, and an
`implementation` that names the kind under `check` and gives its options. Most kinds count rows
at fault, and all of those of a contract are counted in one scan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from doumen.kits.quality.expectation import Expectation
from doumen.model.message import Message, msg
from doumen.model.plan import Scalar
from doumen.model.ref import Ref


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked.

    Attributes:
        ref: The dataset.
        types: Name → type of each of its columns.
        columns: Those that the rule stands at; none: the table.
    """

    ref: Ref
    types: Mapping[str, str]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows at fault, counted in the scan that all checks share.

    Attributes:
        condition: True for a row at fault, in the reference dialect over the bare columns; total:
            it never fails, whatever the values are. NULL counts as false.
        parameters: Values of its `?`, in order.
        absent: Where the condition is only that this expression is NULL; counting values is
            faster than looking at each.
    """

    condition: str
    parameters: tuple[Scalar, ...] = ()
    absent: str | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """An aggregate of all rows, computed in the scan that all checks share.

    Attributes:
        expression: One number; total. NULL where there is nothing to compute it of.
    """

    expression: str
    parameters: tuple[Scalar, ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """A statement of its own that gives one number.

    Attributes:
        failing: Condition of a row at fault, for examples; None: no row is at fault by itself.
    """

    statement: str
    parameters: tuple[Scalar, ...] = ()
    failing: Rows | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """Values of one column that a library judges, each value once; NULL is not asked.

    Attributes:
        column: Its name.
        accepts: Whether a value, as text, is right. It must not raise.
    """

    column: str
    accepts: Callable[[str], bool]


Measure = Rows | Whole | Own | Judged


class Options(BaseModel):
    """The options of a check in a contract; a kind adds its own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Tolerant(Options):
    """Options of a kind that counts rows at fault.

    Attributes:
        at_most: So many rows at fault, or values, are no breach.
        at_most_percent: As `at_most`, of all rows; one of the two.
    """

    at_most: int = Field(default=0, ge=0)
    at_most_percent: Decimal | None = Field(default=None, ge=0, le=100)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.at_most and self.at_most_percent is not None:
            raise ValueError(msg("give `at_most` or `at_most_percent`, not both"))
        return self


class CheckKind(Protocol):
    """One kind of check.

    Attributes:
        name: As written under `check`.
        form: Its options in a contract.
        dimension: Dimension of ODCS that it is of, where the rule names none.
        counts: Its number counts rows, and is no value that is computed of them.
        summary: What it counts, one line, for the reference.
    """

    name: str
    form: type[Options]
    dimension: str
    counts: bool
    summary: Message

    def reads(self, subject: Subject, options: Any) -> tuple[str, ...]:
        """The columns that its number depends on; none: on the number of rows alone.

        Only of what it suits.
        """
        ...

    def misfit(self, subject: Subject, options: Any) -> Message | None:
        """Why it cannot be at these columns; None where it can."""
        ...

    def words(self, options: Any) -> Message:
        """The rule in words, such as "is an IBAN"."""
        ...

    def expects(self, options: Any, past: Sequence[Decimal]) -> Expectation | None:
        """What the number must be; None where there is nothing yet to hold it against.

        Args:
            options: Of the check.
            past: What was counted at earlier runs over other versions, oldest first.
        """
        ...

    def measure(self, subject: Subject, options: Any) -> Measure:
        """How its number is got; only of what it suits."""
        ...


def tolerated(options: Tolerant) -> Expectation:
    """What is expected of a count of faults: at most so many, or so many of a hundred."""
    if options.at_most_percent is not None:
        return Expectation("mustBeLessOrEqualTo", (str(options.at_most_percent),), percent=True)
    return Expectation("mustBeLessOrEqualTo", (str(options.at_most),))
