"""Nouns of meaning are what they were written as."""

from __future__ import annotations

import json
from datetime import date

from doumen.model.meaning import Code, CodeList, Edition, Element, Link, Term, Words

CODES = (
    Code("a", Words("A", "甲"), None, date(2001, 1, 1), date(2002, 1, 1), ("b", "c")),
    Code("b"),
)


def test_read_what_was_written() -> None:
    term = Term("t", Words("T"), Words(zh="义"), ("s",), ("u",), ("v",), "Li", "standard", "GB")
    element = Element("e", Words("E"), object_class="person", codelist="c", max_length=3,
                      synonyms=("x",))  # fmt: skip
    listed = CodeList("c", Words("C"), "office", editions=(Edition("1"), Edition("2",
                      date(2002, 1, 1))), count=2, codes=CODES)  # fmt: skip
    for one in (term, element, listed):
        body = json.loads(json.dumps(one.as_json()))
        assert type(one).of_json(one.key, body) == one
    assert Link.of_json(Link("t", None, "c").as_json()) == Link("t", None, "c")
    assert Link.of_json(None) == Link()
    assert Words.of_json(None) == Words()


def test_words() -> None:
    assert (Words("a", "b").any, Words("", "b").any, Words("a", "b").both) == ("a", "b", "a · b")


def test_a_long_list_is_elsewhere_known_or_not() -> None:
    assert CodeList("c", Words(), count=2, dataset="codelists.c").large
    assert CodeList("c", Words(), count=2).large
    assert not CodeList("c", Words(), count=2, codes=CODES).large
