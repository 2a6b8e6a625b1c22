"""Where the data of a text file begins and what its columns are called.

Pure. Offices put titles, dates and blank lines above the header; machines leave the header
out. The first row is held against the rows below it; where the names that a contract
expects are found, they decide. Names are kept as written, stripped, and made unique.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from doumen.model.message import Message, msg
from doumen.rooms.collect.dialect import Record, kind, width

PREAMBLE = 60
"""Records at the top among which the header is looked for."""

_PLACED = re.compile(r"column_\d+")

LONGEST = 255
"""Characters that are kept of a column's name."""


@dataclass(frozen=True, slots=True)
class Header:
    """How a file begins.

    Attributes:
        skip: Physical lines before the header, or before the data where there is none.
        present: Whether there is a header.
        names: Names of the columns, unique without regard to case.
        why: What was decided on which ground, as a sentence's end.
    """

    skip: int
    present: bool
    names: tuple[str, ...]
    why: Message


def header(
    found: Sequence[Record], told: bool | None = None, expected: Sequence[str] = ()
) -> Header:
    """How the records of a sample begin.

    Args:
        found: The first records.
        told: Whether there is a header, where the user says so.
        expected: Names that a contract has for the columns in the file.
    """
    wide = width(list(found))
    ground = msg("as told")
    if told is None and expected and all(map(_PLACED.fullmatch, expected)):
        told, ground = False, msg("the contract counts its columns")
    if told is not False:
        matched = _expected(found, expected)
        if matched is not None:
            return _named(matched, msg("its names are those of the contract"))
    first = _first(found, wide)
    if first is None:
        return Header(0, True, (), msg("the file has no records"))
    top, below = found[first], found[first + 1 :]
    if told is not None:
        return _named(top, ground) if told else _unnamed(top, wide, ground)
    present, why = _judge(top, [record.cells for record in below if len(record.cells) == wide])
    return _named(top, why) if present else _unnamed(top, wide, why)


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Names made fit for columns: stripped, never empty, unique without regard to case.

    Examples:
        >>> unique(["a ", "", "A"])
        ('a', 'column_2', 'A_2')
    """
    cleaned = [_clean(name) for name in names]
    taken = {name.casefold() for name in cleaned if name}
    used: set[str] = set()
    given: list[str] = []
    for place, name in enumerate(cleaned, 1):
        base = name or f"column_{place}"
        chosen, count = base, 1
        while chosen.casefold() in used or (chosen.casefold() in taken and (count > 1 or not name)):
            count += 1
            chosen = f"{base}_{count}"
        used.add(chosen.casefold())
        given.append(chosen)
    return tuple(given)


def _clean(name: str) -> str:
    """Without control and invisible characters; inner white space becomes one blank."""
    visible = "".join(c if c.isprintable() else " " for c in name.replace("\ufeff", ""))
    return " ".join(visible.split())[:LONGEST].strip()


def _named(record: Record, why: Message) -> Header:
    return Header(record.line, True, unique(record.cells), why)


def _unnamed(record: Record, wide: int, why: Message) -> Header:
    names = tuple(f"column_{place}" for place in range(1, max(wide, 1) + 1))
    return Header(record.line, False, names, why)


def _expected(found: Sequence[Record], expected: Sequence[str]) -> Record | None:
    wanted = {_clean(name).casefold() for name in expected} - {""}
    best, best_hits = None, max(0, (len(wanted) - 1) // 2)
    for record in found[:PREAMBLE]:
        hits = len(wanted & {_clean(cell).casefold() for cell in record.cells})
        if hits > best_hits:
            best, best_hits = record, hits
    return best


def _first(found: Sequence[Record], wide: int) -> int | None:
    """The first record that is as wide as most and more than a title in a grid."""
    for place, record in enumerate(found[:PREAMBLE]):
        filled = sum(1 for cell in record.cells if cell.strip())
        comment = record.cells[:1] and record.cells[0].startswith("#") and wide > 1
        if len(record.cells) != wide or not filled:
            continue
        if (comment and _more(found, place)) or (wide > 2 and filled == 1):
            continue
        return place
    return next((i for i, record in enumerate(found) if any(record.cells)), None)


def _more(found: Sequence[Record], place: int) -> bool:
    """Whether a comment is followed by another, so that it is no header that begins with `#`."""
    after = found[place + 1 : place + 2]
    return bool(after and after[0].cells[:1] and after[0].cells[0].startswith("#"))


def _judge(top: Record, rows: Sequence[tuple[str, ...]]) -> tuple[bool, Message]:
    kinds = [kind(cell) for cell in top.cells]
    names = [cell.strip().casefold() for cell in top.cells]
    if _years(top.cells, kinds):
        return True, msg("its first row holds names and a run of years")
    if not rows:
        return _sole(kinds)
    votes = sum(
        _vote(top.cells[column], one, [row[column] for row in rows[:200]])
        for column, one in enumerate(kinds)
    )
    if votes > 0:
        return True, msg("its first row is unlike the rows below")
    if votes < 0:
        return False, msg("its first row is like the rows below")
    if len(set(names)) == len(names) and all(one == "text" for one in kinds):
        return True, msg("assumed: all is text, and its first row could be names")
    return False, msg("its first row holds values or gaps")


def _sole(kinds: Sequence[str]) -> tuple[bool, Message]:
    if all(one == "text" for one in kinds):
        return True, msg("its only row is text")
    return False, msg("its only row holds values")


def _vote(cell: str, one: str, below: list[str]) -> int:
    """+1: the cell is unlike its column; -1: it is one of its column; 0: neither."""
    filled = [value for value in below if value.strip()]
    if not filled or one == "empty":
        return 0
    kinds = Counter(map(kind, filled))
    most, count = kinds.most_common(1)[0]
    if most != "text" and count * 10 >= len(filled) * 8:
        return 1 if one == "text" else -1
    if one != "text":
        return -1
    if cell.strip() in {value.strip() for value in filled}:
        return -1
    lengths = {len(value.strip()) for value in filled}
    return 1 if len(filled) >= 5 and len(lengths) == 1 and len(cell.strip()) not in lengths else 0


def _years(cells: Sequence[str], kinds: Sequence[str]) -> bool:
    """Names, then years that follow one another: a statistical table."""
    numbers = [c.strip() for c, one in zip(cells, kinds, strict=True) if one == "number"]
    years = [int(c) for c in numbers if len(c) == 4 and c.isdecimal() and "1900" <= c <= "2100"]
    steps = {after - before for before, after in pairwise(years)}
    return len(years) == len(numbers) >= 2 and steps in ({1}, {-1}) and "text" in kinds
