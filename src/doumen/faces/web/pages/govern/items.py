"""What waits for a person, each as one item of the inbox: what it is, of what, and why.

An item is a JSON object with `id` (its place on the page), `kind`, `dataset` and what its kind
says of it. What a verb does not tell the visitor is no item.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from doumen.faces.web.page import Visit

Item = dict[str, Any]
MOST = 10_000
"""Proposals that are looked at."""
AGREEMENTS, TOKENS = 30, 14
"""Days before its end from which an agreement, or a token, is told of."""


def proposed(visit: Visit) -> Iterator[Item]:
    """What machines proposed: rules, labels, meanings; by dataset, the surest first."""
    if not visit.actor.governs:
        return
    for one in visit.do("proposal list", limit=MOST)["proposals"]:
        yield {**one, "id": one["key"], "evidence": dict(_told(one["evidence"]))}


def negotiated(visit: Visit) -> Iterator[Item]:
    """Negotiations in which it is our turn."""
    for one in visit.do("negotiation list")["negotiations"]:
        if one["decide"]:
            last = one["said"][-1] if one["said"] else {"says": None, "time": None}
            yield {
                "id": one["negotiation"],
                "kind": "negotiation",
                "dataset": None,
                "negotiation": one["negotiation"],
                "with": one["with"],
                "side": one["side"],
                "state": one["state"],
                "offer": one["offer"],
                "says": last["says"],
                "time": last["time"],
            }


def broken(visit: Visit) -> Iterator[Item]:
    """What the last checks found broken."""
    for one in visit.do("quality broken")["broken"]:
        count = None if one["count"] is None else float(one["count"])
        share = count / one["rows"] if count is not None and one["rows"] else None
        yield {
            **one,
            "id": _place("check", one["dataset"], one["key"]),
            "kind": "check",
            "check": one["kind"],
            "share": share if share is not None and share <= 1 else None,
        }


def expiring(visit: Visit) -> Iterator[Item]:
    """Agreements and tokens that end soon, those that end first before others."""
    now = datetime.now(UTC)
    found = [*_agreements(visit, now.date()), *_tokens(visit, now)]
    yield from sorted(found, key=lambda one: str(one["until"]))


def _agreements(visit: Visit, today: date) -> Iterator[Item]:
    last = (today + timedelta(days=AGREEMENTS)).isoformat()
    for one in visit.do("agreement list")["agreements"]:
        until = one["terms"].get("until")
        if one["in_force"] and until is not None and until <= last:
            yield {
                "id": one["agreement"],
                "kind": "expiry",
                "dataset": None,
                "of": "agreement",
                "name": one["agreement"],
                "who": one["with"],
                "until": until,
            }


def _tokens(visit: Visit, now: datetime) -> Iterator[Item]:
    last = now + timedelta(days=TOKENS)
    for one in visit.do("token list")["tokens"]:
        if now <= datetime.fromisoformat(one["expires"]) <= last:
            yield {
                "id": f"t-{one['id']}",
                "kind": "expiry",
                "dataset": None,
                "of": "token",
                "name": one["id"],
                "called": one["name"],
                "who": one["actor"],
                "until": one["expires"],
            }


SOURCES: Mapping[str, Callable[[Visit], Iterator[Item]]] = {
    "negotiation": negotiated,
    "check": broken,
    "proposal": proposed,
    "expiry": expiring,
}
"""In the order in which they stand in the inbox."""


def _told(evidence: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Evidence without what the words of the proposal say already."""
    for name, value in evidence.items():
        if name != "rule" and value is not None:
            yield name, value


def _place(*parts: str) -> str:
    """An id in the page, of things whose names hold signs that an address does not take."""
    return f"{parts[0][0]}-{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:12]}"
