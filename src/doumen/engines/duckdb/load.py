"""A collection in the worker: rows that fit the contract land as Parquet, others are set aside.

One scan casts, checks and writes the rows that land, while the file's records are counted by
another hand. Only where the two differ is the file read again, for the rows that broke a
rule; only where even that does not add up, or the scanner gives up, is the file sifted line
by line. So a clean file costs one scan, and no file is landed on trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from doumen.engines.duckdb import parquet, query
from doumen.engines.duckdb.outcome import result
from doumen.engines.duckdb.quarantine import Quarantine
from doumen.engines.duckdb.records import SHOWN
from doumen.engines.duckdb.rules import of_text
from doumen.engines.duckdb.scanned import copied
from doumen.engines.duckdb.sources import (
    STAGED,
    Meter,
    Source,
    check_header,
    scannable,
    scans,
    sifted,
)
from doumen.engines.duckdb.staged import stage
from doumen.engines.duckdb.tally import Unclear, empty_lines, tally
from doumen.engines.duckdb.text import literal, name
from doumen.model.errors import Faulty
from doumen.model.held import Shape
from doumen.model.message import msg
from doumen.model.plan import LoadPlan, Progress


def load(
    connection: duckdb.DuckDBPyConnection, plan: LoadPlan, scratch: Path, progress: Progress
) -> dict[str, Any]:
    """Run a collection; what came of it, as JSON.

    Raises:
        Faulty: the files have not the columns that the spec names.
        Invalid: a check or an encoding cannot be used.
    """
    names = plan.spec.reading.columns
    aside = Quarantine(Path(plan.quarantine), connection, plan.bounds, names)
    if plan.spec.reading.format == "parquet":
        return parquet.load(connection, plan, aside, progress)
    return _Text(connection, plan, scratch, aside, progress).run()


class _Text:
    """The collection of files that are read as tables of text."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        plan: LoadPlan,
        scratch: Path,
        aside: Quarantine,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._plan = plan
        self._scratch = scratch
        self._aside = aside
        self._progress = progress
        self._path = Path(plan.into) / query.FILE
        spec = plan.spec
        raws = [_raw(column.source, spec.reading.columns) for column in spec.columns]
        unknown = [(one, _raw(one, spec.reading.columns)) for one in spec.unknown]
        self._values, self._rules = of_text(connection, spec.columns, raws, unknown)
        self._outputs = ", ".join(
            f"v{n} AS {name(column.name)}" for n, column in enumerate(spec.columns)
        )

    def run(self) -> dict[str, Any]:
        spec = self._plan.spec
        if spec.reading.format == "csv":
            for file in spec.files:
                check_header(file, spec.reading)
        sources = [Source(f, f.path, spec.reading) for f in spec.files]
        if scannable(spec.reading):
            done = self._try(sources)
            if done is not None:
                return done
            self._wipe()
        meter = Meter(sum(f.size for f in spec.files), self._progress, msg("reading line by line"))
        sources = self._sifted(meter)
        self._aside.settle()
        rows, good = sum(s.rows or 0 for s in sources), sum(s.good or 0 for s in sources)
        landed, scanned = self._land(sources)
        kept = self._set_aside(sources, landed)
        if scanned != good or landed + kept != good:
            raise Faulty(
                msg("The files cannot be read the same way twice, so nothing was kept."),
                next=msg("Please report this with the file that caused it."),
                detail="form",
            )
        return self._result(rows, landed, kept + rows - good)

    def _sifted(self, meter: Meter) -> list[Source]:
        """The files as tables of text, what is no record set aside."""
        spec = self._plan.spec
        if spec.reading.format == "csv":
            return sifted(spec.files, spec.reading, self._scratch, self._aside.line, meter)
        return stage(spec.files, spec.reading, self._scratch, self._aside.line, meter)[0]

    def _try(self, sources: list[Source]) -> dict[str, Any] | None:
        """Scan the files as they are; None where they need more care."""
        reading = self._plan.spec.reading
        meter = Meter(sum(s.file.size for s in sources), self._progress, msg("reading"))
        with ThreadPoolExecutor(1) as side:
            counting = side.submit(lambda: [tally(Path(s.path), reading, meter) for s in sources])
            try:
                landed, scanned = self._land(sources)
                counts = counting.result()
                if sum(counts) != scanned or len(reading.columns) == 1:
                    empty = [empty_lines(Path(s.path), reading) for s in sources]
                    counts = [count - none for count, none in zip(counts, empty, strict=True)]
                if sum(counts) != scanned:
                    return None
                counted = [replace(s, good=c, rows=c) for s, c in zip(sources, counts, strict=True)]
                kept = self._set_aside(counted, landed)
            except (duckdb.OutOfMemoryException, duckdb.IOException):
                raise
            except (duckdb.Error, Unclear):
                return None
        return self._result(sum(counts), landed, kept) if landed + kept == scanned else None

    def _land(self, sources: Sequence[Source]) -> tuple[int, int]:
        """Write the rows that break no rule; how many they are, and how many were scanned."""
        typed = f"(SELECT {self._values}, * FROM {scans(sources)})"  # noqa: S608 - quoted
        kept = f"SELECT {self._outputs} FROM {typed} WHERE ({self._rules.code}) IS NULL"  # noqa: S608
        options = query.parquet(self._plan.bounds)
        return copied(self._connection, f"COPY ({kept}) TO {literal(str(self._path))} ({options})")

    def _set_aside(self, sources: Sequence[Source], landed: int) -> int:
        """Keep the rows that break a rule, file by file until all are found; how many."""
        missing = sum(s.good or 0 for s in sources) - landed
        kept = 0
        for source in sources:
            if kept >= missing or not self._rules.names:
                break
            kept += self._set_aside_one(source)
        return kept

    def _set_aside_one(self, source: Source) -> int:
        reading = self._plan.spec.reading
        shape = Shape(reading.format, reading.columns)
        fields = ", ".join(f"c{n}" for n in range(len(source.reading.columns)))
        if source.reading.format == STAGED:
            rows = f"(SELECT {self._values}, * FROM {scans([source])})"  # noqa: S608 - quoted
            table = f"(SELECT raw, place, {self._rules.code} AS code FROM {rows})"  # noqa: S608
            raws = f"left(raw, {SHOWN})"
            return self._aside.rows(
                table,
                file=source.file,
                raws=raws,
                rules=self._rules,
                shape=shape,
                number="place",
            )
        table = (
            f"(SELECT {fields}, {self._rules.code} AS code, row_number() OVER () AS n "  # noqa: S608 - quoted and checked
            f"FROM (SELECT {self._values}, * FROM {scans([source])}))"
        )
        number = "n"
        if source.starts:
            gaps = pa.table({"start": source.starts, "shift": source.shifts})
            self._connection.register("__doumen_gaps", gaps)
            table = (
                f"(SELECT rows.*, coalesce(gaps.shift, 0) AS shift FROM {table} AS rows "  # noqa: S608 - quoted and checked
                "ASOF LEFT JOIN __doumen_gaps AS gaps ON rows.n >= gaps.start "
                "WHERE code IS NOT NULL)"
            )
            number = "n + shift"
        return self._aside.rows(
            table,
            file=source.file,
            raws=f"to_json([{fields}])",
            rules=self._rules,
            shape=shape,
            number=number,
        )

    def _result(self, rows: int, landed: int, quarantined: int) -> dict[str, Any]:
        return result(self._path, self._aside, rows, landed, quarantined)

    def _wipe(self) -> None:
        self._path.unlink(missing_ok=True)
        self._aside.wipe()


def _raw(source: str, found: Sequence[str]) -> str:
    """The scanned column of this name.

    Raises:
        Faulty: the file has no such column.
    """
    if source not in found:
        raise Faulty(
            msg("The file has no column `{source}`.", source=source),
            next=msg("Correct the contract, or collect another file."),
            detail="columns",
        )
    return f"c{found.index(source)}"
