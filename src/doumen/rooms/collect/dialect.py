"""Which delimiter, quote and escape a text is written with: the one that reads it most evenly.

Pure. Each candidate reads the same bounded sample with Python's csv module and is scored by
how many of the characters fall into records of the same length and how many of the cells
look like one value (after G. J. J. van den Burg, A. Nazábal, C. Sutton, "Wrangling messy CSV
files by detecting row and type patterns", 2019: pattern times type; the code is our own).
Bounded: some forty candidates over 64 Ki characters.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

SAMPLE = 1 << 16
"""Characters that candidates are scored on."""

RECORDS = 500
"""Records that a header and its lines are looked for in."""

USUAL = (",", "\t", ";", "|")
"""Delimiters by how common they are: the order breaks ties."""

RARE = ("\x01", "\x1f", "^", "~", ":")
"""Delimiters that need better evidence."""

_NUMBER = re.compile(r"[+-]?((\d{1,3}([ ,.'’]\d{3})+|\d+)([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s?%?")
_MOMENT = re.compile(
    r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?"
    r"(Z|[+-]\d{2}:?\d{2})?)?|\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?"
)
_CLOCK = re.compile(r"\d:\d\d")
_TRUTH = re.compile(r"true|false|yes|no|是|否", re.IGNORECASE)
_MARKS = re.compile(r"[,;\t|\x01\x1f^~]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How records are written: see `Reading`."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a sample.

    Attributes:
        line: Physical lines before it.
        cells: Its fields as text.
    """

    line: int
    cells: tuple[str, ...]


def dialect(text: str, delimiter: str | None = None) -> Dialect:
    r"""The dialect that a sample is written in.

    Args:
        text: The beginning of the file, decoded.
        delimiter: What the user says; then only quotes are chosen.

    Examples:
        >>> dialect("a;b\n1,5;2\n").delimiter
        ';'
    """
    text = text[:SAMPLE]
    best, best_score = Dialect(delimiter or USUAL[0]), -1.0
    for one, weight in _delimiters(text, delimiter):
        for candidate in _quotings(text, one):
            score = weight * _score(text, candidate) * (1.0 if candidate.quote else 0.97)
            if score > best_score + 1e-9:
                best, best_score = candidate, score
    return best


def records(text: str, how: Dialect, *, cut: bool) -> list[Record]:
    """The first records of a text, at most `RECORDS`; the last is left out where it is cut."""
    found = list(_read(text[:SAMPLE], how))
    return found[:-1] if (cut or len(text) > SAMPLE) and len(found) > 1 else found


def kind(cell: str) -> str:
    """What one cell looks like: `empty`, `number`, `moment`, `truth` or `text`."""
    value = cell.strip()
    if not value:
        return "empty"
    if len(value) > 40:
        return "text"
    if _NUMBER.fullmatch(value):
        return "number"
    if _MOMENT.fullmatch(value):
        return "moment"
    return "truth" if _TRUTH.fullmatch(value) else "text"


def width(found: list[Record]) -> int:
    """The number of fields that most records have; of equals, the larger."""
    counts = Counter(len(record.cells) for record in found if any(record.cells))
    return max(counts, key=lambda n: (counts[n], n), default=0)


def _read(text: str, how: Dialect) -> Iterator[Record]:
    doubled = how.escape == how.quote
    reader = csv.reader(
        io.StringIO(text.replace("\0", ""), newline=""),
        delimiter=how.delimiter,
        quotechar=how.quote or None,
        doublequote=doubled,
        escapechar=None if doubled or not how.escape else how.escape,
        quoting=csv.QUOTE_MINIMAL if how.quote else csv.QUOTE_NONE,
    )
    before = 0
    try:
        for count, cells in enumerate(reader):
            if count >= RECORDS:
                return
            yield Record(before, tuple(cells))
            before = reader.line_num
    except csv.Error:  # a field beyond the module's limit: what was read so far is judged
        return


def _delimiters(text: str, told: str | None) -> list[tuple[str, float]]:
    if told is not None:
        return [(told, 1.0)]
    usual = [(one, 1.0) for one in USUAL if one in text]
    rare = [(one, 0.7) for one in RARE if one in text and not (one == ":" and _CLOCK.search(text))]
    return [*usual, *rare] or [(USUAL[0], 1.0)]


def _quotings(text: str, delimiter: str) -> list[Dialect]:
    candidates = [Dialect(delimiter)]
    if '\\"' in text:
        candidates.append(Dialect(delimiter, '"', "\\"))
    if '"' in text:
        candidates.append(Dialect(delimiter, "", ""))
    edge = re.escape(delimiter)
    if len(re.findall(rf"(?:^|{edge})'|'(?:{edge}|$)", text, re.MULTILINE)) >= 4:
        candidates.append(Dialect(delimiter, "'", "'"))
        if "\\'" in text:
            candidates.append(Dialect(delimiter, "'", "\\"))
    return candidates


def _score(text: str, how: Dialect) -> float:
    found = [record.cells for record in _read(text, how) if record.cells]
    if len(found) > 1:
        found = found[:-1]  # the last may be cut
    if not found:
        return 0.0
    weights: Counter[int] = Counter()
    for cells in found:
        weights[len(cells)] += sum(map(len, cells)) + len(cells)
    fields, even = max(weights.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    evenness = even / sum(weights.values())
    gain = 0.2 if fields == 1 else 1 - 1 / fields
    return evenness * evenness * gain * _clarity(found, fields, how)


def _clarity(found: list[tuple[str, ...]], fields: int, how: Dialect) -> float:
    """Share of the cells that look like one value; quotes left over and marks inside count less."""
    total = clear = 0.0
    for cells in found[:200]:
        if len(cells) != fields:
            continue
        for cell in cells[:200]:
            total += 1
            clear += _clear(cell, quoted=bool(how.quote))
    return clear / total if total else 0.0


def _clear(cell: str, *, quoted: bool) -> float:
    """How much a cell looks like one value: 1 a number or the like, 0.9 text, less with rests."""
    if kind(cell) != "text":
        return 1.0
    value = cell.strip()
    ends = (value[0] in "\"'") + (value[-1] in "\"'")
    if "\n" in value or ends == 2 or (ends and quoted):
        return 0.2
    if '"' in value:
        return 0.6
    return 0.7 if _MARKS.search(value) else 0.9
