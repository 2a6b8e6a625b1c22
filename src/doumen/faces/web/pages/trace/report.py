"""A report of one dataset, from top to bottom, to be printed or kept as PDF by the browser."""

from __future__ import annotations

from doumen.faces.web.page import Crumb, Page, View, Visit
from doumen.model.message import msg, plain

EVENTS = 20


def view(visit: Visit) -> View:
    """What the visitor may know of a dataset, with the receipts that prove it."""
    name = visit.path["dataset"]
    told = visit.do("describe", dataset=name)
    body = {
        "dataset": told,
        "score": visit.attempt("quality latest", dataset=name),
        "lineage": visit.do("dataset lineage", dataset=name, depth=2),
        "uses": visit.do("dataset uses", dataset=name),
        "events": visit.do("event list", subject=name, limit=EVENTS)["events"],
        "head": visit.do("ledger head")["checkpoint"],
    }
    return View(
        msg("Report on {name}", name=told["description"] or name),
        body,
        (Crumb(msg("Catalogue"), "/d"), Crumb(plain(name), f"/d/{name}")),
    )


PAGES = (Page("/report/{dataset}", "trace/report.html", view, "catalogue"),)
