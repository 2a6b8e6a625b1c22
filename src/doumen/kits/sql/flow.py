"""The flow of one expression: a walk that knows which arguments are values and which conditions.

Parameters of lambdas and variables of comprehensions are names that hide columns in their body;
what they hold flows from the list that the function is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from doumen.kits.sql.dotted import arguments, dotted, filters, receiver, takes_lambda, variables
from doumen.kits.sql.functions import Kind, classify
from doumen.kits.sql.names import fold
from doumen.kits.sql.scopes import Field, Flow, Rows, Scope
from doumen.kits.sql.stars import columns
from doumen.model.ref import ColumnRef

_Subquery = Callable[[exp.Expr, Scope], Rows]
_CLOCK: dict[type[exp.Expr], str] = {
    exp.CurrentDate: "current_date",
    exp.CurrentTimestamp: "current_timestamp",
}
_WINDOW_ONLY = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)


@dataclass(frozen=True, slots=True)
class _Step:
    """A node to visit: whether it only shapes the value, and the names bound around it."""

    node: exp.Expr
    condition: bool = False
    bound: frozenset[str] = frozenset()


class Walk:
    """Walks expressions; `reads` gathers every column that is named.

    Args:
        subquery: Traces a query in the scope around it.
    """

    def __init__(self, subquery: _Subquery) -> None:
        self.subquery = subquery
        self.reads: set[ColumnRef] = set()

    def flow(
        self,
        node: exp.Expr,
        scope: Scope,
        *,
        alias_first: bool = False,
        column: Field | None = None,
    ) -> Flow:
        """The columns behind the value of an expression.

        Args:
            node: The expression.
            scope: What is visible around it.
            alias_first: Whether outputs hide columns, as in ORDER BY.
            column: What COLUMNS() in it stands for; None: for all that it means together.
        """
        made: set[ColumnRef] = set()
        shaped: set[ColumnRef] = set()
        pending = [_Step(node)]
        while pending:
            step = pending.pop()
            found = self._own(step, scope, alias_first, column)
            if found is not None:
                (shaped if step.condition else made).update(found.projection)
                shaped.update(found.influence)
            pending.extend(_parts(step))
        return Flow(frozenset(made), frozenset(shaped))

    def _own(
        self, step: _Step, scope: Scope, alias_first: bool, column: Field | None
    ) -> Flow | None:
        """What a node itself reads, its parts left aside."""
        node = step.node
        if isinstance(node, (exp.Column, exp.Dot, exp.Identifier, exp.Lambda)):
            return self._named(step, scope, alias_first)
        if isinstance(node, exp.Columns):
            each = column is not None and not node.args.get("unpack")
            fields = [column] if column is not None and each else columns(node, scope, self)
            return self._read(_merged(Rows(tuple(fields))))
        if isinstance(node, (exp.Query, exp.Values)):
            return _merged(self.subquery(node, scope))
        if isinstance(node, exp.Exists):
            return Flow(influence=self.subquery(node.this, scope).influence)
        return self._alike(node, scope)

    def _alike(self, node: exp.Expr, scope: Scope) -> Flow | None:
        """What a node reads that may be something else than it looks like."""
        if isinstance(node, exp.Window) and node.args.get("alias") is not None:
            return Flow(influence=scope.windows.get(fold(node.args["alias"].name)) or frozenset())
        name = _CLOCK.get(type(node))
        if isinstance(node, exp.DateBin) and isinstance(node.args.get("unit"), exp.Var):
            # The parser takes a column in the place of the origin for the name of a unit.
            name = node.args["unit"].name
        found = scope.find([name]) if name else None
        return self._read(found.flow) if found is not None else None

    def _named(self, step: _Step, scope: Scope, alias_first: bool) -> Flow | None:
        """The flow of a name, of the name that a method is called on, or of what an arrow reads."""
        node = step.node
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            stars = scope.star([part.name for part in node.parts[:-1]])
            return _merged(Rows(tuple(field for _, field in stars)))
        if isinstance(node, exp.Lambda):
            # `f(j -> 'path')` is read as a lambda; its parameter is the column that JSON is in.
            names = [] if takes_lambda(node) else [[each.name] for each in node.expressions]
        else:
            path = dotted(node) or (receiver(node) if isinstance(node, exp.Dot) else None)
            names = [path] if path is not None else []
        flow = Flow()
        for path in names:
            found: Field | None
            if fold(path[0]) not in step.bound:
                found = scope.resolve(path, alias_first=alias_first)
            else:
                # The engine takes `x.a` for a column where a table is called as the parameter is.
                found = scope.find(path) if len(path) > 1 else None
            flow |= found.flow if found is not None else Flow()
        return self._read(flow)

    def _read(self, flow: Flow) -> Flow:
        self.reads |= flow.all
        return flow


def _merged(rows: Rows) -> Flow:
    flow = Flow(influence=rows.influence)
    for each in rows.fields:
        flow |= each.flow
    return flow


def _parts(step: _Step) -> Iterator[_Step]:
    """The parts of an expression that are still to be visited."""
    node = step.node
    if isinstance(node, exp.Dot):
        yield from _around_dot(step, node)
    elif isinstance(node, exp.Lambda):
        bound = step.bound | (variables(node) if takes_lambda(node) else frozenset())
        yield replace(step, node=node.this, bound=bound)
    elif isinstance(node, exp.Comprehension):
        yield from _comprehended(step, node)
    elif isinstance(node, exp.WithinGroup):
        yield replace(step, node=node.this)
        for ordered in node.expression.expressions:
            yield replace(step, node=ordered.this)
    elif not isinstance(node, _LEAVES):
        for key, part in arguments(node):
            lambda_of_filter = isinstance(part, exp.Lambda) and filters(node)
            shapes = lambda_of_filter or key in _CONDITIONS.get(type(node), ())
            yield replace(step, node=part, condition=step.condition or shapes)


def _around_dot(step: _Step, node: exp.Dot) -> Iterator[_Step]:
    """A method and its arguments, and what it is called on where that is no name."""
    if not isinstance(node.expression, exp.Identifier):
        yield replace(step, node=node.expression)
    if dotted(node.this) is None:
        yield replace(step, node=node.this)


def _comprehended(step: _Step, node: exp.Comprehension) -> Iterator[_Step]:
    bound = step.bound | variables(node)
    yield replace(step, node=node.args["iterator"])
    yield replace(step, node=node.this, bound=bound)
    if node.args.get("condition") is not None:
        yield replace(step, node=node.args["condition"], bound=bound, condition=True)


_LEAVES = (
    exp.Column,
    exp.Columns,
    exp.DataType,
    exp.Exists,
    exp.Identifier,
    exp.JSONPath,
    exp.Query,
    exp.Values,
)
"""Nodes whose parts are no expressions of the block, or are seen to as a whole."""

_CONDITIONS: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.ArgMax: ("expression",),
    exp.ArgMin: ("expression",),
    exp.Filter: ("expression",),
    exp.If: ("this",),
    exp.Case: ("this",),
    exp.Order: ("expressions",),
    exp.Window: ("partition_by", "order", "spec"),
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
