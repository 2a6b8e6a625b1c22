"""Addresses: one form, references resolved, queries kept to oneself."""

from __future__ import annotations

import pytest

from doumen.model.errors import Invalid
from doumen.rooms.collect.web.address import parsed


def test_an_address_in_one_form() -> None:
    found = parsed("HTTPS://Example.ORG/a b".replace(" ", "%20") + "/数?k=ä&x=1#part")
    assert str(found) == "https://example.org/a%20b/%E6%95%B0"
    assert found.target == "/a%20b/%E6%95%B0?k=%C3%A4&x=1"
    assert found.origin == ("https", "example.org", 443)
    assert found.name == "%E6%95%B0"
    assert parsed("http://[::1]:8080").whole == "http://[::1]:8080/"
    assert parsed("http://[::1]").loopback
    assert parsed("http://localhost").loopback
    assert not parsed("http://example.org").loopback


@pytest.mark.parametrize(
    "text",
    ["", "a/b", "ftp://a/b", "http://", "http://a:0/", "http://a:99999/", "http://a b/",
     "http://a/\x01", "http://u:p@a/", "http://u@a/", "http://[a/", "http://a/" + "x" * 20_000],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(Invalid):
        parsed(text)


def test_references_and_what_lies_below() -> None:
    base = parsed("https://a.org/v1/x?q=1")
    assert base.joined("y?z=2").whole == "https://a.org/v1/y?z=2"
    assert base.joined("?z=2").whole == "https://a.org/v1/x?z=2"
    assert base.joined("//b.org/c").whole == "https://b.org/c"
    assert base.below("orders").whole == "https://a.org/v1/x/orders"
    assert base.below("/orders?s=1").whole == "https://a.org/v1/x/orders?s=1"
    assert base.below("").whole == "https://a.org/v1/x/"
    assert base.below("a:b").path == "/v1/x/a:b"
    for out in ("../y", "a/../../y"):
        with pytest.raises(Invalid):
            base.below(out)


def test_parameters_take_the_place_of_those_that_are_there() -> None:
    base = parsed("https://a.org/?a=1&b=%C3%A4&b=2&c")
    asked = base.asking([("b", "x y"), ("b", "&"), ("d", "ä")])
    assert asked.query == "a=1&c&b=x+y&b=%26&d=%C3%A4"
    assert base.asking([]).query == base.query
