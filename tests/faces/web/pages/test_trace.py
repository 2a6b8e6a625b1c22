"""Events on pages, and receipts that somebody brings."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Visitor = Callable[..., Any]


def test_events_are_those_that_one_may_know(visitor: Visitor, world: Any) -> None:
    for name in ("owner", "aud", "ana", "sue"):
        here = visitor(name)
        shown = here.twin("/trace")
        told = world.told("event list", name)
        assert shown["events"] == told["events"]
        actors = {one["actor"] for one in shown["events"]}
        assert name in {"owner", "aud"} or actors <= {name}
        assert (shown["size"] is None) == (name in {"ana", "sue"})
        assert here.get("/trace").status_code == 200


def test_the_address_narrows_them(visitor: Visitor) -> None:
    here = visitor()
    found = here.twin("/trace?subject=city.people&type=collect")["events"]
    assert [one["generated"] for one in found] == [["city.people@1"]]
    assert here.twin("/trace?actor=nobody")["events"] == []
    first = here.twin("/trace")["further"]
    assert first is None or here.twin(f"/trace?before={first}")["events"][0]["position"] < first


def test_an_event_is_shown_verified_and_asked_again(visitor: Visitor, world: Any) -> None:
    here = visitor()
    receipt = world.node.session().query("select count(*) as n from city.people").receipt
    page = here.get(f"/trace/{receipt}")
    assert "select count(*) as n from city.people" in page.text
    assert "It holds" in here.post(f"/trace/{receipt}", "verify").text
    for rule in here.twin(f"/trace/{receipt}")["event"]["rules"]:
        assert f'href="/govern/rules/{rule["rule"]}"' in page.text
    again = here.post(f"/trace/{receipt}", "replay")
    assert "The answer is the same." in again.text
    assert visitor("ana").get(f"/trace/{receipt}").status_code == 404
    assert visitor("ana").post(f"/trace/{receipt}", "verify").status_code == 404


def test_a_receipt_is_taken_away_and_brought_back(visitor: Visitor, world: Any) -> None:
    here = visitor()
    receipt = world.node.session().query("select 1 as one").receipt
    file = here.get(f"/trace/{receipt}/receipt")
    assert file.headers["content-disposition"].startswith("attachment")
    keys = here.get("/trace/keys")
    right = here.post(
        "/trace", "receipt",
        files={"receipt": ("r.json", file.content), "key": ("k.json", keys.content)},
    )  # fmt: skip
    assert "It holds" in right.text
    own = here.post(
        "/trace", "receipt", files={"receipt": ("r.json", file.content), "key": ("", b"")}
    )
    assert "It holds" in own.text
    body = json.loads(file.content)
    body["payload"] = body["payload"][:-8] + "AAAAAAAA"
    wrong = here.post("/trace", "receipt", files={"receipt": ("r.json", json.dumps(body))})
    assert "It holds" not in wrong.text
    assert here.post("/trace", "receipt").status_code == 400


def test_what_is_no_receipt_and_no_id_is_told_on_the_page(visitor: Visitor) -> None:
    here = visitor()
    binary = here.post("/trace", "receipt", files={"receipt": ("r.json", b"\x00\xff" * 40)})
    assert binary.status_code == 400
    assert "codec" not in binary.text
    for typed in ("abc", "../settings", "//evil.example"):
        page = here.post("/trace", "go", event=typed)
        assert page.status_code == 400
        assert f'value="{typed}"' in page.text
    id = here.twin("/trace")["events"][0]["id"]
    assert here.post("/trace", "go", event=id.lower()).headers["location"] == f"/trace/{id}"


def test_the_ledger_is_verified_to_its_end(visitor: Visitor) -> None:
    here = visitor()
    page = here.post("/trace", "chain")
    assert "Verified to event" in page.text
    assert visitor("ana").post("/trace", "chain").status_code == 403


def test_an_id_leads_to_its_event(visitor: Visitor) -> None:
    answer = visitor().post("/trace", "go", event="01m8nyjrrnkbtxdemkyxr6vvzj")
    assert answer.headers["location"] == "/trace/01M8NYJRRNKBTXDEMKYXR6VVZJ"
