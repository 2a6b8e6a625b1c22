"""Negotiations and agreements by pages: read before they are signed, and done once."""

from __future__ import annotations

from pathlib import Path

from tests.faces.web.conftest import Browser
from tests.faces.web.pages.market.dealing import (
    ASK,
    SHOWN,
    World,
    agree,
    key,
    request,
    until,
    waiting,
)

from doumen.faces.web.page import draw


def test_a_form_sent_again_begins_one_negotiation(
    two: World, owner: Browser, buyer: Browser, offer: str
) -> None:
    token = buyer.token("/")
    given = {"csrf": token, "do": "request", "offer": offer, "at": "weather"}
    here = "/market/products/hourly?at=weather&tab=offers"
    sent = [buyer.client.post(here, data=given) for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    name = key(sent[0].headers["location"])
    buyer.post(f"/market/negotiations/{name}", "reject", reason="enough")
    told = two.port.run("negotiation", "show", name)
    assert told["ended"]["reason"] == "enough"


def test_the_difference_is_read_before_signing(owner: Browser, buyer: Browser, offer: str) -> None:
    request(buyer, offer)
    here = f"/market/negotiations/{waiting(owner)}"
    assert 'value="accept"' not in owner.get(here).text
    page, told = owner.get(f"{here}?diff=1"), owner.twin(f"{here}?diff=1")
    assert 'value="accept"' in page.text
    (gain,) = told["diff"]["found"]["datasets"]
    assert (gain["rows"]["all"], told["diff"]["found"]["more"]) == (40, True)
    assert told["negotiation"]["said"][0]["changes"] == []
    owner.post(here, "reject", reason="not now")


def test_an_answer_with_other_terms_is_shown_as_what_it_changes(
    two: World, owner: Browser, buyer: Browser, offer: str
) -> None:
    name = request(buyer, offer)
    there = f"/market/negotiations/{waiting(owner)}"
    assert owner.twin(f"{there}/counter")["values"]["quota"] == ["20"]
    fields = {"for": "research", "until": "2099-06-30", "quota": "7", "price": "free", **SHOWN}
    sent = owner.post(f"{there}/counter", "counter", seen="1", **fields)
    assert sent.status_code == 303, sent.text
    here = f"/market/negotiations/{name}"
    told = buyer.twin(f"{here}?diff=1")
    assert told["decide"]
    changes = {one["heading"]: one for one in told["negotiation"]["said"][-1]["changes"]}
    assert changes["until"]["come"] == ["2099-06-30, that day (UTC) included"]
    assert len(changes["quota"]["gone"]) == 2
    stale = buyer.post(here, "accept", seen="1")
    assert stale.status_code == 409
    assert "went on since you saw it" in stale.text
    done = buyer.post(here, "accept", seen="2")
    assert done.status_code == 303
    agreement = until(lambda: buyer.twin(here)["negotiation"]["agreement"])
    until(lambda: buyer.twin(here)["negotiation"]["over"])
    assert two.port.run("agreement", "show", agreement)["terms"]["quota"] == {"queries": 7}
    again = buyer.post(here, "accept", seen="2")
    assert again.status_code == 409


def test_an_agreement_shows_its_use_as_verbs_count_it(
    two: World, owner: Browser, buyer: Browser, offer: str
) -> None:
    name = agree(two, owner, buyer, offer)
    here = f"/market/agreements/{name}"
    two.port.run("query", ASK, "--agreement", name, "--for", "research")
    told, theirs = owner.twin(here), buyer.twin(here)
    assert [(one["per"], one["used"], one["most"]) for one in told["used"]["quotas"]] == [
        ("agreement", 1, 20), ("day", 1, 10),
    ]  # fmt: skip
    assert [one["used"] for one in theirs["used"]["quotas"]] == [1, None]
    assert told["used"]["rows"] == theirs["used"]["rows"] == 4
    assert {one["agreement"] for one in told["events"]} == {name}
    assert told["parties"] == {"provider": "weather", "consumer": "port"}
    assert {one["says"] for one in told["negotiation"]["said"]} >= {"agree", "verify", "finalize"}
    assert f"doumen agreement dispute {name}" in owner.get(here).text
    assert buyer.post(here, "reconcile").status_code == 303
    assert owner.post(here, "witness").status_code == 303
    assert owner.twin(here)["witness"]["cosigned"]["size"] > 0


def test_a_transfer_rests_goes_on_and_the_agreement_ends(
    two: World, owner: Browser, buyer: Browser, offer: str
) -> None:
    name = agree(two, owner, buyer, offer)
    here = f"/market/agreements/{name}"
    until(lambda: any(one["state"] == "STARTED" for one in owner.twin(here)["transfers"]))
    assert owner.post(here, "suspend", reason="repair").status_code == 303
    assert two.weather.run("transfer", "show", name)["state"] == "SUSPENDED"
    assert owner.post(here, "resume").status_code == 303
    assert owner.post(here, "stop").status_code == 303
    assert two.weather.run("transfer", "show", name)["over"]
    unreasoned = owner.post(here, "end")
    assert unreasoned.status_code >= 400
    assert two.weather.run("agreement", "show", name)["in_force"]
    assert owner.post(here, "end", reason="not paid").status_code == 303
    assert two.weather.run("agreement", "show", name)["reason"] == "not paid"
    assert owner.post(here, "end", reason="not paid").status_code == 409
    assert 'value="end"' not in owner.get(here).text


def test_a_rule_lets_an_analyst_see_an_agreement_and_no_more(
    two: World, owner: Browser, buyer: Browser, offer: str, tmp_path: Path
) -> None:
    name = agree(two, owner, buyer, offer)
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        f"rules: [{{id: ana-asks, permit: query, who: {{actor: ana}}, on: {{agreement: {name}}}}}]"
    )
    two.port.run("rule", "add", str(rules))
    analyst = two.browser(two.port, "ana")
    (listed,) = analyst.twin("/market/agreements")["agreements"]
    assert listed["agreement"] == name
    told = analyst.twin(f"/market/agreements/{name}")
    assert (told["negotiation"], told["witness"], told["events"]) == (None, None, [])
    page = analyst.get(f"/market/agreements/{name}")
    assert 'value="end"' not in page.text
    assert "agreement dispute" not in page.text


def test_where_the_other_side_is_down_the_page_says_so(
    two: World, buyer: Browser, owner: Browser, offer: str
) -> None:
    two.weather.stop()
    try:
        page = buyer.get("/market?tab=others&at=weather")
        assert page.status_code == 200
        told = buyer.twin("/market?tab=others&at=weather")["others"]["participants"][0]
        assert told["problem"]["code"].startswith("unavailable")
        assert str(draw.marked(told["problem"]["what"])) in page.text
        down = buyer.post(
            "/market/products/hourly?at=weather&tab=offers", "request", offer=offer, at="weather"
        )
        assert down.status_code == 503
    finally:
        two.weather.serve("--rate", "10000")


def test_decisions_are_written_as_yaml(two: World, owner: Browser, offer: str) -> None:
    here = "/market/negotiations?tab=decisions"
    text = "decisions: [{accept: request, product: hourly, from: [nobody]}]"
    wrong = owner.post(here, "decisions", yaml=text)
    assert "there is no participant" in wrong.text
    done = owner.post(here, "decisions", yaml=text.replace("nobody", "port"))
    assert done.status_code == 303
    assert "accept: request" in owner.twin(here)["yaml"]
    assert owner.post(here, "decisions", yaml="decisions: []").status_code == 303
