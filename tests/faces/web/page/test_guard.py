"""Forms are taken only from pages of the same browser session; nobody is sent elsewhere."""

from __future__ import annotations

import base64

import pytest

from doumen.faces.web.page import guard
from doumen.model.errors import Refused

HERE = {"host": "127.0.0.1:8470"}


def test_a_token_is_good_for_its_session_and_new_each_time() -> None:
    first, second = guard.token("session"), guard.token("session")
    assert first != second
    for token in (first, second):
        guard.check("session", token, HERE, "127.0.0.1:8470")


@pytest.mark.parametrize(
    ("bound", "token"),
    [
        ("another", guard.token("session")),
        ("", guard.token("")),
        ("session", ""),
        ("session", "é"),
        ("session", guard.token("session")[:-4]),
        ("session", base64.urlsafe_b64encode(bytes(64)).decode()),
    ],
    ids=["of another", "of nobody", "none", "no token", "cut", "made up"],
)
def test_no_other_token_is(bound: str, token: str) -> None:
    with pytest.raises(Refused):
        guard.check(bound, token, HERE, "127.0.0.1:8470")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8471"},
        {"origin": "null"},
    ],
)
def test_a_right_token_from_another_site_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(Refused):
        guard.check("session", guard.token("session"), headers, "127.0.0.1:8470")


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8470"},
     {"sec-fetch-site": "none"}],
)  # fmt: skip
def test_the_own_site_is_taken(headers: dict[str, str]) -> None:
    guard.check("session", guard.token("session"), headers, "127.0.0.1:8470")


@pytest.mark.parametrize("address", ["/", "/d/city.people?tab=use", "/d?q=%E7%94%B5"])
def test_addresses_here_are_gone_to(address: str) -> None:
    assert guard.local(address) == address


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "", "evil",
     "javascript:alert(1)", "/\r\nset-cookie: a=b", "/\tx", "http:/evil", "///evil.example"],
)  # fmt: skip
def test_other_places_are_not(address: str) -> None:
    assert guard.local(address, "/home") == "/home"


@pytest.mark.parametrize("odd", ["http://[", "//[x", "https://a]b", "http://[::1"])
def test_what_is_no_address_is_neither_gone_to_nor_the_own_site(odd: str) -> None:
    with pytest.raises(Refused):
        guard.check("session", guard.token("session"), {"origin": odd}, "127.0.0.1:8470")
    assert guard.local(odd) == "/"
