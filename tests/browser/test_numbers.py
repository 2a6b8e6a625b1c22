"""Numbers on pages are those of their twins, of verbs and of SQL, before and after a change."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from tests.browser.city import City
from tests.browser.conftest import Open
from tests.browser.deal import do

import doumen

CHARGING = "traffic.charging"
ADDED = 7
"""Rows that the live change brings."""
SHOWN = "NOT ends_with(dataset, '__quarantine')"
"""Of `sys.datasets`, those that are listed as datasets of their own."""


def test_numbers_follow_a_live_change(opened: Open, city: City, tmp_path: Path) -> None:
    page = opened(city.url, city.cookies["owner"])
    before = _all(page, city)
    _change(city, tmp_path)
    after = _all(page, city)
    moved = {name: round(after[name] - before[name], 1) for name in before}
    assert moved["datasets"] == 0
    assert moved["rows"] == ADDED
    assert moved["waiting"] == moved["proposals"] == -1
    assert moved["uses"] >= 2
    assert moved["events"] >= 4
    assert after["score"] != before["score"]


def _change(city: City, folder: Path) -> None:
    """Rows come, a proposal is settled, somebody asks, and the dataset is scored anew."""
    more = folder / "more.csv"
    heads = ("pile_id", "district", "plate_no", "started_at", "kwh", "fee_cny")
    with more.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(heads)
        rows.writerows(("P1", "东湖", f"浙C{n:05}", "2026-11-29 03:00:00", "12.5", "9")
                       for n in range(ADDED))  # fmt: skip
    do(city.party, "collect", path=more, as_dataset=CHARGING)
    waiting = do(city.party, "proposal list", dataset=CHARGING)["proposals"]
    do(city.party, "proposal refuse", proposal=(waiting[-1]["key"],))
    _sql(city, f"SELECT count(*) FROM {CHARGING}")
    do(city.party, "quality score", dataset=CHARGING)


def _all(page: Page, city: City) -> dict[str, float]:
    """The numbers of all pages, each held against its twin, its verb and SQL."""
    return {
        **_home(page, city),
        **_catalogue(page, city),
        **_dataset(page, city),
        **_govern(page, city),
        **_jobs(page, city),
        **_market(page, city),
        **_trace(page, city),
    }


def _home(page: Page, city: City) -> dict[str, float]:
    twin = _open(page, f"{city.url}/", "/home")
    numbers, uses = twin["numbers"], twin["uses"]
    drawn = [_number(text) for text in page.locator(".score strong").all_inner_texts()]
    named = ("datasets", "median", "open", "agreements")
    assert drawn == [float(numbers[name]) for name in named]
    head = page.locator("section:has(#uses) .card-header").inner_text()
    assert _number(head, "jobs") == uses["total"]
    assert uses["total"] == sum(day["count"] for day in uses["days"])
    assert numbers["datasets"] == len(do(city.party, "dataset list")["datasets"])
    assert numbers["datasets"] == _sql(city, f"SELECT count(*) FROM sys.datasets WHERE {SHOWN}")
    assert numbers["median"] == do(city.party, "quality scores")["median"]
    force = [one for one in do(city.party, "agreement list")["agreements"] if one["in_force"]]
    assert numbers["agreements"] == len(force)
    return {"datasets": drawn[0], "waiting": drawn[2], "uses": uses["total"]}


def _catalogue(page: Page, city: City) -> dict[str, float]:
    twin = _open(page, f"{city.url}/d")
    assert _number(page.locator("#found").inner_text()) == twin["total"]
    assert twin["total"] == len(do(city.party, "dataset list")["datasets"])
    scores = [float(text) for text in page.locator("article .h2").all_inner_texts()]
    assert scores == [float(twin["scores"][hit["name"]]) for hit in twin["hits"]
                      if hit["name"] in twin["scores"]]  # fmt: skip
    facets = [_number(text) for text in page.locator(".facets-list section data").all_inner_texts()]
    names = ("domain", "level", "label", "owner", "format", "state")
    assert facets == [one["count"] for n in names for one in twin["facets"].get(n, ())[:12]]
    domains = {one["value"]: one["count"] for one in twin["facets"]["domain"]}
    listed = f"SELECT count(*) FROM sys.datasets WHERE {SHOWN}"
    assert domains["traffic"] == _sql(city, f"{listed} AND dataset LIKE 'traffic.%'")
    return {}


def _dataset(page: Page, city: City) -> dict[str, float]:
    twin = _open(page, f"{city.url}/d/{CHARGING}")
    told, score, uses = twin["dataset"], twin["score"], twin["uses"]
    facts = _facts(page)
    assert page.locator(".score strong").inner_text() == score["score"]
    assert score["score"] == do(city.party, "quality latest", dataset=CHARGING)["score"]
    assert _number(facts["Rows"]) == told["rows"]
    assert told["rows"] == _sql(city, f"SELECT count(*) FROM {CHARGING}")
    assert told["rows"] == _sql(city, f"SELECT rows FROM sys.datasets WHERE dataset = '{CHARGING}'")
    assert _number(facts["Columns"]) == len(told["columns"])
    assert _number(facts["Version"]) == told["snapshot"]
    assert _number(facts["Quarantined"]) == told["quarantine"]["rows"]
    set_aside = _sql(city, f"SELECT count(*) FROM {CHARGING}__quarantine")
    assert told["quarantine"]["rows"] == set_aside
    assert _number(facts["Use in 30 days"]) == uses["total"]
    return {"rows": told["rows"], "score": float(score["score"])}


def _govern(page: Page, city: City) -> dict[str, float]:
    twin = _open(page, f"{city.url}/govern")
    assert _number(page.locator("#inbox").inner_text()) == twin["total"]
    assert twin["total"] == _twin(page, f"{city.url}/home")["numbers"]["open"]
    facets = [_number(text) for text in page.locator(".facets data").all_inner_texts()]
    told = [*twin["facets"]["kind"], *twin["facets"]["dataset"]]
    assert facets == [one["count"] for one in told]
    kinds = {one["value"]: one["count"] for one in twin["facets"]["kind"]}
    proposals = sum(kinds.get(kind, 0) for kind in ("rule", "label", "link"))
    assert proposals == do(city.party, "proposal list")["count"]
    return {"proposals": proposals}


def _jobs(page: Page, city: City) -> dict[str, float]:
    twin = _open(page, f"{city.url}/jobs")
    listed = do(city.party, "job list")["jobs"]
    assert page.locator("tbody tr").count() == len(twin["jobs"]) == len(listed)
    job = listed[0]["job"]
    shown = _open(page, f"{city.url}/jobs/{job}")
    assert shown["job"]["state"] == do(city.party, "job show", job=job)["state"]
    return {}


def _market(page: Page, city: City) -> dict[str, float]:
    twin = _open(page, f"{city.url}/market")["own"]
    cards = page.locator("article.card")
    assert cards.count() == len(twin["products"]) == twin["total"]
    for card, one in zip(cards.all(), twin["products"], strict=True):
        assert _number(card.inner_text(), "open offers: ", ahead=True) == one["offers"]
        assert card.locator(".h2").inner_text() == one["score"]
        latest = do(city.party, "quality latest", dataset=one["datasets"][0])["score"]
        assert one["score"] == latest
    states = [_number(text, ")") for text in page.locator("#state option").all_inner_texts()]
    counts = twin["counts"]
    assert states == [twin["total"], *(counts[n] for n in ("published", "draft", "withdrawn"))]
    agreements = _open(page, f"{city.url}/market/agreements")["agreements"]
    used = [_number(text) for text in page.locator("tbody .meter data").all_inner_texts()]
    assert used == [quota["used"] for one in agreements for quota in one["used"]
                    if quota["used"] is not None]  # fmt: skip
    return {}


def _trace(page: Page, city: City) -> dict[str, float]:
    counted = _sql(city, "SELECT count(*) FROM sys.events")
    twin = _open(page, f"{city.url}/trace")
    drawn = _number(page.locator("section:has(#events) .card-header").inner_text(), "in the ledger")
    places = [_number(text) for text in page.locator("tbody td.number").all_inner_texts()]
    assert drawn == twin["size"]
    assert places == [one["position"] for one in twin["events"]]
    assert places[0] == twin["size"] - 1
    assert twin["events"][0]["type"].startswith("query")
    assert drawn == counted + 1  # the question itself
    return {"events": drawn}


def _facts(page: Page) -> dict[str, str]:
    """What the list of facts says, by its names."""
    pairs = page.locator("dl.facts").first.evaluate(
        "list => [...list.querySelectorAll('dt')]"
        ".map(name => [name.innerText, name.nextElementSibling.innerText])"
    )
    return dict(pairs)


def _open(page: Page, address: str, twin: str = "") -> Any:
    """A page; gives its twin, read right after it."""
    page.goto(address)
    return _twin(page, address if not twin else f"{address.rstrip('/')}{twin}")


def _twin(page: Page, path: str) -> Any:
    answer = page.request.get(f"{path}.json")
    assert answer.ok, answer.text()
    return answer.json()


def _number(text: str, beside: str = "", *, ahead: bool = False) -> float:
    """The number in a text as it is drawn: the first, or the one beside some words."""
    pattern = r"[\d,]+(?:\.\d+)?"
    if beside:
        words = re.escape(beside)
        pattern = rf"(?<={words}){pattern}" if ahead else rf"{pattern}(?=\s*{words})"
    found = re.search(pattern, text)
    assert found is not None, text
    return float(found[0].replace(",", ""))


def _sql(city: City, sql: str) -> Any:
    """The one value that a statement of the owner gives."""
    with doumen.open(city.party.folder) as node:
        ((value,),) = node.session().query(sql).rows()
    return value
