"""The first reading: holds every node of a parsed statement against the allow-lists."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from doumen.kits.sql.functions import Kind, classify
from doumen.kits.sql.nodes import COLLATIONS, FUNCTIONS, NODES, TEXT, TYPES, WORDS
from doumen.model.errors import Invalid, Refused
from doumen.model.message import Message, msg, plain

_SHAPES = {name: frozenset(arguments.split()) for name, arguments in NODES.items()}
_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_TABLES = (exp.Table, exp.Subquery, exp.Values, exp.Lateral, exp.Unnest)
_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)


MOST_CHOICES = 200
"""Most COLUMNS() and filters of `*` in a statement."""


def refused(what: Message, *, next: Message | None = None, why: Message | None = None) -> Refused:
    """A refusal that names a construct: `refused.construct`."""
    return Refused(
        msg("The statement uses {what}, which is not admitted.", what=what),
        why=why,
        next=next,
        detail="construct",
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
            msg("the function `{called}`", called=called)
            if called[:1].isalpha()
            else msg("the operator `{called}`", called=called),
            why=found.reason,
            next=found.next,
        )


def check_tree(tree: exp.Expr) -> None:
    """Let a statement pass if each of its nodes and their arguments are on the list.

    Raises:
        Refused: a construct, function or type is not; it is named.
    """
    pending: list[exp.Expr] = [tree]
    choices = 0
    while pending:
        node = pending.pop()
        _check_class(node)
        choices += _chooses(node)
        if choices > MOST_CHOICES:
            raise refused(
                msg("more than {most_choices} choices of columns", most_choices=MOST_CHOICES),
                next=msg("Name the columns."),
            )
        name = type(node).__name__
        for key, value in node.args.items():
            for child in value if isinstance(value, list) else [value]:
                if child == "" and f"{name}.{key}" not in TEXT:
                    raise Invalid(
                        msg("Something is missing in {form}.", form=_spell(name)),
                        why=msg("The parser found nothing where a name or a value must stand."),
                        detail="syntax",
                    )
                if child is None or child is False or child == "":
                    continue
                _check_argument(node, name, key, child)
                if isinstance(child, exp.Expr):
                    pending.append(child)


def _chooses(node: exp.Expr) -> bool:
    """Whether a node chooses columns by their names, which costs time for each column."""
    tested = node.this if isinstance(node, (exp.Binary, exp.RegexpLike)) else None
    star = tested.this if isinstance(tested, exp.Column) else tested
    filtered = isinstance(star, exp.Star) or (isinstance(node, exp.Star) and node.args.get("ilike"))
    return isinstance(node, exp.Columns) or bool(filtered)


def _check_class(node: exp.Expr) -> None:
    name = type(node).__name__
    if isinstance(node, exp.Anonymous):
        if classify(str(node.this)).kind is Kind.TABLE:
            raise refused(
                msg("`{this}` in this form", this=node.this),
                next=msg("Write `{this}(…)`.", this=node.this),
            )
        if not compares_list(node):
            admit_function(str(node.this))
    elif name not in _SHAPES and name not in FUNCTIONS:
        words, next = WORDS.get(name, (None, None))
        why = None
        if words is None and isinstance(node, exp.Func):
            found = classify(node.sql_name())
            words = msg("the function `{name}`", name=found.name)
            why, next = found.reason, found.next
        raise refused(words or plain(_spell(name)), why=why, next=next)
    else:
        check = _SPECIAL.get(type(node))
        if check is not None:
            check(node)


def compares_list(node: exp.Expr) -> bool:
    """Whether a node is the ANY or ALL of `x > ALL (list)`; the engine writes a query of it."""
    compared = isinstance(node.parent, _COMPARED) and node.parent.args["expression"] is node
    if not isinstance(node, exp.Anonymous):
        return compared
    return compared and str(node.this).upper() == "ALL" and len(node.expressions) == 1


def _check_argument(node: exp.Expr, name: str, key: str, value: object) -> None:
    place = f"{name}.{key}"
    shape = _SHAPES.get(name)
    if shape is not None and key not in shape:
        words, next = WORDS.get(place, (with_part(_spell(name), _spell(key)), None))
        raise refused(words, next=next)
    if isinstance(value, str):
        allowed = TEXT.get(place, frozenset())
        if allowed is not None and value.upper() not in allowed:
            words, next = WORDS.get(
                place, (msg("`{value}` in {form}", value=value, form=_spell(name)), None)
            )
            raise refused(
                words if place not in WORDS else msg("{words}: {value}", words=words, value=value),
                next=next,
            )
    elif not isinstance(value, (exp.Expr, int, exp.DType)):
        raise refused(with_part(_spell(name), _spell(key)))


def with_part(name: str, part: str) -> Message:
    """A form with a part that it may not have."""
    return msg("{form} with {part}", form=name, part=part)


def _spell(name: str) -> str:
    """A class name in words: `RecursiveWithSearch` is `recursive with search`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ").strip().lower()


def _check_placeholder(node: exp.Expr) -> None:
    if node.this and not str(node.this).isdecimal():
        raise refused(msg("a named parameter"), next=msg("Use `?` or `$1`."))


def _check_type(node: exp.Expr) -> None:
    kind = node.this
    if not isinstance(kind, exp.DType) or kind.value not in TYPES:
        if not isinstance(kind, exp.DType):
            raise refused(msg("the type of that name"))
        raise refused(msg("the type {called}", called=kind.value))


def _check_table(node: exp.Expr) -> None:
    if not isinstance(node.this, (exp.Identifier, exp.GenerateSeries)):
        function = node.this
        if function is None:
            raise refused(
                msg("ROWS FROM"), next=msg("Join the functions: `range(3) POSITIONAL JOIN …`.")
            )
        if not isinstance(function, exp.Anonymous):
            _check_class(function)
        raise refused(
            msg("the table function `{function}`", function=function.name),
            why=msg("A statement reads datasets: `domain.name`."),
        )


def _check_from(node: exp.Expr) -> None:
    if not isinstance(node.this, _TABLES):
        _check_class(node.this)
        raise refused(
            msg("{form} as a table", form=_spell(type(node.this).__name__)),
            why=msg("A statement reads datasets: `domain.name`."),
        )


def _check_select(node: exp.Expr) -> None:
    if not node.expressions:
        raise Invalid(msg("A SELECT has no columns."), detail="syntax")


def _check_column(node: exp.Expr) -> None:
    if not isinstance(node.this, (exp.Identifier, exp.Star)):
        raise refused(msg("a column of the form {form}", form=_spell(type(node.this).__name__)))


def _check_query(node: exp.Expr) -> None:
    if not all(isinstance(side, _QUERIES) for side in (node.this, node.args["expression"])):
        raise refused(msg("a set operation over something else than a query"))


def _check_holder(node: exp.Expr) -> None:
    if not isinstance(node.this, (*_QUERIES, exp.Pivot)):
        _check_class(node.this)
        raise refused(
            msg("something else than a query in {form}", form=_spell(type(node).__name__)),
            next=msg("Write `(SELECT …)` there."),
        )


def _check_star(node: exp.Expr) -> None:
    named = [each for key in ("replace", "rename") for each in node.args.get(key) or ()]
    if not all(isinstance(each, exp.Alias) for each in named):
        raise Invalid(msg("REPLACE or RENAME of `*` lacks a name after AS."), detail="syntax")


def _check_dot(node: exp.Expr) -> None:
    if not isinstance(node.args["expression"], (exp.Identifier, exp.Anonymous)):
        raise refused(
            msg("what stands after a dot"), next=msg("Write `function(value)` or `value['field']`.")
        )


def _check_lambda(node: exp.Expr) -> None:
    if not all(isinstance(each, exp.Identifier) for each in node.expressions):
        raise refused(msg("a lambda of this form"), next=msg("Write `lambda x: …`."))
    if node.find(exp.Query, exp.Values) is not None:
        raise refused(
            msg("a query inside a lambda"), next=msg("Join the table, and use its columns.")
        )


def _check_collation(node: exp.Expr) -> None:
    named = node.args["expression"]
    parts = named.parts if isinstance(named, exp.Column) else [named]
    if not {part.name.upper() for part in parts} <= COLLATIONS:
        raise refused(
            msg("this collation"),
            next=msg("There are: {collations}.", collations=", ".join(sorted(COLLATIONS))),
        )


_SPECIAL: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Placeholder: _check_placeholder,
    exp.Select: _check_select,
    exp.Star: _check_star,
    exp.DataType: _check_type,
    exp.Table: _check_table,
    exp.From: _check_from,
    exp.Join: _check_from,
    exp.Column: _check_column,
    exp.CTE: _check_holder,
    exp.Exists: _check_holder,
    exp.Union: _check_query,
    exp.Intersect: _check_query,
    exp.Except: _check_query,
    exp.Collate: _check_collation,
    exp.Comprehension: _check_lambda,
    exp.Dot: _check_dot,
    exp.Lambda: _check_lambda,
}
