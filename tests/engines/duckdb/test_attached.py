"""A file that is attached is the dataset that it would be if it were collected, row for row.

Texts are drawn by hypothesis: quotes, line ends within fields, blanks, half-typed values.
Where a survey finds nothing, the table over the file equals what a load lands; where it finds
something, it finds what a load sets aside.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.engines.duckdb import attached
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.engines.duckdb.load import load
from doumen.engines.duckdb.survey import survey
from doumen.model.errors import Faulty
from doumen.model.load import Check, LoadColumn, LoadSpec, Reading, SourceFile
from doumen.model.plan import Bounds, LoadPlan, SurveyPlan
from doumen.model.snapshot import Form

MIB = 1 << 20
BOUNDS = Bounds(memory=512 * MIB, threads=2)
TYPES = ("VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "DECIMAL(10,2)", "BOOLEAN", "DATE", "TIMESTAMP")
FIT = {
    "VARCHAR": ("", "a", "NULL", "温州", "a,b", 'say "x"', "two\nlines", " ", "0"),
    "BIGINT": ("", "0", "-7", "12345678901", " 5", "+3"),
    "INTEGER": ("", "0", "-7", "42", "1_000"),
    "DOUBLE": ("", "1.5", "-0.0", "nan", "inf", "1e300", "0.1"),
    "DECIMAL(10,2)": ("", "1.50", "-3", "0.10", "1e2"),
    "BOOLEAN": ("", "true", "F", "1"),
    "DATE": ("", "2024-02-29", "1999-12-31"),
    "TIMESTAMP": ("", "2024-01-02 03:04:05.678901", "2024-01-02", "2024-01-02T03:04:05"),
}
MISFIT = ("x", "1.239", "2024-13-01", "99999999999999999999", "maybe")


@dataclass
class Bench:
    """One engine that may work in one folder, and fresh names in it."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    numbers: Iterator[int]

    def fresh(self, *, folder: bool = False) -> Path:
        path = self.folder / f"n{next(self.numbers)}"
        if folder:
            path.mkdir()
        return path

    def surveyed(self, spec: LoadSpec) -> dict[str, Any]:
        scratch = self.fresh(folder=True)
        return survey(self.connection, SurveyPlan(spec, BOUNDS), scratch, lambda *_: None)

    def loaded(self, spec: LoadSpec) -> tuple[dict[str, Any], Path]:
        into, aside, scratch = (self.fresh(folder=True) for _ in range(3))
        plan = LoadPlan(spec, str(into), str(aside), BOUNDS)
        return load(self.connection, plan, scratch, lambda *_: None), into

    def rows(self, table: str) -> list[str]:
        return sorted(map(repr, self.connection.execute(f"SELECT * FROM {table}").fetchall()))

    def alike(self, spec: LoadSpec) -> bool:
        """Check that survey and table say of files what a load says; whether they are clean."""
        body, into = self.loaded(spec)
        try:
            found = self.surveyed(spec)
        except Faulty as error:
            return error.code != "faulty.form"
        assert sorted(map(tuple, found["reasons"])) == sorted(
            (column or "", reason, rows) for column, reason, rows in body["reasons"]
        )
        if found["reasons"]:
            return False
        assert body["quarantined"] == 0
        assert sum(found["rows"]) == body["landed"]
        columns = tuple(
            replace(c, formats=tuple(formats), checks=())
            for c, formats in zip(spec.columns, found["formats"], strict=True)
        )
        form = Form(spec.reading, columns)
        table = attached.table([f.path for f in spec.files], form)
        landed = [str(into / name) for name, _, _ in body["files"]]
        if landed:
            assert self.rows(table) == self.rows(f"read_parquet({landed})")
            for column in columns:
                one = f'(SELECT "{column.name}" FROM {table})'
                other = f'(SELECT "{column.name}" FROM read_parquet({landed}))'
                assert self.rows(one) == self.rows(other)
        else:
            assert self.rows(table) == []
        return True


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("attached")
    instance = Instance(folder)
    instance.lock(Reach((), (str(folder),), memory=512 * MIB, threads=2))
    with instance.connection() as connection:
        yield Bench(connection, folder, itertools.count())
    instance.close()


@st.composite
def texts(draw: st.DrawFn) -> tuple[bytes, Reading, tuple[LoadColumn, ...]]:
    """A file of text, its reading and its contract."""
    types = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=4))
    clean = draw(st.booleans())
    rows = draw(st.integers(0, 12))
    values = [[draw(st.sampled_from(FIT[t])) for t in types] for _ in range(rows)]
    if not clean and values:
        place = draw(st.integers(0, rows - 1)), draw(st.integers(0, len(types) - 1))
        values[place[0]][place[1]] = draw(st.sampled_from(MISFIT))
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(("\n", "\r\n")))
    header = draw(st.booleans())
    out = io.StringIO()
    writer = csv.writer(
        out,
        delimiter=delimiter,
        lineterminator=end,
        quoting=csv.QUOTE_ALL if draw(st.booleans()) else csv.QUOTE_MINIMAL,
    )
    names = [f"n{n}" for n in range(len(types))]
    writer.writerows(([names] if header else []) + values)
    text = out.getvalue()
    if draw(st.integers(0, 9)) == 0:
        text += draw(st.sampled_from(("lonely" + end, '"open', delimiter * 9 + end, end)))
    bom = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    reading = Reading("csv", delimiter=delimiter, header=header, columns=tuple(names))
    columns = tuple(
        LoadColumn(name, name.upper(), type_, checks=(Check("required"),) * draw(st.integers(0, 1)))
        for name, type_ in zip(names, types, strict=True)
    )
    return bom + text.encode(), reading, columns


def held_alike(bench: Bench, drawn: tuple[bytes, Reading, tuple[LoadColumn, ...]]) -> None:
    content, reading, columns = drawn
    path = bench.fresh()
    path.write_bytes(content)
    if content.removeprefix(b"\xef\xbb\xbf"):
        file = SourceFile(str(path), path.name, len(content), "")
        clean = bench.alike(LoadSpec((file,), reading, columns))
        event("clean" if clean else "not clean")


@given(drawn=texts())
@settings(max_examples=count(60), deadline=None, suppress_health_check=list(HealthCheck))
def test_text_is_as_if_collected(
    bench: Bench, drawn: tuple[bytes, Reading, tuple[LoadColumn, ...]]
) -> None:
    held_alike(bench, drawn)


@pytest.mark.soak
@given(drawn=texts())
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck))
def test_text_is_as_if_collected_at_length(
    bench: Bench, drawn: tuple[bytes, Reading, tuple[LoadColumn, ...]]
) -> None:
    held_alike(bench, drawn)


def test_many_rows_with_line_ends_within_fields(bench: Bench) -> None:
    """More than one buffer of the scanner, read by two threads."""
    path = bench.fresh()
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("id", "text", "v"))
        writer.writerows(
            (n, 'a "quoted"\nline, ' * (n % 60 * 5), n / 8 if n % 3 else "") for n in range(3_000)
        )
    assert path.stat().st_size > 8_000_000
    columns = (
        LoadColumn("id", "id", "BIGINT"),
        LoadColumn("text", "text", "VARCHAR"),
        LoadColumn("v", "v", "DOUBLE"),
    )
    file = SourceFile(str(path), path.name, path.stat().st_size, "")
    reading = Reading("csv", columns=("id", "text", "v"))
    assert bench.alike(LoadSpec((file, file), reading, columns))


DECLARED = {
    "BIGINT": pa.array([1, None, 3], pa.int32()),
    "INTEGER": pa.array([1, 2, None], pa.uint8()),
    "VARCHAR": pa.array(["a", "", None], pa.large_string()),
    "DOUBLE": pa.array([1.5, float("nan"), -0.0], pa.float32()),
    "DECIMAL(10,2)": pa.array([1.5, 2.25, None], pa.float64()),
    "DATE": pa.array(["2024-01-02", None, "1999-12-31"]),
    "TIMESTAMP": pa.array([0, 10**15, None], pa.timestamp("ns")),
    "TIMESTAMP WITH TIME ZONE": pa.array([0, 10**15, None], pa.timestamp("us", "UTC")),
    "BIGINT[]": pa.array([[1, 2], [], None]),
    "STRUCT(a BIGINT, b VARCHAR)": pa.array([{"a": 1, "b": "x"}, None, {"a": None, "b": ""}]),
    "BLOB": pa.array([b"\x00\xff", b"", None]),
    "BOOLEAN": pa.array([True, False, None]),
}


@pytest.mark.parametrize("several", [1, 2])
def test_parquet_is_as_if_collected(bench: Bench, several: int) -> None:
    files = []
    for _ in range(several):
        path = bench.fresh()
        pq.write_table(pa.table({f"s{n}": a for n, a in enumerate(DECLARED.values())}), path)
        files.append(SourceFile(str(path), path.name, path.stat().st_size, ""))
    columns = tuple(LoadColumn(f"s{n}", f"c{n}", type_) for n, type_ in enumerate(DECLARED))
    assert bench.alike(LoadSpec(tuple(files), Reading("parquet"), columns))
    for type_ in ("VARCHAR", "DOUBLE", "BIGINT", "DATE"):
        other = tuple(replace(c, type=type_) for c in columns)
        for column in other:
            bench.alike(LoadSpec(tuple(files), Reading("parquet"), (column,)))
