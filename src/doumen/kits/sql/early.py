"""Whether a statement may end before all rows were looked at, while what it computes may fail.

The engine ends at a LIMIT, at the first row of EXISTS and at the limit of a rule. Which visible
rows have met a function that fails by then hangs on how all rows lie, those left out included.
Whatever cannot be shown to be total counts as what may fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from doumen.kits.sql.names import fold
from doumen.kits.sql.recursion import recursive
from doumen.kits.sql.scopes import UnknownColumn
from doumen.kits.sql.total import check_total
from doumen.model.errors import DoumenError
from doumen.model.plan import Scalar
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema

_PUSHED = 8000
"""Up to so many rows, the engine computes outputs after LIMIT, on the rows of the answer alone."""

_NAMED = frozenset({"this", "db", "alias"})
"""What of a table is its name; all else changes what it shows."""

_PATH = 2
"""Parts of a column named with its table."""

_SOURCES = (exp.Table, exp.Unnest, exp.Values, exp.Lateral)
_HELD = (exp.From, exp.Join, exp.CTE, exp.In, exp.SetOperation)
"""Parents of a query in brackets that ask for all of its rows."""


def sources(tree: exp.Expr) -> int:
    """How many tables, functions and lists of rows a statement reads: from two on it joins."""
    return sum(1 for _ in tree.find_all(*_SOURCES))


@dataclass(frozen=True, slots=True)
class Haste:
    """What a statement computes on rows of which not all may be asked for.

    Attributes:
        tree: The statement.
        schemas: Its datasets, with the types that the actor sees.
        values: Of its parameters.
    """

    tree: exp.Expr
    schemas: Mapping[Ref, Schema]
    values: Sequence[Scalar]

    def fails_early(self) -> bool:
        """Whether something may fail below a LIMIT, an EXISTS or a subquery of one value."""
        return any(self._may_fail(query, outputs) for query, outputs in self._ended())

    def may_fail(self) -> bool:
        """Whether something may fail on the way of single rows into the answer."""
        return self._may_fail(self.tree, outputs=True)

    def _ended(self) -> Iterator[tuple[exp.Expr, bool]]:
        """Each query that may be ended early, and whether its own outputs count."""
        for node in self.tree.find_all(exp.Query, exp.Exists):
            if isinstance(node, exp.Exists) or _is_value(node):
                if not self._correlated(node.this):
                    yield node.this, isinstance(node, exp.Subquery)
            elif node.args.get("limit") is not None:
                yield node, not _is_short(node)

    def _may_fail(self, node: exp.Expr, outputs: bool) -> bool:
        if node.args.get("order") is not None or isinstance(node, exp.Values):
            return False
        if isinstance(node, exp.Subquery):
            return self._may_fail(node.this, outputs)
        if isinstance(node, exp.SetOperation):
            return any(self._may_fail(side, outputs=True) for side in (node.this, node.expression))
        return not isinstance(node, exp.Select) or self._rows_may_fail(node, outputs)

    def _rows_may_fail(self, select: exp.Select, outputs: bool) -> bool:
        if _aggregates(select):
            return False
        computed = [*_conditions(select), *(select.expressions if outputs else ())]
        return (
            any(join.args.get("method") for join in select.args.get("joins") or ())
            or any(self._source_may_fail(source) for source in _sources_of(select))
            or any(not self._total(each) for each in computed)
        )

    def _source_may_fail(self, node: exp.Expr) -> bool:
        if isinstance(node, exp.Subquery):
            return self._may_fail(node.this, outputs=True)
        if not isinstance(node, exp.Table):
            return True
        if isinstance(node.this, exp.Func):
            return node.find(exp.Column) is not None
        if node.args.get("db") is not None:
            return self._schema(node) is None
        named = [c for c in self.tree.find_all(exp.CTE) if fold(c.alias) == fold(node.name)]
        return any(recursive(c) or self._may_fail(c.this, outputs=True) for c in named)

    def _total(self, node: exp.Expr) -> bool:
        node = node.unalias()
        if isinstance(node, exp.Star) or isinstance(node.this, exp.Star):
            return not any(star.args.values() for star in node.find_all(exp.Star))
        if isinstance(node, (exp.Column, exp.Literal, exp.Null, exp.Boolean)):
            return True
        select = node.find_ancestor(exp.Select)
        assert select is not None

        def find(path: Sequence[str]) -> Column:
            return self._column(select, path)

        try:
            check_total(node, find, self.values)
        except (DoumenError, IndexError):
            return False
        return True

    def _column(self, select: exp.Select, path: Sequence[str]) -> Column:
        """The column of this name, if it is of one type in all datasets of the FROM clause."""
        tables = [(_name(s), schema) for s in _sources_of(select) if (schema := self._schema(s))]
        if len(path) > 1:
            inside = {fold(column.name) for _, schema in tables for column in schema}
            tables = [(name, schema) for name, schema in tables if name == fold(path[0])]
            if len(path) > 2 or fold(path[0]) in inside:
                tables = []
        found = [c for _, schema in tables for c in schema if fold(c.name) == fold(path[-1])]
        if len({column.type for column in found}) != 1:
            raise UnknownColumn(None, path[-1], ())
        return found[0]

    def _schema(self, node: exp.Expr) -> Schema | None:
        """The columns of a dataset as it is and as they are called there; None of all else."""
        if not isinstance(node, exp.Table) or node.args.get("db") is None:
            return None
        alias = node.args.get("alias")
        if alias is not None and alias.args.get("columns"):
            return None
        if any(value for key, value in node.args.items() if key not in _NAMED):
            return None
        return self.schemas.get(Ref.parse(f"{node.args['db'].name}.{node.name}"))

    def _correlated(self, query: exp.Expr) -> bool:
        """Whether a subquery names a column of the query around it: it is joined, not ended."""
        inner = [self._schema(node) for node in query.find_all(*_SOURCES)]
        if None in inner or query.find(exp.Lambda, exp.Comprehension) is not None:
            return False
        own = {fold(column.name) for schema in inner if schema for column in schema}
        own |= {fold(alias.alias) for alias in query.find_all(exp.Alias, exp.TableAlias)}
        own |= {_name(node) for node in query.find_all(*_SOURCES)}
        around = {fold(column.name) for s in self.schemas.values() for column in s}
        around |= {_name(node) for node in self.tree.find_all(*_SOURCES)}
        named = {fold(c.parts[0].name) for c in query.find_all(exp.Column) if len(c.parts) <= _PATH}
        return bool((named - own) & around)


def _is_value(node: exp.Expr) -> bool:
    """Whether a query in brackets stands for one value."""
    if not isinstance(node, exp.Subquery) or node.parent is None:
        return False
    return not isinstance(node.parent, (*_HELD, exp.Exists, exp.Subquery))


def _is_short(node: exp.Expr) -> bool:
    """Whether the engine cuts the rows before it computes the outputs."""
    if not isinstance(node, exp.Select) or node.args.get("distinct") or node.args.get("group"):
        return False
    cuts = [cut for clause in ("limit", "offset") if (cut := node.args.get(clause)) is not None]
    numbers = [cut.expression for cut in cuts]
    if any(cut.args.get("limit_options") for cut in cuts):
        return False
    if not all(isinstance(number, exp.Literal) and number.is_int for number in numbers):
        return False
    return sum(int(number.name) for number in numbers) <= _PUSHED


def _aggregates(select: exp.Select) -> bool:
    """Whether a query has aggregates, so that no row leaves it before all were seen."""
    return any(
        node.find_ancestor(exp.Window, exp.Select) is select
        for item in select.expressions
        for node in item.find_all(exp.AggFunc)
    )


def _name(source: exp.Expr) -> str:
    return fold(source.alias_or_name)


def _sources_of(select: exp.Select) -> list[exp.Expr]:
    source = select.args.get("from_")
    joins = select.args.get("joins") or []
    laterals = select.args.get("laterals") or []
    return [*([source.this] if source is not None else []), *(j.this for j in joins), *laterals]


def _conditions(select: exp.Select) -> list[exp.Expr]:
    """What rows are let through by; names of USING stand for equalities."""
    clauses = [select.args.get(clause) for clause in ("where", "qualify")]
    joins = select.args.get("joins") or []
    shared = [
        exp.EQ(this=exp.column(name.name), expression=exp.column(name.name))
        for join in joins
        for name in join.args.get("using") or ()
    ]
    for equality in shared:
        equality.parent = select
    matches = [join.args["on"] for join in joins if join.args.get("on") is not None]
    return [*(clause.this for clause in clauses if clause is not None), *matches, *shared]
