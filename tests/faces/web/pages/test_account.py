"""The pages of one's own account, tokens and access: what they do, and for whom."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from tests.faces.web.pages.browser import Browser, text

from doumen.model.fact import Fact
from doumen.rooms.protect.signin import accounts, codes, tickets

GOOD, NEW = "several words not together", "a different lot of words"
HERE = "/settings/account"
Come = Callable[..., Browser]


@pytest.fixture
def door(world: Any) -> Any:
    desk = world.node.session().desk
    accounts.replaced(desk, desk.facts(), "ana", GOOD)
    accounts.unlock(desk, "ana")
    if desk.facts().body("totp", "ana") is not None:
        desk.amend([Fact("totp", "ana", None)], subject="x")
    return desk


@pytest.fixture
def come(server: Any, door: Any) -> Iterator[Come]:
    """Opens browsers in which an actor is signed in by a link."""
    opened: list[Browser] = []

    def open(actor: str = "ana") -> Browser:
        browser = Browser(server.url)
        opened.append(browser)
        link = tickets.link(door, actor=actor).json["url"].partition("=")[2]
        assert browser.send(f"/signin?ticket={link}", "link").status_code == 303
        return browser

    yield open
    for browser in opened:
        browser.client.close()


def test_a_new_password_ends_what_was_open_but_this(come: Come) -> None:
    other, mine = come(), come()
    old = mine.session
    wrong = mine.send(HERE, "change", current="wrong words of somebody", password=NEW, again=NEW)
    assert wrong.status_code == 403
    assert mine.send(HERE, "change", current=GOOD, password=NEW, again=GOOD).status_code == 400
    short = mine.send(HERE, "change", current=GOOD, password="short", again="short")
    assert short.status_code == 400
    done = mine.send(HERE, "change", current=GOOD, password=NEW, again=NEW)
    assert (done.status_code, done.headers["location"]) == (303, HERE)
    assert mine.session != old
    assert mine.get(HERE).status_code == 200
    assert other.get(HERE).status_code == 303


def test_a_second_factor_from_begin_to_end(come: Come, door: Any) -> None:
    mine = come()
    assert mine.send(HERE, "enrol", current="wrong words of somebody").status_code == 403
    begun = mine.send(HERE, "enrol", current=GOOD)
    assert begun.status_code == 200
    assert "data:image/svg+xml;base64," in begun.text
    seed = _seed(begun)
    enrolment = re.search(r'name="enrolment" value="([^"]+)"', begun.text)
    assert enrolment is not None
    form = mine.form(HERE, "enrol")
    said = {**form.fields, "do": "confirm", "enrolment": enrolment[1]}
    assert mine.post(HERE, {**said, "code": "12345"}).status_code == 400
    step = int(time.time()) // 30
    done = mine.post(HERE, {**said, "code": codes.code_at(seed, step - 1)})
    (recovery,) = re.findall(r"<pre[^>]*>([^<]+)</pre>", done.text)
    assert len(recovery.split()) == 10
    page = mine.get(HERE)
    assert recovery.split()[0] not in page.text
    assert "Enrol another device" in text(page)
    assert mine.send(HERE, "off", current="wrong words of somebody").status_code == 403
    assert door.facts().body("totp", "ana") is not None
    assert mine.send(HERE, "off", current=GOOD).status_code == 303
    assert door.facts().body("totp", "ana") is None


def _seed(page: httpx2.Response) -> bytes:
    found = re.search(r"secret=([A-Z2-7]+)", page.text)
    assert found is not None
    return base64.b32decode(found[1])


def test_sessions_are_ended_one_by_one_and_all_others(come: Come, door: Any) -> None:
    mine, second, third = come(), come(), come()
    bob = come("sue")
    told = mine.client.get(f"{HERE}.json").json()
    assert sum(one["here"] for one in told["sessions"]) == 1
    assert {one["actor"] for one in told["sessions"]} == {"ana"}
    id = (second.session or "").partition("_")[0]
    form = mine.form(HERE, "end")
    assert mine.post(HERE, {**form.fields, "do": "end", "id": id}).status_code == 303
    assert second.get(HERE).status_code == 303
    stranger = (bob.session or "").partition("_")[0]
    assert mine.post(HERE, {**form.fields, "do": "end", "id": stranger}).status_code == 404
    assert mine.send(HERE, "end-others").status_code == 303
    assert third.get(HERE).status_code == 303
    assert bob.get(HERE).status_code == 200
    assert mine.get("/settings").headers["location"] == HERE


def test_who_has_no_password_is_told_how(come: Come) -> None:
    page = text(come("sue").get(HERE))
    assert "account set sue --invite" in page
    assert "It goes with a password" in page


def test_a_token_is_made_by_whoever_knows_the_password(come: Come, server: Any) -> None:
    mine, here = come(), "/settings/tokens"
    assert mine.send(here, "add", current="x", days="9").status_code == 403
    bad = mine.send(here, "add", current=GOOD, days="soon")
    assert bad.status_code == 400
    made = mine.send(here, "add", current=GOOD, name="note <b>book</b>", days="9", scope="read")
    (token,) = set(re.findall(r"doumen_[0-9a-f]{16}_[0-9a-f]{64}", made.text))
    assert "<b>book" not in made.text
    assert token not in mine.get(here).text
    headers = {"Authorization": f"Bearer {token}"}
    asked = httpx2.get(f"{server.url}/v1/token/list", headers=headers)
    id = token.split("_")[1]
    assert id in asked.text
    form = mine.form(here, "revoke")
    assert mine.post(here, {**form.fields, "do": "revoke", "id": id}).status_code == 303
    assert httpx2.get(f"{server.url}/v1/token/list", headers=headers).status_code == 401


def test_without_a_password_only_a_fresh_session_makes_a_token(come: Come, door: Any) -> None:
    mine, here = come("sue"), "/settings/tokens"
    assert "doumen_" in mine.send(here, "add", days="1", scope="read").text
    key = f"sue/{(mine.session or '').partition('_')[0]}"
    body = door.facts().body("session", key)
    old = (datetime.now(UTC) - timedelta(minutes=16)).strftime("%Y-%m-%dT%H:%M:%SZ")
    door.amend([Fact("session", key, {**body, "created": old})], subject="x")
    stale = mine.send(here, "add", days="1", scope="read")
    assert stale.status_code == 403
    assert "came in a while ago" in text(stale)


def test_who_can_and_what_can(come: Come) -> None:
    here = "/settings/access"
    ana = come()
    mine = ana.client.get(f"{here}.json").json()
    assert (mine["of"], mine["actor"], mine["actors"]) == ("actor", "ana", ["ana"])
    page = ana.get(f"{here}?dataset=city.people&for=research")
    assert "analysts-read-people" in page.text
    assert "sue" not in page.text.partition("<main")[2]
    assert ana.get(f"{here}?actor=sue").status_code == 404
    owner = come("owner")
    told = owner.client.get(f"{here}.json?dataset=city.people").json()
    assert {one["actor"] for one in told["rows"]} >= {"ana", "aud", "owner", "sue"}
    assert owner.get(f"{here}?dataset=city.people&column=<script>").status_code == 400


@pytest.mark.parametrize(("path", "button"), [(HERE, "end-others"), ("/settings/tokens", "add")])
def test_no_other_site_sends_these_forms(come: Come, path: str, button: str) -> None:
    mine = come()
    come()
    form = mine.form(path, button)
    given = {**form.fields, "do": button, "current": GOOD}
    assert mine.post(path, given, origin="https://evil.example").status_code == 403
    assert mine.post(path, {**given, "csrf": "x"}).status_code == 403
    assert mine.get(path).headers["x-frame-options"] == "DENY"


def test_guessing_here_locks_as_at_the_door(come: Come, door: Any) -> None:
    mine = come()
    for _ in range(10):
        mine.send(HERE, "enrol", current="wrong words of somebody")
    (one,) = [a for a in accounts.show_all(door).json["accounts"] if a["actor"] == "ana"]
    assert one["locked"]
