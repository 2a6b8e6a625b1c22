"""The first page: four numbers, what waits for the visitor, what changed, and first steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from doumen.faces.web.page import Page, View, Visit
from doumen.faces.web.pages.govern.inbox import KINDS
from doumen.faces.web.pages.govern.items import SOURCES
from doumen.model.message import msg

RECENT = 8
CHANGES = ("collect", "attach", "derive", "amend", "compact", "vacuum", "quality", "quarantine",
           "node", "key", "backup")  # fmt: skip
"""First words of events that change something; questions are counted, not listed."""
REPLAY = "replay"


def view(visit: Visit) -> View:
    """How the node does, as far as the visitor may know."""
    datasets = visit.do("dataset list")["datasets"]
    events = visit.do("event list", type=(*CHANGES, REPLAY), limit=200)["events"]
    scores, uses = visit.do("quality scores"), visit.do("dataset uses")
    agreements = visit.attempt("agreement list")
    listed = [] if agreements is None else agreements["agreements"]
    waiting = Counter(item["kind"] for source in SOURCES.values() for item in source(visit))
    done = {
        "add": bool(datasets),
        "score": bool(scores["scores"]),
        "grade": bool(visit.do("label list")["labels"]),
        "ask": uses["total"] > 0,
        "share": bool(listed),
        "verify": any(one["type"] == REPLAY for one in events),
    }
    body: dict[str, Any] = {
        "numbers": {
            "datasets": len(datasets),
            "median": scores["median"],
            "open": waiting.total(),
            "agreements": agreements and sum(one["in_force"] for one in listed),
        },
        "tasks": [{"kind": kind, "count": waiting[kind]} for kind in KINDS if waiting[kind]],
        "recent": [one for one in events if one["type"] != REPLAY][:RECENT],
        "uses": uses,
        "steps": _steps(done, datasets[0]["dataset"] if datasets else None),
    }
    return View(msg("Home"), body)


def _steps(done: Mapping[str, bool], first: str | None) -> list[dict[str, Any]]:
    """First steps, each ticked by what really happened, and where it is done."""
    dataset = f"/d/{first}" if first else "/d"
    places = {
        "add": "/collect",
        "score": f"{dataset}?tab=quality" if first else dataset,
        "grade": "/govern/labels",
        "ask": "/work",
        "share": "/market",
        "verify": "/trace?type=query",
    }
    return [{"step": step, "done": done[step], "href": href} for step, href in places.items()]


PAGES = (Page("/", "home/home.html", view, "home", twin="/home.json"),)
