"""The walk of expressions knows every class that the first reading admits."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from doumen.kits.sql import parse, trace
from doumen.kits.sql.flow import has_aggregate
from doumen.model.ref import Ref
from doumen.model.schema import Schema


def test_every_named_column_is_read(admitted: str, schemas: Mapping[Ref, Schema]) -> None:
    """A column that stands in a statement, whatever is around it, is in what it reads."""
    statement = parse(admitted)
    reads = {read.column for read in trace(statement, schemas).reads}
    outputs = {alias.alias.casefold() for alias in statement.tree.find_all(exp.Alias)}
    named = {name for table in statement.tree.find_all(exp.TableAlias) for name in table.columns}
    for column in statement.tree.find_all(exp.Column):
        names = {part.name.casefold() for part in column.parts}
        given = {each.name if isinstance(each, exp.Expr) else each for each in named}
        star = isinstance(column.this, exp.Star) or isinstance(column.parent, exp.Star)
        assert star or names & (reads | outputs | given), column


def test_aggregates_are_told_from_windows() -> None:
    def told(text: str) -> bool:
        return has_aggregate(parse(f"SELECT {text} FROM d.t").tree.expressions[0])

    assert told("sum(a)")
    assert told("1 + max(a)")
    assert told("product(a)")
    assert told("arg_max_null(a, b)")
    assert told("sum(a) FILTER (WHERE b)")
    assert told("sum(sum(a)) OVER ()")
    assert told("rank() OVER (ORDER BY sum(a))")
    assert not told("a")
    assert not told("sum(a) OVER ()")
    assert not told("sum(a) FILTER (WHERE b) OVER ()")
    assert not told("lag(a) OVER (ORDER BY b)")
    assert not told("(SELECT sum(a) FROM d.t)")
    assert not told("now()")
