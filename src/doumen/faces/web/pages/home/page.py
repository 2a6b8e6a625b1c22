"""The first page: four numbers, what waits for the visitor, what changed, and first steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.faces.web.page import Page, View, Visit
from doumen.faces.web.pages.govern.items import SOURCES
from doumen.model.message import msg

RECENT = 8
_QUIET = ("query", "query.started", "query.ended", "query.reserved")
"""Events that are no change: they are counted, not listed."""


def view(visit: Visit) -> View:
    """How the node does, as far as the visitor may know."""
    datasets = visit.do("dataset list")["datasets"]
    events = visit.do("event list", limit=200)["events"]
    scores = visit.do("quality scores")
    body: dict[str, Any] = {
        "numbers": {
            "datasets": len(datasets),
            "median": scores["median"],
            "open": sum(1 for source in SOURCES.values() for _ in source(visit)),
            "agreements": _agreements(visit),
        },
        "recent": [one for one in events if one["type"] not in _QUIET][:RECENT],
        "uses": visit.do("dataset uses"),
        "steps": _steps(visit, datasets, events, scores),
    }
    return View(msg("Home"), body)


def _agreements(visit: Visit) -> int | None:
    """Agreements in force; None: the visitor may not know of them."""
    told = visit.attempt("agreement list")
    return None if told is None else sum(one["in_force"] for one in told["agreements"])


def _steps(
    visit: Visit,
    datasets: list[Mapping[str, Any]],
    events: list[Mapping[str, Any]],
    scores: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """First steps, each ticked by what really happened."""
    types = {one["type"] for one in events}
    first = datasets[0]["dataset"] if datasets else None
    own = {one["type"] for one in events if one["actor"] == visit.actor.name}
    return [
        {"step": "add", "done": bool(datasets), "href": "/collect"},
        {
            "step": "score",
            "done": bool(scores["scores"]),
            "href": f"/d/{first}?tab=quality" if first else "/d",
        },
        {
            "step": "grade",
            "done": any(one["labels"] for one in datasets),
            "href": f"/d/{first}" if first else "/d",
        },
        {"step": "ask", "done": bool(own & {"query", "query.started"}), "href": "/work"},
        {"step": "share", "done": any(t.startswith("agreement") for t in types), "href": "/market"},
        {"step": "verify", "done": "replay" in types, "href": "/trace?type=query"},
    ]


PAGES = (Page("/", "home/home.html", view, "home", twin="/home.json"),)
