"""Links of RFC 8288: its own examples, and what is odd."""

from __future__ import annotations

import pytest

from doumen.kits.standards.weblink import linked

# RFC 8288, section 3.5
BOOK = '<http://example.com/TheBook/chapter2>; rel="previous"; title="previous chapter"'
TERMS = '</terms>; rel="copyright"; anchor="#foo"'
LETZTES = (
    "</TheBook/chapter2>; rel=\"previous\"; title*=UTF-8'de'letztes%20Kapitel, "
    "</TheBook/chapter4>; rel=\"next\"; title*=UTF-8'de'n%c3%a4chstes%20Kapitel"
)
START = '<http://example.org/>; rel="start http://example.net/relation/other"'
TWO = '<https://example.org/>; rel="start", <https://example.org/index>; rel="index"'


@pytest.mark.parametrize(
    ("field", "relation", "target"),
    [
        (BOOK, "previous", "http://example.com/TheBook/chapter2"),
        (TERMS, "copyright", None),
        (LETZTES, "next", "/TheBook/chapter4"),
        (START, "http://example.net/relation/other", "http://example.org/"),
        (TWO, "index", "https://example.org/index"),
        ('<a>; rel="prev"; rel="next"', "next", None),
        ("< a >;rel = next;x", "next", "a"),
        (r'<a>; title="a \"quoted\", <b>; rel=x"; rel=NEXT', "next", "a"),
        ("<a>; rel=next; <b>", "next", "a"),
        ("no link", "next", None),
        ("<a>;;rel=next", "next", "a"),
        ("", "next", None),
    ],
)
def test_links(field: str, relation: str, target: str | None) -> None:
    assert linked([field], relation) == target
    assert linked(["<x>; rel=other", field], relation) == target
