"""What waits to be told is sent: at least once, again and later where nobody takes it.

The pauses are those that Standard Webhooks names; after the last of them, three days, it is given
up. What waits for the same alert waits together, and holds up no other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from doumen.failpoint import passing
from doumen.flows.alert import kept, ways
from doumen.flows.alert.ways.interface import GONE
from doumen.flows.times import stamp
from doumen.model.alert import ALERT, Notice
from doumen.model.errors import INTERNAL, DoumenError
from doumen.model.message import Catalogue

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

PAUSES = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds after each try before the next."""
LEASE = timedelta(minutes=2)
"""How long a notice belongs to who sends it: longer than any try."""


def deliver(desk: Desk, clock: Callable[[], datetime], say: Catalogue) -> dict[str, Any] | None:
    """Send the notice that is due first.

    Args:
        desk: The owner's.
        clock: The time now.
        say: The language of who reads mail.

    Returns:
        What became of it, to be logged; None: none is due.

    Raises:
        Unavailable: the store does not answer.
    """
    facts, outbox = desk.facts(), desk.schedules().outbox()
    if ALERT not in facts.rows:
        return None
    now = clock()
    notice = outbox.claim(stamp(now), stamp(now + LEASE))
    if notice is None:
        return None
    passing("notice.claimed")
    line = {"alert": notice.alert, "notice": notice.id, "attempt": notice.attempt}
    code = _sent(desk, notice, say, now)
    if code is None:
        passing("notice.sent")
        outbox.took(notice, stamp(clock()))
        return {"event": "alert.sent", **line}
    if _is_over(code) or notice.attempt > len(PAUSES):
        outbox.give_up(notice, stamp(clock()), code)
        return {"event": "alert.given-up", **line, "code": code}
    pause = timedelta(seconds=PAUSES[notice.attempt - 1])
    outbox.back(notice, stamp(clock() + pause), code)
    return {"event": "alert.failed", **line, "code": code}


def _sent(desk: Desk, notice: Notice, say: Catalogue, now: datetime) -> str | None:
    """Try to hand it over; gives the code of what is in the way."""
    try:
        ways.of(kept.found(desk.facts(), notice.alert)).send(notice, say, now)
    except DoumenError as error:
        return error.code
    except Exception:  # nobody knows it: a try like any other
        return INTERNAL
    return None


def _is_over(code: str) -> bool:
    """Whether no further try is worth it: the alert is removed, or the place says so."""
    return code in {"not-found.alert", f"unavailable.{GONE}"}
