"""What stands around a dot, and in which places a function takes a lambda.

`a.b.c` may be a column or a field of it, `a.b.f(x)` is the function `f` of `a.b`: the parser
writes both as `Dot` where it does not know better, and then every column before the dot as a
bare `Identifier`. So an identifier is a column wherever a value may stand.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from doumen.kits.sql.names import fold

FILTERS = frozenset({"array_filter", "filter", "list_filter"})
"""Functions whose lambda only decides which values stay."""

LAMBDAS = FILTERS | {
    *("apply", "array_apply", "array_transform", "list_apply", "list_transform"),
    *("array_reduce", "list_reduce", "reduce"),
}
"""Functions of which the second argument is a lambda."""

_VARIABLES = ("expression", "position")
_TYPED = (exp.ArrayFilter, exp.Transform)


def dotted(node: exp.Expr) -> list[str] | None:
    """The parts of a name that may be a column; None for other expressions."""
    after: list[str] = []
    while isinstance(node, exp.Dot) and isinstance(node.expression, exp.Identifier):
        after.append(node.expression.name)
        node = node.this
    if isinstance(node, exp.Identifier):
        return [node.name, *reversed(after)]
    if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
        return [*(part.name for part in node.parts), *reversed(after)]
    return None


def receiver(node: exp.Dot) -> list[str] | None:
    """The name that a method is called on: `a.b` of `a.b.f()`; None for other expressions."""
    return dotted(node.this) if not isinstance(node.expression, exp.Identifier) else None


def takes_lambda(node: exp.Lambda) -> bool:
    """Whether a lambda stands where a function takes one; elsewhere the arrow is that of JSON."""
    holder = node.parent
    if isinstance(holder, exp.Columns):
        return True
    if isinstance(holder, _TYPED):
        return node is holder.expression
    if not isinstance(holder, exp.Anonymous) or fold(str(holder.this)) not in LAMBDAS:
        return False
    method = isinstance(holder.parent, exp.Dot) and holder.parent.expression is holder
    return node.index == (0 if method else 1)


def filters(node: exp.Expr) -> bool:
    """Whether a function keeps some values of a list by a lambda."""
    return isinstance(node, exp.ArrayFilter) or (
        isinstance(node, exp.Anonymous) and fold(str(node.this)) in FILTERS
    )


def arguments(node: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """The parts of a node that are values, each with the argument that it stands in."""
    names = _NAMES.get(type(node), ())
    if isinstance(node, exp.PropertyEQ) and _is_entry(node):
        names = ()
    elif isinstance(node, exp.Window) and isinstance(node.this, exp.Identifier):
        names = ("this", "alias")
    for key, value in node.args.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Expr) and key not in names:
                yield key, part


def _is_entry(node: exp.PropertyEQ) -> bool:
    """Whether this is an entry of `MAP {key: value}`, of which the key is a value too."""
    return node.parent is not None and isinstance(node.parent.parent, exp.ToMap)


_NAMES: dict[type[exp.Expr], tuple[str, ...]] = {
    exp.Alias: ("alias",),
    exp.Collate: ("expression",),
    exp.Comprehension: _VARIABLES,
    exp.Lambda: ("expressions",),
    exp.PropertyEQ: ("this",),
    exp.Window: ("alias",),
}
"""Arguments that hold a name, not a value."""


def variables(node: exp.Expr) -> frozenset[str]:
    """The folded names that a lambda or a comprehension gives to its body."""
    return frozenset(fold(each.name) for each in _bound(node))


def _bound(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Comprehension):
        return [node.args[key] for key in _VARIABLES if node.args.get(key) is not None]
    return node.expressions


def spoken(tree: exp.Expr) -> Iterator[list[str]]:
    """Every path of names in a tree that may be a column, a lambda's parameters included."""
    for node in tree.walk():
        if isinstance(node, (exp.Column, exp.Dot)):
            path = dotted(node) or (receiver(node) if isinstance(node, exp.Dot) else None)
            if path is not None:
                yield path
        elif isinstance(node, (exp.Lambda, exp.Comprehension)):
            yield from ([each.name] for each in _bound(node))
        elif isinstance(node, exp.Identifier) and _is_value(node):
            yield [node.name]


def _is_value(node: exp.Identifier) -> bool:
    holder = node.parent
    return (
        holder is not None
        and not isinstance(holder, _NAMED)
        and any(part is node for _, part in arguments(holder))
    )


_NAMED = (
    exp.ColumnDef,
    exp.Column,
    exp.CTE,
    exp.DataType,
    exp.Dot,
    exp.Join,
    exp.Pivot,
    exp.Table,
    exp.TableAlias,
)
"""Nodes whose identifiers are names, or are told of by the node itself."""
