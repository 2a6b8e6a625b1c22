"""The pages of the sign-in: who comes in, what an attacker tries on their forms, who goes out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.faces.web.pages.browser import Browser, text

from doumen.faces.web.pages.signin.page import network
from doumen.rooms.protect.signin import accounts, entry, tickets

Come = Callable[..., Browser]
GOOD = "several words not together"


@pytest.fixture
def door(world: Any) -> Any:
    desk = world.node.session().desk
    accounts.replaced(desk, desk.facts(), "ana", GOOD)
    accounts.unlock(desk, "ana")
    return desk


@pytest.fixture
def come(server: Any) -> Iterator[Callable[..., Browser]]:
    """Opens browsers, and closes them."""
    opened: list[Browser] = []

    def open(url: str = server.url) -> Browser:
        opened.append(Browser(url))
        return opened[-1]

    yield open
    for browser in opened:
        browser.client.close()


@pytest.fixture
def browser(come: Callable[..., Browser]) -> Browser:
    return come()


def ticket(door: Any, actor: str = "ana") -> str:
    return str(tickets.link(door, actor=actor).json["url"].partition("=")[2])


def test_a_page_asks_strangers_to_sign_in(browser: Browser) -> None:
    for path, where in (("/d?q=a&sort=b", "/signin?next=/d%3Fq%3Da%26sort%3Db"), ("/", "/signin")):
        sent = browser.get(path)
        assert (sent.status_code, sent.headers["location"]) == (303, where)
    assert browser.client.get("/home.json").status_code == 401


def test_in_by_a_password_and_out_again(door: Any, browser: Browser) -> None:
    browser.get("/signin")
    guest = browser.client.cookies.get("doumen_guest")
    sent = browser.send("/signin?next=/d", "password", name="ana", password=GOOD)
    assert (sent.status_code, sent.headers["location"]) == (303, "/d")
    held = browser.session
    assert held is not None
    assert held != guest
    assert browser.client.cookies.get("doumen_guest") is None
    (cookie,) = [c for c in sent.headers.get_list("set-cookie") if c.startswith("doumen_session")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    page = browser.get("/d")
    assert page.status_code == 200
    assert "You are signed in as `ana`" in text(page) or "signed in as" in text(page)
    assert browser.get("/signin?next=/d").headers["location"] == "/d"
    out = browser.send("/d", "signout")
    assert (out.status_code, out.headers["location"]) == (303, "/signout")
    assert browser.session is None
    assert "signed out" in text(browser.get("/signout"))
    browser.client.cookies.set("doumen_session", held)
    assert browser.get("/d").status_code == 303


def test_what_failed_is_told_to_whom_it_is_of(door: Any, browser: Browser) -> None:
    browser.send("/signin", "password", name="ana", password="wrong words of somebody")
    browser.send("/signin", "password", name="ana", password=GOOD)
    assert "Since then 1 sign-ins failed" in text(browser.get("/"))


def test_all_that_is_wrong_is_told_alike_and_not_too_fast(door: Any, browser: Browser) -> None:
    told = set()
    for name in ("ana", "zoe", "no name!"):
        begun = time.monotonic()
        wrong = browser.send("/signin", "password", name=name, password="wrong words of somebody")
        assert time.monotonic() - begun >= entry.FLOOR
        assert wrong.status_code == 403
        told.add(text(wrong).partition("You are not signed in.")[2].partition("Name")[0])
        assert "wrong words of somebody" not in wrong.text
    assert len(told) == 1


def test_a_session_cannot_be_planted(door: Any, browser: Browser, come: Come) -> None:
    attacker = come()
    attacker.send(f"/signin?ticket={ticket(door, 'sue')}", "link")
    planted = attacker.session
    browser.client.cookies.set("doumen_session", planted or "")
    form = browser.form(f"/signin?ticket={ticket(door)}", "link")
    sent = browser.post("/signin", {**form.fields, "do": "link"})
    (cookie,) = [c for c in sent.headers.get_list("set-cookie") if c.startswith("doumen_session")]
    assert str(planted) not in cookie
    assert sent.status_code == 303
    forged = come()
    forged.client.cookies.set("doumen_session", f"{'0' * 16}_{'0' * 64}")
    assert forged.get("/d").status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_site_cannot_send_a_form(
    door: Any, browser: Browser, headers: dict[str, str]
) -> None:
    form = browser.form("/signin", "password")
    given = {**form.fields, "do": "password", "name": "ana", "password": GOOD}
    sent = browser.post("/signin", given, **headers)
    assert sent.status_code == 403
    assert browser.session is None


def test_a_form_needs_the_token_of_its_browser(door: Any, browser: Browser, come: Come) -> None:
    other = come().form("/signin", "password").fields["csrf"]
    for token in ("", "x", other):
        form = browser.form("/signin", "password")
        given = {**form.fields, "csrf": token, "do": "password", "name": "ana", "password": GOOD}
        assert browser.post("/signin", given).status_code == 403
    assert browser.session is None
    browser.send("/signin", "password", name="ana", password=GOOD)
    assert browser.post("/signout", {"do": "signout", "csrf": other}).status_code == 403
    assert browser.get("/d").status_code == 200


@pytest.mark.parametrize(
    "where",
    [
        "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
        "https:evil.example", "/\t/evil.example", "\\\\evil.example", "evil.example",
        "/%0d%0aset-cookie:x=1", "///evil.example",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(door: Any, browser: Browser, where: str) -> None:
    sent = browser.send("/signin", "password", name="ana", password=GOOD, next=where)
    assert sent.status_code == 303
    place = sent.headers["location"]
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))
    assert "x=1" not in sent.headers.get("set-cookie", "")
    sent = browser.client.get("/signin", params={"next": where})
    assert sent.headers["location"].startswith("/")


def test_what_is_typed_is_never_a_mark(door: Any, browser: Browser) -> None:
    for bad in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"):
        wrong = browser.send("/signin", "password", name=bad, password=bad, next=f"/{bad}")
        assert bad not in wrong.text or "{{" in bad
        assert "49" not in text(wrong).replace("149", "")
        for path in ("/signin", "/invitation"):
            page = browser.client.get(path, params={"ticket": bad, "next": bad})
            assert "<script>alert" not in page.text
            assert "onerror=alert(1)>" not in page.text


def test_no_page_is_framed_or_runs_what_it_holds(browser: Browser) -> None:
    for path in ("/signin", "/signout", "/invitation?ticket=x"):
        headers = browser.get(path).headers
        assert headers["x-frame-options"] == "DENY"
        policy = headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_a_link_needs_its_button_and_works_once(door: Any, browser: Browser, come: Come) -> None:
    text_ = ticket(door)
    for _ in range(3):
        assert browser.get(f"/signin?ticket={text_}").status_code == 200
    assert browser.session is None
    assert browser.send(f"/signin?ticket={text_}", "link").status_code == 303
    assert browser.session is not None
    again = come()
    assert again.send(f"/signin?ticket={text_}", "link").status_code == 403
    assert again.session is None


def test_an_invitation(door: Any, browser: Browser) -> None:
    made = accounts.establish(door, "ana", invite=True).json["url"].partition("=")[2]
    path = f"/invitation?ticket={made}"
    assert "as ana" in text(browser.get(path))
    wrong = browser.send(path, "accept", password=GOOD, again="another")
    assert wrong.status_code == 400
    assert "not the same" in wrong.text
    short = browser.send(path, "accept", password="short", again="short")
    assert "12 to 256" in short.text
    assert browser.send(path, "accept", password=GOOD, again=GOOD).status_code == 303
    assert browser.session is not None
    used = browser.get(path)
    assert used.status_code == 403
    assert "not signed in" in used.text


def test_passwords_keep_their_blanks(door: Any, browser: Browser) -> None:
    accounts.replaced(door, door.facts(), "ana", "  several words apart  ")
    assert (
        browser.send("/signin", "password", name="ana", password="several words apart").status_code
        == 403
    )
    sent = browser.send("/signin", "password", name="ana", password="  several words apart  ")
    assert sent.status_code == 303


def test_one_address_does_not_try_for_ever(
    door: Any, start: Callable[..., Any], come: Come
) -> None:
    browser = come(start("--rate", "5").url)
    form = browser.form("/signin", "password")
    codes = [
        browser.post("/signin", {**form.fields, "do": "link", "ticket": "x"}).status_code
        for _ in range(22)
    ]
    assert codes[0] == 403
    assert codes[-1] == 429


def test_networks() -> None:
    assert network("192.0.2.7") == "192.0.2.7"
    assert network("2001:db8:1:2:3:4:5:6") == network("2001:db8:1:2::9")
    assert network("2001:db8:1:3::1") != network("2001:db8:1:2::9")
    assert network("testclient") == "testclient"


def test_the_owner_comes_in_first(world: Any, browser: Browser) -> None:
    made = world.node.session().do("session link").json
    assert datetime.fromisoformat(made["expires"]) > datetime.now(UTC)
    path = made["url"].partition("8470")[2]
    assert browser.send(path, "link").headers["location"] == "/"
    assert "owner" in text(browser.get("/"))
