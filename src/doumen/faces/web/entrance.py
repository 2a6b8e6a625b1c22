"""Who is there: the token of a request, what it is for, and how often it may ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from doumen.faces.web import problems
from doumen.faces.web.problems import Problem
from doumen.model.errors import OverBudget
from doumen.model.message import Message, msg
from doumen.rooms.protect.tokens import Bearer, bearer
from doumen.session import Session

KNOWN = 10_000
"""Tokens whose rate is remembered."""
_SCHEME = "bearer "
_TOO_OFTEN = msg("This token asks more often than it may.")


def enter(door: Session, headers: Mapping[str, str]) -> Bearer:
    """Who sent a request.

    Args:
        door: The owner at the gate.
        headers: Of the request.

    Raises:
        Problem: its token lets nobody in, whatever is wrong with it.
    """
    given = headers.get("authorization", "")
    text = given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else ""
    found = bearer(door.desk.facts(), text, datetime.now(UTC))
    if found is None:
        raise problems.unauthenticated()
    return found


class Rate:
    """A token bucket for each token of access; in the memory of one process.

    Args:
        rate: Requests a second that come back.
        burst: Requests that a full bucket holds.
        what: What is told of a bucket that is empty.
        clock: Seconds, never going back.
    """

    def __init__(
        self,
        rate: float,
        burst: int,
        what: Message = _TOO_OFTEN,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate, self._burst, self._what, self._clock = rate, burst, what, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, token: str) -> None:
        """Count one request.

        Raises:
            Problem: the bucket is empty; it says when one comes back.
        """
        now = self._clock()
        left, since = self._buckets.pop(token, (float(self._burst), now))
        left = min(float(self._burst), left + (now - since) * self._rate)
        allowed = left >= 1
        self._buckets[token] = (left - 1 if allowed else left, now)
        while len(self._buckets) > KNOWN:
            self._buckets.popitem(last=False)
        if not allowed:
            error = OverBudget(
                self._what,
                why=msg(
                    "It may ask {rate:g} times a second, {burst} times at once.",
                    rate=self._rate,
                    burst=self._burst,
                ),
                next=msg("Wait as long as Retry-After says."),
                detail="rate",
            )
            wait = int((1 - left) / self._rate) + 1
            raise Problem(error, 429, {"Retry-After": str(wait)})


def tries(rate: float) -> Rate:
    """How often one address may try to sign in: 20 times at once and 12 a minute, by default.

    Args:
        rate: Requests a second that a token may send; with it this grows and shrinks.
    """
    what = msg("This address tries to sign in more often than it may.")
    return Rate(rate / 250, max(1, int(rate * 2 / 5)), what)
