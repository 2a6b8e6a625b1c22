"""One thing that the doctor looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from doumen.model.errors import DoumenError, Tampered
from doumen.model.message import Message, msg, paragraph

State = Literal["ok", "warn", "fault"]

HOUR = 3600.0
"""Seconds: what is younger may belong to a job that still runs, and is left alone."""


NAMES: Mapping[str, Message] = {
    "attached": msg("attached"),
    "certificates": msg("certificates"),
    "clock": msg("clock"),
    "disk": msg("disk"),
    "extras": msg("extras"),
    "keys": msg("keys"),
    "lake": msg("lake"),
    "ledger": msg("ledger"),
    "leftovers": msg("leftovers"),
    "log": msg("log"),
    "memory": msg("memory"),
    "orphans": msg("orphans"),
    "packages": msg("packages"),
    "receipts": msg("receipts"),
    "settings": msg("settings"),
    "store": msg("store"),
}
"""What is looked at, for people."""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found.

    Attributes:
        name: What was looked at; a stable word.
        state: `warn` will be trouble, `fault` is.
        said: One sentence.
        next: What to do about it.
        tampered: Whether evidence is touched.
        mended: Whether it was put right just now.
    """

    name: str
    state: State
    said: Message
    next: Message | None = None
    tampered: bool = False
    mended: bool = False


def failed(name: str, error: DoumenError) -> Check:
    """What keeps something from being looked at."""
    said = paragraph([error.what, error.why] if error.why else [error.what])
    return Check(name, "fault", said, error.next, tampered=isinstance(error, Tampered))
