"""Text that the engine's scanner cannot take as it is, made into text that it can.

For files in another encoding than UTF-8, or with lines that are ragged, have misplaced
quotes or do not decode: good records go to a clean UTF-8 file in the job's own folder, bad
ones to quarantine with their number and reason. Streams; holds one record.
"""

from __future__ import annotations

import codecs
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import methodcaller
from pathlib import Path

from doumen.engines.duckdb.records import LONGEST, MARK, Bad, Good, Records, lines
from doumen.model.errors import Invalid
from doumen.model.load import Reading
from doumen.model.message import msg

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Sifted:
    """What came of one file.

    Attributes:
        rows: Data records in it, good and bad.
        good: Records in the clean file.
        starts: Numbers (from 1) of clean records before which bad ones were taken out.
        shifts: How many, up to there, for each of `starts`.
    """

    rows: int
    good: int
    starts: array[int]
    shifts: array[int]


def sift(
    source: Path,
    clean: Path,
    reading: Reading,
    reject: Callable[[int, Bad], None],
    moved: Callable[[int], None],
) -> Sifted:
    """Write the good records of `source` to `clean`, and hand each bad one to `reject`.

    Args:
        source: The file as it came.
        clean: Where the good records go: UTF-8, no header, quotes doubled.
        reading: Encoding and dialect of `source`; its columns give the width.
        reject: Takes the number of a data record, from 1, and what is wrong with it.
        moved: Told of bytes read.

    Raises:
        Invalid: there is no such encoding.
    """
    width = len(reading.columns)
    chosen = Records(reading, width)
    batches = _skipping(lines(decoded(source, reading.encoding, moved)), reading.skip)
    starts, shifts = array("q"), array("q")
    header = reading.header
    rows = good = 0
    with clean.open("wb") as out:

        def keep(found: Iterator[Good | Bad]) -> None:
            nonlocal rows, good, header
            for record in found:
                if header:
                    header = False
                    continue
                rows += 1
                if isinstance(record, Bad):
                    reject(rows, record)
                    continue
                good += 1
                if rows - good != (shifts[-1] if shifts else 0):
                    starts.append(good)
                    shifts.append(rows - good)
                out.write(record.text.encode() + b"\n")

        for batch in batches:
            if not header and chosen.rested and _plain(batch, reading, width):
                if rows - good != (shifts[-1] if shifts else 0):
                    starts.append(good + 1)
                    shifts.append(rows - good)
                rows += len(batch)
                good += len(batch)
                out.write(("\n".join(body for body, _ in batch) + "\n").encode())
            else:
                keep(chosen.feed(batch))
        keep(chosen.feed((), last=True))
    return Sifted(rows, good, starts, shifts)


def _plain(batch: list[tuple[str, str]], reading: Reading, width: int) -> bool:
    """Whether every line is a record without quotes and of the right width."""
    if not batch:
        return False
    bodies = [body for body, _ in batch]
    text = "\n".join(bodies)
    return (
        not (reading.quote and reading.quote in text)
        and MARK not in text
        and all(bodies)
        and set(map(methodcaller("count", reading.delimiter), bodies)) == {width - 1}
        and max(map(len, bodies)) <= LONGEST
    )


def _skipping(
    batches: Iterator[list[tuple[str, str]]], skip: int
) -> Iterator[list[tuple[str, str]]]:
    for batch in batches:
        yield batch[skip:]
        skip = max(0, skip - len(batch))


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return MARK, error.end


codecs.register_error("doumen.mark", _mark)


def decoded(source: Path, encoding: str, moved: Callable[[int], None]) -> Iterator[str]:
    """The text of a file, a byte order mark dropped, undecodable bytes as `MARK`."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)("doumen.mark")
    except LookupError:
        raise Invalid(
            msg("There is no encoding `{encoding}`.", encoding=encoding),
            next=msg("Name one such as utf-8, gb18030, utf-16-le, latin-1."),
            detail="encoding",
        ) from None
    first = True
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            moved(len(chunk))
            text = decoder.decode(chunk)
            yield text.removeprefix("\ufeff") if first else text
            first = first and not text
    yield decoder.decode(b"", final=True)
