"""Loads of Parquet, and of files many times larger than the memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb import DuckDB
from doumen.model.errors import DoumenError
from doumen.model.load import Check, LoadColumn, LoadSpec, Reading, Reason, SourceFile
from doumen.model.plan import Bounds, LoadPlan

Describe = Callable[[Path], SourceFile]
Run = Callable[..., Any]
READING = Reading("csv", columns=("a", "b", "c"))
COLUMNS = (
    LoadColumn("a", "a", "BIGINT"),
    LoadColumn("b", "b", "VARCHAR"),
    LoadColumn("c", "c", "DATE"),
)


def test_parquet_is_cast_and_checked(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    table = pa.table(
        {
            "a": [1.0, 2.5, None, 400.0],
            "b": ["2020-01-01", "x", None, "2020-01-01"],
            "c": pa.array([1, 2, 3, 4], pa.int32()),
            "d": pa.array([["l"], None, [], ["m"]]),
        }
    )
    pq.write_table(table, path)
    columns = (
        LoadColumn("a", "a", "SMALLINT", checks=(Check("maximum", 300),)),
        LoadColumn("b", "b", "DATE"),
        LoadColumn("c", "c", "INTEGER"),
        LoadColumn("c", "text", "VARCHAR"),
        LoadColumn("d", "d", "VARCHAR[]"),
    )
    reading = Reading("parquet")
    got = run(path.read_bytes(), path.read_bytes(), columns=columns, reading=reading)
    assert got.counts == (8, 4, 4)
    assert got.faults == [(2, "a", "type")] * 2 + [(4, "a", "maximum")] * 2
    assert got.rows[0] == {"a": 1, "b": date(2020, 1, 1), "c": 1, "text": "1", "d": ["l"]}
    assert json.loads(got.bad[0]["_raw"])[:3] == ["2.5", "x", "2"]
    nothing = run(path.read_bytes(), columns=(LoadColumn("b", "b", "UUID"),), reading=reading)
    assert nothing.counts == (4, 1, 3)
    for body, wanted in ((b"PAR1 no", "a"), (path.read_bytes(), "z")):
        with pytest.raises(DoumenError) as told:
            run(body, columns=(LoadColumn(wanted, "a", "BIGINT"),), reading=reading)
        assert told.value.kind == "faulty"


def test_input_of_many_times_the_memory(engine: DuckDB, tmp_path: Path, source: Describe) -> None:
    path = tmp_path / "big.csv"
    line = "{0},{0} is a number and the rest a note: " + "filling " * 45 + ",2020-01-01\n"
    with path.open("w") as file:
        file.write("a,b,c\n")
        for start in range(0, 510_000, 10_000):
            file.write("".join(line.format(n) for n in range(start, start + 10_000)))
        file.write("x,late,2020-01-01\n")
    folders = [tmp_path / part for part in ("into", "aside")]
    for folder in folders:
        folder.mkdir()
    told: list[float | None] = []
    spec = LoadSpec((source(path),), READING, COLUMNS)
    bounds = Bounds(memory=40 << 20, threads=2, seconds=120)
    done = engine.load(
        LoadPlan(spec, str(folders[0]), str(folders[1]), bounds),
        lambda fraction, doing: told.append(fraction),
    )
    assert path.stat().st_size > 5 * bounds.memory
    assert (done.rows_in, done.landed, done.quarantined) == (510_001, 510_000, 1)
    assert done.reasons == (Reason("a", "type", 1),)
    assert sum(f.rows for f in done.files) == 510_000
    assert sum(f.rows for f in done.quarantine_files) == 1
    bad = pq.read_table(folders[1] / done.quarantine_files[0].path).to_pylist()
    assert bad[0]["_row"] == 510_001
