"""One part of an expression that is being compiled: its SQL and its type."""

from __future__ import annotations

from dataclasses import dataclass

from doumen.model.message import Message, msg


@dataclass(frozen=True, slots=True)
class Term:
    """An expression with its type; a text whose type its place decides has `text` in place of SQL.

    Attributes:
        text: A literal or the value of an attribute, not yet bound.
        known: Whether the value of `text` is known; that of an attribute may not be.
    """

    type: str
    sql: str = ""
    text: str | None = None
    known: bool = True

    @property
    def open(self) -> bool:
        """Whether its type is still to be decided."""
        return not self.sql


def unlike(left: str, right: str) -> Message:
    """What is wrong with values of two types that are compared."""
    return msg("compares {left} with {right}, which may fail on a row", left=left, right=right)
