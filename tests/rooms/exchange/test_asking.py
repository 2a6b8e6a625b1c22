"""What others offer: their catalogue asked for by pages, read, shown; whatever they send."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from tests.rooms.exchange.test_catalogue import ANA, COLUMNS, NOW, OWN, node, offer, product

from doumen.gate.desk import Desk
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp.catalog import CatalogRequestMessage
from doumen.model.errors import Faulty, Invalid, NotFound, Unavailable
from doumen.model.fact import Fact, Facts
from doumen.model.operation import Table
from doumen.model.peer import Heard
from doumen.rooms.exchange import catalogue as pages
from doumen.rooms.exchange import offers
from doumen.rooms.exchange.asking import PAGES

Changed = Callable[[dict[str, Any]], Any]


class Pair:
    """The desk of a node that asks another, whose answers may be changed on their way."""

    def __init__(self, provider: Facts) -> None:
        self.provider = provider
        self.asked: list[tuple[str, str]] = []
        self.change: Changed = lambda body: body
        self.status = 200

    def facts(self) -> Facts:
        return node(Fact("participant", OWN.id, OWN.as_json()))

    def call(
        self,
        participant: str,
        method: str,
        path: str,
        document: Mapping[str, Any] | None = None,
        most: int = 1,
    ) -> Heard:
        assert participant == OWN.id
        self.asked.append((method, path))
        route, identifiers = dsp.match(method, path.removeprefix("/dsp"), dsp.Role.PROVIDER) or (
            None, {},
        )  # fmt: skip
        assert route is not None
        try:
            if route.takes is CatalogRequestMessage:
                token = pages.asked_page(dsp.read(document, CatalogRequestMessage))
                answer: object = pages.catalogue(self.provider, ANA, OWN, NOW, token).catalog
            else:
                answer = pages.single(self.provider, ANA, OWN, NOW, identifiers["id"])
        except NotFound:
            return Heard(404, b"", "t", None)
        return Heard(self.status, json.dumps(self.change(dsp.write(answer))).encode(), "t", None)


def desk(pair: Pair) -> Desk:
    return cast("Desk", pair)


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Pair:
    """A node that asks one with three products, two to a page."""
    monkeypatch.setattr(pages, "DATASETS", 2)
    shown = {"columns": COLUMNS[:1], "rows": [["JFK"], [None]], "receipt": "r"}
    every = ("a", "b", "c")
    return Pair(
        node(
            *(product(name, preview=shown if name == "c" else None) for name in every),
            *(offer(f"{name}-1", name, [ANA.id], ["place"], until="2027-01-01",
                    **{"for": ["research"], "price": "free"}) for name in every),
        )
    )  # fmt: skip


def test_all_pages_are_asked_for_and_drawn(pair: Pair) -> None:
    told = offers.show_all(desk(pair), at="w")
    assert pair.asked == [("POST", "/catalog/request")] * 2
    assert [one["id"].rpartition(":")[2] for one in told.json["offers"]] == ["a-1", "b-1", "c-1"]
    (table,) = told.drawn
    assert isinstance(table, Table)
    assert table.rows[2] == ("c-1", "c", "C", ("research",), "2027-01-01", "free")
    assert offers.show_all(desk(pair), at=OWN.id).json == told.json


def test_one_is_shown_with_columns_and_preview(pair: Pair) -> None:
    told = offers.show(desk(pair), "C-1", at="w")
    assert pair.asked[-1] == ("GET", "/catalog/datasets/urn:doumen:product:weather-1:c")
    assert "to" not in told.json["terms"]  # who else may have it is nobody's to know
    assert told.json["columns"] == [
        {"dataset": "w.hourly", "name": "place", "type": "VARCHAR",
         "description": "Where it was measured"}
    ]  # fmt: skip
    assert told.json["preview"] == {"columns": ["place"], "rows": [["JFK"], [None]]}
    for format in ("yaml", "odrl"):
        assert offers.show(desk(pair), told.json["id"], at="w", format=format).json
    with pytest.raises(NotFound, match="offers nothing of this id"):
        offers.show(desk(pair), "z", at="w")
    with pytest.raises(NotFound, match="no participant"):
        offers.show_all(desk(pair), at="x")


def test_terms_that_say_more_than_ours_are_listed_and_not_understood(pair: Pair) -> None:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        for one in body.get("dataset", [body]):
            one["dct:title"] = [{"@value": "Wind", "@language": "en"}]
            one["doumen:schema"], one["doumen:preview"] = "odd", {"@value": {"columns": 1}}
            for policy in one["hasPolicy"]:
                policy["permission"][0]["action"] = "odrl:translate"
        return body

    pair.change = change
    told = offers.show_all(desk(pair), at="w")
    assert {(one["title"], one["understood"]) for one in told.json["offers"]} == {("Wind", False)}
    one = offers.show(desk(pair), "c-1", at="w")
    assert (one.json["terms"], one.json["columns"], one.json["preview"]) == (None, [], None)
    assert "does not understand" in one.said[0]
    assert "translate" in str(offers.show(desk(pair), "c-1", at="w", format="odrl").json)
    with pytest.raises(Invalid, match="does not understand"):
        offers.show(desk(pair), "c-1", at="w", format="yaml")


def test_an_offer_in_the_name_of_another_is_not_understood(pair: Pair) -> None:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        for one in body["dataset"]:
            one["hasPolicy"][0]["assigner"] = "did:web:other.org"
        return body

    pair.change = change
    told = offers.show_all(desk(pair), at="w")
    assert not any(one["understood"] for one in told.json["offers"])


@pytest.mark.parametrize(
    "change",
    [
        lambda body: [],
        lambda body: {},
        lambda body: body | {"participantId": "did:web:other.org"},
        lambda body: {**body, "dataset": [{"@id": "x"}]},
    ],
)
def test_what_is_no_catalogue_is_refused(pair: Pair, change: Changed) -> None:
    pair.change = change
    with pytest.raises(Faulty, match="no catalogue of theirs"):
        offers.show_all(desk(pair), at="w")


def test_an_offer_that_is_gone_meanwhile_is_not_shown(pair: Pair) -> None:
    def change(body: dict[str, Any]) -> dict[str, Any]:
        if "dataset" not in body:
            body["hasPolicy"][0]["@id"] = "urn:other"
        return body

    pair.change = change
    with pytest.raises(Faulty):
        offers.show(desk(pair), "a-1", at="w")


def test_pages_that_do_not_end_are_followed_so_far(pair: Pair) -> None:
    count = iter(range(10_000))
    pair.change = lambda body: body | {"doumen:next": f"{next(count)}"}
    calls: Callable[..., Heard] = pair.call

    def call(*given: Any, **more: Any) -> Heard:
        given[3].pop("filter", None)
        return calls(*given, **more)

    pair.call = call  # type: ignore[method-assign]
    assert len(offers.show_all(desk(pair), at="w").json["offers"]) == 2 * PAGES
    assert len(pair.asked) == PAGES
    pair.change = lambda body: body | {"doumen:next": "same"}
    pair.asked.clear()
    offers.show_all(desk(pair), at="w")
    assert len(pair.asked) == 2


def test_an_error_is_told_with_what_the_other_says(pair: Pair) -> None:
    pair.status = 503
    with pytest.raises(Unavailable, match="status 503"):
        offers.show_all(desk(pair), at="w")
    pair.change = lambda body: {
        "@context": [dsp.CONTEXT], "@type": "CatalogError", "code": "busy",
        "reason": [{"@value": "later"}],
    }  # fmt: skip
    with pytest.raises(Unavailable) as error:
        offers.show_all(desk(pair), at="w")
    assert error.value.why == "busy later"


def test_nothing_is_offered(pair: Pair) -> None:
    pair.provider = node()
    told = offers.show_all(desk(pair), at="w")
    assert told.json["offers"] == []
    assert told.said == ("`w` offers nothing to this node.",)


def test_the_filter_is_that_of_a_page_alone() -> None:
    assert pages.asked_page(CatalogRequestMessage()) is None
    assert pages.asked_page(CatalogRequestMessage(())) is None
    assert pages.asked_page(CatalogRequestMessage(pages.page_filter("x"))) == "x"
    wrongs: list[Any] = [
        ("x",),
        ({"doumen:page": 1},),
        ({"doumen:page": "x", "y": 1},),
        ({"doumen:page": "x"}, {}),
    ]
    for wrong in wrongs:
        with pytest.raises(Invalid, match="not understood"):
            pages.asked_page(CatalogRequestMessage(wrong))
