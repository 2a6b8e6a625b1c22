"""Files of the lake written anew in the worker: the same rows, in files of a good size.

Without an order, files are put together as they follow each other. With one, rows are first
dealt into ranges of the leading column that a sort of one range fits into the memory, then each
range is sorted and cut into files: what is held at one time goes with the range, not with the
dataset, and two files share one value of the leading column at most.

What is written is read back and tallied as what was there before was: the one who asked
compares the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from doumen.engines.duckdb import attached, query
from doumen.engines.duckdb.text import literal, name, type_name
from doumen.model.loaded import Tally
from doumen.model.message import msg
from doumen.model.plan import CompactPlan, Progress
from doumen.model.snapshot import Bound

SAMPLE = 100_000
"""Values by which the ranges are chosen."""
RANGES = 64
"""Most ranges: as many files are written to at one time."""
CHUNK = 32_000_000
"""Rows that are dealt into ranges before progress is told."""
TEXT = 64
"""Most characters of a text that bounds keep."""

_CUTS = "__doumen_cuts"
_RANGE = "__doumen_range"
_SORTED = "__doumen_sorted"
_HELD = 48
"""Bytes that a value is taken to need in memory where its type does not tell."""
_WIDTHS = {"BOOLEAN": 1, "TINYINT": 1, "SMALLINT": 2, "INTEGER": 4, "FLOAT": 4, "DATE": 4,
           "BIGINT": 8, "DOUBLE": 8, "TIMESTAMP": 8, "TIMESTAMP WITH TIME ZONE": 8}  # fmt: skip


def compact(
    connection: duckdb.DuckDBPyConnection, plan: CompactPlan, progress: Progress
) -> dict[str, Any]:
    """Write the files of a plan anew; what was read and written, as JSON."""
    return _Compaction(connection, plan, progress).run()


class _Compaction:
    """One compaction on its way."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, plan: CompactPlan, progress: Progress
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._progress = progress
        self._into = Path(plan.into)
        self._aside = Path(plan.aside) / "ranges"  # the engine may write in the folder, not make it
        self._rows = sum(rows for _, rows in plan.files)
        self._order = ", ".join(map(name, plan.by))
        self._written: list[list[Any]] = []
        self._values = ""

    def run(self) -> dict[str, Any]:
        """Tally what is there, write it anew, and tally that."""
        paths = [path for path, _ in self._plan.files]
        self._values = self._columns(paths)
        self._progress(0.0, msg("counting the rows"))
        read = self._tally(self._source(paths))
        if self._plan.by:
            self._cluster(paths)
        else:
            self._gather()
        return {"read": [read.rows, str(read.sum)], "files": self._written}

    def _gather(self) -> None:
        """Files one after the other, as many together as make one of a good size."""
        done = 0
        for group in _groups(self._plan.files, self._plan.rows):
            self._progress(done / self._rows, msg("writing files"))
            self._write(f"SELECT * FROM {self._source([path for path, _ in group])}")  # noqa: S608
            done += sum(rows for _, rows in group)

    def _cluster(self, paths: Sequence[str]) -> None:
        """Rows in order, range by range of the leading column."""
        ranges = self._cut(paths)
        if ranges == 1:
            self._sort(self._source(paths))
            return
        self._deal(ranges)
        done = 0
        for dealt, rows in self._dealt(ranges):
            self._progress(0.5 + done / self._rows / 2, msg("sorting"))
            self._sort(attached.scan([str(path) for path in dealt]))
            for path in dealt:
                path.unlink()
            done += rows

    def _dealt(self, ranges: int) -> Iterator[tuple[list[Path], int]]:
        """Files of ranges that follow each other, with rows for one new file at least."""
        files: list[Path] = []
        rows = 0
        for number in range(ranges):
            found = sorted((self._aside / f"{_RANGE}={number}").glob("*.parquet"))
            files += found
            rows += sum(pq.read_metadata(path).num_rows for path in found)
            if rows >= self._plan.rows:
                yield files, rows
                files, rows = [], 0
        if files:
            yield files, rows

    def _cut(self, paths: Sequence[str]) -> int:
        """Choose the values at which ranges end, by a sample of the leading column; how many."""
        fitting = -(-self._rows * self._width() // (self._plan.bounds.memory // 4))
        wanted = min(RANGES, fitting, self._rows // self._plan.rows)
        if wanted < 2:
            return 1
        self._progress(0.0, msg("choosing ranges"))
        leading = name(self._plan.by[0])
        sampled = (
            f"SELECT {leading} FROM {self._source(paths)} "  # noqa: S608 - quoted
            f"USING SAMPLE reservoir({SAMPLE:d} ROWS) REPEATABLE (1)"
        )
        parts = ", ".join(f"{n / wanted!r}" for n in range(1, wanted))
        self._connection.execute(
            f"SET VARIABLE {_CUTS} = (SELECT list_sort(list_distinct("  # noqa: S608 - quoted
            f"quantile_disc({leading}, [{parts}]))) FROM ({sampled}))"
        )
        cuts = self._one(f"SELECT coalesce(len(getvariable('{_CUTS}')), 0)")[0]
        return int(cuts) + 1

    def _deal(self, ranges: int) -> None:
        """Write each row into the folder of its range."""
        chosen = _range(name(self._plan.by[0]), 0, ranges - 1)
        self._aside.mkdir()
        done = 0
        for number, chunk in enumerate(_groups(self._plan.files, CHUNK)):
            self._progress(0.1 + done / self._rows * 0.4, msg("dealing rows into ranges"))
            self._connection.execute(
                f"COPY (SELECT *, {chosen} AS {_RANGE} "  # noqa: S608 - quoted
                f"FROM {self._source([path for path, _ in chunk])}) "
                f"TO {literal(str(self._aside))} (FORMAT parquet, COMPRESSION zstd, "
                f"PARTITION_BY ({_RANGE}), FILENAME_PATTERN 'c{number:d}-{{i}}', "
                "OVERWRITE_OR_IGNORE)"
            )
            done += sum(rows for _, rows in chunk)

    def _sort(self, source: str) -> None:
        """Put the rows of one range in order, and cut them into files of like size."""
        self._connection.execute(
            f"CREATE TEMP TABLE {_SORTED} AS "  # noqa: S608 - quoted
            f"SELECT * FROM {source} ORDER BY {self._order}"
        )
        rows = self._one(f"SELECT count(*) FROM {_SORTED}")[0]  # noqa: S608 - a constant
        parts = max(1, round(rows / self._plan.rows))
        step = max(1, -(-rows // parts))
        for start in range(0, rows, step):
            self._write(
                f"SELECT * FROM {_SORTED} "  # noqa: S608 - a constant
                f"WHERE rowid >= {start:d} AND rowid < {start + step:d}"
            )
        self._connection.execute(f"DROP TABLE {_SORTED}")

    def _write(self, select: str) -> None:
        """Write the next file, and look at what is in it."""
        path = self._into / query.FILE.replace("0", str(len(self._written)))
        options = query.parquet(self._plan.bounds)
        self._connection.execute(f"COPY ({select}) TO {literal(str(path))} ({options})")
        scanned = attached.scan([str(path)])
        tally = self._tally(scanned)
        bounds = [
            [b.column, b.low, b.high, b.nulls]
            for b in _bounds(self._connection, self._plan, scanned)
        ]
        size = path.stat().st_size
        self._written.append([path.name, size, tally.rows, str(tally.sum), bounds])

    def _tally(self, source: str) -> Tally:
        names = ", ".join(map(name, self._plan.schema.names))
        rows, total = self._one(
            f"SELECT count(*), coalesce(sum(hash(hash({names}))), 0) FROM {source}"  # noqa: S608
        )
        return Tally(int(rows), int(total))

    def _columns(self, paths: Sequence[str]) -> str:
        """The columns of the dataset over its files; one that all of these lack is NULL."""
        there = self._connection.sql(f"SELECT * FROM {attached.scan(paths)}").columns  # noqa: S608
        return ", ".join(
            f"CAST({name(c.name) if c.name in there else 'NULL'} AS {type_name(c.type)}) "
            f"AS {name(c.name)}"
            for c in self._plan.schema
        )

    def _source(self, paths: Sequence[str]) -> str:
        return f"(SELECT {self._values} FROM {attached.scan(paths)})"  # noqa: S608 - quoted

    def _width(self) -> int:
        """Bytes that a row is taken to need in memory: by its types, at least what it has on disk.

        Rows that hold whole files are far wider than their types tell.
        """
        declared = sum(_WIDTHS.get(column.type, _HELD) for column in self._plan.schema)
        stored = sum(Path(path).stat().st_size for path, _ in self._plan.files)
        return max(declared, stored // max(1, self._rows))

    def _one(self, statement: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self._connection.execute(statement).fetchall()[0]
        return row


def _bounds(
    connection: duckdb.DuckDBPyConnection, plan: CompactPlan, scanned: str
) -> Iterator[Bound]:
    """What the values of the ordering columns of one file lie between."""
    for column in plan.by:
        at = name(column)
        found = connection.execute(
            f"SELECT CAST(min({at}) AS VARCHAR), CAST(max({at}) AS VARCHAR), "  # noqa: S608 - quoted
            f"count(*) - count({at}) FROM {scanned}"
        ).fetchall()[0]
        low, high, nulls = found
        yield Bound(column, *cut(low, high), nulls)


def cut(low: str | None, high: str | None) -> tuple[str | None, str | None]:
    """Bounds of a text, cut so that what lay between them still does.

    Of no text at all there is neither; where only the upper one is None, it cannot be told.

    Example:
        >>> cut("a" * 65, "b" * 65) == ("a" * 64, "b" * 63 + "c")
        True
    """
    if low is None or high is None:
        return None, None
    if len(high) > TEXT:
        kept = high[:TEXT].rstrip("\U0010ffff")
        if not kept:
            return low[:TEXT], None
        after = ord(kept[-1]) + 1
        high = kept[:-1] + chr(0xE000 if 0xD800 <= after < 0xE000 else after)
    return low[:TEXT], high


def _groups(files: Sequence[tuple[str, int]], most: int) -> Iterator[Sequence[tuple[str, int]]]:
    """Files in their order, as many together as have up to `most` rows; one at least."""
    group: list[tuple[str, int]] = []
    for file in files:
        if group and sum(rows for _, rows in group) + file[1] > most:
            yield group
            group = []
        group.append(file)
    yield group


def _range(column: str, low: int, high: int) -> str:
    """The expression that gives the number of the range of a value; NULL is in the last."""
    if low == high:
        return str(low)
    middle = (low + high) // 2
    return (
        f"CASE WHEN {column} < getvariable('{_CUTS}')[{middle + 1}] "
        f"THEN {_range(column, low, middle)} ELSE {_range(column, middle + 1, high)} END"
    )
