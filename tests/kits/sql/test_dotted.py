"""Names around dots, and the places where a lambda may stand."""

from __future__ import annotations

import pytest
from sqlglot import exp, parse_one

from doumen.kits.sql.dotted import dotted, filters, receiver, takes_lambda, variables


def _item(text: str) -> exp.Expr:
    (item,) = parse_one(f"SELECT {text}", dialect="duckdb").expressions
    assert isinstance(item, exp.Expr)
    return item


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", "a"),
        ("a.b.c.d", "a.b.c.d"),
        ("a.b.c.d.e.f", "a.b.c.d.e.f"),
        ("a.b.upper()", None),
        ("(a).b", None),
        ("a.*", None),
        ("1", None),
    ],
)
def test_names(text: str, path: str | None) -> None:
    assert dotted(_item(text)) == (path.split(".") if path else None)


def test_a_long_chain_is_no_deep_one() -> None:
    assert dotted(_item("a" + ".b" * 880)) == ["a", *["b"] * 880]


@pytest.mark.parametrize(
    ("text", "called_on"),
    [
        ("a.upper()", "a"),
        ("a.b.upper()", "a.b"),
        ("(a).upper()", None),
        ("a.lower().upper()", None),
    ],
)
def test_methods(text: str, called_on: str | None) -> None:
    dot = _item(text)
    assert isinstance(dot, exp.Dot)
    assert receiver(dot) == (called_on.split(".") if called_on else None)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("list_transform(l, lambda x: x)", [True]),
        ("array_transform(l, lambda x: x)", [True]),
        ("list_filter(l, lambda x: x)", [True]),
        ("list_apply(l, lambda x: x)", [True]),
        ("LIST_REDUCE(l, lambda x, y: x, a -> b)", [True, False]),
        ("list_reduce(a -> b, lambda x, y: x)", [False, True]),
        ("l.list_transform(lambda x: x)", [True]),
        ("l.list_reduce(lambda x, y: x, a -> b)", [True, False]),
        ("COLUMNS(lambda c: c)", [True]),
        ("upper(a -> b)", [False]),
        ("[a -> b]", []),
    ],
)
def test_places_of_lambdas(text: str, places: list[bool]) -> None:
    found = sorted(_item(text).find_all(exp.Lambda), key=lambda node: node.index or 0)
    assert [takes_lambda(node) for node in found] == places


def test_functions_that_filter() -> None:
    assert filters(_item("list_filter(l, lambda x: x)"))
    assert filters(_item("array_filter(l, lambda x: x)"))
    assert not filters(_item("list_transform(l, lambda x: x)"))
    assert not filters(_item("list_apply(l, lambda x: x)"))


def test_variables() -> None:
    body = _item('list_transform(l, lambda "X", y: x)').find(exp.Lambda)
    assert body is not None
    assert variables(body) == {"x", "y"}
    comprehension = _item("[A FOR a, I IN l]").find(exp.Comprehension)
    assert comprehension is not None
    assert variables(comprehension) == {"a", "i"}
