"""What an actor asked: their own events of questions that were run, with the text of receipts.

Nothing is kept for it. The ledger has who asked, when, and how many rows came; the statement
stands in the receipt, for as long as that is kept. Only an actor's own questions are read, whoever
looks, so that nothing of it depends on what others ask.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from doumen.gate.means import Means
from doumen.kits.evidence import disclosure
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.actor import Actor
from doumen.model.errors import Invalid, NotFound
from doumen.model.message import msg
from doumen.model.question import Asked

MOST = 1000
"""Most questions that are given at once."""


def asked(
    means: Means,
    connection: Connection,
    actor: Actor,
    *,
    limit: int,
    before: str | None = None,
    subject: str | None = None,
) -> list[Asked]:
    """The questions that an actor asked and that were run, the latest first.

    Args:
        means: Of the node.
        connection: A transaction that reads.
        actor: Whose.
        limit: At most so many.
        before: Id of one of them: only those asked before it.
        subject: Only those asked for it.

    Raises:
        Invalid: the limit is out of bounds.
        NotFound: they asked no question of the id `before`.
    """
    if not 1 <= limit <= MOST:
        raise Invalid(
            msg("1 to {most} questions are given at once, not {limit}.", most=MOST, limit=limit),
            detail="value",
        )
    found: list[Asked] = []
    for event in _own(means, connection, actor, before):
        if subject is None or event["subject"] == subject:
            found.append(_told(event, means.ledger.receipt(connection, event["id"])))
        if len(found) == limit:
            break
    return found


def _own(
    means: Means, connection: Connection, actor: Actor, before: str | None
) -> Iterator[Mapping[str, Any]]:
    """The events that charge the actor for a question, the latest first."""
    end = None
    if before is not None:
        place = means.ledger.find(connection, before)
        if place is None or json.loads(place[1])["actor"] != actor.name:
            raise NotFound(
                msg("You asked no question `{id}`.", id=before),
                next=msg("`doumen question history` lists those you asked."),
                detail="question",
            )
        end = place[0]
    bodies = means.ledger.charged(connection, f"actor:{actor.name}", "queries", end)
    yield from (event for event in map(json.loads, bodies) if event["actor"] == actor.name)


def _told(event: Mapping[str, Any], receipt: str | None) -> Asked:
    """A question as its event and its receipt tell."""
    data = event["data"]
    said = None if receipt is None else disclosure.asked(read_receipt(receipt).disclosed)
    return Asked(
        id=event["id"],
        time=event["time"],
        type=event["type"],
        purpose=event["purpose"],
        agreement=event["agreement"],
        subject=event["subject"],
        rows=data.get("result", {}).get("rows"),
        truncated=data.get("truncated", False),
        code=data.get("code"),
        statement=None if said is None else said[0],
        parameters=() if said is None else said[1],
    )
