"""What the class of a function says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from doumen.model.message import Message


class Kind(StrEnum):
    """What a function may do to a job.

    TOTAL never fails on a value of the types it takes; FAILING may (overflow, division by
    zero, a format that does not fit). A value that the engine first casts to such a type is
    another matter: the cast may fail. AGGREGATE gives the same for any order of the rows,
    floating values up to rounding; ORDERED does not, unless it carries an ORDER BY. WINDOW
    needs an OVER, TABLE makes rows of a value.
    """

    TOTAL = "total"
    FAILING = "failing"
    AGGREGATE = "aggregate"
    ORDERED = "ordered"
    WINDOW = "window"
    TABLE = "table"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Function:
    """How a function is classed.

    Attributes:
        area: What it works on ("text", "lists" …), to group it in a list; empty for those refused.
        fails: Whether it may fail on a value, whatever its kind.
        reason: Why it is refused, as a sentence; None for those admitted.
        next: Another way to write it, where one exists.
    """

    name: str
    kind: Kind
    area: str = ""
    fails: bool = True
    reason: Message | None = None
    next: Message | None = None
