"""What happened, as a look back over the ledger tells it to one actor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """One event in its place.

    Attributes:
        position: In the ledger, from 0.
        id: Of the event, and of its receipt.
        time: RFC 3339, UTC.
        used: `domain.name@version` of what it read.
        generated: `domain.name@version` of what it made.
        data: What the event says beside; no values of rows.
    """

    position: int
    id: str
    time: str
    type: str
    actor: str
    purpose: str | None
    agreement: str | None
    subject: str | None
    used: tuple[str, ...]
    generated: tuple[str, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Happened:
    """Events, the newest first.

    Attributes:
        further: Place before which older ones may be; None: the ledger begins there.
        size: Entries of the ledger, for those who audit; None for others.
    """

    events: tuple[Happening, ...]
    further: int | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A run of checks or a score of a dataset, as the ledger remembers it.

    Attributes:
        id: Of the event, and of its receipt.
        time: RFC 3339, UTC.
        score: Of 100, as text with two places; None: a run of checks.
    """

    id: str
    time: str
    score: str | None
