"""Singular queries: the examples of RFC 9535, and what names more than one node."""

from __future__ import annotations

import pytest

from doumen.kits.standards.jsonpath import Step, follow, steps
from doumen.model.errors import Invalid


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("$", ()),  # RFC 9535, table 3
        ("$.o['j j']", ("o", "j j")),  # table 5
        ("$.o['j j']['k.k']", ("o", "j j", "k.k")),
        ('$.o["j j"]["k.k"]', ("o", "j j", "k.k")),
        ('$["\'"]["@"]', ("'", "@")),
        ("$[1]", (1,)),  # table 8
        ("$.store.book[0].title", ("store", "book", 0, "title")),  # section 1.5
        ("$['store']['book'][0]['title']", ("store", "book", 0, "title")),
        ("a.b.items", ("a", "b", "items")),
        ("[0].a", (0, "a")),
        ("$.数据.items[*]", ("数据", "items")),
        ("$.a.*", ("a",)),
        (r"$['it\'s']", ("it's",)),
        (r'$["\u263a"]', ("☺",)),
    ],
)
def test_a_singular_query_is_its_steps(query: str, found: tuple[Step, ...]) -> None:
    assert steps(query) == found


@pytest.mark.parametrize(
    "query",
    ["$..a", "$.a[*].b", "$[?@.a]", "$[-1]", "$[0:2]", "$['a','b']", "$.", "$[01]", "$.a b", "",
     "$.1", r"$['\x']", "$[9999999999999999999]"],
)  # fmt: skip
def test_what_names_no_one_node_is_refused(query: str) -> None:
    with pytest.raises(Invalid) as caught:
        steps(query)
    assert caught.value.code == "invalid.json-path"


def test_a_way_is_followed() -> None:
    document = {"a": [{"b": None}], "c": {"0": 1}}
    assert follow(document, ()) == (document,)
    assert follow(document, ("a", 0, "b")) == (None,)
    assert follow(document, ("c", "0")) == (1,)
    for way in (("a", 1), ("a", "0"), ("b",), ("c", 0), ("a", 0, "b", "c")):
        assert follow(document, way) == ()
