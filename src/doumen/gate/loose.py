"""Which files of a version are written anew by a compaction. Pure.

Without an order, small files are. With one, a file that is not in that order yet, or is small,
is *loose*. Loose files alone are sorted into a run of their own beside what is in order, so that
a day's rows do not cost the sorting of all years; where that would put more than `RUNS` files
over one value, or a large part is loose, all files are sorted together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doumen.kits.sql import Key, key
from doumen.model.snapshot import DataFile, Snapshot

ROWS = 1 << 21
"""About how many rows a file has: enough for scans, few enough to be left out by a query."""
BYTES = 256 << 20
"""About how large a file is at most."""
SMALL = 3
"""A file is small if so many of them are not more than one of a good size."""
RUNS = 4
"""Most files that may hold rows of one value of the leading column."""
PART = 4
"""All files are sorted where a loose row comes to this many rows, or more often."""

Extent = tuple[Key, Key]
"""The smallest and the largest value of the leading column in a file."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be written anew.

    Attributes:
        files: Those that are; none: all is as it should be.
        rows: About how many rows a new file is to have.
    """

    files: tuple[DataFile, ...]
    rows: int


def choose(snapshot: Snapshot, by: Sequence[str], rows: int | None = None) -> Chosen:
    """Choose files.

    Args:
        snapshot: The version in force, of files in the lake.
        by: Columns that rows are to be in the order of; none: as they are.
        rows: About how many rows a file should have; None: what is good for most.
    """
    rows = rows or _rows(snapshot)
    files = _loose(snapshot, by, rows) if by else _small(snapshot.files, rows)
    return Chosen(tuple(files), rows)


def _rows(snapshot: Snapshot) -> int:
    """How many rows make a file of a good size."""
    size = sum(file.size for file in snapshot.files)
    return max(1, min(ROWS, BYTES * snapshot.rows // max(size, 1)))


def _small(files: Sequence[DataFile], rows: int) -> Sequence[DataFile]:
    """Files of which some make one of a good size; one alone gains nothing."""
    small = [file for file in files if _is_small(file, rows)]
    return small if len(small) > 1 else ()


def _is_small(file: DataFile, rows: int) -> bool:
    return file.rows * SMALL <= rows


def _loose(snapshot: Snapshot, by: Sequence[str], rows: int) -> Sequence[DataFile]:
    runs: list[DataFile] = []
    rest: list[DataFile] = []
    for file in snapshot.files:
        in_order = [bound.column for bound in file.bounds] == list(by)
        (runs if in_order else rest).append(file)
    small = _small(runs, rows)
    loose = [*rest, *small]
    type = next(c.type for c in snapshot.schema if c.name == by[0])
    kept = [file for file in runs if file not in small]
    over = depth([e for file in kept if (e := _extent(file, type)) is not None]) + bool(loose)
    much = sum(file.rows for file in loose) * PART >= snapshot.rows
    return snapshot.files if over > RUNS or (loose and much) else loose


def _extent(file: DataFile, type: str) -> Extent | None:
    """What the values of the leading column lie between; None: all are NULL, or it is not known."""
    low, high = file.bounds[0].low, file.bounds[0].high
    ends = (None if low is None else key(low, type), None if high is None else key(high, type))
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def depth(extents: Sequence[Extent]) -> int:
    """Most files that lie over one value; files that only touch do not count as two."""
    ends = sorted(_ends(extents), key=lambda end: (end[0], end[1]))
    most = now = 0
    for _, step in ends:
        now += step
        most = max(most, now)
    return max(most, bool(extents))


def _ends(extents: Sequence[Extent]) -> Iterator[tuple[Key, int]]:
    for low, high in extents:
        if low != high:
            yield low, 1
            yield high, -1
