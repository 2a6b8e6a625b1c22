"""The rows of a FROM clause: tables, derived tables, functions that make rows, and joins.

A derived table sees the tables to the left of it (LATERAL, written or not), as the engine has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from doumen.kits.sql.allow import refused
from doumen.kits.sql.flow import Walk
from doumen.kits.sql.names import fold
from doumen.kits.sql.past import Past, find_past
from doumen.kits.sql.pivot import pivoted
from doumen.kits.sql.recursion import RECURRING, reads_recursion
from doumen.kits.sql.scopes import Field, Flow, Rows, Scope, Source
from doumen.model.errors import NotFound
from doumen.model.message import msg
from doumen.model.ref import ColumnRef, Ref
from doumen.model.schema import Schema

_Columns = frozenset[ColumnRef]
_Query = Callable[[exp.Expr, Scope], Rows]
_ORDINALITY = "ordinality"


class Tables:
    """Takes FROM clauses into scopes.

    Args:
        schemas: The visible columns of each dataset, and of each stand-in for a past version.
        past: What the statement reads at an earlier version.
        walk: Traces expressions.
        query: Traces a query in the scope around it.
    """

    def __init__(
        self, schemas: Mapping[Ref, Schema], past: Sequence[Past], walk: Walk, query: _Query
    ) -> None:
        self.schemas = schemas
        self.past = past
        self.walk = walk
        self.query = query

    def take(self, node: exp.Expr, scope: Scope) -> _Columns:
        """Take a table expression into the scope; gives what its joins depend on."""
        influence: set[ColumnRef] = set()
        if _is_bracket(node):
            inner = Scope(scope.ctes, scope.beside())
            influence |= self.take(node.this, inner)
            scope.absorb(inner)
        else:
            source = self._source(node, scope)
            influence |= source.rows.influence
            scope.add(source)
        for join in node.args.get("joins") or ():
            influence |= self.join(join, scope)
        return frozenset(influence)

    def join(self, join: exp.Join, scope: Scope) -> _Columns:
        """Join a table to those in the scope; gives what that depends on."""
        side, kind = (join.side or "").upper(), (join.kind or "").upper()
        right = Scope(scope.ctes, scope.beside())
        influence = set(self.take(join.this, right))
        names = [identifier.name for identifier in join.args.get("using") or ()]
        if (join.method or "").upper() == "NATURAL":
            names = _common(scope.sources, right.sources)
        for name in names:
            influence |= scope.merge_columns(right, name, side)
        kept = len(scope.sources)
        scope.absorb(right)
        condition = join.args.get("on")
        if condition is not None:
            influence |= self.walk.flow(condition, scope).all
        if kind in {"SEMI", "ANTI"}:
            scope.sources[kept:] = []
        self.walk.reads |= influence
        return frozenset(influence)

    def _source(self, node: exp.Expr, scope: Scope) -> Source:
        alias = node.args.get("alias")
        name = alias.name or None if alias is not None else None
        ref = None
        called = name
        if isinstance(node, exp.Table) and not isinstance(node.this, exp.Func):
            rows, ref = self._table(node, scope)
            called = name or node.name
        elif (made := _made(node)) is not None:
            rows = self._made(node, made, name, scope)
            called = name or _function(made)
        else:
            rows = self.query(_body(node), scope.beside())
        rows = rows.renamed(names_given(node)).distinct_names()
        source = Source(called, rows, ref, bare=name is None)
        for pivot in node.args.get("pivots") or ():
            source = self._pivot(pivot, source, scope)
        return source

    def _pivot(self, pivot: exp.Pivot, source: Source, scope: Scope) -> Source:
        rows = pivoted(pivot, source, self.walk, scope)
        alias = pivot.args.get("alias")
        name = alias.name or None if alias is not None else None
        return Source(name, rows.renamed(names_given(pivot)).distinct_names())

    def _table(self, node: exp.Table, scope: Scope) -> tuple[Rows, Ref | None]:
        if node.args.get("db") is None:
            return scope.ctes[fold(node.name)], None
        if reads_recursion(node):
            rows = scope.recursion(fold(node.name))
            if rows is None:
                raise refused(
                    msg("`{recurring}.{node}` in this place", recurring=RECURRING, node=node.name),
                    next=msg("Read it in FROM."),
                )
            return rows, None
        ref = Ref.parse(f"{node.args['db'].name}.{node.name}")
        past = find_past(node, self.past)
        schema = self.schemas.get(ref if past is None else past.stand_in)
        if schema is None:
            raise NotFound(msg("There is no dataset `{ref}`.", ref=ref), detail="dataset")
        fields = (
            Field(column.name, Flow(frozenset({ColumnRef(ref, column.name)})), column.type)
            for column in schema
        )
        return Rows(tuple(fields)), ref if past is None else None

    def _made(self, node: exp.Expr, made: exp.Expr, alias: str | None, scope: Scope) -> Rows:
        """The rows of `range`, `generate_series` or `unnest`: one column, and their number."""
        beside = scope.beside()
        flow = Flow()
        for argument in made.iter_expressions():
            if not isinstance(argument, (exp.TableAlias, exp.Identifier)):
                flow |= self.walk.flow(argument, beside)
        field = Field(alias or _function(made), flow, also=_function(made))
        fields = [field]
        offset = made.args.get("offset")
        if offset or node.args.get(_ORDINALITY):
            name = offset.name if isinstance(offset, exp.Identifier) else _ORDINALITY
            fields.append(Field(name, Flow(influence=flow.all)))
        if names_given(node):
            fields[0] = replace(field, also=None)
        return Rows(tuple(fields), flow.all)


def names_given(node: exp.Expr) -> list[str]:
    """The names of columns in an alias: `AS t(a, b)`."""
    alias = node.args.get("alias")
    columns = alias.args.get("columns") or () if isinstance(alias, exp.TableAlias) else ()
    return [column.name for column in columns]


def _is_bracket(node: exp.Expr) -> bool:
    """Whether brackets stand around tables, so that each is still called by its own name."""
    return (
        isinstance(node, exp.Subquery)
        and not isinstance(node.this, (exp.Select, exp.SetOperation, exp.Values, exp.Pivot))
        and node.args.get("alias") is None
        and not node.args.get("pivots")
    )


def _body(node: exp.Expr) -> exp.Expr:
    """The query of a derived table."""
    if isinstance(node, exp.Lateral):
        return _body(node.this)
    return node if isinstance(node, exp.Values) else node.this


def _made(node: exp.Expr) -> exp.Expr | None:
    """The function of a table that is one: `range(3)`, `LATERAL unnest(x)`."""
    inner = node.this if isinstance(node, (exp.Table, exp.Lateral)) else node
    return inner if isinstance(inner, (exp.GenerateSeries, exp.Unnest)) else None


def _function(made: exp.Expr) -> str:
    if isinstance(made, exp.Unnest):
        return "unnest"
    return "range" if made.args.get("is_end_exclusive") else "generate_series"


def _common(left: Sequence[Source], right: Sequence[Source]) -> list[str]:
    """Names on both sides of a NATURAL join."""
    there = {fold(f.name) for s in right for f in s.rows.fields if f.name is not None}
    here = [f.name for s in left for f in s.rows.fields if f.name is not None]
    return list(dict.fromkeys(name for name in here if fold(name) in there))
