"""What the clauses of a query depend on: GROUP BY, ORDER BY, DISTINCT ON."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.flow import Walk, has_aggregate
from doumen.kits.sql.scopes import Field, Rows, Scope, Source
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.ref import ColumnRef

_Columns = frozenset[ColumnRef]
_SETS = ("rollup", "cube", "grouping_sets")
_LISTS = (exp.Tuple, exp.Rollup, exp.Cube, exp.GroupingSets)
_ALL = (exp.Var, exp.Star)
"""How the parser writes ALL in the place of a key, and `*`, which the engine takes for it."""


def everything(fields: Sequence[Field]) -> _Columns:
    """All columns behind some outputs."""
    return frozenset().union(*(each.flow.all for each in fields))


def group_columns(
    node: exp.Select,
    fields: Sequence[Field],
    items: Sequence[exp.Expr | None],
    scope: Scope,
    walk: Walk,
) -> _Columns:
    """What the groups of a query depend on.

    Args:
        node: The query.
        fields: Its outputs.
        items: For each the expression that it is; None for those of a star.
        scope: Its names.
        walk: Traces expressions.
    """
    group = node.args.get("group")
    if group is None:
        return frozenset()
    keys = list(group.expressions)
    if group.args.get("all") or any(isinstance(key, exp.Star) for key in keys):
        pairs = zip(fields, items, strict=True)
        return everything([f for f, item in pairs if item is None or not has_aggregate(item)])
    for kind in _SETS:
        keys += [key for part in group.args.get(kind) or () for key in part.expressions]
    return key_columns(keys, fields, scope, walk)


def order_columns(node: exp.Expr, fields: Sequence[Field], scope: Scope, walk: Walk) -> _Columns:
    """What the order of the rows of a query depends on.

    Raises:
        Refused: a set operation is ordered by a subquery, or by a column with its table.
    """
    order = node.args.get("order")
    if order is None:
        return frozenset()
    keys = [ordered.this for ordered in order.expressions]
    if any(isinstance(key, _ALL) for key in keys):
        return everything(fields)
    if not isinstance(node, exp.SetOperation):
        return key_columns(keys, fields, scope, walk, alias_first=True)
    named = [key for key in keys if _is_name(key)]
    computed = [key for key in keys if not _is_name(key)]
    shown = Scope(scope.ctes, sources=[Source(None, Rows(tuple(fields)))])
    for key in computed:
        if any(len(column.parts) != 1 for column in key.find_all(exp.Column)):
            raise refused(
                msg("ORDER BY of a set operation by a column with its table"),
                next=msg("Order by the name of an output."),
            )
        if key.find(exp.Query, exp.Values):
            raise refused(
                msg("ORDER BY of a set operation by a subquery"),
                next=msg("Put the set operation in brackets: `SELECT * FROM (…) ORDER BY …`."),
            )
    return key_columns(named, fields, scope, walk, alias_first=True).union(
        *(walk.flow(key, shown).all for key in computed)
    )


def key_columns(
    keys: Sequence[exp.Expr],
    fields: Sequence[Field],
    scope: Scope,
    walk: Walk,
    *,
    alias_first: bool = False,
) -> _Columns:
    """What keys depend on; a whole number is the place of an output."""
    found: set[ColumnRef] = set()
    pending = list(keys)
    while pending:
        key = pending.pop()
        if isinstance(key, _LISTS):
            pending.extend(key.expressions)
        elif isinstance(key, exp.Paren):
            pending.append(key.this)
        elif isinstance(key, exp.Star):
            found |= everything(fields)
        elif isinstance(key, exp.Literal) and not key.is_string:
            found |= _place(key, fields).flow.all
        else:
            bare = alias_first and isinstance(key, exp.Column)
            found |= walk.flow(key, scope, alias_first=bare).all
    return frozenset(found)


def _is_name(key: exp.Expr) -> bool:
    return isinstance(key, exp.Literal) or (isinstance(key, exp.Column) and len(key.parts) == 1)


def _place(key: exp.Expr, fields: Sequence[Field]) -> Field:
    number = int(key.name) if key.name.isdecimal() else 0
    if not 1 <= number <= len(fields):
        raise Invalid(
            msg("There is no column number {key} to group or order by.", key=key.name),
            why=msg("The statement has {count} outputs.", count=len(fields)),
            detail="column",
        )
    return fields[number - 1]
