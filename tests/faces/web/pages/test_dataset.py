"""The pages of datasets: they show what verbs tell their visitor, and nothing beside."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest

from doumen.model.errors import Refused

Visitor = Callable[..., Any]
TABS = ("schema", "sample", "quality", "lineage", "contract", "use", "audit")


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_is_a_page_with_its_twin(visitor: Visitor, tab: str) -> None:
    here = visitor()
    page = here.get(f"/d/city.people?tab={tab}")
    assert page.status_code == 200
    assert "city.people" in page.text
    assert here.twin(f"/d/city.people?tab={tab}")["tab"] == tab


def test_the_catalogue_lists_what_one_may_know(visitor: Visitor, world: Any) -> None:
    for name in ("owner", "ana", "aud"):
        here = visitor(name)
        known = {one["dataset"] for one in world.told("dataset list", name)["datasets"]}
        shown = {one["name"] for one in here.twin("/d")["hits"]}
        assert shown == known
        for dataset in ("city.people", "city.big"):
            assert (f"/d/{dataset}" in here.get("/d").text) == (dataset in known)


def test_rows_are_those_that_the_rules_let_through(visitor: Visitor) -> None:
    owner, ana = visitor(), visitor("ana")
    ana.post("/settings/look", "purpose", purpose="research", back="/")
    all_, some = owner.twin("/d/city.people?tab=sample"), ana.twin("/d/city.people?tab=sample")
    assert len(all_["sample"]["rows"]) == 40
    city = [c["name"] for c in some["sample"]["columns"]].index("city")
    assert {row[city] for row in some["sample"]["rows"]} == {"Wenzhou"}
    text = ana.get("/d/city.people?tab=sample").text
    assert "Ningbo" not in text
    assert "138-0000-0001" not in text
    assert "138" in text


def test_a_sample_is_refused_with_its_reason(visitor: Visitor) -> None:
    here = visitor("ana")
    page = here.get("/d/city.people?tab=sample")
    assert page.status_code == 200
    assert "refused" in page.text
    assert here.twin("/d/city.people?tab=sample")["sample"]["rows"] == []


def test_rows_are_put_in_order_and_filtered_by_the_address(visitor: Visitor) -> None:
    here = visitor()
    sample = here.twin("/d/city.people?tab=sample&sort=-id&is.city=Ningbo")["sample"]
    ids = [row[0] for row in sample["rows"]]
    assert ids == sorted(ids, reverse=True)
    assert {row[3] for row in sample["rows"]} == {"Ningbo"}
    odd = here.twin("/d/city.people?tab=sample&sort=nothing&is.city=' OR 1=1 --&offset=abc")
    assert odd["sample"]["rows"] == []


def test_more_rows_are_a_page_away(visitor: Visitor) -> None:
    here = visitor()
    first = here.twin("/d/city.big?tab=sample&sort=id")["sample"]
    second = here.twin("/d/city.big?tab=sample&sort=id&offset=100")["sample"]
    assert first["more"]
    assert (first["rows"][0][0], second["rows"][0][0]) == (0, 100)


def test_filters_stay_while_rows_are_paged_and_put_in_order(visitor: Visitor) -> None:
    here, place = visitor(), "/d/city.big?tab=sample&is.text=row%207&is.id=7"
    page = html.unescape(here.get(place).text)
    links = re.findall(r'href="(/d/city\.big\?[^"]*sort=id[^"]*)"', page)
    assert links
    assert all(link.endswith("&is.id=7&is.text=row+7") for link in links)
    taken = re.findall(r'class="badge note" href="([^"]+)"', page)
    assert taken == ["/d/city.big?tab=sample&is.text=row+7", "/d/city.big?tab=sample&is.id=7"]
    assert here.twin(links[0])["sample"]["rows"] == [[7, "row 7"]]


def test_every_sample_has_its_event(visitor: Visitor, world: Any) -> None:
    receipt = visitor().twin("/d/city.people?tab=sample")["sample"]["receipt"]
    assert world.told("event show", event=receipt)["type"] == "query"
    assert visitor().get(f"/trace/{receipt}").status_code == 200


def test_a_score_is_made_and_shown(visitor: Visitor, world: Any) -> None:
    here = visitor()
    answer = here.post("/d/city.people?tab=quality", "score")
    assert answer.status_code == 303
    told = world.told("quality latest", dataset="city.people")
    page = html.unescape(here.get(answer.headers["location"]).text)
    assert told["score"] in page
    assert f"city.people: {told['score']} of 100" in page
    assert f"city.people: {told['score']} of 100" not in here.get("/d/city.people").text
    assert here.twin("/d/city.people")["score"] == told
    assert here.twin("/home")["numbers"]["median"] == world.told("quality scores")["median"]
    assert visitor("ana").twin("/d/city.people")["score"] is None


def test_home_tells_the_numbers_of_the_verbs(visitor: Visitor, world: Any) -> None:
    for name in ("owner", "sue", "ana", "aud"):
        here = visitor(name)
        home, inbox = here.twin("/home"), here.twin("/govern")
        numbers = home["numbers"]
        assert numbers["datasets"] == len(world.told("dataset list", name)["datasets"])
        assert numbers["open"] == inbox["total"]
        kinds = {one["value"]: one["count"] for one in inbox["facets"]["kind"]}
        assert {one["kind"]: one["count"] for one in home["tasks"]} == kinds
        page = here.get("/").text
        assert all(f'href="/govern?kind={kind}"' in page for kind in kinds)


def test_a_profile_is_looked_up_when_it_is_asked_for(visitor: Visitor) -> None:
    here = visitor()
    assert here.twin("/d/city.people")["schema"]["receipts"] == []
    profiled = here.twin("/d/city.people?profile=1")["schema"]
    assert profiled["receipts"]
    assert profiled["columns"][0]["figures"]["distinct"] == 40
    assert here.get("/d/city.people?profile=1").status_code == 200


def test_a_frequent_value_leads_to_its_rows(visitor: Visitor) -> None:
    here = visitor()
    page = html.unescape(here.get("/d/city.people?profile=1").text)
    (link,) = re.findall(r'href="(/d/city\.people\?[^"]*is\.city=Ningbo)"', page)
    sample = here.twin(link)["sample"]
    assert {row[3] for row in sample["rows"]} == {"Ningbo"}


def test_what_one_may_not_know_is_as_what_is_not(visitor: Visitor, world: Any) -> None:
    world.node.session().derive("select 1 as one", "city.hidden")
    ana = visitor("ana")
    ana.get("/")  # says, once, that she is signed in
    assert visitor().get("/d/city.hidden").status_code == 200
    for tab in TABS:
        hidden = ana.get(f"/d/city.hidden?tab={tab}")
        none = ana.get(f"/d/city.absent?tab={tab}")
        assert hidden.status_code == none.status_code == 404
        assert steady(hidden.text, "city.hidden") == steady(none.text, "city.absent")
    assert "city.hidden" not in ana.get("/d?q=city").text + ana.get("/").text


def steady(text: str, name: str) -> str:
    """Without what differs each time: tokens, ids of requests, and the name that was asked for."""
    text = re.sub(r'name="csrf" value="[^"]+"', "", text)
    text = re.sub(r"<code>[0-9a-f]{16}</code>", "", text)
    return text.replace(name, "NAME")


def test_the_report_is_one_page(visitor: Visitor) -> None:
    here = visitor()
    assert here.get("/report/city.people").status_code == 200
    assert visitor("ana").get("/report/no.such").status_code == 404


def test_rules_are_proposed_from_the_page_of_a_dataset(visitor: Visitor, world: Any) -> None:
    here = visitor()
    assert 'value="propose"' in here.get("/d/city.big?tab=quality").text
    answer = here.post("/d/city.big?tab=quality", "propose")
    assert answer.headers["location"].startswith("/govern?dataset=city.big")
    kept = world.told("proposal list", dataset="city.big", state="all")["proposals"]
    assert kept
    assert 'value="propose"' not in visitor("ana").get("/d/city.big?tab=quality").text


def test_home_counts_agreements_that_are_in_force(visitor: Visitor, world: Any) -> None:
    page = visitor().get("/").text
    assert "/market/agreements?state=force" in page
    force = [one for one in world.told("agreement list")["agreements"] if one["in_force"]]
    assert visitor().twin("/home")["numbers"]["agreements"] == len(force)


def test_first_steps_are_ticked_by_what_happened(visitor: Visitor, world: Any) -> None:
    owner = world.node.session()
    here = visitor()
    ticked = {one["step"]: one["done"] for one in here.twin("/home")["steps"]}
    assert list(ticked) == ["add", "score", "grade", "ask", "share", "verify"]
    assert ticked["add"]
    assert not ticked["share"]
    owner.do("label set", target="city.people.phone", label="personal")
    receipt = owner.query("select count(*) from city.people").receipt
    here.post(f"/trace/{receipt}", "replay")
    ticked = {one["step"]: one["done"] for one in here.twin("/home")["steps"]}
    assert ticked["grade"]
    assert ticked["ask"]
    assert ticked["verify"]
    owner.do("label remove", target="city.people.phone", label="personal")


def test_a_refused_profile_leaves_the_page_and_says_why(visitor: Visitor) -> None:
    page = visitor("aud").get("/d/city.people?profile=1")
    assert page.status_code == 200
    assert "refused.permit" in page.text
    assert "<code>phone</code>" in page.text


def test_all_rows_are_taken_as_a_file(visitor: Visitor) -> None:
    here = visitor()
    page = here.get("/d/city.people?tab=use").text
    sql = re.search(r'action="/work".*?name="sql" value="([^"]+)"', page, re.DOTALL)
    assert sql
    answer = here.post("/work", "ask", sql=html.unescape(sql[1]), purpose="")
    rows = here.get(f"{answer.headers['location']}/csv").text.splitlines()
    assert len(rows) == 41


def test_home_lists_changes_however_much_was_asked_since(visitor: Visitor, world: Any) -> None:
    owner = world.node.session()
    for _ in range(3):
        owner.query("select count(*) from city.people")
    with pytest.raises(Refused):
        world.node.session("aud").query("select count(*) from city.people")
    types = {one["type"] for one in visitor().twin("/home")["recent"]}
    assert types
    assert not any(one.startswith("query") for one in types)


def test_only_the_owner_is_led_to_add_data(visitor: Visitor) -> None:
    for address in ("/", "/d"):
        assert 'href="/collect"><svg' in visitor().get(address).text
        assert 'href="/collect"><svg' not in visitor("ana").get(address).text
    assert 'class="btn btn-primary" href="/collect"' not in visitor("ana").get("/sources").text


def test_all_values_of_a_facet_can_be_chosen(visitor: Visitor, world: Any) -> None:
    owner = world.node.session()
    for n in range(13):
        owner.do("label set", target="city.people.name", label=f"many-{n:02d}")
    page = visitor().get("/d?label=many-12").text
    shown = set(re.findall(r'href="/d\?[^"]*label=(many-\d\d)', page)) | {"many-12"}
    assert len(shown) == 13
    assert re.search(r"<details open><summary>\d+ more</summary>", page)
    for n in range(13):
        owner.do("label remove", target="city.people.name", label=f"many-{n:02d}")


def test_no_facet_counts_what_is_not_shown(visitor: Visitor) -> None:
    here = visitor()
    assert "<data" in here.get("/d").text
    found = here.get("/d?kind=column&q=phone").text
    assert "/d?q=phone&amp;kind=column&amp;domain=city" in found
    assert "<data" not in found
    assert 'class="facets"' not in here.get("/d?kind=column&q=zzzz").text
