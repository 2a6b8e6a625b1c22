"""Texts measured and broken by the cells that they take on a terminal, where some take two.

A Chinese text is broken between any two characters, but not before what closes and not after
what opens; words of other scripts stay whole where they fit.
"""

from __future__ import annotations

import re
from unicodedata import combining, east_asian_width

_OPENING = "（《“‘【〈「"
_CLOSING = "，。；：、？！）》”’】〉」…,.;:?!)"
_UNIT = re.compile(
    rf"\s+|[{_OPENING}]*(?:[\u1100-\uffef](?<![{_OPENING}])|[^\s\u1100-\uffef]+)[{_CLOSING}]*|."
)
"""Blanks, or what is not broken: one wide character or a word, with the marks that cling to it."""


def width(text: str) -> int:
    """Cells that one line of text takes."""
    return sum(_cells(character) for character in text)


def cut(text: str, room: int) -> str:
    """The beginning of a text that fits into so many cells; no character is cut in two."""
    for place, character in enumerate(text):
        room -= _cells(character)
        if room < 0:
            return text[:place]
    return text


def wrapped(text: str, room: int, *, kept: bool = False) -> list[str]:
    """A paragraph as lines of at most so many cells; what is longer by itself stands alone.

    Args:
        text: The paragraph.
        room: The cells.
        kept: Whether blanks within a line are kept as they are, not made one.
    """
    lines, line = [], ""
    for unit in _UNIT.findall(text):
        if unit.isspace():
            line += (unit if kept else " ") if line else ""
        elif line and width(line + unit) > room:
            lines.append(line.rstrip())
            line = unit
        else:
            line += unit
    return [*lines, line.rstrip()] if line.strip() else lines


def folded(text: str, room: int) -> str:
    """A text with its wide lines broken, where they take more than so many cells."""
    return "\n".join(
        "\n".join(wrapped(line, room, kept=True))
        if width(line) > room and width(line) > len(line)
        else line
        for line in text.split("\n")
    )


def longest(text: str) -> int:
    """Cells of the longest part that is not broken."""
    return max((width(unit) for unit in _UNIT.findall(text)), default=0)


def _cells(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
