"""Queries of a contract that only count rows by a condition and need no scan of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from doumen.kits.sql import UnknownColumn
from doumen.kits.sql.parse import read_tree
from doumen.kits.sql.total import check_total
from doumen.model.errors import DoumenError
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema

_PARTS = frozenset({"expressions", "from_", "from", "where"})
"""What such a query has, by the names of its tree."""


def mentioned(statement: str) -> frozenset[str]:
    """Names of columns that a statement speaks of, in lower case; of one that is none, none."""
    try:
        tree = read_tree(statement)
    except DoumenError:
        return frozenset()
    return frozenset(one.name.casefold() for one in tree.find_all(exp.Column))


def counted_rows(statement: str, ref: Ref, types: Mapping[str, str]) -> str | None:
    """The condition C of `SELECT count(*) FROM ref WHERE C`, if no row can make it fail.

    Beside others in one scan, a condition that fails would take them all with it: so it must be
    total, over bare columns of the dataset. None: it is another query.
    """
    try:
        tree = read_tree(statement)
        where = _where(tree, ref)
        if where is None:
            return None
        schema = Schema(tuple(Column(name, type) for name, type in types.items()))

        def find(path: Sequence[str]) -> Column:
            found = schema.find(path[0]) if len(path) == 1 else None
            if found is None:
                raise UnknownColumn(None, ".".join(path), schema.names)
            return found

        total = check_total(where, find, ()) == "BOOLEAN"
    except DoumenError:
        return None
    return where.sql(dialect="duckdb", comments=False) if total else None


def _where(tree: exp.Expr, ref: Ref) -> exp.Expr | None:
    """The condition of a query of this form."""
    if not isinstance(tree, exp.Select) or {k for k, v in tree.args.items() if v} - _PARTS:
        return None
    source, where = tree.args.get("from_") or tree.args.get("from"), tree.args.get("where")
    counted = tree.expressions[0] if len(tree.expressions) == 1 else None
    if not (isinstance(counted, exp.Count) and isinstance(counted.this, exp.Star)):
        return None
    if source is None or where is None or not isinstance(source.this, exp.Table):
        return None
    named = source.this
    bare = {key for key, value in named.args.items() if value} <= {"this", "db"}
    if not bare or (named.db, named.name) != (ref.domain, ref.name):
        return None
    if any(True for _ in where.find_all(exp.Placeholder, exp.Parameter, exp.Query)):
        return None
    found: exp.Expr = where.this
    return found
