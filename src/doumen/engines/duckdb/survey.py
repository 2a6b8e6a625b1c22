"""All rows of files that stay where they lie, held against a contract in the worker.

What is asked of every row here is what queries will rely on: that the scanner takes the file as
it is, finds as many records as the file's bytes have, and that every value is of its type. So
no later query can meet a row that fails, whoever may see it. Nothing is written but, where a
file of text is broken, a copy in the job's own folder to count what is bad in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from doumen.engines.duckdb import parquet
from doumen.engines.duckdb.records import Bad
from doumen.engines.duckdb.rules import Rules, of_text, rules
from doumen.engines.duckdb.sources import (
    Meter,
    Source,
    check_header,
    scannable,
    scans,
    sifted,
)
from doumen.engines.duckdb.tally import Unclear, empty_lines, tally
from doumen.engines.duckdb.text import name
from doumen.model.errors import Faulty
from doumen.model.load import LoadColumn, SourceFile
from doumen.model.message import msg
from doumen.model.plan import Progress, SurveyPlan

Broken = Counter[tuple[str, str]]
"""Column and reason → rows that break it."""


def survey(
    connection: duckdb.DuckDBPyConnection, plan: SurveyPlan, scratch: Path, progress: Progress
) -> dict[str, Any]:
    """Hold every row against the contract; what was found, as JSON.

    Raises:
        Faulty: a file cannot be read where it lies, or has not the columns of the contract.
        Invalid: a check cannot be used.
    """
    if plan.spec.reading.format == "parquet":
        return _parquet(connection, plan, progress)
    if not scannable(plan.spec.reading):
        raise Faulty(
            msg(
                "Files in {encoding} cannot be read where they lie.",
                encoding=plan.spec.reading.encoding.upper(),
            ),
            why=msg("Of files of text, the engine reads UTF-8 only."),
            next=msg("Collect them, or convert them to UTF-8 first."),
            detail="encoding",
        )
    return _Text(connection, plan, scratch, progress).run()


class _Text:
    """The survey of delimited text."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        plan: SurveyPlan,
        scratch: Path,
        progress: Progress,
    ) -> None:
        self._connection = connection
        self._spec = plan.spec
        self._scratch = scratch
        total = sum(f.size for f in plan.spec.files)
        self._meter = Meter(total, progress, msg("looking at all rows"))
        columns = plan.spec.columns
        parquet.check_columns(plan.spec.files[0], columns, plan.spec.reading.columns)
        places = {source: f"c{n}" for n, source in enumerate(plan.spec.reading.columns)}
        raws = [places[c.source] for c in columns]
        self._values, self._rules = of_text(connection, columns, raws)

    def run(self) -> dict[str, Any]:
        """All files, one after the other."""
        rows, broken = [], Broken()
        for file in self._spec.files:
            check_header(file, self._spec.reading)
            found = self._scanned(file)
            if found is None:
                self._care(file, broken)
            else:
                rows.append(found.total())
                broken += _named(self._rules, found)
        return _told(rows, broken, self._spec.columns)

    def _scanned(self, file: SourceFile) -> Counter[int | None] | None:
        """Rows by the rule that they break; None where the file is not scanned as it is."""
        reading = self._spec.reading
        with ThreadPoolExecutor(1) as side:
            counting = side.submit(tally, Path(file.path), reading, self._meter)
            try:
                found = self._rows(Source(file, file.path, reading))
                count = counting.result()
                if count != found.total() or len(reading.columns) == 1:
                    count -= empty_lines(Path(file.path), reading)
            except (duckdb.OutOfMemoryException, duckdb.IOException):
                raise
            except (duckdb.Error, Unclear):
                return None
        return found if count == found.total() else None

    def _rows(self, source: Source) -> Counter[int | None]:
        typed = f"(SELECT {self._values}, * FROM {scans([source])})"  # noqa: S608 - quoted
        return _counted(self._connection, typed, self._rules, len(self._spec.columns))

    def _care(self, file: SourceFile, broken: Broken) -> None:
        """Count what is bad in a file that is not scanned as it is.

        Raises:
            Faulty: nothing is bad in it, but its form is not one for the scanner.
        """
        before = broken.total()

        def reject(_: SourceFile, row: int, record: Bad) -> None:
            broken["", record.reason] += 1

        reading = self._spec.reading
        for source in sifted([file], reading, self._scratch, reject, lambda _: None):
            broken += _named(self._rules, self._rows(source))
            Path(source.path).unlink()
        if broken.total() == before:
            raise Faulty(
                msg("`{file}` cannot be read where it lies.", file=file.name),
                why=msg("Its line ends or quotes need more care than a query can take."),
                next=msg("Collect it."),
                detail="form",
            )


def _parquet(
    connection: duckdb.DuckDBPyConnection, plan: SurveyPlan, progress: Progress
) -> dict[str, Any]:
    """The survey of Parquet files, which must declare the same types."""
    files, wanted = plan.spec.files, plan.spec.columns
    declared = [parquet.columns(connection, file) for file in files]
    for file, types in zip(files, declared, strict=True):
        parquet.check_columns(file, wanted, types)
        other = [c.source for c in wanted if types[c.source] != declared[0][c.source]]
        if other:
            raise Faulty(
                msg(
                    "`{file}` has other types than `{first}`: {columns}.",
                    file=file.name,
                    first=files[0].name,
                    columns=", ".join(f"`{one}`" for one in other),
                ),
                next=msg("Attach files of different types as different datasets."),
                detail="columns",
            )
    read = tuple(
        c if declared[0][c.source] == "VARCHAR" else replace(c, formats=()) for c in wanted
    )
    rows, broken = [], Broken()
    for number, file in enumerate(files):
        progress(number / len(files), msg("looking at all rows"))
        found = _parquet_file(connection, file, read, declared[0])
        if found[0].total() != parquet.counted(file):
            raise parquet.unreadable(file)
        rows.append(found[0].total())
        broken += _named(found[1], found[0])
    return _told(rows, broken, read)


def _parquet_file(
    connection: duckdb.DuckDBPyConnection,
    file: SourceFile,
    columns: Sequence[LoadColumn],
    declared: dict[str, str],
) -> tuple[Counter[int | None], Rules]:
    raws = [f"raw.{name(c.source)}" for c in columns]
    pairs = list(enumerate(zip(columns, raws, strict=True)))
    values = ", ".join(f"{parquet.value(raw, c.type, c.formats)} AS v{n}" for n, (c, raw) in pairs)
    faults = [parquet.fault(c, declared[c.source], raw, f"v{n}") for n, (c, raw) in pairs]
    chosen = rules(connection, columns, faults, [f"v{n}" for n in range(len(columns))])
    table = f"(SELECT {values}, raw FROM {parquet.table_of(file)} AS raw)"  # noqa: S608
    try:
        return _counted(connection, table, chosen, len(columns)), chosen
    except (duckdb.OutOfMemoryException, duckdb.IOException):
        raise
    except duckdb.Error:
        raise parquet.unreadable(file) from None


def _counted(
    connection: duckdb.DuckDBPyConnection, table: str, chosen: Rules, width: int
) -> Counter[int | None]:
    """Rows of a table by the number of the rule that they break; every value is made once."""
    values = ", ".join(f"v{n}" for n in range(width))
    found = connection.execute(
        f"SELECT code, count(*), bit_xor(seen) FROM (SELECT {chosen.code} AS code, "  # noqa: S608 - quoted and checked
        f"hash({values}) AS seen FROM {table}) GROUP BY code"
    ).fetchall()
    return Counter({code: rows for code, rows, _ in found})


def _named(chosen: Rules, found: Counter[int | None]) -> Broken:
    return Counter({chosen.names[c - 1]: rows for c, rows in found.items() if c is not None})


def _told(rows: list[int], broken: Broken, columns: Sequence[LoadColumn]) -> dict[str, Any]:
    return {
        "rows": rows,
        "reasons": [[*place, count] for place, count in sorted(broken.items())],
        "formats": [list(column.formats) for column in columns],
    }
