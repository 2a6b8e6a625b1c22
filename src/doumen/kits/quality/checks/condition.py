"""An expression: any condition over the columns of a row that cannot fail, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import Field
from sqlglot import exp

from doumen.kits.quality.checks.interface import (
    Measure,
    Options,
    Rows,
    Subject,
    Tolerant,
    tolerated,
)
from doumen.kits.quality.expectation import Expectation
from doumen.kits.sql import UnknownColumn
from doumen.kits.sql.bounds import check_depth
from doumen.kits.sql.expression import DEEPEST, LONGEST
from doumen.kits.sql.parse import read_tree
from doumen.kits.sql.total import check_total
from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import Message, msg, paragraph, plain
from doumen.model.schema import Column, Schema


class Form(Tolerant):
    """A condition.

    Attributes:
        expression: As in the filter of a rule: columns, literals, comparisons and functions that
            cannot fail on any row. True or NULL is no fault.
    """

    check: Literal["expression"]
    expression: str = Field(min_length=1, max_length=LONGEST)


class Condition:
    """Rows in which the condition is false."""

    name = "expression"
    form: type[Options] = Form
    dimension = "consistency"
    counts = True
    summary = msg("rows in which a condition in SQL is false")

    def reads(self, subject: Subject, options: Form) -> tuple[str, ...]:
        """Those that the condition names."""
        columns = _Columns(subject)
        check_total(_read(options.expression), columns.find, ())
        return tuple(columns.found)

    def misfit(self, subject: Subject, options: Form) -> Message | None:
        """It is one condition, over columns that are there, and it cannot fail."""
        try:
            type = check_total(_read(options.expression), _Columns(subject).find, ())
        except DoumenError as error:
            return paragraph([part for part in (error.what, error.why) if part is not None])
        return None if type == "BOOLEAN" else msg("the expression is no condition")

    def words(self, options: Form) -> Message:
        """The condition as written."""
        return plain(options.expression)

    def expects(self, options: Form, past: Sequence[Decimal]) -> Expectation:
        """At most what is tolerated."""
        return tolerated(options)

    def measure(self, subject: Subject, options: Form) -> Measure:
        """Rows at fault; the text is written anew from its tree, so that it ends where it ends."""
        written = _read(options.expression).sql(dialect="duckdb", comments=False)
        return Rows(f"NOT ({written})")


class _Columns:
    """Finds columns of a dataset by name, and keeps which were found."""

    def __init__(self, subject: Subject) -> None:
        self._schema = Schema(tuple(Column(n, t) for n, t in subject.types.items()))
        self.found: dict[str, None] = {}

    def find(self, path: Sequence[str]) -> Column:
        """The column that a name means; it has one part."""
        found = self._schema.find(path[0]) if len(path) == 1 else None
        if found is None:
            raise UnknownColumn(None, ".".join(path), self._schema.names)
        self.found[found.name] = None
        return found


def _read(text: str) -> exp.Expr:
    """The tree of one expression."""
    tree = read_tree(text, prefix="SELECT ")
    items = tree.expressions if isinstance(tree, exp.Select) else []
    extra = [key for key, value in tree.args.items() if value and key != "expressions"]
    if len(items) != 1 or extra or isinstance(items[0], exp.Alias):
        raise Invalid(msg("It is not one expression."), detail="contract")
    if any(True for _ in items[0].find_all(exp.Placeholder, exp.Parameter)):
        raise Invalid(msg("It has a parameter."), detail="contract")
    check_depth(tree, DEEPEST)
    found: exp.Expr = items[0]
    return found
