"""News travels in a cookie that only the same sign-in can read."""

from __future__ import annotations

import base64

from doumen.faces.web.page import cookies
from doumen.model.message import msg


def test_news_is_read_by_the_sign_in_that_it_is_for() -> None:
    said = (msg("There is no dataset `{ref}`.", ref="a.b"), msg("Try again soon."))
    held = cookies.news(said, "mine")
    read = cookies.read_news(held, "mine")
    assert read == said
    assert read[0].template == said[0].template
    assert cookies.read_news(held, "another") == ()
    assert cookies.read_news(held, "") == ()


def test_what_somebody_made_up_is_no_news() -> None:
    held = base64.urlsafe_b64decode(cookies.news((msg("Try again soon."),), "mine"))
    forged = base64.urlsafe_b64encode(held.replace(b"again", b"twice")).decode()
    for text in (forged, "", "%%%", "AAAA"):
        assert cookies.read_news(text, "mine") == ()


def test_what_is_too_long_is_not_carried() -> None:
    assert cookies.news([msg("Try again soon.")] * 100, "mine") == ""


def test_a_cookie_is_bound_to_the_site() -> None:
    name, text = cookies.cookie("a", "b", seconds=60, secure=True)
    assert name == "set-cookie"
    assert text == "a=b; Path=/; SameSite=Lax; Max-Age=60; Secure; HttpOnly"
    assert cookies.cookie("a", "b", seconds=None, secure=False, hidden=False)[1] == (
        "a=b; Path=/; SameSite=Lax"
    )


def test_the_sign_in_counts_before_the_guest() -> None:
    assert cookies.bound({cookies.GUEST: "g"}) == "g"
    assert cookies.bound({cookies.GUEST: "g", cookies.SESSION: "s"}) == "s"
    assert cookies.bound({}) == ""
    assert cookies.guest() != cookies.guest()
