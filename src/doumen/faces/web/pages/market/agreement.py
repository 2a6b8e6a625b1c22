"""Agreements: which there are, what one says, what was used of it, its end, and its evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.faces.web.pages.market.names import MARKET, agreed, names, rights, sentences
from doumen.model.message import msg, plain

STATES = ("all", "force", "over")
EVENTS = 20
_STEPS = ("query.reserved", "query.started")
"""Events that others complete."""


def listing(visit: Visit) -> View:
    """The agreements that the visitor may know."""
    called, state = names(visit), visit.choice("state", STATES)
    words = visit.asked("q").casefold()
    told = visit.do("agreement list")["agreements"]
    listed = [
        {**one, "name": called.get(one["with"], one["with"]), "used": _used(visit, one)}
        for one in told
        if state == "all" or one["in_force"] is (state == "force")
    ]
    found = [
        one
        for one in listed
        if words in f"{one['agreement']} {one['product']} {one['name']}".casefold()
    ]
    body = {
        "agreements": sorted(found, key=lambda one: str(one["signed"]), reverse=True),
        "total": len(told),
        "state": state,
        "q": visit.asked("q"),
        "may": rights(visit),
    }
    return View(msg("Agreements"), body, (MARKET,))


def _used(visit: Visit, one: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The quotas of an agreement with what was used of each, as this side counts it."""
    used = visit.attempt("agreement usage", agreement=one["agreement"])
    return [] if used is None else quotas(one["terms"], used)


def quotas(terms: Mapping[str, Any], used: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each quota with what was used of it; None where this side does not count it."""
    given = terms.get("quota", [])
    listed = [given] if isinstance(given, Mapping) else given
    counts = {"agreement": used["queries"], "day": used["today"]}
    return [
        {"per": per, "most": one["queries"], "used": counts[per]}
        for one in listed
        for per in (one.get("per", "agreement"),)
    ]


def view(visit: Visit) -> View:
    """One agreement."""
    key = visit.path["agreement"]
    told = visit.do("agreement show", agreement=key)
    used = visit.do("agreement usage", agreement=key)
    may, called = rights(visit), names(visit)
    transfers = visit.attempt("transfer list")
    mine, others = visit.house.node.settings.name, called.get(told["with"], told["with"])
    ours = told["side"] == "provider"
    body: dict[str, Any] = {
        "agreement": {**told, "name": others, "words": agreed(told["words"])},
        "parties": {"provider": mine if ours else others, "consumer": others if ours else mine},
        "used": {**used, "quotas": quotas(told["terms"], used)},
        "transfers": [one for one in (transfers or {"transfers": []})["transfers"]
                      if one["agreement"] == key],
        "negotiation": _negotiated(visit, key) if may["see"] else None,
        "events": _reads(visit, key),
        "witness": _witness(visit, told["with"]) if may["see"] else None,
        "may": may,
        "node": str(visit.house.node.settings.name),
    }  # fmt: skip
    crumbs = (MARKET, Crumb(msg("Agreements"), "/market/agreements"))
    return View(plain(key), body, crumbs)


def _reads(visit: Visit, key: str) -> list[Mapping[str, Any]]:
    """The latest reads under it, each by the event that ends it or began it."""
    told = visit.do("event list", subject=key, type=("query",), limit=3 * EVENTS)["events"]
    return [one for one in told if one["type"] not in _STEPS][:EVENTS]


def _negotiated(visit: Visit, key: str) -> Mapping[str, Any] | None:
    """The negotiation that led to it: whoever signed what, and when."""
    told = visit.attempt("negotiation list")
    for one in (told or {"negotiations": ()})["negotiations"]:
        if one["agreement"] == key:
            return {name: one[name] for name in ("negotiation", "said", "state")}
    return None


def _witness(visit: Visit, other: str) -> Mapping[str, Any] | None:
    """Heads of the other side that are held here, and of ours that it cosigned."""
    told = visit.attempt("witness show")
    if told is None:
        return None
    return {name: _of(told[name], other) for name in ("held", "cosigned")}


def _of(heads: Sequence[Mapping[str, Any]], other: str) -> Mapping[str, Any] | None:
    return next((one for one in heads if one["participant"] == other), None)


def _end(visit: Visit) -> Done:
    return _did(visit, "agreement end", reason=visit.needed("reason"))


def _reconcile(visit: Visit) -> Done:
    return _did(visit, "agreement reconcile")


def _did(visit: Visit, verb: str, **given: Any) -> Done:
    key = visit.path["agreement"]
    done = visit.outcome(verb, agreement=key, **given)
    return Done(f"/market/agreements/{key}", sentences(done.said))


def _suspend(visit: Visit) -> Done:
    return _turned(visit, "transfer suspend", reason=visit.given("reason"))


def _resume(visit: Visit) -> Done:
    return _turned(visit, "transfer resume")


def _stop(visit: Visit) -> Done:
    return _turned(visit, "transfer end", reason=visit.given("reason"))


def _turned(visit: Visit, verb: str, **given: Any) -> Done:
    key = visit.path["agreement"]
    done = visit.outcome(verb, transfer=key, **given)
    trouble = (done.json["outgoing"] or {}).get("trouble")
    said = sentences(done.said)
    if done.json["outgoing"] is not None:
        said = (
            *said,
            msg("It is kept, and sent to the other side as soon as that can be reached."),
        )
    return Done(f"/market/agreements/{key}", (*said, *((plain(trouble),) if trouble else ())))


def _ask_witness(visit: Visit) -> Done:
    key = visit.path["agreement"]
    other = visit.do("agreement show", agreement=key)["with"]
    done = visit.outcome("witness ask", participant=other)
    return Done(f"/market/agreements/{key}", done.said)


PAGES = (
    Page("/market/agreements", "market/agreements.html", listing, "market"),
    Page(
        "/market/agreements/{agreement}",
        "market/agreement.html",
        view,
        "market",
        actions={
            "end": _end,
            "reconcile": _reconcile,
            "suspend": _suspend,
            "resume": _resume,
            "stop": _stop,
            "witness": _ask_witness,
        },
    ),
)
