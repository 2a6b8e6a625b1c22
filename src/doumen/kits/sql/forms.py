"""Which forms of samples, pivots and functions that make rows a statement may take.

The allow-list of nodes says what may stand in a statement; here is what it may not say with it.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.model.message import Message, msg

_MAKERS = (exp.GenerateSeries, exp.Unnest)
_VALUES = (exp.Literal, exp.Null, exp.Boolean, exp.Cast, exp.Neg, exp.Alias, exp.PivotAlias)
_CONSTANTS = (exp.Literal, exp.Boolean)
_AROUND = (exp.CTE, exp.Subquery, exp.Table, exp.Values, type(None))
_SEEDED: Message = msg("Write `domain.name TABLESAMPLE bernoulli(10%) REPEATABLE (42)`.")
_DATASETS: Message = msg("A statement reads datasets: `domain.name`.")


def check_forms(tree: exp.Expr) -> None:
    """Let a statement pass whose nodes are all on the list.

    Raises:
        Refused: one of them has a form that is not admitted; it is named.
    """
    for node in tree.find_all(*_CHECKS):
        _CHECKS[type(node)](node)


def _select(node: exp.Expr) -> None:
    if node.args.get("sample") is None:
        return
    source = node.args.get("from_")
    table = source.this if source is not None else None
    joined = node.args.get("joins") or (table is not None and table.args.get("joins"))
    if joined or not isinstance(table, exp.Table) or table.args.get("pivots"):
        raise _unordered()
    _dataset(table)


def _table(node: exp.Expr) -> None:
    if node.args.get("sample") is not None:
        _dataset(node)


def _dataset(table: exp.Expr) -> None:
    if table.args.get("db") is None:
        raise _unordered()


def _unordered() -> Exception:
    return refused(
        msg("a sample of something else than one dataset"),
        why=msg("The order of its rows is open, so that the sample could not be replayed."),
        next=_SEEDED,
    )


def _sample(node: exp.Expr) -> None:
    seed, percent = node.args.get("seed"), node.args.get("percent")
    if seed is None:
        raise refused(
            msg("a sample without a seed"), why=msg("It could not be replayed."), next=_SEEDED
        )
    method = node.args.get("method")
    if method is None or method.name.upper() != "BERNOULLI":
        raise refused(
            msg("a sample by another method than bernoulli"),
            why=msg("Which rows it takes depends on how all rows are stored, hidden ones too."),
            next=_SEEDED,
        )
    if not isinstance(seed, exp.Literal) or not isinstance(percent, exp.Literal):
        raise refused(msg("a sample with something else than numbers"), next=_SEEDED)


def _lateral(node: exp.Expr) -> None:
    if not isinstance(node.this, (exp.Subquery, *_MAKERS)):
        raise refused(msg("LATERAL over something else than a query or unnest()"), why=_DATASETS)


def _unnest(node: exp.Expr) -> None:
    if len(node.expressions) != 1:
        raise refused(msg("unnest() of several lists"), next=msg("Write `unnest(list_zip(a, b))`."))


def _explode(node: exp.Expr) -> None:
    if isinstance(node.parent, exp.Dot) or node.this is None:
        raise refused(msg("unnest() as a method"), next=msg("Write `unnest(list)`."))
    for option in node.expressions:
        named = isinstance(option, (exp.PropertyEQ, exp.Kwarg)) and option.name.lower()
        given = option.args.get("expression")
        if named not in {"recursive", "max_depth"} or not isinstance(given, _CONSTANTS):
            raise refused(msg("unnest() with this option"), next=msg("Write `unnest(list)`."))


def _pivot(node: exp.Expr) -> None:
    if not isinstance(node.parent, _AROUND):
        raise refused(
            msg("PIVOT in this place"), next=msg("Put it in brackets: `(FROM (PIVOT …))`.")
        )
    if node.args.get("unpivot"):
        return
    for key in node.args.get("fields") or node.expressions:
        values = key.expressions if isinstance(key, exp.In) else ()
        if not values or not all(isinstance(value, _VALUES) for value in values):
            raise refused(
                msg("PIVOT without a list of values"),
                why=msg(
                    "Its columns would depend on the data, so that they cannot be checked before."
                ),
                next=msg("List the values: `PIVOT t ON key IN ('a', 'b') USING sum(x)`."),
            )
        if not isinstance(key.this, exp.Column):
            raise refused(
                msg("PIVOT on an expression"), next=msg("Compute it before, in a subquery.")
            )


_CHECKS: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Explode: _explode,
    exp.Lateral: _lateral,
    exp.Pivot: _pivot,
    exp.Select: _select,
    exp.Table: _table,
    exp.TableSample: _sample,
    exp.Unnest: _unnest,
}
