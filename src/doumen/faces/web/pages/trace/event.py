"""One event: what it says, its receipt to take away, and whether the receipt holds."""

from __future__ import annotations

import json
from dataclasses import replace

from doumen.faces.web.page import Crumb, Page, Reply, View, Visit
from doumen.kits.evidence.canonical import canonical
from doumen.model.message import msg, plain


def view(visit: Visit) -> View:
    """The event, as its receipt holds it."""
    told = visit.do("event show", event=visit.path["event"])
    body = {"event": told, "verified": None, "replayed": None}
    return View(plain(told["id"]), body, (Crumb(msg("Trace"), "/trace"),))


def _verify(visit: Visit) -> View:
    shown = view(visit)
    found = visit.do("receipt verify", receipt=visit.path["event"])
    return replace(shown, body={**shown.body, "verified": found})


def _replay(visit: Visit) -> View:
    shown = view(visit)
    found = visit.outcome("receipt replay", receipt=visit.path["event"])
    body = {**shown.body, "replayed": {**found.json, "same": found.exit == 0}}
    return replace(shown, body=body)


def _receipt(visit: Visit) -> Reply:
    """The receipt itself, as a file, to the byte as it was signed."""
    id = visit.path["event"]
    text = canonical(visit.do("receipt show", receipt=id))
    return Reply(text, "application/jose+json", f"{id}.receipt.json")


def _keys(visit: Visit) -> Reply:
    """The public keys that receipts of this node are verified by."""
    text = json.dumps(visit.do("key show"), ensure_ascii=False, indent=2)
    return Reply(text.encode(), "application/json", "node-keys.json")


PAGES = (
    Page("/trace/keys", "trace/event.html", _keys, "trace"),
    Page("/trace/{event}/receipt", "trace/event.html", _receipt, "trace"),
    Page(
        "/trace/{event}",
        "trace/event.html",
        view,
        "trace",
        actions={"verify": _verify, "replay": _replay},
    ),
)
