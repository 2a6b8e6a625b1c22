"""The inbox: what a machine proposed, found or counted down, and a person must settle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from doumen.faces.web.page import Page, View, Visit
from doumen.faces.web.pages.govern.items import SOURCES, Item
from doumen.faces.web.pages.govern.settle import ACTIONS
from doumen.model.message import msg

STEP = 50
KINDS = ("rule", "label", "link", "check", "negotiation", "expiry")
LEAST = ("", "0.5", "0.7", "0.9")
"""Confidence that a proposal must have at least; those that are no proposal have none."""


def view(visit: Visit) -> View:
    """All that waits for the visitor and fits what the address asks for."""
    chosen = {
        "kind": visit.choice("kind", ("", *KINDS)),
        "dataset": visit.asked("dataset"),
        "least": visit.choice("least", LEAST),
    }
    everything = [item for source in SOURCES.values() for item in source(visit)]
    found = [item for item in everything if _fits(item, chosen)]
    offset = min(visit.number("offset", 0), max(0, (len(found) - 1) // STEP * STEP))
    body = {
        "items": found[offset : offset + STEP],
        "total": len(found),
        "offset": offset,
        "step": STEP,
        "chosen": chosen,
        "facets": {
            "kind": _counted(everything, chosen, "kind", KINDS),
            "dataset": _counted(everything, chosen, "dataset"),
            "least": [{"value": one} for one in LEAST[1:]],
        },
        "may": {"govern": visit.actor.governs},
    }
    return View(msg("Inbox"), body)


def _fits(item: Item, chosen: Mapping[str, str], but: str = "") -> bool:
    """Whether an item is asked for; `but` is a filter that is not looked at."""
    sure = float(chosen["least"] or 0)
    return (
        (but == "kind" or chosen["kind"] in {"", item["kind"]})
        and (but == "dataset" or chosen["dataset"] in {"", item["dataset"]})
        and item.get("confidence", 1.0 if not sure else 0.0) >= sure
    )


def _counted(
    items: Iterable[Item], chosen: Mapping[str, str], name: str, order: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """How many items there would be for each value of a filter."""
    counts = Counter(one[name] for one in items if one[name] and _fits(one, chosen, name))
    return [
        {"value": value, "count": counts[value]}
        for value in (order or sorted(counts))
        if counts[value]
    ]


PAGES = (Page("/govern", "govern/inbox.html", view, "govern", actions=ACTIONS),)
