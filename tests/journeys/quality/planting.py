"""What a planted fault is, and the ways of planting: pure functions from rows to rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.journeys.quality.drawing import Row, Rows

PROPOSED, DECLARED = "proposed", "declared"
Plant = Callable[[Rows], Rows]
Fits = Callable[[Row], bool]
Finding = tuple[str, tuple[str, ...]]
"""Kind of a rule and the columns that it reads."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, planted in a table of which a clean twin is kept.

    Attributes:
        says: What happened to the data.
        by: Whether the rule is proposed of the clean twin, or declared by the steward.
        kind: Of the rule that must find it.
        columns: Those of that rule.
        count: What that rule counts: rows, or of those of other kinds the number itself. None
            where the number is no count of what was planted.
        plant: Makes the dirty twin.
    """

    table: str
    says: str
    by: str
    kind: str
    columns: tuple[str, ...]
    count: int | None
    plant: Plant

    @property
    def finding(self) -> Finding:
        """The rule that must be broken."""
        return self.kind, self.columns


def anyone(row: Row) -> bool:
    """Every row."""
    return True


def changing(many: int, change: Callable[[Row], Mapping[str, Any]], fits: Fits = anyone) -> Plant:
    """Changes so many of the rows that fit, all over the table."""

    def plant(rows: Rows) -> Rows:
        chosen = _spread(rows, many, fits)
        return [{**row, **change(row)} if n in chosen else row for n, row in enumerate(rows)]

    return plant


def repeating(many: int, change: Callable[[Row], Mapping[str, Any]] = lambda row: {}) -> Plant:
    """Adds so many rows again, as they are or with changes."""

    def plant(rows: Rows) -> Rows:
        chosen = _spread(rows, many, anyone)
        return [*rows, *({**rows[n], **change(rows[n])} for n in sorted(chosen))]

    return plant


def keeping(fits: Fits) -> Plant:
    """Drops all rows but those that fit."""
    return lambda rows: [row for row in rows if fits(row)]


def _spread(rows: Rows, many: int, fits: Fits) -> set[int]:
    fitting = [n for n, row in enumerate(rows) if fits(row)]
    if len(fitting) < many:
        raise ValueError(f"only {len(fitting)} rows fit, and {many} are wanted")
    return {fitting[n * len(fitting) // many] for n in range(many)}


def wide(text: str) -> str:
    """Letters and digits in their full-width forms."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


def mangled(text: str) -> str:
    """A text of UTF-8 that was read as Windows-1252, as far as that goes."""
    return text.encode().decode("cp1252", "replace")


def next_digit(text: str, place: int = -1) -> str:
    """The text with the digit at a place raised by one."""
    at = place % len(text)
    return text[:at] + str((int(text[at]) + 1) % 10 if text[at].isdigit() else 0) + text[at + 1 :]
