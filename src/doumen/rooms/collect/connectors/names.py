"""Patterns of names of files, which mean the same in every kind of place. Pure.

`*` stands for anything within a name, `?` for one character, `[…]` for one of some, `**` as a
whole part for any number of folders. What begins with a dot or `~` is hidden: a pattern finds it
only where it writes that beginning out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg

_SHOWN = "(?![.~])"
_MAGIC = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, understood.

    Attributes:
        text: As it is written.
        parts: What each part matches, folder by folder; None: any number of folders.
        folder: The folder that all files lie in, which no wildcard is needed to name; empty: the
            root.
        wild: Whether it may name more than one file.
    """

    text: str
    parts: tuple[re.Pattern[str] | None, ...]
    folder: str
    wild: bool

    def matches(self, name: str) -> bool:
        """Whether a file has such a name."""
        return len(self.parts) in self._reached(name.split("/"))

    def enters(self, folder: str) -> bool:
        """Whether such a file may lie in a folder, or below it; empty: the root."""
        names = folder.split("/") if folder else []
        return any(at < len(self.parts) for at in self._reached(names))

    def _reached(self, names: Sequence[str]) -> frozenset[int]:
        """How many parts may be behind us after these names."""
        at = self._beyond({0})
        for name in names:
            moved = set()
            for place in at - {len(self.parts)}:
                part = self.parts[place]
                if part is None and not hidden(name):
                    moved.add(place)
                elif part is not None and part.fullmatch(name):
                    moved.add(place + 1)
            at = self._beyond(moved)
        return at

    def _beyond(self, at: Iterable[int]) -> frozenset[int]:
        found = set(at)
        for place, part in enumerate(self.parts):
            if place in found and part is None:
                found.add(place + 1)
        return frozenset(found)


def pattern(text: str) -> Pattern:
    """A pattern as a user writes it: relative to the root of the place, with `/`.

    Raises:
        Invalid: it leads out of the root, or is none.
    """
    written = text.split("/")
    if text.startswith("/") or ".." in written or "\\" in text:
        why = msg("It is relative to the root of the place, with `/` and without `..`.")
        raise _none(text, why)
    written = [part for part in written if part != "."]
    if not all(written) or not written:
        raise _none(text, msg("A part of it is empty."))
    if any("**" in part and part != "**" for part in written):
        raise _none(text, msg("`**` is a part of its own: `2024/**/*.csv`."))
    if written[-1] == "**":
        written.append("*")
    plain = next((n for n, part in enumerate(written) if _MAGIC.search(part)), len(written) - 1)
    try:
        parts = tuple(None if part == "**" else _part(part) for part in written)
    except re.error:
        raise _none(text, msg("What `[` opens is no set of characters.")) from None
    return Pattern(text, parts, "/".join(written[:plain]), bool(_MAGIC.search(text)))


def hidden(name: str) -> bool:
    """Whether a name says that the file is not for readers."""
    return name.startswith((".", "~"))


def _part(text: str) -> re.Pattern[str]:
    """What a part matches; in time that grows with a name, whatever its stars."""
    runs, place = [""], 0
    while place < len(text):
        char = text[place]
        end = text.find("]", place + 2)
        if char == "[" and end > 0:
            runs[-1] += _set(text[place + 1 : end])
            place = end
        elif char == "*":
            runs.append("")
        else:
            runs[-1] += "." if char == "?" else re.escape(char)
        place += 1
    first, *others = runs
    made = _SHOWN if _MAGIC.match(text) else ""
    made += first + "".join(f"(?>.*?{run})" for run in others[:-1] if run)
    return re.compile(made + (f".*{others[-1]}" if others else ""), re.DOTALL)


def _set(inner: str) -> str:
    """A set of characters, and of ranges `a-z`; `!` at its beginning turns it round."""
    chars = inner.removeprefix("!")
    ranges = re.findall(r".-.|.", chars, re.DOTALL)
    made = "".join("-".join(map(re.escape, (one[0], one[2]))) if len(one) == 3 else re.escape(one)
                   for one in ranges)  # fmt: skip
    return f"[{'^' if chars != inner else ''}{made}]"


def _none(text: str, why: Message) -> Invalid:
    return Invalid(
        msg("`{pattern}` is no pattern of files.", pattern=text),
        why=why,
        next=msg("Write it like `orders/2024-*.csv`."),
        detail="pattern",
    )
