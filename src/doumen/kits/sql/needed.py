"""Which files of a dataset a statement needs: those that may hold a row its conditions let through.

A file is left out only where that changes nothing but the time: the condition is one of the
WHERE of the very query block that reads the dataset, on a column as it lies in the files, and
the dataset is on no side of a join that fills up with NULL. Whatever is not known for certain
counts as needed, and where one place of a statement needs a file, all of it has it.

Where rows are hidden, what the files lie between speaks of hidden rows too. There files are left
out only of a statement over this dataset alone whose condition cannot fail on any row: the rows
that come out of the WHERE are the same then, whichever files are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from doumen.kits.sql.early import sources
from doumen.kits.sql.names import fold
from doumen.kits.sql.narrow import May, Narrow, found
from doumen.kits.sql.parse import Statement, read_tree, words
from doumen.kits.sql.past import AsOf, find_past, held_at
from doumen.kits.sql.scopes import UnknownColumn
from doumen.kits.sql.splice import Splice, spliced
from doumen.kits.sql.total import check_total
from doumen.model.errors import DoumenError
from doumen.model.plan import GovernedTable, QueryPlan
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema

_CLAUSES = frozenset(
    {"with_", "expressions", "from_", "joins", "where", "group", "having", "qualify", "windows",
     "distinct", "order", "limit", "offset"}
)  # fmt: skip
"""Clauses of a block that see no row before its WHERE; a sample of it does."""
_NAMED = frozenset({"this", "db", "alias", "when"})
"""What of a table is its name and version; all else changes what it shows."""


def needed_files(plan: QueryPlan, statement: Statement) -> QueryPlan:
    """The plan over those files only that the statement needs.

    The last file of a dataset always stays: it has all of its columns, and an engine knows from
    the plan alone no less than from the rows that nothing comes.

    Args:
        plan: Of the statement.
        statement: As the user wrote it.
    """
    if not any(table.bounds for table in plan.tables):
        return plan
    return replace(plan, tables=tuple(_Needs(plan, statement).tables()))


class _Needs:
    """What one statement needs of each of its datasets."""

    def __init__(self, plan: QueryPlan, statement: Statement) -> None:
        self._plan = plan
        self._statement = statement
        self._tree = _numbered(statement)
        self._shown = {table.ref: table for table in plan.tables}
        self._alone = sources(self._tree) == 1 and not (plan.copied or plan.sized)

    def tables(self) -> Iterator[GovernedTable]:
        """The tables of the plan, each with the files that it needs."""
        places: dict[Ref, list[exp.Table]] = {}
        for node in self._tree.find_all(exp.Table):
            ref = self._ref(node)
            if ref is not None:
                places.setdefault(ref, []).append(node)
        for table in self._plan.tables:
            mays = [self._of(node, table) for node in places.get(table.ref, ())]
            known = [may for may in mays if may is not None]
            yield _cut(table, known) if known and len(known) == len(mays) else table

    def _ref(self, node: exp.Expr) -> Ref | None:
        """The dataset that a table names, as the plan calls it."""
        if not isinstance(node, exp.Table) or node.args.get("db") is None:
            return None
        past = find_past(node, self._statement.past)
        if past is not None:
            return past.stand_in
        return Ref(fold(node.args["db"].name), fold(node.name))

    def _of(self, node: exp.Table, table: GovernedTable) -> May | None:
        """What one place needs of a dataset; None: all of it."""
        block = _block(node)
        where = None if block is None else block.args.get("where")
        if not table.bounds or block is None or where is None or not _keeps(block, node):
            return None
        if table.where and not (self._alone and self._total(where.this, node, table)):
            return None
        return Narrow(self._own(block, node, table), self._plan.parameters).of(where.this)

    def _total(self, condition: exp.Expr, node: exp.Table, table: GovernedTable) -> bool:
        """Whether a condition over one dataset fails on no row of it."""
        shown = Schema(tuple(Column(c.name, c.type) for c in table.columns))

        def find(path: Sequence[str]) -> Column:
            column = found(fold(path[-1]), shown)
            if column is None or [*map(fold, path[:-1])] not in ([], [fold(node.alias_or_name)]):
                raise UnknownColumn(None, path[-1], ())
            return column

        try:
            check_total(condition, find, self._plan.parameters)
        except (DoumenError, IndexError):
            return False
        return True

    def _own(
        self, block: exp.Select, node: exp.Table, table: GovernedTable
    ) -> Callable[[exp.Column], Column | None]:
        """Finds the column of the files that a name in the WHERE of a block means for certain."""
        raw = {fold(c.name): c.type for c in table.schema}
        plain = Schema(
            tuple(
                Column(c.name, c.type)
                for c in table.columns
                if c.expression is None and raw.get(fold(c.name)) == c.type
            )
        )
        others = [each for each in _sources(block) if each is not node]
        name = fold(node.alias_or_name)

        def own(column: exp.Column) -> Column | None:
            path = [fold(part.name) for part in column.parts]
            if len(path) == 1:
                alone = not any(self._may_have(each, path[0]) for each in others)
                return found(path[0], plain) if alone else None
            called = path[:-1] == [name] or (
                node.args.get("alias") is None and path[:-1] == [table.ref.domain, table.ref.name]
            )
            unique = all(fold(each.alias_or_name) != name for each in others)
            return found(path[-1], plain) if called and unique else None

        return own

    def _may_have(self, source: exp.Expr, name: str) -> bool:
        """Whether a source may have a column of this name."""
        ref = self._ref(source)
        table = None if ref is None else self._shown.get(ref)
        if table is None or any(v for k, v in source.args.items() if k not in _NAMED):
            return True
        alias = source.args.get("alias")
        renamed = alias is not None and alias.args.get("columns")
        return bool(renamed) or any(fold(c.name) == name for c in table.columns)


def _cut(table: GovernedTable, mays: Sequence[May]) -> GovernedTable:
    """A table over the files that one place at least needs, and its last one."""
    last = len(table.files) - 1
    kept = [
        number
        for number, bounds in enumerate(table.bounds)
        if number == last or any(may(bounds) for may in mays)
    ]
    return replace(
        table,
        files=tuple(table.files[number] for number in kept),
        bounds=tuple(table.bounds[number] for number in kept),
    )


def _block(node: exp.Expr) -> exp.Select | None:
    """The query block whose FROM clause a table stands in by itself."""
    clause = node.parent
    if not isinstance(clause, (exp.From, exp.Join)):
        return None
    return clause.parent if isinstance(clause.parent, exp.Select) else None


def _sources(block: exp.Select) -> list[exp.Expr]:
    return [block.args["from_"].this, *(join.this for join in block.args.get("joins") or ())]


def _keeps(block: exp.Select, node: exp.Table) -> bool:
    """Whether the rows of the FROM clause are made of each row of this table by itself.

    Then a row that the WHERE lets no row through of makes no difference to all that follows.
    """
    alias = node.args.get("alias")
    if (
        any(value for clause, value in block.args.items() if clause not in _CLAUSES)
        or any(value for name, value in node.args.items() if name not in _NAMED)
        or (alias is not None and alias.args.get("columns"))
    ):
        return False
    joins = block.args.get("joins") or []
    at = next((number for number, join in enumerate(joins) if join.this is node), -1)
    return not any(join.args.get("method") for join in joins) and all(
        _keeps_right(join) if number == at else _keeps_left(join)
        for number, join in enumerate(joins)
        if number >= at
    )


def _keeps_left(join: exp.Join) -> bool:
    """Whether each row on the left makes its own rows."""
    side, kind = (join.side or "").upper(), (join.kind or "").upper()
    return side == "LEFT" or (not side and kind in {"", "INNER", "CROSS", "SEMI", "ANTI"})


def _keeps_right(join: exp.Join) -> bool:
    """Whether each row on the right makes its own rows."""
    side, kind = (join.side or "").upper(), (join.kind or "").upper()
    return side == "RIGHT" or (not side and kind in {"", "INNER", "CROSS"})


def _numbered(statement: Statement) -> exp.Expr:
    """The tree of a statement whose parameters all have numbers."""
    unnumbered = any(not node.this for node in statement.tree.find_all(exp.Placeholder))
    return _read_numbered(statement.text, statement.as_of) if unnumbered else statement.tree


@lru_cache(maxsize=256)
def _read_numbered(text: str, as_of: AsOf | None) -> exp.Expr:
    places = (token for token in words(text) if token.token_type is TokenType.PLACEHOLDER)
    splices = [Splice(p.start, p.end + 1, f"${n}") for n, p in enumerate(places, start=1)]
    tree = read_tree(spliced(text, splices))
    if as_of is not None:
        held_at(tree, as_of)
    return tree
