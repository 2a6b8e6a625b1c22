"""What waits is sent: a process led on step by step, each durable before the next.

A node that is stopped goes on from the same place.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from doumen.gate.desk import Desk
from doumen.model.errors import Conflict, Invalid, Unavailable
from doumen.model.fact import Facts
from doumen.model.message import Message, msg, plain
from doumen.rooms.exchange.process import kept, steps
from doumen.rooms.exchange.process.state import P

STEPS = 20
"""Most steps at once; a process has fewer."""


def lead(
    desk: Desk, find: Callable[[Facts], P], step: Callable[[Desk, Facts, P], P | None]
) -> P:  # fmt: skip
    """Lead a process on as far as it goes by itself.

    Args:
        desk: Of who governs.
        find: The process as it is kept.
        step: Does one step; None: nothing is to be done.

    Raises:
        NotFound: there is none.
    """
    for _ in range(STEPS):
        facts = desk.facts()
        found = find(facts)
        try:
            led = step(desk, facts, found)
        except Conflict as error:
            if error.code == kept.CHANGED:
                continue
            raise
        if led is None:
            return found
        if led.outgoing is not None and led.outgoing.trouble:
            return led
    return find(desk.facts())


def sent(desk: Desk, found: P) -> P:
    """Send what waits; the process after it, which is not kept yet."""
    outgoing = found.outgoing
    assert outgoing is not None
    try:
        heard = desk.call(found.counterparty, "POST", outgoing.path, json.loads(outgoing.text))
    except Unavailable as error:
        return steps.troubled(found, error.what, refused=False)
    now = kept.stamp(datetime.now(UTC))
    text = heard.body.decode("utf-8", errors="replace")
    if heard.status not in {200, 201}:
        return steps.troubled(found, _refusal(heard.status, text), refused=heard.status < 500)
    try:
        return steps.acknowledged(found, text, heard.token, heard.reply, now)
    except Invalid as error:
        return steps.troubled(found, error.what, refused=True)


def _refusal(status: int, text: str) -> Message:
    """What the other side said against a message, as far as it can be read."""
    try:
        body = json.loads(text)
        told = [str(one.get("@value", one)) if isinstance(one, dict) else str(one)
                for one in body.get("reason", ())]  # fmt: skip
        words = "; ".join(told) or str(body.get("code", ""))
    except (ValueError, AttributeError, TypeError, RecursionError):
        words = ""
    if not words:
        return msg("The other side answered with status {status}.", status=status)
    return msg("The other side answered with status {status}: {words}", status=status,
               words=plain(words[:500]))  # fmt: skip
