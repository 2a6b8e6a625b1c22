"""The catalogue: datasets, columns, terms and products found by search and facets, page by page."""

from __future__ import annotations

from typing import Any

from doumen.faces.web.page import Page, View, Visit
from doumen.model.message import msg

STEP, BRIEF = 20, 8
KINDS = ("dataset", "column", "term", "product")
SORTS = ("relevance", "name", "updated")
FACETS = ("domain", "level", "label", "owner", "format", "state")


def view(visit: Visit) -> View:
    """What the visitor may know of, as far as it fits what they look for."""
    brief = visit.asked("brief") == "1"
    chosen = {name: [str(v) for v in visit.query.get(name, ()) if v] for name in FACETS}
    offset = visit.number("offset", 0)
    kind = visit.choice("kind", KINDS)
    sort = visit.choice("sort", SORTS)
    found = visit.do(
        "search",
        query=visit.asked("q"),
        kind=kind,
        sort=sort,
        limit=BRIEF if brief else STEP,
        offset=offset,
        **{name: tuple(values) for name, values in chosen.items()},
    )
    body: dict[str, Any] = {
        **found,
        "q": visit.asked("q"),
        "chosen": chosen,
        "sort": sort,
        "step": STEP,
        "scores": {} if brief or kind != "dataset" else _scores(visit, found["hits"]),
    }
    template = "catalogue/hits.html" if brief else None
    return View(msg("Catalogue"), body, template=template)


def _scores(visit: Visit, hits: list[dict[str, Any]]) -> dict[str, str]:
    """The latest score of each dataset that is shown."""
    names = tuple(hit["name"] for hit in hits)
    if not names:
        return {}
    told = visit.do("quality scores", dataset=names)["scores"]
    return {one["dataset"]: one["score"] for one in told}


PAGES = (Page("/d", "catalogue/catalogue.html", view, "catalogue"),)
