"""A statement that writes a file, and how many records its scanner saw on the way.

What was scanned is the engine's own count at the bottom of the plan, before any rule; it is
held against the count of the file's bytes, so that no record is lost between the two.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

_READERS = {"READ_CSV", "READ_PARQUET"}


def copied(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple[int, int]:
    """Run a COPY over tables of text; rows that it wrote and records that were scanned for it."""
    connection.enable_profiling()
    try:
        written: int = connection.execute(statement).fetchall()[0][0]
        report = json.loads(connection.get_profiling_information(format="json"))
    finally:
        connection.disable_profiling()
    return written, sum(_scans(report["operator"]))


def _scans(operators: list[Mapping[str, Any]]) -> Iterator[int]:
    """Rows of each scan in a plan."""
    for operator in operators:
        if operator.get("extra_info", {}).get("Function") in _READERS:
            yield int(operator["intermediate_rows"])
        yield from _scans(operator.get("children", []))
