"""Products, offers and participants: forms do what they say, and tell no more than verbs."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from tests import parties
from tests.faces.web.conftest import Browser
from tests.faces.web.pages.market.dealing import SHOWN, World, agree


def test_a_product_is_made_published_and_offered_by_forms(
    two: World, owner: Browser, offer: str
) -> None:
    told = two.weather.run("product", "show", "hourly")
    assert (told["state"], told["title"]) == ("published", "Hourly weather")
    assert len(told["preview"]["rows"]) == 3
    terms = two.weather.run("offer", "show", offer)["terms"]
    assert terms["datasets"]["weather.hourly"] == {
        "columns": ["place", "temp"],
        "duties": [{"mask": {"column": "temp", "method": "generalise", "levels": 10}}],
    }
    assert terms["quota"] == [{"queries": 20}, {"queries": 10, "per": "day"}]
    (card,) = owner.twin("/market")["own"]["products"]
    assert (card["name"], card["state"], card["purposes"], card["price"]) == (
        "hourly", "published", ["research"], "free",
    )  # fmt: skip
    assert owner.twin("/market?q=nothing-fits")["own"]["products"] == []


def test_an_offer_is_made_once_though_its_form_is_sent_twice(two: World, owner: Browser) -> None:
    fields = {"id": "twice", "until": "2099-12-31", **SHOWN}
    owner.post("/market/new", "create", name="again", title="Again", dataset="weather.hourly")
    first = owner.post("/market/products/again/offer", "create", **fields)
    second = owner.post("/market/products/again/offer", "create", **fields)
    assert (first.status_code, second.status_code) == (303, 409)
    assert "There is an offer <code>twice</code> already." in html.unescape(second.text)
    offers = two.weather.run("offer", "list")["offers"]
    assert [one["id"] for one in offers if one["product"] == "again"] == ["twice"]


def test_a_labelled_column_is_not_shown_unless_somebody_says_so(owner: Browser, offer: str) -> None:
    held = owner.twin("/market/products/hourly/offer")["values"]
    assert held["show:weather.hourly:place"] == ["plain"]
    assert held["show:weather.hourly:phone"] == [""]


def test_terms_with_faults_come_back_as_they_were_typed(owner: Browser, offer: str) -> None:
    fields = {"id": "faulty", "quota": "many", **SHOWN}
    page = owner.post("/market/products/hourly/offer", "create", **fields)
    assert page.status_code == 422 or page.status_code == 400
    assert "no whole number" in page.text
    assert 'value="many"' in page.text
    text = "datasets: {weather.hourly: {columns: [nothing]}}"
    page = owner.post("/market/products/hourly/offer?way=yaml", "create", id="faulty", yaml=text)
    assert page.status_code >= 400
    assert "nothing" in page.text
    assert "/doumen-upload-" not in page.text


def test_a_new_product_does_not_change_one_that_there_is(owner: Browser, offer: str) -> None:
    before = owner.twin("/market/products/hourly")["product"]
    sent = owner.post(
        "/market/new", "create", name="hourly", title="Other", dataset="weather.hourly"
    )
    assert sent.status_code == 409
    assert owner.twin("/market/products/hourly")["product"] == before


def test_another_offer_begins_from_one_that_there_is(owner: Browser, offer: str) -> None:
    blank = owner.twin(f"/market/products/hourly/offer?from={offer}")
    assert (blank["way"], blank["values"]["show:weather.hourly:temp"]) == ("form", ["tens"])
    assert blank["id"] == "hourly-2"
    assert "levels: 10" in blank["yaml"]


def test_what_others_offer_is_shown_with_dictionary_preview_and_terms(
    buyer: Browser, offer: str
) -> None:
    (other,) = buyer.twin("/market?tab=others")["others"]["participants"]
    assert [one["name"] for one in other["products"]] == ["hourly"]
    here = "/market/products/hourly?at=weather"
    (dataset,) = buyer.twin(here)["dictionary"]
    assert [one["name"] for one in dataset["columns"]] == ["place", "temp"]
    preview = buyer.twin(f"{here}&tab=preview")["preview"]
    assert [one["name"] for one in preview["columns"]] == ["place", "temp"]
    page = buyer.get(f"{here}&tab=offers")
    assert 'value="request"' in page.text
    assert "phone" not in page.text
    assert buyer.get("/market/products/nothing?at=weather").status_code == 404


def test_others_are_offered_no_form_and_refused_when_they_send_one(
    two: World, owner: Browser, buyer: Browser, offer: str
) -> None:
    name = agree(two, owner, buyer, offer)
    auditor, analyst = two.browser(two.weather, "aud"), two.browser(two.weather, "ana")
    forms: tuple[tuple[str, str, dict[str, str]], ...] = (
        ("/market/new", "create", {"name": "x", "title": "X", "dataset": "weather.hourly"}),
        ("/market/products/hourly", "withdraw", {}),
        ("/market/products/hourly/offer", "create", {"id": "x", **SHOWN}),
        (f"/market/offers/{offer}", "withdraw", {}),
        (f"/market/agreements/{name}", "end", {"reason": "mine"}),
        ("/market/negotiations?tab=decisions", "decisions", {"yaml": "decisions: []"}),
        ("/market/participants", "remove", {"participant": "port"}),
    )
    for visitor in (auditor, analyst):
        for path, do, fields in forms:
            page = visitor.get(path)
            assert f'value="{do}"' not in page.text, (path, do)
            sent = visitor.post(path, do, **fields)
            assert sent.status_code in {403, 404}, (path, do, sent.status_code)
    assert two.weather.run("product", "show", "hourly")["state"] == "published"
    assert two.weather.run("agreement", "show", name)["in_force"]
    assert auditor.get(f"/market/agreements/{name}").status_code == 200


def test_who_may_not_know_is_told_of_nothing(
    two: World, owner: Browser, buyer: Browser, offer: str
) -> None:
    name = agree(two, owner, buyer, offer)
    analyst = two.browser(two.weather, "ana")
    assert analyst.twin("/market")["own"]["products"] == []
    assert analyst.twin("/market/agreements")["agreements"] == []
    assert analyst.twin("/market/negotiations")["negotiations"] == []
    for path in ("/market/products/hourly", f"/market/offers/{offer}"):
        assert analyst.get(path).status_code == 404
        absent = analyst.get(path.replace("hourly", "absent"))
        assert absent.status_code == 404
    there, nowhere = (
        {**analyst.twin(f"/market/agreements/{one}"), "request": "", "instance": ""}
        for one in (name, "A-AAAAAAAA")
    )
    assert json.dumps(there).replace(name, "A-AAAAAAAA") == json.dumps(nowhere)


def test_participants_are_added_compared_and_removed(two: World, tmp_path: Path) -> None:
    third = parties.party(tmp_path, "third")
    third.run("participant", "card", "-o", str(tmp_path / "third.json"))
    card = (tmp_path / "third.json").read_text("utf-8")
    sue = two.browser(two.weather, "sue")
    both = sue.post("/market/participants", "add", card=card, did="did:web:a.example")
    assert both.status_code >= 400
    done = sue.post("/market/participants", "add", card=card, alias="third", place="SG")
    assert done.status_code == 303
    told = two.weather.run("participant", "show", "third")
    shown = next(one for one in sue.twin("/market/participants")["participants"]
                 if one["alias"] == "third")  # fmt: skip
    assert "".join(shown["fingerprint"]) == told["root"]
    assert {len(group) for group in shown["fingerprint"]} == {4}
    again = sue.post(
        "/market/participants", "add", files={"file": ("third.json", card, "application/json")}
    )
    assert again.status_code == 303
    own = sue.post("/market/participants", "card")
    assert own.json()["name"] == "weather"
    assert sue.post("/market/participants", "remove", participant="third").status_code == 303
    assert "third" not in {
        one["alias"] for one in two.weather.run("participant", "list")["participants"]
    }


def test_forms_of_another_sign_in_are_refused(two: World, owner: Browser, offer: str) -> None:
    given: dict[str, Any] = {"csrf": "x" * 88, "do": "withdraw"}
    sent = owner.client.post("/market/products/hourly", data=given)
    assert sent.status_code == 403
    assert two.weather.run("product", "show", "hourly")["state"] == "published"
