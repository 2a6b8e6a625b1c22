"""Events of the ledger, the newest first, and receipts that somebody brings to be verified."""

from __future__ import annotations

import re
from dataclasses import replace

from doumen.faces.web.page import Done, Page, View, Visit
from doumen.model.errors import Invalid
from doumen.model.event import ID
from doumen.model.message import msg

STEP = 50
KINDS = ("query", "collect", "derive", "amend", "quality", "files", "agreement", "key", "node")
"""First words of the types of events that the filter offers."""


def view(visit: Visit) -> View:
    """Events that the visitor may know, as the address narrows them."""
    subject, kind, actor = visit.asked("subject"), visit.asked("type"), visit.asked("actor")
    found = visit.do(
        "event list",
        subject=subject or None,
        type=(kind,) if kind else (),
        actor=actor or None,
        before=visit.number("before", 0) or None,
        limit=STEP,
    )
    body = {
        **found,
        "chosen": {"subject": subject, "type": kind, "actor": actor},
        "kinds": list(KINDS),
        "step": STEP,
        "audits": visit.actor.audits,
        "head": visit.do("ledger head")["checkpoint"],
        "verified": None,
        "chain": None,
    }
    return View(msg("Trace"), body)


def _receipt(visit: Visit) -> View:
    """Whether a receipt that was brought holds: by the keys of this node, or by a key file."""
    receipt = visit.file("receipt")
    if receipt is None:
        raise Invalid(
            msg("There is no receipt to verify."),
            next=msg("Choose the file of one."),
            detail="receipt",
        )
    found = visit.do("receipt verify", receipt=receipt, key=visit.file("key"))
    shown = view(visit)
    return replace(shown, body={**shown.body, "verified": found})


def _chain(visit: Visit) -> View:
    """Whether the whole ledger holds, recomputed entry by entry."""
    found = visit.do("ledger verify")
    shown = view(visit)
    return replace(shown, body={**shown.body, "chain": found})


def _go(visit: Visit) -> Done:
    """To the event of an id that was typed."""
    id = visit.needed("event").upper()
    if not re.fullmatch(ID, id):
        raise Invalid(
            msg("`{id}` is no id of an event.", id=visit.given("event")[:40]),
            why=msg("It has 26 letters and digits."),
            next=msg("Copy it whole, from a receipt or a list of events."),
            detail="event",
        )
    return Done(f"/trace/{id}")


PAGES = (
    Page(
        "/trace",
        "trace/trace.html",
        view,
        "trace",
        actions={"receipt": _receipt, "chain": _chain, "go": _go},
    ),
)
