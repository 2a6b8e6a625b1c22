"""Small changes to the text of a statement, with the way back to places in the user's own text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Splice:
    """Characters `start` to before `end` of the user's text are replaced by `text`."""

    start: int
    end: int
    text: str


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """The text after all changes, which do not overlap; those at one place stay in their order.

    Example:
        >>> spliced("SELECT a FROM t", [Splice(14, 15, "s AS t")])
        'SELECT a FROM s AS t'
    """
    parts, last = [], 0
    for splice in sorted(splices, key=_begin):
        parts += [text[last : splice.start], splice.text]
        last = splice.end
    return "".join([*parts, text[last:]])


def original_place(place: int, splices: Sequence[Splice]) -> int:
    """Where a place of the changed text stands in the user's text.

    What was put in stands where it was put in.

    Args:
        place: Offset in characters in the changed text.
        splices: The changes.

    Example:
        >>> original_place(22, [Splice(14, 15, "s AS t")])
        17
    """
    moved = 0
    for splice in sorted(splices, key=_begin):
        start = splice.start + moved
        if place < start:
            break
        if place < start + len(splice.text):
            return splice.start
        moved += len(splice.text) - (splice.end - splice.start)
    return place - moved


def _begin(splice: Splice) -> int:
    return splice.start
