"""Common table expressions that read themselves: where, and which columns flow round in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlglot import exp

from doumen.kits.sql.names import fold
from doumen.kits.sql.scopes import Rows, UnknownColumn, common_type
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.ref import ColumnRef

RECURRING = "recurring"
"""The schema under which the engine shows all rows of a recursion in its own second branch."""

_PLAIN = ("by_name", "order", "limit", "offset")
"""What a union may not carry to be a recursion."""


def recursive(cte: exp.Expr) -> bool:
    """Whether the engine lets the second branch of this common table expression read it."""
    clause = cte.parent
    return (
        isinstance(clause, exp.With)
        and bool(clause.args.get("recursive"))
        and isinstance(cte.this, exp.Union)
        and not any(cte.this.args.get(key) for key in _PLAIN)
    )


def in_second_branch(table: exp.Expr, name: str) -> bool:
    """Whether a table stands in the second branch of a recursion of this folded name."""
    before: exp.Expr | None = None
    child, node = table, table.parent
    while node is not None:
        named = isinstance(node, exp.CTE) and fold(node.alias) == name and recursive(node)
        if named and before is node.this.args["expression"]:
            return True
        before, child, node = child, node, node.parent
    return False


def reads_recursion(table: exp.Table) -> bool:
    """Whether a table is written `recurring.name` where that means a recursion, no dataset."""
    domain = table.args.get("db")
    return (
        domain is not None
        and fold(domain.name) == RECURRING
        and in_second_branch(table, fold(table.name))
    )


def fixpoint(
    first: Rows, step: Callable[[Rows], Rows], keys: Sequence[str], *, distinct: bool
) -> Rows:
    """The rows of a recursion: what the first branch gives, and the second until nothing is new.

    Args:
        first: Rows of the first branch, under the names that the second one reads.
        step: Rows of the second branch over those so far.
        keys: Columns of USING KEY: of rows that agree on them the last one stays.
        distinct: Whether it is UNION rather than UNION ALL.

    Raises:
        Invalid: the branches have different numbers of columns.
    """
    for key in keys:
        if not any(each.called(fold(key)) for each in first.fields):
            raise UnknownColumn(None, key, [f.name for f in first.fields if f.name is not None])
    rows = first
    while True:
        again = step(rows)
        if len(again.fields) != len(rows.fields):
            raise Invalid(
                msg(
                    "A recursion joins {left} columns with {right}.",
                    left=len(rows.fields),
                    right=len(again.fields),
                ),
                detail="column",
            )
        fields = tuple(
            replace(a, flow=a.flow | b.flow, type=common_type(a, b))
            for a, b in zip(rows.fields, again.fields, strict=True)
        )
        shaping: frozenset[ColumnRef] = rows.influence | again.influence
        compared = fields if distinct or keys else ()
        grown = Rows(fields, shaping.union(*(each.flow.all for each in compared)))
        if grown == rows:
            return rows
        rows = grown
