"""Statements that are a little shorter than a given one; for cutting examples down.

Each is the statement without one clause, one output, one join or one side of a condition. They
mean something else, and need not be admitted: whoever asks for them tries them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from doumen.kits.sql.parse import parse

_CLAUSES = ("having", "qualify", "limit", "offset", "order", "distinct", "where", "group")


def shorter(text: str) -> Iterator[str]:
    """The statements, the boldest cuts first.

    Raises:
        DoumenError: the statement is not admitted.
    """
    tree = parse(text).tree
    for number, _ in enumerate(tree.walk()):
        copy = tree.copy()
        node = next(node for place, node in enumerate(copy.walk()) if place == number)
        yield from _cut(copy, node)


def _cut(tree: exp.Expr, node: exp.Expr) -> Iterator[str]:
    """The tree without each part of one node that can be left out; put back in between."""
    if isinstance(node, exp.Select):
        for clause in _CLAUSES:
            if node.args.get(clause) is not None:
                yield from _without(tree, node, clause, None)
        joins = node.args.get("joins") or []
        for place in range(len(joins)):
            yield from _without(tree, node, "joins", joins[:place] + joins[place + 1 :])
        outputs = node.expressions
        for place in range(len(outputs) if len(outputs) > 1 else 0):
            yield from _without(tree, node, "expressions", outputs[:place] + outputs[place + 1 :])
    elif isinstance(node, (exp.And, exp.Or, exp.SetOperation)):
        for side in (node.left, node.right):
            yield from _replaced(tree, node, side)


def _without(
    tree: exp.Expr, node: exp.Expr, key: str, value: list[exp.Expr] | None
) -> Iterator[str]:
    kept = node.args.get(key)
    node.set(key, value)
    yield tree.sql(dialect="duckdb")
    node.set(key, kept)


def _replaced(tree: exp.Expr, node: exp.Expr, by: exp.Expr) -> Iterator[str]:
    if node is tree:
        yield by.sql(dialect="duckdb")
        return
    by = by.copy()
    node.replace(by)
    yield tree.sql(dialect="duckdb")
    by.replace(node)
