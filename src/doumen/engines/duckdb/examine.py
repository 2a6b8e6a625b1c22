"""All rows of some files, looked at as text: how many values read as which type.

Two passes. The first, over the beginning, drops a candidate once more of its values failed
than half a percent of all rows: then it cannot reach 99.5 % of the filled values any more, so
nothing is lost. The second counts what is left, over every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from doumen.engines.duckdb import parquet, workbook
from doumen.engines.duckdb.candidates import CANDIDATES, Candidate
from doumen.engines.duckdb.sources import Meter, Source, check_header, scannable, scans, sifted
from doumen.engines.duckdb.staged import stage
from doumen.engines.duckdb.tally import Unclear, empty_lines, tally
from doumen.engines.duckdb.text import name
from doumen.model.errors import Faulty
from doumen.model.message import msg
from doumen.model.plan import ExaminePlan, Progress

_SHARE = 200
"""One failure in so many rows is the most that a type may have (99.5 %)."""

_FIRST = 20_000
"""Rows of the first pass at least; 1 % of all rows if that is more."""

_LONGEST = 1000
"""Characters of a value that is given as it is."""

Chosen = Sequence[Sequence[Candidate]]


def examine(
    connection: duckdb.DuckDBPyConnection, plan: ExaminePlan, scratch: Path, progress: Progress
) -> dict[str, Any]:
    """Look at some files; what was seen, as JSON.

    Raises:
        Faulty: files differ in their columns, or cannot be read.
    """
    if plan.reading.format == "parquet":
        return _declared(connection, plan)
    meter = Meter(sum(f.size for f in plan.files), progress, msg("looking at all rows"))
    if plan.reading.layout == "look":
        return _looked(plan)
    if plan.reading.format != "csv":
        return _staged(connection, plan, scratch, meter)
    for file in plan.files:
        check_header(file, plan.reading)
    if scannable(plan.reading):
        said = _scanned(connection, plan, meter)
        if said is not None:
            return said
    everything = [CANDIDATES] * len(plan.reading.columns)
    sources = sifted(plan.files, plan.reading, scratch, lambda *_: None, meter)
    good = sum(source.good or 0 for source in sources)
    table = scans(sources)
    first = _pass(connection, f"(FROM {table} LIMIT {_sample(good)})", everything)
    seen = _second(connection, table, first, good)
    said = _said(plan.reading.columns, seen, sum(source.rows or 0 for source in sources))
    return said | _begun(connection, table, len(plan.reading.columns), plan.first)


def _staged(
    connection: duckdb.DuckDBPyConnection, plan: ExaminePlan, scratch: Path, meter: Meter
) -> dict[str, Any]:
    """What is seen in documents and workbooks: their columns too.

    Text that the file says is text is no number, whatever its digits: where it is more than
    what a type may leave to quarantine, the column is none of numbers.

    Raises:
        Faulty: no record is in them.
    """
    sources, into = stage(plan.files, plan.reading, scratch, lambda *_: None, meter)
    if not into.names:
        raise Faulty(
            msg("The files hold no record that has a member."),
            why=msg("A record is an object, or a row of a sheet, with a value in it."),
            next=msg(
                "Say where the rows lie: `--json-path` in a document, `--sheet` in a workbook."
            ),
            detail="empty",
        )
    table = scans(sources)
    seen = _pass(connection, table, [CANDIDATES] * len(into.names))
    columns = tuple(
        replace(column, parses=_worded(column)) if strings * _SHARE > column.filled else column
        for column, strings in zip(seen.columns, into.strings, strict=True)
    )
    said = _said(into.names, _Seen(seen.rows, columns), sum(s.rows or 0 for s in sources))
    return said | _begun(connection, table, len(into.names), plan.first)


def _looked(plan: ExaminePlan) -> dict[str, Any]:
    sheets = [asdict(one) for file in plan.files for one in workbook.look(file)]
    return {"rows": 0, "columns": [], "schema": None, "sheets": sheets}


def _worded(column: _Column) -> dict[Candidate, int]:
    """Candidates that text may be."""
    return {c: n for c, n in column.parses.items() if c.type in {"DATE", "TIMESTAMP"}}


def _scanned(
    connection: duckdb.DuckDBPyConnection, plan: ExaminePlan, meter: Meter
) -> dict[str, Any] | None:
    """What the scanner sees in the files as they are; None where they need more care."""
    sources = [Source(f, f.path, plan.reading) for f in plan.files]
    table, everything = scans(sources), [CANDIDATES] * len(plan.reading.columns)
    with ThreadPoolExecutor(1) as side:
        counting = side.submit(
            lambda: sum(tally(Path(s.path), plan.reading, meter) for s in sources)
        )
        try:
            first = _pass(connection, f"(FROM {table} LIMIT {_sample(_guess(plan))})", everything)
            rows = counting.result()
            seen = _second(connection, table, first, rows)
            if seen.rows != rows or len(plan.reading.columns) == 1:
                rows -= sum(empty_lines(Path(s.path), plan.reading) for s in sources)
            begun = _begun(connection, table, len(plan.reading.columns), plan.first)
        except (duckdb.OutOfMemoryException, duckdb.IOException):
            raise
        except (duckdb.Error, Unclear):
            return None
    return _said(plan.reading.columns, seen, rows) | begun if seen.rows == rows else None


def _guess(plan: ExaminePlan) -> int:
    """About as many rows as the files have."""
    with Path(plan.files[0].path).open("rb") as file:
        head = file.read(1 << 16)
    return sum(f.size for f in plan.files) * (head.count(b"\n") + 1) // max(1, len(head))


def _sample(rows: int) -> int:
    return max(_FIRST, rows // 100)


def _declared(connection: duckdb.DuckDBPyConnection, plan: ExaminePlan) -> dict[str, Any]:
    found = [parquet.columns(connection, file) for file in plan.files]
    for file, columns in zip(plan.files, found, strict=True):
        if columns != found[0]:
            raise Faulty(
                msg(
                    "`{file}` has other columns than `{name}`.",
                    file=file.name,
                    name=plan.files[0].name,
                ),
                next=msg("Collect files of different columns into different datasets."),
                detail="columns",
            )
    rows = sum(pq.read_metadata(file.path).num_rows for file in plan.files)
    values = [f"CAST({name(column)} AS VARCHAR)" for column in found[0]]
    tables = " UNION ALL ".join(f"SELECT * FROM {parquet.table_of(f)}" for f in plan.files)  # noqa: S608
    begun = _given(connection, f"({tables})", values, plan.first)
    return {"rows": rows, "columns": [], "schema": list(found[0].items()), **begun}


def _begun(
    connection: duckdb.DuckDBPyConnection, table: str, width: int, rows: int
) -> dict[str, Any]:
    """The first rows of a table of text, where any are asked for."""
    return _given(connection, table, [f"c{number}" for number in range(width)], rows)


def _given(
    connection: duckdb.DuckDBPyConnection, table: str, texts: Sequence[str], rows: int
) -> dict[str, Any]:
    if not rows:
        return {}
    values = ", ".join(f"left({text}, {_LONGEST})" for text in texts)
    found = connection.execute(f"SELECT {values} FROM {table} LIMIT {rows}")  # noqa: S608 - quoted
    return {"first": found.fetchall()}


@dataclass(frozen=True, slots=True)
class _Column:
    """What one pass saw in a column: filled values, those that parse as each candidate, shape."""

    filled: int
    parses: dict[Candidate, int]
    leading_zero: int
    longest_digits: int
    longest: int


@dataclass(frozen=True, slots=True)
class _Seen:
    rows: int
    columns: tuple[_Column, ...]


def _second(connection: duckdb.DuckDBPyConnection, table: str, first: _Seen, rows: int) -> _Seen:
    """Count what the first pass left, over all rows."""
    if first.rows >= rows:
        return first
    left = tuple(
        tuple(c for c, n in column.parses.items() if (column.filled - n) * _SHARE <= rows)
        for column in first.columns
    )
    known = [column.longest_digits for column in first.columns]
    return _pass(connection, table, left, known)


def _pass(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    chosen: Chosen,
    known: Sequence[int] | None = None,
) -> _Seen:
    """Count, over one table, the values of each column for its candidates.

    Args:
        connection: The engine.
        table: Columns of text `c0`, `c1` …
        chosen: Candidates of each.
        known: Digits that a value of each is known to have; shorter ones are not looked at.
    """
    known = known or [0] * len(chosen)
    outputs = ["count(*)"]
    for number, (candidates, digits) in enumerate(zip(chosen, known, strict=True)):
        outputs += _counts(f"c{number}", candidates, digits)
    found = connection.execute(f"SELECT {', '.join(outputs)} FROM {table}").fetchall()  # noqa: S608
    values = iter(int(value or 0) for value in found[0])
    rows = next(values)
    columns = tuple(
        _Column(
            next(values),
            {candidate: next(values) for candidate in candidates},
            next(values),
            max(digits, next(values)),
            next(values),
        )
        for candidates, digits in zip(chosen, known, strict=True)
    )
    return _Seen(rows, columns)


def _counts(raw: str, candidates: Sequence[Candidate], known: int) -> list[str]:
    """The counts of one column, in the order of `_Column`."""
    keys = {candidate.key: candidate.parses(raw) for candidate in candidates}
    for narrow, wide in (("BIGINT", "DOUBLE"), ("DATE", "TIMESTAMP")):
        if {narrow, wide} <= keys.keys():
            keys[wide] = f"CASE WHEN {keys[narrow]} THEN true ELSE {keys[wide]} END"
    digits = f"regexp_full_match({raw}, '[0-9]+')"
    zero = f"{raw} < '1' AND {raw} >= '0' AND strlen({raw}) > 1"
    longer = f"{raw} < ':' AND strlen({raw}) > {known}"
    return [
        f"count_if({raw} <> '')",
        *(f"count_if({condition})" for condition in keys.values()),
        f"count_if(CASE WHEN {zero} THEN {digits} END)",
        f"max(CASE WHEN {longer} THEN CASE WHEN {digits} THEN strlen({raw}) END END)",
        f"max(length({raw}))",
    ]


def _said(names: Sequence[str], seen: _Seen, rows: int) -> dict[str, Any]:
    columns = [
        [
            name,
            column.filled,
            [[candidate.key, n] for candidate, n in column.parses.items() if n],
            column.leading_zero,
            column.longest_digits,
            column.longest,
        ]
        for name, column in zip(names, seen.columns, strict=True)
    ]
    return {"rows": rows, "columns": columns, "schema": None}
