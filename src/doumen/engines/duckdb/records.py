r"""Records of delimited text: where one ends, which fields it has, and what is wrong with it.

Pure. A quote opens a field only at its beginning (spaces before it aside), as in RFC 4180
and Python's csv module; elsewhere it is a character like others. A line ends with `\n`,
`\r\n` or `\r`. An empty line is no record. A quoted field that never closes costs its own
line only: reading goes on with the next line.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from doumen.model.load import Reading

LONGEST = 1_900_000
"""Most characters of a record; the engine's own scanner takes lines of 2,000,000 bytes."""

SHOWN = 1 << 16
"""Most characters of a record that quarantine keeps."""

MARK = "\udcff"
"""Stands for bytes that do not decode; half of a surrogate pair, so no decoded text has it."""

_ENDS = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True)
class Good:
    """A record of the right width, written so that every reader understands it."""

    text: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that cannot be read: `ragged`, `quotes`, `too-long` or `encoding`, and as it was."""

    reason: str
    raw: str


Field = tuple[str, bool]
"""A value, and whether it was quoted."""


class Dialect:
    """How fields are written, compiled for one `Reading`."""

    def __init__(self, reading: Reading) -> None:
        self.delimiter = reading.delimiter
        self.quote = reading.quote
        self.doubled = reading.escape in {"", reading.quote}
        mark, quote = re.escape(reading.delimiter), re.escape(reading.quote)
        self._plain = re.compile(f"[^{mark}]*", re.DOTALL)
        self._escape = re.compile(f"{re.escape(reading.escape)}(.)", re.DOTALL)
        if self.doubled:
            inner = f"(?:[^{quote}]++|{quote}{quote})*+" if quote else ""
        else:
            inner = f"(?:[^{quote}{re.escape(reading.escape)}]++|{re.escape(reading.escape)}.)*+"
        self._quoted = re.compile(f" *{quote}({inner}){quote} *", re.DOTALL) if quote else None

    def fields(self, text: str) -> list[Field] | str:
        """The fields of a record, or `open` (a quote is not closed), or `quotes` (misplaced)."""
        found: list[Field] = []
        place = 0
        while True:
            field = self._field(text, place)
            if isinstance(field, str):
                return field
            value, quoted, place = field
            found.append((value, quoted))
            if place == len(text):
                return found
            place += 1

    def write(self, fields: Iterable[Field]) -> str:
        """A record in canonical form: quotes doubled, and only where they are needed."""
        return self.delimiter.join(self._written(value, quoted) for value, quoted in fields)

    def _field(self, text: str, place: int) -> tuple[str, bool, int] | str:
        if self._quoted is not None and self._opens(text, place):
            match = self._quoted.match(text, place)
            if match is None:
                return "open"
            if match.end() < len(text) and text[match.end()] != self.delimiter:
                return "quotes"
            return self._unescaped(match[1]), True, match.end()
        plain = self._plain.match(text, place)
        assert plain is not None
        return plain[0], False, plain.end()

    def _opens(self, text: str, place: int) -> bool:
        while text.startswith(" ", place):
            place += 1
        return text.startswith(self.quote, place)

    def _unescaped(self, inner: str) -> str:
        if self.doubled:
            return inner.replace(self.quote * 2, self.quote)
        return self._escape.sub(r"\1", inner)

    def _written(self, value: str, quoted: bool) -> str:
        if self.quote and (quoted or self.quote in value):
            return self.quote + value.replace(self.quote, self.quote * 2) + self.quote
        return value


def lines(chunks: Iterable[str]) -> Iterator[list[tuple[str, str]]]:
    """Physical lines (text, ending) of decoded chunks; at the end, one without an ending."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        held = len(text) - 1 if text.endswith("\r") else len(text)
        found, start = [], 0
        for end in _ENDS.finditer(text, 0, held):
            found.append((text[start : end.start()], end[0]))
            start = end.end()
        rest = text[start:]
        yield found
    if rest:
        body = rest.removesuffix("\r")
        yield [(body, rest[len(body) :])]


class Records:
    """Turns physical lines into records, one at a time, holding at most one record.

    Args:
        reading: The dialect.
        width: Fields of a record.
    """

    def __init__(self, reading: Reading, width: int) -> None:
        self._dialect = Dialect(reading)
        self._width = width
        self._todo: deque[tuple[str, str]] = deque()

    @property
    def rested(self) -> bool:
        """Whether no line waits for its record's end."""
        return not self._todo

    def feed(self, found: Iterable[tuple[str, str]], *, last: bool = False) -> Iterator[Good | Bad]:
        """The records that these lines complete; with `last`, whatever is left too."""
        self._todo.extend(found)
        while self._todo:
            if not self._todo[0][0]:
                self._todo.popleft()
                continue
            taken = self._take(last=last)
            if taken is None:
                return
            yield taken

    def _take(self, *, last: bool) -> Good | Bad | None:
        """The record at the front; None where its end is not known yet."""
        text = first = self._todo[0][0]
        size = 1
        quote = self._dialect.quote
        if len(text) > LONGEST:
            return self._bad("too-long", first)
        found: list[Field] | str
        if not quote or quote not in text:
            found = [(value, False) for value in text.split(self._dialect.delimiter)]
        else:
            found = self._dialect.fields(text)
        pieces, length = [first + self._todo[0][1]], len(first)
        while found == "open":
            if size == len(self._todo):
                return self._bad("quotes", first) if last else None
            body, end = self._todo[size]
            size, length = size + 1, length + len(body) + 1
            if length > LONGEST:
                return self._bad("quotes", first)
            pieces.append(body)
            if quote in body and not (self._dialect.doubled and body.count(quote) % 2 == 0):
                text = "".join(pieces)
                found = self._dialect.fields(text)
            pieces[-1] += end
        return self._judge(found, first, text, size)

    def _judge(self, found: list[Field] | str, first: str, text: str, size: int) -> Good | Bad:
        if isinstance(found, str):
            return self._bad(found, first)
        if len(found) == self._width + 1 and found[-1] == ("", False):
            found = found[:-1]
        for _ in range(size):
            self._todo.popleft()
        if MARK in text:
            return Bad("encoding", shown(text))
        if len(found) != self._width:
            return Bad("ragged", shown(text))
        written = self._dialect.write(found)
        if len(written) > LONGEST:
            return Bad("too-long", shown(text))
        return Good(written)

    def _bad(self, reason: str, first: str) -> Bad:
        self._todo.popleft()
        return Bad("encoding" if MARK in first else reason, shown(first))


def shown(text: str) -> str:
    """A line as quarantine keeps it: undecodable bytes as U+FFFD, at most 64 Ki characters."""
    return text[:SHOWN].replace(MARK, "\ufffd")
