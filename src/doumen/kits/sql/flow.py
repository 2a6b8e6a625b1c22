"""The flow of one expression: a walk that knows which arguments are values and which conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from doumen.kits.sql.functions import Kind, classify
from doumen.kits.sql.names import fold
from doumen.kits.sql.scopes import Flow, Rows, Scope
from doumen.model.ref import ColumnRef

_Step = tuple[exp.Expr, bool]
_Subquery = Callable[[exp.Expr, Scope], Rows]
_CLOCK: dict[type[exp.Expr], str] = {
    exp.CurrentDate: "current_date",
    exp.CurrentTimestamp: "current_timestamp",
}
_WINDOW_ONLY = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)


class Walk:
    """Walks expressions; `reads` gathers every column that is named.

    Args:
        subquery: Traces a query in the scope around it.
    """

    def __init__(self, subquery: _Subquery) -> None:
        self.subquery = subquery
        self.reads: set[ColumnRef] = set()

    def flow(self, node: exp.Expr, scope: Scope, *, alias_first: bool = False) -> Flow:
        """The columns behind the value of an expression."""
        made: set[ColumnRef] = set()
        shaped: set[ColumnRef] = set()
        pending: list[_Step] = [(node, False)]
        while pending:
            each, condition = pending.pop()
            found = self._own(each, scope, alias_first)
            if found is not None:
                (shaped if condition else made).update(found.projection)
                shaped.update(found.influence)
            pending.extend((part, condition or shapes) for part, shapes in _parts(each))
        return Flow(frozenset(made), frozenset(shaped))

    def _own(self, node: exp.Expr, scope: Scope, alias_first: bool) -> Flow | None:
        """What a node itself reads, its parts left aside."""
        if isinstance(node, exp.Column):
            return self._column(node, scope, alias_first)
        if isinstance(node, exp.Exists):
            return Flow(influence=self.subquery(node.this, scope).influence)
        if isinstance(node, (exp.Query, exp.Values)):
            rows = self.subquery(node, scope)
            return _merged(rows)
        if isinstance(node, exp.Window) and node.args.get("alias") is not None:
            return Flow(influence=scope.windows.get(fold(node.args["alias"].name)) or frozenset())
        clock = _CLOCK.get(type(node))
        looks_alike = scope.find([clock]) if clock else None
        return looks_alike.flow if looks_alike is not None else None

    def _column(self, node: exp.Column, scope: Scope, alias_first: bool) -> Flow:
        if isinstance(node.this, exp.Star):
            columns = scope.star([part.name for part in node.parts[:-1]])
            return _merged(Rows(tuple(field for _, field in columns)))
        found = scope.resolve([part.name for part in node.parts], alias_first=alias_first)
        self.reads |= found.flow.all
        return found.flow


def _merged(rows: Rows) -> Flow:
    flow = Flow(influence=rows.influence)
    for each in rows.fields:
        flow |= each.flow
    return flow


def _parts(node: exp.Expr) -> Iterator[_Step]:
    """The parts of an expression; True for those that only shape its value."""
    if isinstance(node, (exp.Column, exp.Exists, exp.Query, exp.Values)):
        return
    if isinstance(node, exp.WithinGroup):
        yield node.this, False
        yield from ((ordered.this, False) for ordered in node.expression.expressions)
        return
    conditions = _CONDITIONS.get(type(node), ())
    for key, value in node.args.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Expr):
                yield part, key in conditions


_CONDITIONS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.ArgMax: ("expression",),
    exp.ArgMin: ("expression",),
    exp.Filter: ("expression",),
    exp.If: ("this",),
    exp.Case: ("this",),
    exp.Order: ("expressions",),
    exp.Window: ("partition_by", "order"),
}
"""Arguments that decide a value without being part of it."""


def has_aggregate(node: exp.Expr) -> bool:
    """Whether an expression aggregates rows of its own query block."""
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, (exp.Query, exp.Values)):
            continue
        if isinstance(each, exp.Window):
            function = each.this
            while isinstance(function, (exp.Filter, exp.IgnoreNulls, exp.RespectNulls)):
                function = function.this
            pending.extend(function.iter_expressions())
            pending.extend(part for part in each.iter_expressions() if part is not each.this)
            continue
        if _aggregates(each):
            return True
        pending.extend(each.iter_expressions())
    return False


def _aggregates(node: exp.Expr) -> bool:
    if isinstance(node, exp.Anonymous):
        return classify(str(node.this)).kind in {Kind.AGGREGATE, Kind.ORDERED}
    return isinstance(node, (exp.AggFunc, exp.WithinGroup)) and not isinstance(node, _WINDOW_ONLY)
