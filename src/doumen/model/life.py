"""Where a dataset stands in its life: draft, active, deprecated or retired, and what follows it.

The words are those of a contract (ODCS `status`). Where nothing was said a dataset is active.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from doumen.model.actor import STEWARD
from doumen.model.message import Message, msg

STATE = "state"
"""Kind of the fact; its key is the dataset."""

READERS = "readers"
"""Kind of the fact that names roles; its key is a state."""

DRAFT, ACTIVE, DEPRECATED, RETIRED = "draft", "active", "deprecated", "retired"
STATES = (DRAFT, ACTIVE, DEPRECATED, RETIRED)

NAMED: Mapping[str, frozenset[str]] = {DRAFT: frozenset({STEWARD}), RETIRED: frozenset()}
"""States that are read by the owner and by roles that are named → those, where nothing is said."""


@dataclass(frozen=True, slots=True)
class Life:
    """Where one dataset stands.

    Attributes:
        state: One of `STATES`.
        successor: The dataset to be read in its place, `domain.name`.
        until: Last day (UTC) on which a deprecated one is read; from the next it is retired.
        reason: Why, in the words of whoever said so.
    """

    state: str = ACTIVE
    successor: str | None = None
    until: date | None = None
    reason: str = ""

    def on(self, day: date) -> Life:
        """As it is on a day (UTC)."""
        over = self.state == DEPRECATED and self.until is not None and day > self.until
        return replace(self, state=RETIRED) if over else self

    def as_json(self) -> dict[str, Any]:
        """The body of the fact."""
        return {
            "state": self.state,
            "successor": self.successor,
            "until": None if self.until is None else self.until.isoformat(),
            "reason": self.reason,
        }

    @classmethod
    def of_json(cls, body: Mapping[str, Any] | None) -> Life:
        """What `as_json` wrote; of no fact, an active one."""
        if body is None:
            return cls()
        until = body["until"]
        return cls(
            body["state"],
            body["successor"],
            None if until is None else date.fromisoformat(until),
            body["reason"],
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """What an answer says of a dataset that is deprecated.

    Attributes:
        dataset: `domain.name`.
        successor: To be read in its place, where who asks may know of it.
        until: Last day (UTC) on which it is read (RFC 3339); None: none was said.
    """

    dataset: str
    successor: str | None = None
    until: str | None = None

    def as_json(self) -> dict[str, str]:
        """As events and answers carry it."""
        told = {"dataset": self.dataset, "state": DEPRECATED}
        told |= {} if self.successor is None else {"successor": self.successor}
        return told | ({} if self.until is None else {"until": self.until})

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Notice:
        """What `as_json` wrote."""
        return cls(told["dataset"], told.get("successor"), told.get("until"))

    @property
    def words(self) -> Message:
        """In a sentence."""
        told = {"dataset": self.dataset, "successor": self.successor, "day": self.until}
        if self.successor and self.until:
            return msg("Attention: `{dataset}` is deprecated. It is read until {day} (UTC); "
                       "`{successor}` takes its place.", **told)  # fmt: skip
        if self.successor:
            return msg("Attention: `{dataset}` is deprecated. `{successor}` takes its place.",
                       **told)  # fmt: skip
        if self.until:
            return msg("Attention: `{dataset}` is deprecated. It is read until {day} (UTC).",
                       **told)  # fmt: skip
        return msg("Attention: `{dataset}` is deprecated.", **told)
