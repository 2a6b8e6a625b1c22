"""The rows of a query block: its tables, its outputs and its clauses, column by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.clauses import everything, group_columns, key_columns, order_columns
from doumen.kits.sql.flow import Walk
from doumen.kits.sql.names import fold
from doumen.kits.sql.past import Past
from doumen.kits.sql.pivot import pivoted
from doumen.kits.sql.recursion import fixpoint, recursive
from doumen.kits.sql.scopes import Field, Flow, Rows, Scope, common_type, merge
from doumen.kits.sql.stars import outputs
from doumen.kits.sql.tables import Tables, names_given
from doumen.kits.sql.unnest import opened
from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.ref import ColumnRef, Ref
from doumen.model.schema import Schema

_Columns = frozenset[ColumnRef]


class Queries:
    """Traces queries over datasets of which the visible columns are known.

    Args:
        schemas: The visible columns of each dataset, and of each stand-in for a past version.
        past: What the statement reads at an earlier version.
    """

    def __init__(self, schemas: Mapping[Ref, Schema], past: Sequence[Past] = ()) -> None:
        self.walk = Walk(self.query)
        self.tables = Tables(schemas, past, self.walk, self.query)

    @property
    def reads(self) -> _Columns:
        """Every column that was named so far."""
        return frozenset(self.walk.reads)

    def query(self, node: exp.Expr, outer: Scope) -> Rows:
        """The rows of a query.

        Args:
            node: SELECT, set operation, VALUES, PIVOT, a query in brackets, or a table.
            outer: What is visible around it.
        """
        scope = Scope(self._ctes(node, outer), outer)
        if isinstance(node, exp.Select):
            return self._select(node, scope)
        if isinstance(node, exp.SetOperation):
            rows = self._set_operation(node, scope)
        elif isinstance(node, exp.Values):
            rows = self._values(node, scope)
        elif isinstance(node, exp.Pivot):
            source = Scope(scope.ctes, scope)
            influence = self.tables.take(node.this, source)
            rows = pivoted(node, source.sources[-1], self.walk, scope)
            rows = replace(rows, influence=rows.influence | influence).distinct_names()
        elif isinstance(node, exp.Subquery) and not _joined_or_turned(node):
            rows = self.query(node.this, scope)
        else:
            influence = self.tables.take(node, scope)
            rows = Rows(tuple(each for _, each in scope.star()), influence)
        named = {fold(f.name): f.flow for f in rows.fields if f.name is not None}
        scope.aliases = {**scope.aliases, **named}
        shaping = self._order(node, rows, scope) | self._limit(node, scope)
        return Rows(rows.fields, rows.influence | shaping)

    def _ctes(self, node: exp.Expr, outer: Scope) -> Mapping[str, Rows]:
        ctes = dict(outer.ctes)
        clause = node.args.get("with_")
        for cte in clause.expressions if clause is not None else ():
            name = fold(cte.alias)
            given = names_given(cte)
            if recursive(cte):
                ctes[name] = self._recursion(cte, Scope(dict(ctes), outer))
            else:
                rows = self.query(cte.this, Scope(dict(ctes), outer))
                ctes[name] = rows.renamed(given).distinct_names()
        return ctes

    def _recursion(self, cte: exp.CTE, around: Scope) -> Rows:
        """The rows of a common table expression that reads itself."""
        union, name = cte.this, fold(cte.alias)
        scope = Scope(self._ctes(union, around), around.outer)
        first = self.query(union.this, scope).renamed(names_given(cte)).distinct_names()

        def step(rows: Rows) -> Rows:
            inner = Scope({**scope.ctes, name: rows}, scope.outer, recurring={name: rows})
            return self.query(union.expression, inner)

        keys = [key.name for key in cte.args.get("key_expressions") or ()]
        return fixpoint(first, step, keys, distinct=bool(union.args.get("distinct")))

    def _select(self, node: exp.Select, scope: Scope) -> Rows:
        influence: set[ColumnRef] = set()
        source = node.args.get("from_")
        if source is not None:
            influence |= self.tables.take(source.this, scope)
        for join in node.args.get("joins") or ():
            influence |= self.tables.join(join, scope)
        for window in node.args.get("windows") or ():
            scope.windows[fold(window.name)] = self.walk.flow(window, scope).all
        fields, items, multiplying = opened(*outputs(node, scope, self.walk), scope, self.walk)
        influence |= multiplying
        for clause in ("where", "having", "qualify"):
            condition = node.args.get(clause)
            if condition is not None:
                influence |= self.walk.flow(condition.this, scope).all
        influence |= group_columns(node, fields, items, scope, self.walk)
        distinct = node.args.get("distinct")
        if distinct is not None:
            on = distinct.args.get("on")
            influence |= (
                key_columns([on], fields, scope, self.walk)
                if on is not None
                else everything(fields)
            )
        influence |= order_columns(node, fields, scope, self.walk) | self._limit(node, scope)
        return Rows(tuple(fields), frozenset(influence))

    def _order(self, node: exp.Expr, rows: Rows, scope: Scope) -> _Columns:
        return order_columns(node, rows.fields, scope, self.walk)

    def _limit(self, node: exp.Expr, scope: Scope) -> _Columns:
        """What LIMIT and OFFSET depend on: they see no column of the query."""
        around = Scope(scope.ctes, scope.outer)
        clauses = (node.args.get("limit"), node.args.get("offset"))
        return frozenset().union(
            *(self.walk.flow(each, around).all for each in clauses if each is not None)
        )

    def _set_operation(self, node: exp.SetOperation, scope: Scope) -> Rows:
        left, right = self.query(node.this, scope), self.query(node.expression, scope)
        if node.args.get("by_name"):
            pairs = list(_paired(left.fields, right.fields))
        elif len(left.fields) != len(right.fields):
            raise Invalid(
                msg(
                    "A set operation joins {left} columns with {right}.",
                    left=len(left.fields),
                    right=len(right.fields),
                ),
                detail="column",
            )
        else:
            pairs = list(zip(left.fields, right.fields, strict=True))
        union = isinstance(node, exp.Union)
        influence = left.influence | right.influence
        if not union or node.args.get("distinct"):
            influence |= everything([*left.fields, *right.fields])
        fields = [_both(a, b) if union else a for a, b in pairs]
        for each, (_, other) in zip(fields, pairs, strict=True):
            if other.name is not None:
                scope.aliases[fold(other.name)] = each.flow
        return Rows(tuple(fields), influence)

    def _values(self, node: exp.Values, scope: Scope) -> Rows:
        lines = [line.expressions for line in node.expressions]
        if len({len(line) for line in lines}) != 1:
            raise Invalid(msg("The rows of VALUES have different lengths."), detail="column")
        flows = [
            [self.walk.flow(value, scope) for value in column]
            for column in zip(*lines, strict=True)
        ]
        names = [f"col{number}" for number in range(len(flows))]
        return Rows(
            tuple(Field(name, merge(column)) for name, column in zip(names, flows, strict=True))
        )


def _both(a: Field, b: Field) -> Field:
    """One column of a UNION."""
    return Field(a.name, a.flow | b.flow, common_type(a, b), chosen=a.chosen)


def _paired(left: Sequence[Field], right: Sequence[Field]) -> list[tuple[Field, Field]]:
    """The columns of UNION BY NAME; one that only one side has is NULL on the other."""
    for side in (left, right):
        names = [fold(each.name) for each in side if each.name is not None]
        if len(names) < len(side):
            raise refused(
                msg("BY NAME over an output without a name"), next=msg("Name it with AS.")
            )
        if len(set(names)) < len(names):
            raise Invalid(msg("BY NAME meets one name twice on one side."), detail="column")
    theirs = {fold(each.name or ""): each for each in right}
    pairs = [
        (each, theirs.pop(fold(each.name or ""), Field(each.name, Flow(), each.type)))
        for each in left
    ]
    return pairs + [(each, each) for each in theirs.values()]


def _joined_or_turned(node: exp.Expr) -> bool:
    return bool(node.args.get("joins") or node.args.get("pivots"))
