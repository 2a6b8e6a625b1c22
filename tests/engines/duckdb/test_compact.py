"""Compaction in the worker: the same rows, files of a good size, ranges that do not overlap."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb import DuckDB
from doumen.engines.duckdb import compact as module
from doumen.engines.duckdb.compact import compact, cut
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.model.loaded import Rewritten, Tally
from doumen.model.plan import Bounds, CompactPlan
from doumen.model.schema import Schema
from doumen.model.snapshot import Bound, DataFile

SMALL = Bounds(memory=256 << 20, threads=2, seconds=60.0)
SCHEMA = Schema.of(id="BIGINT", name="VARCHAR", day="DATE", tags="VARCHAR[]", at="STRUCT(x DOUBLE)")


class Place:
    """Files as of the lake, and where new ones go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("in", "into", "aside"):
            (folder / name).mkdir()
        self.files: list[tuple[str, int]] = []

    def write(self, table: pa.Table) -> None:
        path = self.folder / "in" / f"{len(self.files)}.parquet"
        pq.write_table(table, path)
        self.files.append((str(path), table.num_rows))

    def plan(self, by: Sequence[str], rows: int, schema: Schema = SCHEMA) -> CompactPlan:
        into, aside = str(self.folder / "into"), str(self.folder / "aside")
        return CompactPlan(tuple(self.files), schema, tuple(by), rows, into, aside, SMALL)

    def before(self) -> list[dict[str, Any]]:
        return [row for path, _ in self.files for row in pq.read_table(path).to_pylist()]

    def after(self, files: Sequence[DataFile]) -> list[list[dict[str, Any]]]:
        into = self.folder / "into"
        assert sorted(path.name for path in into.iterdir()) == sorted(f.path for f in files)
        tables = [pq.read_table(into / f.path) for f in files]
        assert [t.num_rows for t in tables] == [f.rows for f in files]
        assert [(into / f.path).stat().st_size for f in files] == [f.size for f in files]
        return [table.to_pylist() for table in tables]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    engine = DuckDB(SMALL)
    yield engine
    engine.close()


def people(numbers: Sequence[int | None]) -> pa.Table:
    return pa.table(
        {
            "id": pa.array(numbers, pa.int64()),
            "name": [None if n is None or n % 7 == 0 else f"n{n % 100:02}" for n in numbers],
            "day": pa.array([None if n is None else n % 1000 for n in numbers], pa.date32()),
            "tags": pa.array([["a", None], [], None] * len(numbers), pa.list_(pa.string()))[
                : len(numbers)
            ],
            "at": pa.array(
                [{"x": float(n or 0)} for n in numbers], pa.struct([("x", pa.float64())])
            ),
        }
    )


def counted(rows: Sequence[dict[str, Any]]) -> Counter[str]:
    return Counter(map(repr, rows))


def total(done: Rewritten) -> Tally:
    tally = Tally(0, 0)
    for one in done.written:
        tally += one
    return tally


def test_small_files_are_put_together_in_their_order(place: Place, engine: DuckDB) -> None:
    for start in range(0, 100, 10):
        place.write(people(range(start, start + 10)))
    told: list[float | None] = []
    done = engine.compact(place.plan((), 35), lambda fraction, _: told.append(fraction))
    after = place.after(done.files)
    assert [len(rows) for rows in after] == [30, 30, 30, 10]
    assert [row["id"] for rows in after for row in rows] == list(range(100))
    assert counted([row for rows in after for row in rows]) == counted(place.before())
    assert done.read == total(done)
    assert done.read.rows == 100
    assert all(file.bounds == () for file in done.files)
    assert told == sorted(told, key=lambda one: one or 0.0)


def test_what_is_put_together_here_is_what_the_sandbox_does(place: Place) -> None:
    for start in range(0, 40, 10):
        place.write(people(range(start, start + 10)))
    body = in_process(place, place.plan((), 25))
    assert [one[2] for one in body] == [20, 20]
    assert {str(one[4]) for one in body} == {"[]"}


def test_rows_are_put_in_order_and_files_know_their_bounds(place: Place, engine: DuckDB) -> None:
    place.write(people([5, 3, None, 9]))
    place.write(people([1, 1, 8, None, 2]))
    done = engine.compact(place.plan(("id", "name"), 3), None)
    after = place.after(done.files)
    assert [[row["id"] for row in rows] for rows in after] == [
        [1, 1, 2],
        [3, 5, 8],
        [9, None, None],
    ]
    assert done.read == total(done) == Tally(9, done.read.sum)
    assert [file.bounds[0] for file in done.files] == [
        Bound("id", "1", "2", 0), Bound("id", "3", "8", 0), Bound("id", "9", "9", 2)
    ]  # fmt: skip
    assert done.files[0].bounds[1] == Bound("name", "n01", "n02", 0)


@pytest.mark.parametrize("by", ["id", "name", "day"])
def test_ranges_do_not_overlap(place: Place, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    monkeypatch.setattr(module, "_HELD", 4 << 20)
    monkeypatch.setattr(module, "CHUNK", 400)
    for start in range(3):
        place.write(people([(n * 37 + start) % 900 for n in range(300)] + [None] * 5))
    body = in_process(place, place.plan((by,), 90))
    files = [DataFile(f[0], f[1], f[2], bounds=tuple(Bound(*b) for b in f[4])) for f in body]
    after = place.after(files)
    assert counted([row for rows in after for row in rows]) == counted(place.before())
    assert len(files) > 5
    values = [row[by] for rows in after for row in rows]
    kept = [value for value in values if value is not None]
    assert kept == sorted(kept)
    assert values[len(kept) :] == [None] * (len(values) - len(kept))
    assert list((place.folder / "aside").rglob("*.parquet")) == []


def test_one_value_in_all_rows_is_one_range(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_HELD", 4 << 20)
    place.write(people([7] * 300))
    body = in_process(place, place.plan(("id",), 100))
    assert [one[2] for one in body] == [100, 100, 100]
    assert {tuple(one[4][0]) for one in body} == {("id", "7", "7", 0)}


def test_a_column_that_came_later_is_null_in_older_files(place: Place, engine: DuckDB) -> None:
    place.write(pa.table({"id": pa.array([2, 1], pa.int64())}))
    done = engine.compact(place.plan(("id",), 10, Schema.of(id="BIGINT", more="VARCHAR")), None)
    assert place.after(done.files) == [[{"id": 1, "more": None}, {"id": 2, "more": None}]]
    assert done.read == total(done)


def test_the_tally_finds_rows_that_changed() -> None:
    rows = "(VALUES (1, 'a'), (2, 'b'), (2, 'b'), (NULL, 'c'))"
    others = ["(VALUES (1, 'b'), (2, 'a'), (2, 'b'), (NULL, 'c'))", "(VALUES (1, 'a'), (2, 'b'))",
              "(VALUES (1, 'a'), (1, 'a'), (2, 'b'), (NULL, 'c'))"]  # fmt: skip
    plan = CompactPlan((), Schema.of(a="BIGINT", b="VARCHAR"), (), 1, "", "", SMALL)
    with duckdb.connect() as connection:
        work = module._Compaction(connection, plan, lambda *_: None)
        tally = work._tally(f"{rows} AS t(a, b)")
        turned = work._tally(f"(SELECT * FROM {rows} AS t(a, b) ORDER BY b DESC)")
        assert tally == turned
        assert tally not in [work._tally(f"{one} AS t(a, b)") for one in others]


def test_long_texts_are_cut_around_what_they_bound() -> None:
    assert cut("a", "b") == ("a", "b")
    assert cut("x" * 70, "x" * 70) == ("x" * 64, "x" * 63 + "y")
    low, high = cut("\ud7ff" * 70, "\ud7ff" * 70)
    assert low == "\ud7ff" * 64
    assert high == "\ud7ff" * 63 + "\ue000"
    assert cut("a", "a" * 63 + "\U0010ffff" * 9) == ("a", "a" * 62 + "b")
    assert cut("a" * 70, "\U0010ffff" * 70) == ("a" * 64, None)
    assert cut(None, None) == (None, None)


def in_process(place: Place, plan: CompactPlan) -> list[list[Any]]:
    """Compact in this process, where the sizes of ranges can be set; what was written."""
    instance = Instance(place.folder)
    files = [path for path, _ in plan.files]
    instance.lock(Reach.of(plan.bounds, files, (plan.into, plan.aside)))
    with instance.connection() as connection:
        body = compact(connection, plan, lambda *_: None)
    instance.close()
    assert sum(one[2] for one in body["files"]) == body["read"][0]
    assert sum(int(one[3]) for one in body["files"]) == int(body["read"][1])
    written: list[list[Any]] = body["files"]
    return written


def test_rows_that_hold_files_are_as_wide_as_these(place: Place) -> None:
    schema = Schema.of(id="BIGINT", content="BLOB")
    content = [bytes([n]) + os.urandom(1 << 20) for n in range(3)]
    place.write(pa.table({"id": [1, 2, 3], "content": pa.array(content, pa.binary())}))
    plan = place.plan(["id"], 1, schema)
    compaction = module._Compaction(duckdb.connect(), plan, lambda fraction, doing: None)
    assert compaction._width() > 1 << 20
