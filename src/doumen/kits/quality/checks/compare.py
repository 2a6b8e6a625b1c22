"""Cross-field: a relation between two columns of a row, such as departure before arrival."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from doumen.kits.quality.checks.interface import Measure, Options, Rows, Subject, tolerated
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql import quoted
from doumen.model.message import Message, msg


class Form(Options):
    """Two columns and how the first stands to the second."""

    check: Literal["compare"]
    left: str
    operator: Literal["<", "<=", "=", "!=", ">=", ">"]
    right: str


class Compare:
    """Rows in which both columns have a value and the relation does not hold."""

    name = "compare"
    form: type[Options] = Form
    dimension = "consistency"
    summary = msg("rows in which one column does not stand to another as it should")

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """Both columns must be there, of the same type or both numbers."""
        for name in (options.left, options.right):
            if name not in subject.types:
                return msg("`{column}` is no column of it", column=name)
        return None

    def words(self, options: Form) -> Message:
        """The relation as written."""
        return msg(
            "{left} {operator} {right}",
            left=options.left,
            operator=options.operator,
            right=options.right,
        )

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most what is tolerated."""
        return tolerated(options)

    def measure(self, subject: Subject, options: Form) -> Measure:
        """Rows at fault."""
        operator = "<>" if options.operator == "!=" else options.operator
        return Rows(f"NOT ({quoted(options.left)} {operator} {quoted(options.right)})")
