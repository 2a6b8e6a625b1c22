"""Duty `filter`: only rows for which an expression over the dataset's own columns is true.

Several filters are joined by AND. Its literals and its columns are told only to those who
govern rules: a literal may be a value of the very rows that are hidden.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from doumen.kits.policy.masks import WITHHELD
from doumen.kits.sql import compile_filter
from doumen.model.errors import DoumenError
from doumen.model.message import Message, msg, paragraph
from doumen.model.rule import Filter, Target
from doumen.model.schema import Schema

Attributes = frozenset[tuple[str, str | None]]


@lru_cache(maxsize=4096)
def misfit(expression: str, schema: Schema, attributes: Attributes | None = None) -> Message | None:
    """Why the expression cannot filter a dataset of this schema; None where it can.

    Args:
        expression: The filter.
        schema: Raw columns of the dataset.
        attributes: Names and values of `actor.NAME`; None: not known yet.
    """
    known = None if attributes is None else dict(attributes)
    try:
        compile_filter(expression, schema, known, prefix="f")
    except DoumenError as error:
        return paragraph([part for part in (error.what, error.why) if part])
    return None


class FilterKind:
    """`- filter: "origin <> 'LGA'"`."""

    name: str = "filter"
    noun: type[Filter] = Filter
    form: Any = Annotated[
        str,
        StringConstraints(strict=True, min_length=1, max_length=10_000),
        AfterValidator(str.strip),
    ]

    def read(self, form: str) -> Filter:
        """The duty from its expression."""
        return Filter(form)

    def write(self, duty: Filter) -> str:
        """The expression."""
        return duty.expression

    def join(self, duties: Collection[Filter]) -> tuple[Filter, ...]:
        """All of them, by AND; equal ones once."""
        expressions = sorted({duty.expression for duty in duties})
        if len(expressions) == 1:
            return (Filter(expressions[0]),)
        return (Filter(" AND ".join(f"({expression}\n)" for expression in expressions)),)

    def words(self, duty: Filter, *, literals: bool) -> Message:
        """The expression for those who govern; for others that there is one."""
        if literals:
            return msg("only rows where {expression}", expression=duty.expression)
        return msg("only the rows that its condition lets through")

    def withheld(self, duty: Filter) -> Filter:
        """A filter that does not tell its expression."""
        return Filter(WITHHELD)

    def faults(self, duty: Filter, on: Target, schema: Schema) -> Iterator[Message]:
        """An expression that does not compile over these columns."""
        fault = misfit(duty.expression, schema)
        if fault is not None:
            yield fault
