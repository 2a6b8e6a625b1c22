"""Pages at their addresses: who is let in, in which language, guarded how, and what goes wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from doumen.faces.web.page import Visit
from doumen.faces.web.page.static import manifest
from doumen.faces.web.pages import PAGES

Visitor = Callable[..., Any]
TWINLESS = {"/trace/keys", "/work/names.json", "/settings", "/signout"}
"""Addresses of pages that give a file, or send on."""
CLOSED = [page.path for page in PAGES if not page.open and "{" not in page.path]


@pytest.mark.parametrize("path", CLOSED)
def test_strangers_are_sent_to_the_sign_in(visitor: Visitor, path: str) -> None:
    answer = visitor("").get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/signin")
    twin = visitor("").client.get(next(p.json_path for p in PAGES if p.path == path))
    assert twin.status_code == 401
    assert twin.json()["code"] == "refused.token"


def test_after_the_sign_in_one_is_where_one_wanted_to_be(visitor: Visitor) -> None:
    away = visitor("").get("/d/city.people?tab=use").headers["location"]
    assert away == "/signin?next=/d/city.people%3Ftab%3Duse"


@pytest.mark.parametrize("name", ["owner", "ana"])
def test_headers_bind_the_browser(visitor: Visitor, name: str) -> None:
    headers = visitor(name).get("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "Cookie" in headers["vary"]


def test_no_page_has_code_or_style_of_its_own(visitor: Visitor) -> None:
    here = visitor()
    for path in (*(p for p in CLOSED if p != "/signout"), "/d/city.people"):
        text = here.get(path).text
        assert "<style" not in text, path
        assert not re.search(r"<[^>]*\sstyle=", text), path
        assert not re.search(r"<[^>]*\son\w+=", text), path
        assert not re.search(r"<script(?![^>]*(src=|application/json))", text), path
        assert not re.search(r'(src|href|action)="(https?:)?//', text), path


def test_the_language_is_of_the_address_then_the_cookie_then_the_browser(visitor: Visitor) -> None:
    here = visitor()
    assert 'lang="en"' in here.get("/d").text
    assert 'lang="zh-Hans"' in here.get("/d", **{"Accept-Language": "zh-CN,en;q=0.5"}).text
    assert here.post("/settings/look", "language", language="zh", back="/d").status_code == 303
    assert "目录" in here.get("/d").text
    assert here.get("/d").headers["content-language"] == "zh"
    assert 'lang="en"' in here.get("/d?lang=en").text


def test_the_theme_is_kept(visitor: Visitor) -> None:
    here = visitor()
    assert "data-bs-theme" not in here.get("/").text
    here.post("/settings/look", "theme", theme="dark", back="/")
    assert 'data-bs-theme="dark"' in here.get("/").text
    wrong = here.post("/settings/look", "theme", theme="<x>", back="/")
    assert wrong.status_code != 200


def test_the_purpose_is_one_of_the_visitor(visitor: Visitor) -> None:
    here = visitor("ana")
    here.post("/settings/look", "purpose", purpose="research", back="/")
    assert re.search(r"<option selected>research</option>", here.get("/").text)
    here.post("/settings/look", "purpose", purpose="war", back="/")
    assert "<option selected>" not in here.get("/").text


def test_a_form_of_another_session_is_refused(visitor: Visitor) -> None:
    mine, theirs = visitor(), visitor("ana")
    given = {"csrf": theirs.token("/"), "do": "language", "language": "zh", "back": "/"}
    answer = mine.client.post("/settings/look", data=given)
    assert answer.status_code == 403
    assert "doumen_lang" not in answer.headers.get("set-cookie", "")
    assert mine.client.post("/settings/look", data={**given, "csrf": ""}).status_code == 403
    right = {**given, "csrf": mine.token("/")}
    foreign = mine.client.post(
        "/settings/look", data=right, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert mine.client.post("/settings/look", data=right).status_code == 303


def test_forms_lead_nowhere_else(visitor: Visitor) -> None:
    here = visitor()
    for place in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = here.post("/settings/look", "language", language="en", back=place)
        assert answer.headers["location"] == "/"


def test_a_form_that_there_is_not_is_told(visitor: Visitor) -> None:
    here = visitor()
    assert here.post("/settings/look", "explode").status_code == 400
    json_ = here.client.post("/settings/look", json={"do": "language"})
    assert json_.status_code == 415


def test_what_is_not_there_is_told_on_a_page_and_in_json(visitor: Visitor) -> None:
    here = visitor()
    page = here.get("/d/no.such")
    assert page.status_code == 404
    assert "text/html" in page.headers["content-type"]
    assert "There is no dataset `no.such`." in page.text
    twin = here.client.get("/d/no.such.json")
    assert (twin.status_code, twin.json()["code"]) == (404, "not-found.dataset")
    lost = here.get("/nothing/here")
    assert lost.status_code == 404
    assert "There is nothing at this address." in lost.text
    assert here.client.get("/nothing").headers["content-type"] == "application/problem+json"


def test_names_in_addresses_are_escaped(visitor: Visitor) -> None:
    here = visitor()
    for path in ("/d/a.%3Cscript%3E", "/d?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"):
        assert "<script>alert" not in here.get(path).text
        assert "<script>" not in here.get(path).text.replace("<script src", "")


def test_a_session_that_is_ended_lets_nobody_in(visitor: Visitor) -> None:
    here = visitor()
    assert here.get("/").status_code == 200
    cookie = here.client.cookies["doumen_session"]
    assert here.post("/signout", "signout").headers["location"] == "/signout"
    again = here.client.get("/", headers={"Cookie": f"doumen_session={cookie}"})
    assert again.status_code == 303


def test_the_session_cookie_is_new_hidden_and_of_this_site(
    visitor: Visitor, world: Any, server: Any
) -> None:
    link = world.node.session().do("session link", actor="ana").json["url"]
    planted = "0" * 16 + "_" + "0" * 64
    with httpx2.Client(base_url=server.url, cookies={"doumen_session": planted}) as client:
        page = client.get("/signin?ticket=x").text
        token = re.search(r'name="csrf" value="([^"]+)"', page)
        assert token
        answer = client.post(
            "/signin",
            data={"csrf": token.group(1), "do": "link", "ticket": link.partition("ticket=")[2]},
        )
    made = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("doumen_session"))
    assert planted not in made
    assert "HttpOnly" in made
    assert "SameSite=Lax" in made


def test_each_page_has_its_twin(visitor: Visitor) -> None:
    here = visitor()
    for page in PAGES:
        if "{" not in page.path and not page.open and page.path not in TWINLESS:
            answer = here.client.get(page.json_path)
            assert answer.status_code == 200, page.path
            assert isinstance(json.loads(answer.text), dict)
            found = re.search(r'<a href="([^"]+)">JSON</a>', here.get(page.path).text)
            assert found
            assert found.group(1) == page.json_path


def test_files_are_kept_for_good_and_packed(visitor: Visitor) -> None:
    here = visitor("")
    tag = manifest()["frame.css"]
    plain = here.client.get(f"/static/{tag}/frame.css", headers={"Accept-Encoding": "identity"})
    packed = here.client.get(f"/static/{tag}/frame.css", headers={"Accept-Encoding": "gzip"})
    assert plain.content == packed.content
    assert packed.headers["content-encoding"] == "gzip"
    assert "immutable" in packed.headers["cache-control"]
    for path in (f"/static/{tag}/frame.js", "/static/0/frame.css", f"/static/{tag}/icons.json",
                 f"/static/{tag}/..%2Fapp.py"):  # fmt: skip
        assert here.client.get(path).status_code == 404


def test_every_answer_of_whatever_kind_binds_the_browser(visitor: Visitor) -> None:
    here, stranger = visitor(), visitor("")
    tag = manifest()["frame.css"]
    answers = (
        here.get("/home.json"), here.get("/d/no.such"), here.get("/nowhere"), here.get("/trace/x"),
        here.client.get("/nowhere"), here.client.get("/work/names.json"),
        stranger.get("/d"), stranger.client.get("/home.json"), here.post("/d", "none"),
        here.post("/settings/look", "theme", theme="dark"), here.client.get("/health/live"),
        here.client.get(f"/static/{tag}/frame.css"), here.client.put("/d"),
    )  # fmt: skip
    for one in answers:
        assert "frame-ancestors 'none'" in one.headers["content-security-policy"], one.url
        assert one.headers["content-security-policy"].count("default-src") == 1, one.url
        assert one.headers["x-frame-options"] == "DENY", one.url
        assert one.headers["x-content-type-options"] == "nosniff", one.url
    assert "no-store" not in answers[-2].headers["cache-control"], "files are kept by browsers"


def test_whoever_is_not_signed_in_sends_no_large_file(visitor: Visitor) -> None:
    stranger = visitor("")
    large = {"file": ("a.csv", b"x" * (2 << 20))}
    given = {"csrf": stranger.token("/signin"), "do": "link"}
    assert stranger.client.post("/signin", data=given, files=large).status_code == 413


def test_cookies_are_for_tls_where_the_node_is_reached_by_it() -> None:
    def visit(base: str, address: str) -> Visit:
        house: Any = SimpleNamespace(
            node=SimpleNamespace(settings=SimpleNamespace(address=address))
        )
        return Visit(house=house, session=None, bearer=None, base=base)

    assert visit("https://data.example", "").secure
    assert visit("http://127.0.0.1:8470", "https://data.example").secure, "a proxy does TLS"
    assert not visit("http://127.0.0.1:8470", "").secure
    assert not visit("http://127.0.0.1:8470", "http://data.example").secure


@pytest.mark.parametrize("name", ["pyproject.toml", "no.such.file", "9" * 400, "a\x00b"])
def test_no_page_looks_at_the_files_of_the_node(visitor: Visitor, name: str) -> None:
    here = visitor("ana")
    for path in (f"/trace/{quote(name)}/receipt", f"/work/a/{quote(name)}"):
        answer = here.get(path)
        assert answer.status_code == 400, (path, answer.status_code)
        assert "does not fit" in answer.text, "there or not, it is told the same"
