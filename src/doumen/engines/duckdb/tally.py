"""A second count of the records of a UTF-8 file: by its bytes, without parsing a field.

It stands beside what the engine's scanner reads, so that rows in are not counted by the hand
that lands them. It counts line ends outside quotes, which is exact where quotes only enclose
fields; where they do not, the counts differ and the file is read with more care. Empty lines
are no records; they are rare and dear to find, so they are counted apart, when it matters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from doumen.model.load import Reading

_CHUNK = 1 << 20
_LONGEST = 1 << 23
_EMPTY = re.compile(rb"(?<=\n)\r?\n")
_LEADING = re.compile(rb"\r?\n")


class Unclear(Exception):
    """Line ends or quotes of the file need more care than counting bytes."""


def tally(path: Path, reading: Reading, moved: Callable[[int], None]) -> int:
    """Data records of a file, and its empty lines, which `empty_lines` counts.

    Args:
        path: A file in UTF-8.
        reading: Its dialect.
        moved: Told of bytes read.

    Raises:
        Unclear: the file has line ends or quotes that this cannot count.
    """
    ends, tail = 0, b""
    for part, _ in _outside(path, reading, moved):
        ends += part.count(b"\n")
        tail = part[-1:]
    records = ends + (tail not in {b"", b"\n"})
    return max(0, records - 1) if reading.header else records


def empty_lines(path: Path, reading: Reading) -> int:
    """Empty lines outside quotes.

    Raises:
        Unclear: as `tally` does; where a record has one column, an empty line could be one.
    """
    count = 0
    for part, opening in _outside(path, reading, lambda _: None):
        count += len(_EMPTY.findall(part))
        count += opening and _LEADING.match(part) is not None
    if count and len(reading.columns) == 1:
        raise Unclear
    return count


def _outside(
    path: Path, reading: Reading, moved: Callable[[int], None]
) -> Iterator[tuple[bytes, bool]]:
    """The text outside quotes, in parts, and whether a part begins a line."""
    quote = reading.quote.encode()
    around = (reading.delimiter.encode(), b"\n", b"\r")
    inside = False
    with path.open("rb") as file:
        for _ in range(reading.skip):
            file.readline()
        while chunk := file.read(_CHUNK):
            chunk += file.readline(_LONGEST)
            moved(len(chunk))
            if b"\r" in chunk and chunk.count(b"\r") != chunk.count(b"\r\n"):
                raise Unclear
            if not quote or quote not in chunk:
                if not inside:
                    yield chunk, True
                continue
            if reading.escape not in {"", reading.quote}:
                raise Unclear
            parts = chunk.split(quote)
            yield from _parts(parts, around, inside=inside)
            inside ^= len(parts) % 2 == 0
            if chunk.endswith(quote):
                yield b".", False
    if inside:
        raise Unclear


def _parts(
    parts: list[bytes], around: tuple[bytes, ...], *, inside: bool
) -> Iterator[tuple[bytes, bool]]:
    """Those parts of a chunk, split at its quotes, that lie outside quotes."""
    for place in range(int(inside), len(parts), 2):
        part = parts[place]
        if not _between(part, around, first=place == 0, last=place == len(parts) - 1):
            raise Unclear
        yield part, place == 0


def _between(part: bytes, around: tuple[bytes, ...], *, first: bool, last: bool) -> bool:
    """Whether the quotes around a part enclose fields: only delimiters and line ends touch them."""
    if not part:
        return True
    return (first or part.startswith(around)) and (last or part.endswith(around))
