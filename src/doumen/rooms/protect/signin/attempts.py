"""How sign-ins of an actor went: failures in a row, when they lock, what a success tells. Pure.

The 10th failure within 15 minutes locks the account for 15 minutes; each further lock before a
sign-in succeeds lasts twice as long, a day at most. What fails while it is locked is not counted,
so that whoever guesses cannot fill the ledger: a lock is at most ten events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

MOST = 10
"""Failures in a row that lock."""
WITHIN = timedelta(minutes=15)
FIRST = timedelta(minutes=15)
LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Attempts:
    """What the fact of an actor says; times are RFC 3339 in UTC to the second.

    Attributes:
        last: When somebody last signed in; None: never.
        missed: Failures since then, those that are told of.
        row: Failures in the row that is counted, which began at `first`.
        until: When the lock ends; None: there was none since `last`.
        locks: Locks since `last`.
        closed: Whether the owner locked the account, until they unlock it.
        used: Digest of what was used once to sign in elsewhere → when it may be forgotten.
    """

    last: str | None = None
    missed: int = 0
    row: int = 0
    first: str | None = None
    until: str | None = None
    locks: int = 0
    closed: bool = False
    used: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, body: Mapping[str, Any] | None) -> Attempts:
        """As a fact has it; None: nothing happened yet."""
        return cls(**body) if body else cls()

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        return {
            "last": self.last,
            "missed": self.missed,
            "row": self.row,
            "first": self.first,
            "until": self.until,
            "locks": self.locks,
            "closed": self.closed,
            "used": dict(self.used),
        }

    def locked(self, now: datetime) -> bool:
        """Whether nobody comes in by this account now."""
        return self.closed or (self.until is not None and stamp(now) < self.until)

    def failed(self, now: datetime) -> Attempts:
        """After one more failure, at a moment when it is not locked."""
        fresh = self.first is None or stamp(now - WITHIN) > self.first
        row = 1 if fresh else self.row + 1
        after = replace(
            self, missed=self.missed + 1, row=row, first=stamp(now) if fresh else self.first
        )
        if row < MOST:
            return after
        lasts = min(FIRST * 2 ** min(self.locks, 10), LONGEST)
        return replace(after, row=0, first=None, until=stamp(now + lasts), locks=self.locks + 1)

    def succeeded(self, now: datetime, used: tuple[str, str] | None = None) -> Attempts:
        """After a sign-in; `used` is a digest that never signs in again, and until when it could.

        What could not be used any more is forgotten.
        """
        kept = {key: end for key, end in self.used.items() if end > stamp(now)}
        if used is not None:
            kept[used[0]] = used[1]
        return Attempts(last=stamp(now), closed=self.closed, used=kept)

    def unlocked(self) -> Attempts:
        """As the owner lets it be tried again."""
        return replace(self, closed=False, until=None, locks=0, row=0, first=None)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC to the second; of one width, so that text sorts as time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
