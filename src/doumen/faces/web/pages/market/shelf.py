"""The market: products of this node with their offers, and what other participants offer.

Others are asked when their part of the page is asked for, one at a time: where one of them is
down, the page says so in its place, and all else is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from doumen.faces.web.page import View, Visit
from doumen.faces.web.pages.market.names import last, names, participants, rights
from doumen.model.errors import DoumenError
from doumen.model.message import msg

TABS = ("own", "others")
STATES = ("", "published", "draft", "withdrawn")


def view(visit: Visit) -> View:
    """What of the market the visitor may know."""
    tab = visit.choice("tab", TABS)
    body = {
        "tab": tab,
        "q": visit.asked("q"),
        "may": rights(visit),
        tab: own(visit) if tab == "own" else others(visit),
    }
    return View(msg("Market"), body)


def own(visit: Visit) -> Mapping[str, Any]:
    """The products of this node, each with its open offers, its scores and for whom it is."""
    words, state = visit.asked("q").casefold(), visit.choice("state", STATES)
    scores = {one["dataset"]: one["score"] for one in visit.do("quality scores")["scores"]}
    offers = visit.do("offer list")["offers"]
    called = names(visit)
    listed = visit.do("product list")["products"]
    found = [
        {**one, **terms(offers_of(offers, one["name"], called)), "score": _score(one, scores)}
        for one in listed
        if _fits(words, one) and state in {"", one["state"]}
    ]
    counts = {each: sum(one["state"] == each for one in listed) for each in STATES if each}
    return {"products": found, "total": len(listed), "state": state, "counts": counts}


def offers_of(
    offers: Sequence[Mapping[str, Any]], product: str, called: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The offers of one product, with what those are called that they are made to."""
    return [
        {**one, "to": [called.get(did, did) for did in one["to"]]}
        for one in offers
        if one["product"] == product
    ]


def terms(offers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """For whom, for what and how long a product is to be had, by its open offers."""
    open_ = [one for one in offers if one.get("state", "open") == "open"]
    everybody = any(not one.get("to") for one in open_)
    any_purpose = any(not one["purposes"] for one in open_)
    ends = [one["until"] for one in open_]
    return {
        "open": open_,
        "to": [] if everybody else sorted({name for one in open_ for name in one["to"]}),
        "purposes": []
        if any_purpose
        else sorted({name for one in open_ for name in one["purposes"]}),
        "until": None if None in ends else max(ends, default=None),
        "price": next((one["price"] for one in open_ if one["price"]), None),
    }


def others(visit: Visit) -> Mapping[str, Any]:
    """Other participants; of the one that the address names, what it offers to this node."""
    known = participants(visit)
    asked = visit.asked("at") or (known[0]["alias"] if len(known) == 1 else "")
    words = visit.asked("q").casefold()
    told = [
        {
            "alias": one["alias"],
            "name": one["name"],
            "place": one["place"],
            **(_offered(visit, one["alias"], words) if one["alias"] == asked else _NOT_ASKED),
        }
        for one in sorted(known, key=lambda one: str(one["alias"]))
    ]
    return {"participants": told, "at": asked}


_NOT_ASKED: Mapping[str, Any] = {"asked": False, "products": [], "problem": None}


def _offered(visit: Visit, alias: str, words: str) -> Mapping[str, Any]:
    """What one participant offers, product by product; or why that is not known."""
    try:
        listed = visit.do("offer list", at=alias)["offers"]
    except DoumenError as error:
        return {"asked": True, "products": [], "problem": error.as_json()}
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in listed:
        found.setdefault(one["product"], []).append({**one, "id": last(one["id"])})
    products = [
        {
            "name": last(iri),
            "title": offers[0]["title"] or last(iri),
            "description": offers[0]["description"],
            **terms(offers),
        }
        for iri, offers in found.items()
    ]
    return {
        "asked": True,
        "products": [one for one in products if _fits(words, one)],
        "problem": None,
    }


def _fits(words: str, one: Mapping[str, Any]) -> bool:
    text = " ".join((one["name"], one["title"], one["description"] or "", *one.get("datasets", ())))
    return words in text.casefold()


def _score(product: Mapping[str, Any], scores: Mapping[str, str]) -> str | None:
    """The lowest score of its datasets that the visitor may know; None: there is none."""
    known = [scores[ref] for ref in product["datasets"] if ref in scores]
    return min(known, key=Decimal, default=None)
