"""Files from outside as tables of text: which of them the scanner takes as they are.

A UTF-8 file is scanned where it lies; any other, or one with faults of form, is sifted into
the job's own folder first. Columns are `c0`, `c1` … in the order of the file.
"""

from __future__ import annotations

import codecs
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from doumen.engines.duckdb.records import Bad, Records, lines
from doumen.engines.duckdb.sieve import sift
from doumen.engines.duckdb.text import literal, literals
from doumen.model.errors import Faulty
from doumen.model.load import Reading, SourceFile
from doumen.model.message import Message, msg
from doumen.model.plan import Progress

_HEAD = 1 << 16
_TICK = 0.2

_BUFFER = 8_000_000
"""Bytes of one buffer of the scanner: a quarter of its default, as fast, and 40 MB are enough."""

STAGED = "staged"
"""Format of what `stage` wrote: a folder of Parquet files in the job's own folder."""

Reject = Callable[[SourceFile, int, Bad], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file as the scanner will read it.

    Attributes:
        file: The file from outside.
        path: What is scanned: the file itself, or its clean copy.
        reading: How that is read.
        good: Records that the scanner must find; None where they are not counted yet.
        rows: Data records of the file, bad ones included.
        starts: See `sieve.Sifted`; empty for a file scanned as it is.
        shifts: See `sieve.Sifted`.
    """

    file: SourceFile
    path: str
    reading: Reading
    good: int | None = None
    rows: int | None = None
    starts: array[int] = field(default_factory=lambda: array("q"))
    shifts: array[int] = field(default_factory=lambda: array("q"))

    @property
    def untouched(self) -> bool:
        """Whether the file itself is scanned."""
        return self.path == self.file.path


class Meter:
    """Tells progress by bytes read, a few times a second.

    Args:
        total: Bytes of all files.
        progress: Told the fraction.
        doing: A phrase.
    """

    def __init__(self, total: int, progress: Progress, doing: Message) -> None:
        self._total = max(1, total)
        self._progress = progress
        self._doing = doing
        self._done = 0
        self._told = time.monotonic()

    def __call__(self, moved: int) -> None:
        """Add bytes that were read."""
        self._done += moved
        now = time.monotonic()
        if now - self._told >= _TICK:
            self._told = now
            self._progress(min(1.0, self._done / self._total), self._doing)


def scannable(reading: Reading) -> bool:
    """Whether the scanner may be tried on files as they are."""
    return reading.format == "csv" and codecs.lookup(reading.encoding).name in {
        "utf-8",
        "utf-8-sig",
        "ascii",
    }


def sifted(
    files: Iterable[SourceFile],
    reading: Reading,
    scratch: Path,
    reject: Reject,
    moved: Callable[[int], None],
) -> list[Source]:
    """Clean copies of files; what is bad goes to `reject`."""
    made = []
    escape = reading.quote
    clean = replace(reading, encoding="utf-8", escape=escape, header=False, skip=0)
    for number, file in enumerate(files):
        path = scratch / f"{number}.csv"

        def bad(row: int, record: Bad, file: SourceFile = file) -> None:
            reject(file, row, record)

        found = sift(Path(file.path), path, reading, bad, moved)
        source = Source(file, str(path), clean, found.good, found.rows, found.starts, found.shifts)
        made.append(source)
    return made


def check_header(file: SourceFile, reading: Reading) -> None:
    """Check that a file has as many columns as the reading names.

    Raises:
        Faulty: its first record has another width.
    """
    if not reading.header:
        return
    with Path(file.path).open("rb") as opened:
        decoder = codecs.getincrementaldecoder(reading.encoding)("replace")
        text = decoder.decode(opened.read(_HEAD)).removeprefix("\ufeff")
    ahead = [line for part in lines([text]) for line in part][reading.skip :]
    first = next(iter(Records(reading, len(reading.columns)).feed(ahead, last=True)), None)
    if first is None or isinstance(first, Bad):
        raise Faulty(
            msg(
                "`{file}` does not have the {count} columns that were expected.",
                file=file.name,
                count=len(reading.columns),
            ),
            why=msg("Its header has another number of names."),
            next=msg("Collect files of different columns into different datasets."),
            detail="header",
        )


def scan(sources: Sequence[Source]) -> str:
    """A table of text over sources that are read alike."""
    reading = sources[0].reading
    if reading.format == STAGED:
        parts = sorted(str(part) for s in sources for part in Path(s.path).iterdir())
        return f"read_parquet({literals(parts)}, union_by_name=true, hive_partitioning=false)"
    return delimited([s.path for s in sources], reading)


def delimited(paths: Sequence[str], reading: Reading) -> str:
    """A table of text over UTF-8 files of one dialect; nothing of it is guessed."""
    columns = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(reading.columns)))
    options = (
        f"delim={literal(reading.delimiter)}, quote={literal(reading.quote)}, "
        f"escape={literal(reading.escape if reading.quote else '')}, header={reading.header}, "
        f"skip={reading.skip}, columns={{{columns}}}"
    )
    return (
        f"read_csv({literals(paths)}, auto_detect=false, strict_mode=true, "
        "compression='none', allow_quoted_nulls=false, hive_partitioning=false, "
        f"buffer_size={_BUFFER}, {options})"
    )


def scans(sources: Sequence[Source]) -> str:
    """A table of text over all sources that hold anything."""
    groups: dict[Reading, list[Source]] = {}
    for source in sources:
        if source.good != 0 and Path(source.path).stat().st_size:
            groups.setdefault(source.reading, []).append(source)
    if not groups:
        columns = ", ".join(
            f"CAST(NULL AS VARCHAR) AS c{n}" for n in range(len(sources[0].reading.columns))
        )
        return f"(SELECT {columns} WHERE false)"
    tables = [f"SELECT * FROM {scan(group)}" for group in groups.values()]  # noqa: S608
    return f"({' UNION ALL '.join(tables)})"
