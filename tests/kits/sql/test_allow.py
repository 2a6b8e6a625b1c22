"""The first reading: no position of an admitted tree lets a refused node through."""

from __future__ import annotations

import pytest
from sqlglot import exp

from doumen.kits.sql import nodes, parse
from doumen.kits.sql.allow import admit_function, check_tree
from doumen.model.errors import Invalid, Refused


def _slots(tree: exp.Expr) -> list[tuple[exp.Expr, str, int | None]]:
    """Every place of a tree that holds a node."""
    return [
        (node, key, place)
        for node in tree.walk()
        for key, value in node.args.items()
        for place, child in (enumerate(value) if isinstance(value, list) else [(None, value)])
        if isinstance(child, exp.Expr)
    ]


def test_a_refused_node_is_found_at_every_place(admitted: str) -> None:
    tree = parse(admitted).tree
    for node, key, place in _slots(tree):
        kept = node.args[key]
        planted = exp.Rand()
        if place is None:
            node.args[key] = planted
        else:
            node.args[key] = [*kept[:place], planted, *kept[place + 1 :]]
        with pytest.raises((Refused, Invalid)):
            check_tree(tree)
        node.args[key] = kept
    check_tree(tree)


def test_an_argument_that_is_not_listed_is_found_on_every_node(admitted: str) -> None:
    tree = parse(admitted).tree
    for node in list(tree.walk()):
        if type(node).__name__ in nodes.FUNCTIONS or isinstance(node, exp.Anonymous):
            continue
        node.args["surprise"] = True
        with pytest.raises(Refused):
            check_tree(tree)
        del node.args["surprise"]


def test_the_list_names_classes_that_exist() -> None:
    for name in [*nodes.NODES, *nodes.FUNCTIONS]:
        assert issubclass(getattr(exp, name), exp.Expr)
    for name, arguments in nodes.NODES.items():
        assert set(arguments.split()) <= set(getattr(exp, name).arg_types), name
    for place in nodes.TEXT:
        name, _, argument = place.partition(".")
        assert argument in getattr(exp, name).arg_types
    assert {kind.value for kind in exp.DType} >= nodes.TYPES


def test_words_are_of_what_is_refused() -> None:
    for place in nodes.WORDS:
        name, _, argument = place.partition(".")
        if not argument:
            assert name not in nodes.NODES
            assert name not in nodes.FUNCTIONS
        elif place not in nodes.TEXT:
            assert argument not in nodes.NODES[name].split(), place


@pytest.mark.parametrize(
    ("node", "named"),
    [
        (exp.Column(this=exp.Rand()), "a column of the form rand"),
        (exp.Literal(this=b"x", is_string=True), "literal with this"),
        (exp.Join(this=exp.to_table("a.b"), kind="STRAIGHT"), "this kind of join: STRAIGHT"),
        (exp.Window(this=exp.Rank(), over="ELSE"), "`ELSE` in window"),
        (exp.DataType(this=exp.DType.VARIANT), "the type VARIANT"),
        (exp.DataType(this=exp.Identifier(this="x")), "the type of that name"),
        (exp.From(this=exp.Literal.number(1)), "literal as a table"),
        (exp.Table(this=exp.Lower(this=exp.column("a"))), "the table function"),
        (exp.Intersect(this=exp.to_table("a.b"), expression=exp.select("1")), "a set operation"),
        (exp.Dot(this=exp.column("a"), expression=exp.Star()), "what stands after a dot"),
        (exp.Lambda(this=exp.Null(), expressions=[exp.column("a")]), "a lambda of this form"),
        (exp.Collate(this=exp.column("a"), expression=exp.Var(this="de")), "this collation"),
        (exp.Not(this=exp.Anonymous(this="ALL", expressions=[exp.Null()])), "`ALL`"),
        (exp.Median(this=exp.ReadCSV(this=exp.Literal.string("x"))), "read_csv()"),
        (exp.Sqrt(this=exp.Soundex(this=exp.column("a"))), "soundex"),
    ],
)
def test_odd_trees_are_refused(node: exp.Expr, named: str) -> None:
    with pytest.raises(Refused) as caught:
        check_tree(node)
    assert named in caught.value.what


def test_a_refused_function_says_why_and_what_else() -> None:
    with pytest.raises(Refused) as caught:
        admit_function("getvariable")
    assert caught.value.why
    assert "`?`" in str(caught.value.next)
    with pytest.raises(Refused, match="operator `!__postfix`"):
        admit_function("!__postfix")
