"""A merge in the worker: rows that were loaded meet those of a dataset by their key.

Files of which no row changes are not touched; of the others each is written anew, in its order,
without the rows that another takes the place of, or with the time at which they ended. What came
twice is told by the later row, what is older than what is there is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import duckdb

from doumen.engines.duckdb import query
from doumen.engines.duckdb.text import literal, literals, name, type_name
from doumen.model.load import Mode
from doumen.model.merge import VALID_FROM, VALID_TO, VANISHED_AT, Counts, Vanished
from doumen.model.message import msg
from doumen.model.plan import MergePlan, Progress
from doumen.model.schema import Column

_MOMENT = "getvariable('doumen_moment')"
_FILE, _ROW = "__doumen_file", "__doumen_row"
_DROP, _END = "drop", "end"
"""What becomes of a row that is there: it is left out, or it ends at the moment."""


def merge(
    connection: duckdb.DuckDBPyConnection, plan: MergePlan, progress: Progress
) -> dict[str, Any]:
    """Run a merge; what came of it, as JSON: `counts`, and the numbers of the files `touched`."""
    connection.execute("SET VARIABLE doumen_moment = ?", [plan.moment])
    merging = _Merging(connection, plan, progress)
    comes = plan.fresh or plan.merge.gone
    counts, touched = merging.run() if comes else (Counts(), [])
    return {"counts": asdict(replace(counts, again=_aside(connection, plan))), "touched": touched}


class _Merging:
    """One merge: the tables `fresh`, `old`, `changed` and `fate` hold where it stands."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, plan: MergePlan, progress: Progress
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._progress = progress
        self._merge = plan.merge
        self._history = plan.merge.mode is Mode.HISTORY
        own = {column.name for column in plan.merge.kept}
        self._brought = [name(c.name) for c in plan.schema if c.name not in own]
        self._key = [name(column) for column in plan.merge.key]
        self._order = None if plan.merge.order is None else name(plan.merge.order)
        self._options = query.parquet(plan.bounds)

    def run(self) -> tuple[Counts, list[int]]:
        """What became of the rows, and which files were written anew."""
        self._progress(None, msg("comparing by key"))
        rows, superseded = self._fresh()
        late = self._compare() if self._plan.base else 0
        if not self._plan.base:
            self._do("CREATE TEMP VIEW changed AS SELECT *, true AS inserted FROM fresh")
        changed, inserted = self._pair("SELECT count(*), count(*) FILTER (inserted) FROM changed")
        vanished = self._fate() if self._plan.base else 0
        touched = self._touched(changed) if self._plan.base else []
        for done, number in enumerate(touched):
            self._progress(done / (len(touched) + 1), msg("writing files anew"))
            self._rewrite(number)
        if changed:
            self._write()
        dropped = self._one(f"SELECT count(*) FROM fate WHERE act = '{_DROP}'") if touched else 0  # noqa: S608 - a constant
        counts = Counts(
            inserted=inserted,
            updated=changed - inserted,
            unchanged=rows - superseded - changed - late,
            superseded=superseded,
            late=late,
            vanished=vanished,
            dropped=dropped,
        )
        return counts, touched

    def _fresh(self) -> tuple[int, int]:
        """Make `fresh`, a row to a key; how many came, and how many a later one replaces."""
        if not self._plan.fresh:
            typed = ", ".join(
                f"CAST(NULL AS {type_name(c.type)}) AS {name(c.name)}"
                for c in self._plan.schema
                if name(c.name) in self._brought
            )
            self._do(f"CREATE TEMP VIEW fresh AS SELECT {typed} WHERE false")
            return 0, 0
        came = f"read_parquet({literals(self._plan.fresh)}, union_by_name=true)"
        keys, columns = ", ".join(self._key), ", ".join(self._brought)
        rows, groups = self._pair(
            f"SELECT coalesce(sum(n), 0), count(*) FROM "  # noqa: S608 - quoted
            f"(SELECT count(*) AS n FROM {came} GROUP BY {keys})"
        )
        if rows == groups:
            self._do(f"CREATE TEMP VIEW fresh AS SELECT {columns} FROM {came}")  # noqa: S608 - quoted
        else:
            latest = _latest(self._order, "file_index", "file_row_number")
            self._do(
                f"CREATE TEMP TABLE fresh AS SELECT {columns} FROM {came} "  # noqa: S608 - quoted
                f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY {latest}) = 1"
            )
        return rows, rows - groups

    def _compare(self) -> int:
        """Make `old`, rows that are met, and `changed`, rows that differ; how many are late."""
        self._do(
            f"CREATE TEMP TABLE old AS SELECT b.* FROM {self._base()} AS b "  # noqa: S608 - quoted
            f"SEMI JOIN fresh AS f ON {_equal('b', 'f', self._key)}{self._current('WHERE')}"
        )
        keys = ", ".join(self._key)
        latest = _latest(self._order, _FILE, _ROW)
        met = (
            f"fresh AS f LEFT JOIN (SELECT * FROM old QUALIFY row_number() OVER "  # noqa: S608 - quoted
            f"(PARTITION BY {keys} ORDER BY {latest}) = 1) AS o ON {_equal('f', 'o', self._key)}"
        )
        late = f"coalesce(f.{self._order} < o.{self._order}, false)" if self._order else "false"
        differ = " OR ".join(f"f.{one} IS DISTINCT FROM o.{one}" for one in self._brought)
        if not self._history and self._merge.kept:
            differ += f" OR o.{name(VANISHED_AT)} IS NOT NULL"
        self._do(
            f"CREATE TEMP TABLE changed AS SELECT f.*, o.{_FILE} IS NULL AS inserted FROM {met} "  # noqa: S608 - quoted
            f"WHERE o.{_FILE} IS NULL OR (NOT {late} AND ({differ}))"
        )
        return self._one(f"SELECT count(*) FROM {met} WHERE {late}") if self._order else 0  # noqa: S608 - quoted

    def _fate(self) -> int:
        """Make `fate`, what becomes of rows that are there; how many of them vanished."""
        met = _END if self._history else _DROP
        self._do(
            f"CREATE TEMP TABLE fate AS SELECT o.{_FILE} AS file, o.{_ROW} AS row, '{met}' AS act "  # noqa: S608 - quoted
            f"FROM old AS o SEMI JOIN changed AS c ON {_equal('o', 'c', self._key)}"
        )
        if self._merge.vanished is Vanished.KEEP or not self._plan.whole:
            return 0
        act = _DROP if self._merge.vanished is Vanished.REMOVE else _END
        there = " AND ".join(f"b.{one} IS NOT NULL" for one in self._key)
        return self._written(
            f"INSERT INTO fate SELECT b.{_FILE}, b.{_ROW}, '{act}' FROM {self._base()} AS b "  # noqa: S608 - quoted
            f"{self._absent()} "
            f"WHERE {there}{self._current('AND')}"
        )

    def _absent(self) -> str:
        """The join that leaves rows that are there and whose key is none of those now."""
        if self._merge.gone is None:
            return f"ANTI JOIN fresh AS f ON {_equal('b', 'f', self._key)}"
        gone = f"read_parquet({literals([self._merge.gone])})"
        return f"SEMI JOIN {gone} AS f ON {_equal('b', 'f', self._key)}"

    def _touched(self, changed: int) -> list[int]:
        """The files that are written anew.

        What is written has every column of the dataset, and comes last, as its readers rely on: so
        where all rows of the files that change are gone, one that keeps its rows goes with them.
        """
        files = f"read_parquet({literals(self._plan.base)}, union_by_name=true)"
        found = self._connection.execute(
            "SELECT f.file, f.rows - count(t.file) FILTER (t.act = 'drop') AS kept, count(t.file) "  # noqa: S608 - quoted
            f"FROM (SELECT file_index AS file, count(*) AS rows FROM {files} GROUP BY ALL) AS f "
            "LEFT JOIN fate AS t ON f.file = t.file GROUP BY f.file, f.rows ORDER BY f.file"
        ).fetchall()
        touched = [file for file, _, fates in found if fates]
        written = changed or any(kept for _, kept, fates in found if fates)
        whole = [file for file, kept, _ in found if kept]
        if touched and not written and whole:
            touched.append(whole[-1])
        return touched

    def _rewrite(self, number: int) -> None:
        """Write one file anew, its rows in their order."""
        path = self._plan.base[number]
        there = self._there([path])
        ended = {VALID_TO, VANISHED_AT} & {column.name for column in self._merge.kept}
        outputs = [
            f"CASE WHEN t.act = '{_END}' THEN {_MOMENT} ELSE {one} END AS {name(column.name)}"
            if column.name in ended
            else f"{one} AS {name(column.name)}"
            for column in self._plan.schema
            for one in [_kept(column, there)]
        ]
        rows = f"(SELECT *, file_row_number AS {_ROW} FROM read_parquet({literals([path])})) AS b"  # noqa: S608 - quoted
        fate = f"(SELECT row, act FROM fate WHERE file = {number:d}) AS t"  # noqa: S608 - a number
        self._do(
            f"COPY (SELECT {', '.join(outputs)} FROM {rows} LEFT JOIN {fate} ON b.{_ROW} = t.row "  # noqa: S608 - quoted
            f"WHERE t.act IS DISTINCT FROM '{_DROP}') TO {self._place(f'left-{number}')} "
            f"({self._options})"
        )

    def _write(self) -> None:
        """Write the rows that are new."""
        begins = {VALID_FROM: f"CAST({_MOMENT} AS TIMESTAMPTZ)"}
        own = {column.name for column in self._merge.kept}
        outputs = [
            f"{begins.get(c.name, f'CAST(NULL AS {type_name(c.type)})')} AS {name(c.name)}"
            if c.name in own
            else name(c.name)
            for c in self._plan.schema
        ]
        self._do(
            f"COPY (SELECT {', '.join(outputs)} FROM changed) TO {self._place('new')} "  # noqa: S608 - quoted
            f"({self._options})"
        )

    def _base(self) -> str:
        """All rows that are there, each with the number of its file and its place there."""
        there = self._there(self._plan.base)
        outputs = ", ".join(
            f"{_kept(column, there)} AS {name(column.name)}" for column in self._plan.schema
        )
        return (
            f"(SELECT {outputs}, file_index AS {_FILE}, file_row_number AS {_ROW} "  # noqa: S608 - quoted
            f"FROM read_parquet({literals(self._plan.base)}, union_by_name=true) AS b)"
        )

    def _there(self, paths: Sequence[str]) -> frozenset[str]:
        """The columns that files have: those before a column was added lack it."""
        files = f"read_parquet({literals(paths)}, union_by_name=true)"
        found = self._connection.execute(f"DESCRIBE SELECT * FROM {files}")  # noqa: S608 - quoted
        return frozenset(row[0] for row in found.fetchall())

    def _current(self, word: str) -> str:
        """A condition, behind a word, that a row is the one now: not ended, not marked."""
        if self._history:
            return f" {word} b.{name(VALID_TO)} IS NULL"
        if word == "AND" and self._merge.vanished is Vanished.MARK:
            return f" {word} b.{name(VANISHED_AT)} IS NULL"
        return ""

    def _place(self, stem: str) -> str:
        return literal(str(Path(self._plan.into) / f"{stem}.parquet"))

    def _do(self, statement: str) -> None:
        self._connection.execute(statement)

    def _written(self, statement: str) -> int:
        return self._one(statement)

    def _one(self, statement: str) -> int:
        return int(self._connection.execute(statement).fetchall()[0][0])

    def _pair(self, statement: str) -> tuple[int, int]:
        first, second = self._connection.execute(statement).fetchall()[0]
        return int(first), int(second)


def _aside(connection: duckdb.DuckDBPyConnection, plan: MergePlan) -> int:
    """Write what is to be quarantined and is not yet; how many rows were there already."""
    if not plan.aside_fresh:
        return 0
    fresh = f"read_parquet({literals(plan.aside_fresh)})"
    total = int(connection.execute(f"SELECT count(*) FROM {fresh}").fetchall()[0][0])  # noqa: S608 - quoted
    missing = ""
    if plan.aside_base:
        same = " AND ".join(f"f.{c} IS NOT DISTINCT FROM b.{c}" for c in _SAME)
        missing = f" ANTI JOIN read_parquet({literals(plan.aside_base)}) AS b ON {same}"
    path = literal(str(Path(plan.aside_into) / query.FILE))
    written: int = connection.execute(
        f"COPY (SELECT f.* FROM {fresh} AS f{missing}) TO {path} ({query.parquet(plan.bounds)})"  # noqa: S608 - quoted
    ).fetchall()[0][0]
    return total - written


_SAME = ("_column", "_reason", "_raw")
"""What makes a row of the quarantine the same as one that is there."""


def _kept(column: Column, there: frozenset[str]) -> str:
    """A column of rows that are there; NULL where their files were written before it was."""
    if column.name in there:
        return f"b.{name(column.name)}"
    return f"CAST(NULL AS {type_name(column.type)})"


def _latest(order: str | None, file: str, row: str) -> str:
    """By what the latest of several rows comes first."""
    by = f"{order} DESC NULLS LAST, " if order else ""
    return f"{by}{file} DESC, {row} DESC"


def _equal(left: str, right: str, columns: Iterable[str]) -> str:
    return " AND ".join(f"{left}.{one} = {right}.{one}" for one in columns)
