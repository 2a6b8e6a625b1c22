"""Parquet from outside: columns cast to the contract's types, rows held against its rules."""

from __future__ import annotations

from collections.abc import Container, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from doumen.engines.duckdb import convert, query
from doumen.engines.duckdb.outcome import result
from doumen.engines.duckdb.quarantine import Quarantine
from doumen.engines.duckdb.rules import rules
from doumen.engines.duckdb.text import literal, name
from doumen.model.errors import Faulty
from doumen.model.held import Shape
from doumen.model.load import LoadColumn, SourceFile
from doumen.model.message import enumerated, msg
from doumen.model.plan import Bounds, LoadPlan, Progress


def load(
    connection: duckdb.DuckDBPyConnection, plan: LoadPlan, aside: Quarantine, progress: Progress
) -> dict[str, Any]:
    """Run a collection of Parquet files, one after the other; what came of it, as JSON.

    Raises:
        Faulty: a file lacks a column, or is no Parquet.
    """
    spec = plan.spec
    rows = landed = kept = 0
    files = []
    for number, file in enumerate(spec.files):
        progress(number / len(spec.files), msg("reading"))
        path = Path(plan.into) / query.FILE.replace("0", str(number))
        counted_rows = counted(file)
        try:
            one, bad = _load_one(
                connection,
                spec.columns,
                file,
                unknown=spec.unknown,
                path=path,
                aside=aside,
                counted=counted_rows,
                bounds=plan.bounds,
            )
        except (duckdb.OutOfMemoryException, duckdb.IOException):
            raise
        except duckdb.Error:
            raise unreadable(file) from None
        rows, landed, kept = rows + counted_rows, landed + one, kept + bad
        files += result(path, aside, counted_rows, one, bad)["files"]
    body = result(Path(plan.into) / query.FILE, aside, rows, landed, kept) if not files else {}
    return {
        **body,
        "rows_in": rows,
        "landed": landed,
        "quarantined": kept,
        "reasons": aside.reasons(),
        "files": files,
        "quarantine_files": aside.files(),
    }


def columns(connection: duckdb.DuckDBPyConnection, file: SourceFile) -> dict[str, str]:
    """Names and types that a Parquet file declares.

    Raises:
        Faulty: it is no Parquet file.
    """
    try:
        relation = connection.sql(f"SELECT * FROM {table_of(file)}")  # noqa: S608 - quoted
    except duckdb.Error:
        raise unreadable(file) from None
    return dict(zip(relation.columns, map(str, relation.types), strict=True))


def table_of(file: SourceFile) -> str:
    """The file as a table of the types that it declares."""
    return f"read_parquet({literal(file.path)}, hive_partitioning=false)"


def value(raw: str, type_: str, formats: tuple[str, ...]) -> str:
    """The value of a column under a type of the contract, NULL where it has none.

    Args:
        raw: Expression of the value in the file.
        type_: The type asked for.
        formats: strptime formats, where the file holds text.
    """
    if type_.upper() == "VARCHAR":
        return f"CAST({raw} AS VARCHAR)"
    return convert.value(raw, type_, formats)


def check_columns(file: SourceFile, wanted: Sequence[LoadColumn], declared: Container[str]) -> None:
    """Check that a file has the columns of a contract.

    Raises:
        Faulty: it lacks some; all are named.
    """
    missing = [c.source for c in wanted if c.source not in declared]
    if missing:
        raise Faulty(
            msg(
                "`{file}` has no column {names}.",
                file=file.name,
                names=enumerated(missing),
            ),
            next=msg("Correct the contract, or take another file."),
            detail="columns",
        )


def counted(file: SourceFile) -> int:
    """Rows by the file's own footer."""
    try:
        return int(pq.read_metadata(file.path).num_rows)
    except (OSError, ValueError):
        raise unreadable(file) from None


def unreadable(file: SourceFile) -> Faulty:
    """The error for a file that is no Parquet."""
    return Faulty(
        msg("`{file}` is no Parquet file that can be read.", file=file.name),
        next=msg("Check that the file was written to its end."),
        detail="format",
    )


def _load_one(
    connection: duckdb.DuckDBPyConnection,
    wanted: Sequence[LoadColumn],
    file: SourceFile,
    *,
    unknown: Sequence[str],
    path: Path,
    aside: Quarantine,
    counted: int,
    bounds: Bounds,
) -> tuple[int, int]:
    """Land the rows of one file; how many landed and how many are set aside."""
    declared = columns(connection, file)
    check_columns(file, wanted, declared)
    values, faults = [], []
    for number, column in enumerate(wanted):
        source, raw = declared[column.source], f"raw.{name(column.source)}"
        formats = column.formats if source == "VARCHAR" else ()
        values.append(f"{value(raw, column.type, formats)} AS v{number}")
        faults.append(fault(column, source, raw, f"v{number}"))
    typed = [f"v{n}" for n in range(len(wanted))]
    strange = [(one, f"raw.{name(one)}") for one in unknown if one in declared]
    chosen = rules(connection, wanted, faults, typed, strange)
    outputs = ", ".join(f"v{n} AS {name(c.name)}" for n, c in enumerate(wanted))
    table = f"(SELECT {', '.join(values)}, raw FROM {table_of(file)} AS raw)"  # noqa: S608
    landed: int = connection.execute(
        f"COPY (SELECT {outputs} FROM {table} WHERE ({chosen.code}) IS NULL) "  # noqa: S608 - quoted and checked
        f"TO {literal(str(path))} ({query.parquet(bounds)})"
    ).fetchall()[0][0]
    if landed == counted:
        return landed, 0
    texts = ", ".join(f"CAST(raw.{name(one)} AS VARCHAR)" for one in declared)
    numbered = f"(SELECT raw, {chosen.code} AS code, row_number() OVER () AS n FROM {table})"  # noqa: S608
    shape = Shape("parquet", tuple(declared), tuple(declared.values()))
    raws = f"to_json([{texts}])"
    return landed, aside.rows(numbered, file=file, raws=raws, rules=chosen, shape=shape)


def fault(column: LoadColumn, source: str, raw: str, typed: str) -> str | None:
    """The condition that a value of the file is not of the contract's type; None: it always is."""
    if column.type.upper() in {"VARCHAR", source.upper()}:
        return None
    if source.upper() == "VARCHAR":
        return convert.faulty(raw, typed, column.type, column.formats)
    return convert.differs(raw, typed, source)
