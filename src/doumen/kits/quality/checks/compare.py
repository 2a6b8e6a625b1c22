"""Cross-field: a relation between a column and another, or a value, such as start before end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import field_validator, model_validator

from doumen.kits.quality.checks.interface import (
    Measure,
    Options,
    Rows,
    Subject,
    Tolerant,
    tolerated,
)
from doumen.kits.quality.checks.suits import absent
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql import quoted
from doumen.kits.sql.literal import value_of
from doumen.kits.sql.total import compares
from doumen.model.message import Message, msg


class Form(Tolerant):
    """A column, and how it stands to another or to a value.

    Attributes:
        right: The other column.
        value: Or a value, as text of the type of `left`.
        allow_null: Rows without one of both are no fault.
    """

    check: Literal["compare"]
    left: str
    operator: Literal["<", "<=", "=", "!=", ">=", ">"]
    right: str | None = None
    value: bool | int | Decimal | str | None = None
    allow_null: bool = True

    @field_validator("value", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        """Dates as YAML reads them."""
        return value.isoformat() if isinstance(value, date) else value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.right is None) == (self.value is None):
            raise ValueError(msg("give `right`, a column, or `value`"))
        return self


class Compare:
    """Rows in which the relation does not hold."""

    name = "compare"
    form: type[Options] = Form
    dimension = "consistency"
    counts = True
    summary = msg("rows in which one column does not stand to another, or a value, as it should")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """One column or two."""
        return (options.left,) if options.right is None else (options.left, options.right)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """The columns must be there, and of types that compare."""
        missing = absent(subject, [options.left, *([options.right] if options.right else [])])
        if missing is not None:
            return missing
        type = subject.types[options.left]
        if options.right is None:
            return _no_value(_written(options), type)
        other = subject.types[options.right]
        if compares(type, other):
            return None
        return msg(
            "`{left}` is {type} and `{right}` is {other}; they do not compare",
            left=options.left,
            type=type,
            right=options.right,
            other=other,
        )

    def words(self, options: Form) -> Message:
        """The relation as written."""
        return msg(
            "{left} {operator} {right}",
            left=options.left,
            operator=options.operator,
            right=_written(options) if options.right is None else options.right,
        )

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most what is tolerated."""
        return tolerated(options)

    def measure(self, subject: Subject, options: Form) -> Measure:
        """Rows at fault."""
        operator = "<>" if options.operator == "!=" else options.operator
        left = quoted(options.left)
        parameters = () if options.right else (_written(options),)
        right = (
            quoted(options.right) if options.right else f"CAST(? AS {subject.types[options.left]})"
        )
        holds = f"{left} {operator} {right}"
        if not options.allow_null:
            return Rows(f"NOT coalesce({holds}, false)", parameters)
        return Rows(f"NOT ({holds})", parameters)


def _written(options: Form) -> str:
    """The value as text; a truth value as SQL writes it."""
    value = options.value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _no_value(text: str, type: str) -> Message | None:
    """Why a text is no value of a type."""
    try:
        value_of(text, type)
    except ValueError:
        return msg("`{text}` is no {type}", text=text, type=type)
    return None
