"""The catalogue: what one participant is told, in pages, whatever is offered to others."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import pytest

from doumen.kits.policy.offers import terms_from_json
from doumen.kits.standards import dsp, odrl
from doumen.kits.standards.dsp.catalog import Catalog, Dataset
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.life import Life
from doumen.model.participant import Participant
from doumen.rooms.exchange import catalogue as pages
from doumen.rooms.exchange.catalogue import Page, catalogue, single
from doumen.rooms.exchange.listing import listing

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
OWN = Participant("did:web:w.org", "Weather", "w", "https://w.org/dsp", "weather-1", "0" * 64)
ANA = Participant("did:web:a.org", "A", "a", "https://a.org", "a-1", "1" * 64)
BOB = Participant("did:web:b.org", "B", "b", "https://b.org", "b-1", "2" * 64)
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: h-1
version: 1.0.0
status: active
domain: w
schema:
  - name: hourly
    properties:
      - {name: place, logicalType: string, description: Where it was measured}
      - {name: Wind, logicalType: number}
      - {name: secret, logicalType: string}
"""
COLUMNS = [{"name": n, "type": t} for n, t in (("place", "VARCHAR"), ("Wind", "DOUBLE"),
                                               ("secret", "VARCHAR"))]  # fmt: skip


def product(name: str, **given: Any) -> Fact:
    body = {"title": name.upper(), "description": "", "datasets": ["w.hourly"],
            "state": "published", "preview": None, **given}  # fmt: skip
    return Fact("product", name, body)


def offer(
    id: str, of: str, to: Sequence[str] = (), columns: Sequence[str] = (), **terms: Any
) -> Fact:
    grant = {"columns": list(columns)} if columns else {}
    body = {"product": of, "uid": f"urn:doumen:offer:weather-1:{id}", "state": "open",
            "created": "2026-11-01T00:00:00Z",
            "terms": {**({"to": list(to)} if to else {}), "datasets": {"w.hourly": grant},
                      **terms}}  # fmt: skip
    return Fact("offer", id, body)


def node(*facts: Fact, before: Facts | None = None) -> Facts:
    known = before or Facts().extended(
        FactRow(n, fact, "e", "2026")
        for n, fact in enumerate(
            (
                Fact("dataset", "w.hourly", {"kind": "table", "columns": COLUMNS, "version": 1,
                                             "files": []}),
                Fact("contract", "w.hourly", {"version": "1.0.0", "text": CONTRACT}),
            ),
            start=1,
        )
    )  # fmt: skip
    version = known.version
    return known.extended(FactRow(version + n, f, "e", "2026") for n, f in enumerate(facts, 1))


def told(page: Page) -> str:
    """The page as it goes out."""
    return json.dumps(dsp.write(page.catalog))


def names(page: Page) -> list[str]:
    return [one.id.rpartition(":")[2] for one in page.catalog.dataset or ()]


def test_a_dataset_with_its_offers_is_as_the_protocol_has_it() -> None:
    facts = node(product("wind", description="By the hour."), offer("wind-1", "wind"))
    (page,) = [catalogue(facts, ANA, OWN, NOW)]
    written = dsp.write(page.catalog)
    assert written == {
        "@context": [dsp.CONTEXT],
        "@type": "Catalog",
        "@id": "urn:doumen:catalog:weather-1",
        "participantId": OWN.id,
        "service": [{"@type": "DataService", "@id": "urn:doumen:service:weather-1",
                     "endpointURL": "https://w.org/dsp"}],
        "dataset": [{
            "@type": "Dataset",
            "@id": "urn:doumen:product:weather-1:wind",
            "hasPolicy": [written["dataset"][0]["hasPolicy"][0]],
            "distribution": [{"@type": "Distribution", "format": "doumen:query",
                              "accessService": "urn:doumen:service:weather-1"}],
            "dct:title": "WIND",
            "dct:description": "By the hour.",
            "doumen:schema": {"@type": "@json", "@value": [
                {"dataset": "w.hourly", "columns": COLUMNS}]},
        }],
    }  # fmt: skip
    assert dsp.read(json.dumps(written), Catalog) == page.catalog
    assert page.next is None
    (policy,) = written["dataset"][0]["hasPolicy"]
    assert "target" not in policy
    whole = odrl.read_offer({**policy, "target": "urn:doumen:product:weather-1:wind"})
    assert (whole.uid, whole.assigner) == ("urn:doumen:offer:weather-1:wind-1", OWN.id)
    assert whole.terms == terms_from_json((facts.body("offer", "wind-1") or {})["terms"])


def test_what_is_not_for_who_asks_is_not_there() -> None:
    facts = node(
        product("draft", state="draft"),
        product("gone", state="withdrawn"),
        product("none"),
        product("other", datasets=["w.other"]),
        product("past"),
        product("bob"),
        product("ana"),
        *(offer(f"{name}-1", name) for name in ("draft", "gone", "other", "nothing")),
        offer("past-1", "past", until="2026-11-30"),
        offer("bob-1", "bob", [BOB.id]),
        Fact("offer", "none-1", {**(offer("none-1", "none").body or {}), "state": "withdrawn"}),
        offer("ana-1", "ana", [ANA.id, BOB.id], until="2026-12-01"),
    )
    assert names(catalogue(facts, ANA, OWN, NOW)) == ["ana"]
    assert names(catalogue(facts, BOB, OWN, NOW)) == ["ana", "bob"]
    nobody = replace(ANA, id="did:web:c.org")
    assert dsp.write(catalogue(facts, nobody, OWN, NOW).catalog).get("dataset") is None
    for name in ("draft", "gone", "none", "other", "past", "bob", "nothing", "x y"):
        with pytest.raises(NotFound) as error:
            single(facts, ANA, OWN, NOW, f"urn:doumen:product:weather-1:{name}")
        assert str(error.value.as_json()).replace(name, "X") == unknown()
    with pytest.raises(NotFound):
        single(facts, ANA, OWN, NOW, "ana")


def unknown() -> str:
    with pytest.raises(NotFound) as error:
        single(node(), ANA, OWN, NOW, "urn:doumen:product:weather-1:never")
    return str(error.value.as_json()).replace("never", "X")


def test_columns_are_told_as_far_as_an_offer_for_who_asks_grants_them() -> None:
    facts = node(
        product("wind"),
        offer("wind-1", "wind", [BOB.id]),
        offer("wind-2", "wind", columns=["wind"]),
        offer("wind-3", "wind", [ANA.id], columns=["place"]),
    )

    def columns(dataset: Dataset) -> list[str]:
        (one,) = dataset.extra["doumen:schema"]["@value"]
        return [column["name"] for column in one["columns"]]

    for asker, seen in ((ANA, ["place", "Wind"]), (BOB, ["place", "Wind", "secret"])):
        (listed,) = catalogue(facts, asker, OWN, NOW).catalog.dataset or ()
        alone = single(facts, asker, OWN, NOW, listed.id)
        assert columns(listed) == columns(alone) == seen
    assert "secret" not in told(catalogue(facts, ANA, OWN, NOW))


def test_one_dataset_is_told_with_words_and_preview() -> None:
    shown = {"columns": COLUMNS[:1], "rows": [["JFK"]], "receipt": "r", "expires": "2026-12-01"}
    facts = node(product("wind", preview=shown), offer("wind-1", "wind"))
    id = "urn:doumen:product:weather-1:wind"
    alone = single(facts, ANA, OWN, NOW, id)
    written = dsp.write(alone)
    assert dsp.read(json.dumps(written), Dataset) == alone
    assert written["doumen:preview"]["@value"] == {"columns": COLUMNS[:1], "rows": [["JFK"]]}
    first = written["doumen:schema"]["@value"][0]["columns"][0]
    assert first == {"name": "place", "type": "VARCHAR", "description": "Where it was measured"}
    assert written["distribution"][0]["accessService"]["endpointURL"] == "https://w.org/dsp"
    assert "JFK" not in told(catalogue(facts, ANA, OWN, NOW))
    later = NOW.replace(day=2)
    assert "doumen:preview" not in single(facts, ANA, OWN, later, id).extra


@pytest.mark.law
def test_what_is_offered_to_others_changes_no_byte_of_any_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "DATASETS", 3)
    rng = random.Random(7)
    mine = [offer(f"p{n}-1", f"p{n}", [ANA.id] * (n % 4 // 2), ["place"]) for n in range(0, 40, 2)]
    shared = [product(f"p{n}") for n in range(0, 40, 2)]
    others: list[Fact] = []
    for n in range(40):
        others += [product(f"p{n}")] if n % 2 else []
        others += [offer(f"p{n}-{k}", f"p{n}", [BOB.id, f"did:web:{k}.org"], columns=["secret"])
                   for k in range(2, rng.randint(3, 5))]  # fmt: skip
    seen = []
    for facts in (node(*shared, *mine), node(*shared, *mine, *others)):
        token, texts = None, []
        while True:
            page = catalogue(facts, ANA, OWN, NOW, token)
            texts.append(told(page))
            token = page.next
            if token is None:
                break
        seen.append(texts)
        assert len(texts) == 7
    assert seen[0] == seen[1]


def test_pages_lead_on_and_hold_everything_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "DATASETS", 4)
    monkeypatch.setattr(pages, "OFFERS", 5)
    every = [f"p{n:02}" for n in range(10)]
    many = (offer(f"{n}-{k}", n) for n in every for k in range(7 if n == "p01" else 1))
    facts = node(*map(product, every), *many)
    page = catalogue(facts, ANA, OWN, NOW)
    found = [page]
    while found[-1].next:
        found.append(catalogue(facts, ANA, OWN, NOW, found[-1].next))
    assert [names(one) for one in found] == [every[:2], every[2:6], every[6:]]
    assert found[0].catalog.extra == {"doumen:next": found[0].next}


def test_what_stays_is_told_once_whatever_comes_and_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "DATASETS", 2)
    every = [f"p{n}" for n in range(6)]
    facts = node(*map(product, every), *(offer(f"{n}-1", n) for n in every))
    page = catalogue(facts, ANA, OWN, NOW)
    changed = node(product("p1", state="withdrawn"), product("a"), offer("a-1", "a"), before=facts)
    rest = catalogue(changed, ANA, OWN, NOW, page.next)
    assert names(rest) == ["p2", "p3"]
    emptied = node(*(product(n, state="withdrawn") for n in every), before=changed)
    last = catalogue(emptied, ANA, OWN, NOW, rest.next)
    assert (names(last), last.next) == ([], None)


def test_a_token_is_for_whom_it_was_given_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "DATASETS", 1)
    facts = node(product("a"), product("b"), offer("a-1", "a"), offer("b-1", "b"))
    token = catalogue(facts, ANA, OWN, NOW).next or ""
    assert names(catalogue(facts, ANA, OWN, NOW, token)) == ["b"]
    for asker, wrong in (
        (BOB, token),
        (ANA, token[:-2] + "AA"),
        (ANA, ""),
        (ANA, "数"),
        (ANA, "A"),
    ):
        with pytest.raises(Invalid, match="no such page"):
            catalogue(facts, asker, OWN, NOW, wrong)


def test_a_listing_is_made_once_and_what_did_not_change_stays() -> None:
    facts = node(product("a"), product("b"), offer("a-1", "a"), offer("b-1", "b"))
    catalogue(facts, ANA, OWN, NOW)
    kept = listing(facts)
    assert listing(node(Fact("rule", "r", {}), before=facts)) is kept
    later = listing(node(product("b", state="withdrawn"), before=facts))
    assert later is not kept
    assert later.offers["a"][0] is kept.offers["a"][0]
    assert {key[0] for key in later.policies} == {"urn:doumen:offer:weather-1:a-1"}


def test_ten_thousand_offers_are_told_in_time() -> None:
    """A figure for the machine of the tests, far above what is measured by the benchmark."""
    every = [f"p{n:04}" for n in range(2000)]
    facts = node(*map(product, every),
                 *(offer(f"{n}-{k}", n, [ANA.id] if k < 2 else [f"did:web:{k}.org"])
                   for n in every for k in range(5)))  # fmt: skip
    taken, token, count = [], None, 0
    for _ in range(5):
        begun = perf_counter()
        page = catalogue(facts, ANA, OWN, NOW, token)
        taken.append(perf_counter() - begun)
        token, count = page.next, count + len(names(page))
    assert count == 250
    assert max(taken) < 5


@pytest.mark.parametrize("state", ["draft", "retired"])
def test_a_product_of_a_draft_or_of_what_is_retired_does_not_exist(state: str) -> None:
    there = (product("wind"), offer("wind-1", "wind"))
    stood = Fact("state", "w.hourly", Life(state, reason="hush").as_json())
    shut, none = node(*there, stood), node()
    assert told(catalogue(shut, ANA, OWN, NOW)) == told(catalogue(none, ANA, OWN, NOW))
    for facts in (shut, none):
        with pytest.raises(NotFound):
            single(facts, ANA, OWN, NOW, "urn:doumen:product:weather-1:wind")
    stood = Fact("state", "w.hourly", Life("deprecated").as_json())
    assert names(catalogue(node(*there, stood), ANA, OWN, NOW)) == ["wind"]
