"""A look back over the ledger, as far as one actor may know what happened.

An actor is told of their own events, and one who audits of all, as in `sys.events`; looking
leaves no event of its own, since what it tells are facts about events, not data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from doumen.gate.means import Means
from doumen.model.actor import Actor
from doumen.model.happened import Happened, Happening

PAGE = 500
"""Entries that are read at once when looking back."""
DEEP = 20_000
"""Entries that one look back reads at most."""


def happened(
    means: Means,
    actor: Actor,
    *,
    subject: str | None = None,
    types: Sequence[str] = (),
    by: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Happened:
    """Look back from the end of the ledger, or from a place in it.

    Args:
        means: The stores.
        actor: Who looks; told of their own events, or of all where they audit.
        subject: What the events are about, a dataset that they read or made, or an agreement
            that they were under; None: anything.
        types: Of events, or the first words of them (`query`, `agreement`); none: all.
        by: Whose events; None: those of all that the actor may know of.
        before: Place before which to look; None: from the end.
        limit: Events at most.
    """
    found: list[Happening] = []
    with means.database.read() as connection:
        size = means.ledger.size(connection)
        end = size if before is None else min(before, size)
        least = max(0, end - DEEP)
        while end > least and len(found) < limit:
            start = max(least, end - PAGE)
            page = list(enumerate(means.ledger.entries(connection, start, end), start))
            for place, body in reversed(page):
                event = json.loads(body)
                if not (actor.audits or event["actor"] == actor.name):
                    continue
                if _fits(event, subject, types, by):
                    found.append(_told(place, event))
                    if len(found) == limit:
                        end = place
                        break
            else:
                end = start
    return Happened(tuple(found), end if end > 0 else None, size if actor.audits else None)


def _fits(
    event: Mapping[str, Any], subject: str | None, types: Sequence[str], by: str | None
) -> bool:
    type = event["type"]
    if by is not None and event["actor"] != by:
        return False
    if types and not any(type == one or type.startswith(f"{one}.") for one in types):
        return False
    if subject is None or subject in {event["subject"], event["agreement"]}:
        return True
    return any(one["dataset"] == subject for one in (*event["used"], *event["generated"]))


def _told(place: int, event: Mapping[str, Any]) -> Happening:
    return Happening(
        position=place,
        id=event["id"],
        time=event["time"],
        type=event["type"],
        actor=event["actor"],
        purpose=event["purpose"],
        agreement=event["agreement"],
        subject=event["subject"],
        used=tuple(f"{u['dataset']}@{u['version']}" for u in event["used"]),
        generated=tuple(f"{u['dataset']}@{u['version']}" for u in event["generated"]),
        data=event["data"],
    )
