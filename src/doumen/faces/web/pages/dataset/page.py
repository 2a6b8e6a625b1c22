"""One dataset: what it is, how good it is, where it comes from, how to use it, what happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doumen.faces.web.page import Action, Crumb, Done, Page, View, Visit
from doumen.faces.web.page.draw import url
from doumen.faces.web.pages.dataset.sample import rows_of, sample
from doumen.model.errors import DoumenError
from doumen.model.message import msg, plain

TABS = ("schema", "sample", "quality", "lineage", "contract", "use", "audit")
EVENTS = 30


def view(visit: Visit) -> View:
    """All of it that the visitor may know; of its tabs the one that the address names."""
    name = visit.path["dataset"]
    told = visit.do("describe", dataset=name)
    tab = visit.choice("tab", TABS)
    body = {
        "dataset": told,
        "title": told["description"] or told["dataset"],
        "score": visit.attempt("quality latest", dataset=name),
        "uses": visit.do("dataset uses", dataset=name),
        "may": {"govern": visit.actor.governs, "own": visit.actor.is_owner},
        "tab": tab,
        tab: _TABS[tab](visit, told),
    }
    domain = name.partition(".")[0]
    crumbs = (Crumb(msg("Catalogue"), "/d"), Crumb(plain(domain), f"/d?domain={domain}"))
    return View(plain(told["dataset"]), body, crumbs)


def _schema(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """Columns; with `profile=1` their figures too, looked up at the gate, or why there are none."""
    meanings = visit.attempt("meaning show", dataset=told["dataset"])
    linked = {} if meanings is None else {m["column"]: m for m in meanings.get("columns", ())}
    profile, refused = None, None
    if visit.asked("profile") == "1":
        try:
            profile = visit.do("profile", dataset=told["dataset"])
        except DoumenError as error:
            refused = error.as_json()
    figures = {} if profile is None else {c["name"]: c for c in profile["columns"]}
    columns = [
        {**column, "meaning": linked.get(column["name"]), "figures": figures.get(column["name"])}
        for column in told["columns"]
    ]
    receipts = [] if profile is None else profile["receipts"]
    return {
        "columns": columns,
        "profiled": profile is not None,
        "refused": refused,
        "receipts": receipts,
    }


def _quality(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any]:
    history = visit.do("quality history", dataset=told["dataset"], limit=10)
    return {"runs": history["runs"][::-1], "rules": history["rules"]}


def _lineage(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any]:
    depth = visit.number("depth", 2, least=1, most=6)
    return {
        **visit.do("dataset lineage", dataset=told["dataset"], depth=depth),
        "depth": depth,
    }


def _contract(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any]:
    text = visit.attempt("contract show", dataset=told["dataset"])
    past = visit.attempt("contract history", dataset=told["dataset"])
    return {"text": text and text["contract"], "versions": past["versions"][::-1] if past else []}


def _use(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any]:
    sql = rows_of(told)
    return {"sql": f"{sql}\nLIMIT 100", "all": sql, "base": visit.base}


def _audit(visit: Visit, told: Mapping[str, Any]) -> Mapping[str, Any]:
    before = visit.number("before", 0)
    return visit.do("event list", subject=told["dataset"], before=before or None, limit=EVENTS)


_TABS: Mapping[str, Callable[[Visit, Mapping[str, Any]], Mapping[str, Any]]] = {
    "schema": _schema,
    "sample": sample,
    "quality": _quality,
    "lineage": _lineage,
    "contract": _contract,
    "use": _use,
    "audit": _audit,
}


def _score(visit: Visit) -> Done:
    """Check the dataset and score it."""
    name = visit.path["dataset"]
    done = visit.outcome("quality score", dataset=name)
    return Done(f"/d/{name}?tab=quality", done.said)


def _propose(visit: Visit) -> Done:
    """Propose rules of its quality by its rows, and go to where they are settled."""
    name = visit.path["dataset"]
    done = visit.outcome("contract propose", dataset=name)
    return Done(url("/govern", dataset=name), done.said)


_ACTIONS: Mapping[str, Action] = {"score": _score, "propose": _propose}

PAGES = (Page("/d/{dataset}", "dataset/dataset.html", view, "catalogue", actions=_ACTIONS),)
