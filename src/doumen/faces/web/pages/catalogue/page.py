"""The catalogue: datasets found by search and facets, a page at a time."""

from __future__ import annotations

from doumen.faces.web.page import Page, View, Visit
from doumen.model.message import msg

STEP = 25


def view(visit: Visit) -> View:
    """What the visitor may know of, as far as it fits what they look for."""
    listed = visit.do("dataset list")["datasets"]
    scores = {one["dataset"]: one for one in visit.do("quality scores")["scores"]}
    words, domain = visit.asked("q").casefold(), visit.asked("domain")
    found = [
        {**one, "score": scores.get(one["dataset"])}
        for one in listed
        if words in f"{one['dataset']} {one['description'] or ''}".casefold()
        and domain in {"", one["dataset"].partition(".")[0]}
    ]
    offset = visit.number("offset", 0)
    domains: dict[str, int] = {}
    for one in listed:
        name = one["dataset"].partition(".")[0]
        domains[name] = domains.get(name, 0) + 1
    body = {
        "q": visit.asked("q"),
        "brief": visit.asked("brief") == "1",
        "hits": found[offset : offset + STEP],
        "total": len(found),
        "offset": offset,
        "step": STEP,
        "facets": {"domain": [{"value": k, "count": v} for k, v in sorted(domains.items())]},
        "chosen": {"domain": domain},
    }
    return View(msg("Catalogue"), body, template="catalogue/hits.html" if body["brief"] else None)


PAGES = (Page("/d", "catalogue/catalogue.html", view, "catalogue"),)
