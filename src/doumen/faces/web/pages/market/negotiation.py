"""Negotiations: which there are, what was said in one, and the decision, with its difference first.

Who decides is shown what signing would add before they can sign. The form says how many messages
they saw, so that nobody agrees to what was said since; what was done is not done again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Crumb, Done, Page, View, Visit
from doumen.faces.web.pages.market import form, offer
from doumen.faces.web.pages.market.names import MARKET, agreed, last, names, rights, sentences
from doumen.model.errors import DoumenError
from doumen.model.message import Message, msg, plain
from doumen.model.operation import Outcome

TABS = ("list", "decisions")
STATES = ("all", "ours", "theirs", "over")
WAIT = 3
"""Seconds that a page waits for the other side; then it tells how it stands."""
_LIST = Crumb(msg("Negotiations"), "/market/negotiations")


def listing(visit: Visit) -> View:
    """The negotiations of the node, and by which document it decides alone."""
    tab, state = visit.choice("tab", TABS), visit.choice("state", STATES)
    called, words = names(visit), visit.asked("q").casefold()
    told = visit.do("negotiation list")["negotiations"]
    listed = [_line(one, called) for one in told]
    found = [
        one
        for one in listed
        if state in {"all", one["turn"]}
        and words in f"{one['negotiation']} {one['offer']} {one['name']}".casefold()
    ]
    body: dict[str, Any] = {
        "tab": tab,
        "state": state,
        "q": visit.asked("q"),
        "negotiations": found,
        "total": len(listed),
        "counts": {each: sum(one["turn"] == each for one in listed) for each in STATES[1:]},
        "decisions": visit.do("negotiation policy") if tab == "decisions" else None,
        "may": rights(visit),
    }
    if body["decisions"] is not None:
        body["yaml"] = _yaml(body["decisions"])
    return View(msg("Negotiations"), body, (MARKET,))


def _line(one: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    return {
        "negotiation": one["negotiation"],
        "name": called.get(one["with"], one["with"]),
        "side": one["side"],
        "offer": last(one["offer"]),
        "state": one["state"],
        "outgoing": one["outgoing"],
        "agreement": one["agreement"],
        "turn": turn(one),
        "time": one["said"][-1]["time"] if one["said"] else (one["outgoing"] or {}).get("since"),
    }


def turn(one: Mapping[str, Any]) -> str:
    """Who is to do something: `ours`, `theirs`, or nobody: `over`."""
    if one["over"]:
        return "over"
    outgoing = one["outgoing"]
    return "ours" if one["decide"] or (outgoing and outgoing["refused"]) else "theirs"


def view(visit: Visit) -> View:
    """One negotiation; with `diff=1` what signing would add, and the forms to decide."""
    key = visit.path["negotiation"]
    told = visit.do("negotiation show", negotiation=key)
    called = names(visit)
    other, mine = called.get(told["with"], told["with"]), visit.house.node.settings.name
    ours = told["side"] == "provider"
    decide = told["decide"] and visit.actor.governs
    asked = decide and visit.asked("diff") == "1"
    body = {
        "negotiation": {
            **told,
            "name": other,
            "offer": last(told["offer"]),
            "turn": turn(told),
            "words": agreed(told["words"]),
        },
        "parties": {"provider": mine if ours else other, "consumer": other if ours else mine},
        "names": called,
        "decide": decide,
        "diff": offer.difference(visit, offer=key) if asked else None,
        "may": rights(visit),
    }
    return View(plain(key), body, (MARKET, _LIST))


def _accept(visit: Visit) -> Done:
    return _said(visit, "negotiation accept", wait=WAIT)


def _reject(visit: Visit) -> Done:
    return _said(visit, "negotiation reject", reason=visit.given("reason"))


def _resume(visit: Visit) -> Done:
    key = visit.path["negotiation"]
    return _done(visit.outcome("negotiation resume", negotiation=key, wait=WAIT))


def _counter(visit: Visit) -> Done:
    terms = visit.written("terms.yaml", offer.given(visit))
    return _said(visit, "negotiation counter", terms=terms, wait=WAIT)


def _said(visit: Visit, verb: str, **given: Any) -> Done:
    """Say something, as an answer to what was seen."""
    seen = visit.given("seen")
    return _done(
        visit.outcome(
            verb,
            negotiation=visit.path["negotiation"],
            seen=int(seen) if seen.isdecimal() else None,
            **given,
        )
    )


def _done(done: Outcome) -> Done:
    """Where it leads: to the agreement where there is one in force, else back."""
    told = done.json
    said: tuple[Message, ...] = (_news(told), *sentences(done.said[:1]))
    if told["state"] == "FINALIZED" and told["over"]:
        return Done(f"/market/agreements/{told['agreement']}", said)
    return Done(f"/market/negotiations/{told['negotiation']}", said)


def _news(told: Mapping[str, Any]) -> Message:
    if told["state"] == "FINALIZED" and told["over"]:
        return msg("Agreement {key} is in force.", key=told["agreement"])
    if told["state"] == "TERMINATED":
        return msg("The negotiation is ended.")
    if told["outgoing"] is not None:
        return msg("What you said is kept; it is not at the other side yet.")
    return msg("What you said is at the other side.")


def answer(visit: Visit) -> View:
    """A form to answer with other terms, begun from those that stand."""
    key = visit.path["negotiation"]
    told = visit.do("negotiation show", negotiation=key)
    terms = told["terms"]
    lost = terms is None or not form.fits(terms)
    way = "yaml" if lost else visit.choice("way", offer.WAYS)
    datasets = [] if terms is None else _columns(visit, told)
    body: dict[str, Any] = {
        "may": rights(visit),
        "negotiation": {name: told[name] for name in ("negotiation", "decide", "side")},
        "seen": len(told["said"]),
        "way": way,
        "lost": lost,
        **offer.fields(visit, datasets, terms or {"datasets": {}}),
        "yaml": offer.written(terms if terms is not None else told["policy"]),
    }
    crumbs = (MARKET, _LIST, Crumb(plain(key), f"/market/negotiations/{key}"))
    return View(msg("Answer with other terms"), body, crumbs)


def _columns(visit: Visit, told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Datasets and columns to choose from: of our product, or as their catalogue tells them."""
    granted = told["terms"]["datasets"]
    if told["side"] == "provider":
        product = told["policy"].get("target", "").rpartition(":")[2]
        shown = visit.attempt("product show", name=product)
        known = {} if shown is None else {d["dataset"]: d["columns"] for d in shown["datasets"]}
    else:
        known = {}
        for column in _offered(visit, told):
            known.setdefault(column["dataset"], []).append(column)
    return [
        {"dataset": ref, "columns": known.get(ref) or _named(granted.get(ref) or {})}
        for ref in dict.fromkeys((*granted, *known))
    ]


def _offered(visit: Visit, told: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The columns of an offer of the other side; none where it does not answer or tell."""
    try:
        columns: Sequence[Mapping[str, Any]] = visit.do(
            "offer show", id=told["offer"], at=told["with"]
        )["columns"]
    except DoumenError:  # the terms name those that are spoken of
        return ()
    return columns


def _named(grant: Mapping[str, Any]) -> list[dict[str, str]]:
    """The columns that the terms themselves name."""
    return [{"name": name, "type": "", "description": ""} for name in grant.get("columns", ())]


def _yaml(told: Mapping[str, Any]) -> str:
    return form.yaml({"decisions": told["decisions"]})


def _decisions(visit: Visit) -> Done:
    text = visit.needed("yaml")
    done = visit.outcome("negotiation policy", file=visit.written("decisions.yaml", text))
    return Done("/market/negotiations?tab=decisions", sentences(done.said))


PAGES = (
    Page(
        "/market/negotiations",
        "market/negotiations.html",
        listing,
        "market",
        actions={"decisions": _decisions},
    ),
    Page(
        "/market/negotiations/{negotiation}",
        "market/negotiation.html",
        view,
        "market",
        actions={"accept": _accept, "reject": _reject, "resume": _resume},
    ),
    Page(
        "/market/negotiations/{negotiation}/counter",
        "market/counter.html",
        answer,
        "market",
        actions={"counter": _counter},
    ),
)
