"""The first reading: holds every node of a parsed statement against the allow-lists."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from doumen.kits.sql.functions import Kind, classify
from doumen.kits.sql.nodes import FUNCTIONS, NODES, TEXT, TYPES, WORDS
from doumen.model.errors import Invalid, Refused

_SHAPES = {name: frozenset(arguments.split()) for name, arguments in NODES.items()}
_COUNTED = (exp.Literal, exp.Placeholder)
_TABLES = (exp.Table, exp.Subquery, exp.Values)
_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


def refused(what: str, *, next: str | None = None, why: str | None = None) -> Refused:
    """A refusal that names a construct: `refused.construct`."""
    return Refused(
        f"The statement uses {what}, which is not admitted.", why=why, next=next, detail="construct"
    )


def admit_function(name: str, shown: str | None = None) -> None:
    """Let a function pass by the engine's name for it.

    Raises:
        Refused: it is not on the list.
    """
    found = classify(name)
    if found.kind is Kind.REFUSED:
        called = shown or name
        raise refused(
            f"the function `{called}`" if called[:1].isalpha() else f"the operator `{called}`",
            why=found.reason,
            next=found.next,
        )


def check_tree(tree: exp.Expr) -> None:
    """Let a statement pass if each of its nodes and their arguments are on the list.

    Raises:
        Refused: a construct, function or type is not; it is named.
    """
    pending: list[exp.Expr] = [tree]
    while pending:
        node = pending.pop()
        _check_class(node)
        name = type(node).__name__
        for key, value in node.args.items():
            for child in value if isinstance(value, list) else [value]:
                if child is None or child is False or child == "":
                    continue
                _check_argument(node, name, key, child)
                if isinstance(child, exp.Expr):
                    pending.append(child)


def _check_class(node: exp.Expr) -> None:
    name = type(node).__name__
    if isinstance(node, exp.Anonymous):
        admit_function(str(node.this))
    elif name not in _SHAPES and name not in FUNCTIONS:
        words, next = WORDS.get(name, (None, None))
        why = None
        if words is None and isinstance(node, exp.Func):
            found = classify(node.sql_name())
            words, why, next = f"the function `{found.name}`", found.reason or None, found.next
        raise refused(words or _spell(name), why=why, next=next)
    else:
        check = _SPECIAL.get(type(node))
        if check is not None:
            check(node)


def _check_argument(node: exp.Expr, name: str, key: str, value: object) -> None:
    place = f"{name}.{key}"
    shape = _SHAPES.get(name)
    if shape is not None and key not in shape:
        words, next = WORDS.get(place, (f"{_spell(name)} with {_spell(key)}", None))
        raise refused(words, next=next)
    if isinstance(value, str):
        allowed = TEXT.get(place, frozenset())
        if allowed is not None and value.upper() not in allowed:
            words, next = WORDS.get(place, (f"`{value}` in {_spell(name)}", None))
            raise refused(words if place not in WORDS else f"{words}: {value}", next=next)
    elif not isinstance(value, (exp.Expr, bool, exp.DType)):
        raise refused(f"{_spell(name)} with {_spell(key)}")


def _spell(name: str) -> str:
    """A class name in words: `RecursiveWithSearch` is `recursive with search`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip().lower()


def _check_placeholder(node: exp.Expr) -> None:
    if node.this and not str(node.this).isdecimal():
        raise refused("a named parameter", next="Use `?` or `$1`.")


def _check_count(node: exp.Expr) -> None:
    if not isinstance(node.args["expression"], _COUNTED):
        raise refused(
            "LIMIT or OFFSET with an expression", next="Give a number, or a parameter: `?`."
        )


def _check_type(node: exp.Expr) -> None:
    kind = node.this
    if not isinstance(kind, exp.DType) or kind.value not in TYPES:
        called = kind.value if isinstance(kind, exp.DType) else "of that name"
        raise refused(f"the type {called}")


def _check_table(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Identifier):
        function = node.this
        if not isinstance(function, exp.Anonymous):
            _check_class(function)
        raise refused(
            f"the table function `{function.name}`",
            why="A statement reads datasets: `domain.name`.",
        )


def _check_from(node: exp.Expr) -> None:
    if not isinstance(node.this, _TABLES):
        _check_class(node.this)
        raise refused(
            f"{_spell(type(node.this).__name__)} as a table",
            why="A statement reads datasets: `domain.name`.",
        )


def _check_select(node: exp.Expr) -> None:
    if not node.expressions:
        raise Invalid("A SELECT has no columns.", detail="syntax")


def _check_column(node: exp.Expr) -> None:
    if not isinstance(node.this, (exp.Identifier, exp.Star)):
        raise refused(f"a column of the form {_spell(type(node.this).__name__)}")


def _check_query(node: exp.Expr) -> None:
    if not all(isinstance(side, _QUERIES) for side in (node.this, node.args["expression"])):
        raise refused("a set operation over something else than a query")


def _check_array(node: exp.Expr) -> None:
    if any(isinstance(item, exp.Query) for item in node.expressions):
        raise refused("ARRAY(SELECT …)", next="Use `list(…)` as an aggregate.")


def _check_window(node: exp.Expr) -> None:
    spec = node.args.get("spec")
    for key in ("start", "end"):
        edge = spec.args.get(key) if spec is not None else None
        if isinstance(edge, exp.Expr) and not isinstance(edge, (*_COUNTED, exp.Interval)):
            raise refused("a window frame with an expression", next="Give a number.")


_SPECIAL: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Placeholder: _check_placeholder,
    exp.Select: _check_select,
    exp.Limit: _check_count,
    exp.Offset: _check_count,
    exp.DataType: _check_type,
    exp.Table: _check_table,
    exp.From: _check_from,
    exp.Join: _check_from,
    exp.Column: _check_column,
    exp.Union: _check_query,
    exp.Intersect: _check_query,
    exp.Except: _check_query,
    exp.Array: _check_array,
    exp.Window: _check_window,
}
