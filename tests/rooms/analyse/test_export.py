"""Export: each format holds what was answered; a failure leaves nothing, or what was there."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from doumen.model.errors import Faulty, Invalid, Unavailable
from doumen.model.message import msg
from doumen.rooms.analyse.export import FORMATS, export, writer

SQL = """
    select range as i, case when range % 3 > 0 then 'a,"' || range end as t,
           (range / 4)::decimal(9,2) as d, timestamp '2013-01-01' + range * interval 1 day as m,
           [range, null] as l, sum(range) over () as s
    from range(1500)
"""


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def write(answer: Any, path: Path) -> int:
    return export(answer, path, writer(path))


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_columnar_formats_hold_the_very_table(bench: Any, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    assert write(bench.answer(SQL, batch=400), path) == 1500
    table = parquet.read_table(path) if ending == ".parquet" else pa.ipc.open_file(path).read_all()
    assert table.equals(bench.answer(SQL).arrow())
    assert names(tmp_path) == [path.name]


def test_csv_tells_null_from_empty_and_writes_what_duckdb_reads_back(
    bench: Any, tmp_path: Path
) -> None:
    path = tmp_path / "x.CSV"
    assert write(bench.answer(SQL, batch=400), path) == 1500
    with duckdb.connect() as connection:
        read = connection.sql(f"select i, t, d::decimal(9,2), m from read_csv('{path}')")
        plain = connection.sql(f"select i, t, d, m from ({SQL})")
        assert read.fetchall() == plain.fetchall()
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == ["i", "t", "d", "m", "l", "s"]
    assert lines[2][4] == "[1, null]"


def test_csv_quotes_text_and_leaves_null_bare(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    write(bench.answer("select '' as a, null::varchar as b, 'infinity'::date as c, 1 as d"), path)
    assert path.read_bytes() == b'"a","b","c","d"\n"",,"infinity",1\n'


def test_json_is_the_frozen_shape(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    assert write(bench.answer("select '陡门' as n, 1.5::decimal(3,1) as d"), path) == 1
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "columns": [{"name": "n", "type": "VARCHAR"}, {"name": "d", "type": "DECIMAL(3,1)"}],
        "rows": [["陡门", "1.5"]],
        "truncated": False,
        "receipt": "01RECEIPT",
    }


@pytest.mark.parametrize("ending", FORMATS)
def test_an_empty_answer_keeps_its_columns(bench: Any, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    assert write(bench.answer("select 1 as a, date '2013-01-01' as b where false"), path) == 0
    content = path.read_bytes()
    assert b"a" in content
    assert b"b" in content
    if ending == ".parquet":
        assert parquet.read_schema(path).names == ["a", "b"]


@pytest.mark.parametrize("ending", FORMATS)
def test_a_failure_midway_leaves_what_was_there(bench: Any, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"x{ending}"
    path.write_text("before")
    failure = Faulty(msg("A value cannot be cast."), detail="conversion")
    with pytest.raises(Faulty):
        write(bench.answer("select range as i from range(9)", batch=4, failure=failure), path)
    assert path.read_text() == "before"
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("name", ["x.xlsx", "x", "none/x.csv"])
def test_a_path_that_cannot_be_written_is_told_before_anything_runs(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(Invalid):
        writer(tmp_path / name)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(Invalid) as failure:
        writer(tmp_path / "x.csv")
    assert failure.value.why == "It is a folder."


def test_the_system_says_no(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable) as failure:
        write(bench.answer("select 1 as a"), tmp_path / "x.csv")
    assert failure.value.why == "No space left on device"
    assert names(tmp_path) == []


def test_parquet_names_what_it_cannot_hold(bench: Any, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as failure:
        write(bench.answer("select interval 1 day as d"), tmp_path / "x.parquet")
    assert failure.value.why == "`d` is INTERVAL"
    assert names(tmp_path) == []
