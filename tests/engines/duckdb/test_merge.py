"""A merge against a model of a few lines: dictionaries of keys, batch after batch."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doumen.engines.duckdb.merge import merge
from doumen.model.load import Mode
from doumen.model.merge import Merge, Vanished, widened
from doumen.model.plan import MergePlan
from doumen.model.schema import Schema

BROUGHT = Schema.of(id="BIGINT", part="VARCHAR", value="DOUBLE", at="BIGINT")
ARROW = pa.schema([("id", pa.int64()), ("part", pa.string()), ("value", pa.float64()),
                   ("at", pa.int64())])  # fmt: skip
START = datetime(2026, 1, 1, tzinfo=UTC)
Row = tuple[int, str, float | None, int | None]

rows = st.tuples(
    st.integers(0, 5),
    st.sampled_from(["a", "b"]),
    st.sampled_from([0.0, 1.5, float("nan"), None]),
    st.one_of(st.none(), st.integers(0, 3)),
)
batches = st.lists(st.lists(rows, max_size=8), min_size=1, max_size=5)
merges = st.builds(
    Merge,
    st.just(Mode.UPSERT),
    st.just(("id", "part")),
    st.sampled_from([None, "at"]),
    st.sampled_from(list(Vanished)),
) | st.builds(
    Merge,
    st.just(Mode.HISTORY),
    st.just(("part", "id")),
    st.sampled_from([None, "at"]),
    st.sampled_from([Vanished.KEEP, Vanished.MARK]),
)


def plain(row: Any) -> tuple[Any, ...]:
    """A row that equals another one with the same values, NaN included."""
    return tuple("nan" if value != value else value for value in row)


@dataclass
class Model:
    """What is there: of each key the row now and when it ended, and the rows before."""

    merge: Merge
    now: dict[tuple[int, str], tuple[Row, datetime, datetime | None]] = field(default_factory=dict)
    past: list[tuple[Row, datetime, datetime]] = field(default_factory=list)

    def take(self, batch: list[Row], moment: datetime) -> None:
        latest: dict[tuple[int, str], Row] = {}
        for row in batch:
            before = latest.get(row[:2])
            if before is None or not self._older(row, before):
                latest[row[:2]] = row
        for key, row in latest.items():
            if self._comes(row, self.now.get(key)):
                if key in self.now:
                    self._close(key, moment)
                self.now[key] = (row, moment, None)
        if self.merge.vanished is not Vanished.KEEP and batch:
            self._vanish({k for k, one in self.now.items() if k not in latest}, moment)

    def _comes(self, row: Row, there: tuple[Row, datetime, datetime | None] | None) -> bool:
        if there is None:
            return True
        if there[2] is None:
            return plain(there[0]) != plain(row) and not self._late(row, there[0])
        return self.merge.mode is Mode.HISTORY or not self._late(row, there[0])

    def _vanish(self, keys: set[tuple[int, str]], moment: datetime) -> None:
        for key in keys:
            row, since, ended = self.now[key]
            if ended is None and self.merge.vanished is Vanished.MARK:
                self.now[key] = (row, since, moment)
            elif self.merge.vanished is Vanished.REMOVE:
                del self.now[key]

    def _close(self, key: tuple[int, str], moment: datetime) -> None:
        row, since, ended = self.now[key]
        if self.merge.mode is Mode.HISTORY:
            self.past.append((row, since, ended or moment))

    def _late(self, row: Row, there: Row) -> bool:
        known = self.merge.order is not None and row[3] is not None and there[3] is not None
        return known and row[3] < there[3]  # type: ignore[operator]

    def _older(self, row: Row, other: Row) -> bool:
        if self.merge.order is None:
            return False
        one, two = (-1 if r[3] is None else r[3] for r in (row, other))
        return one < two

    def rows(self) -> list[tuple[Any, ...]]:
        kept = len(self.merge.kept)
        found: list[tuple[Any, ...]]
        if self.merge.mode is Mode.HISTORY:
            found = [(*r, s, e) for r, s, e in (*self.now.values(), *self.past)]
        elif kept:
            found = [(*r, e) for r, _, e in self.now.values()]
        else:
            found = [r for r, _, _ in self.now.values()]
        return sorted(map(plain, found), key=repr)


@dataclass
class Table:
    """The files of a dataset, as a merge leaves them."""

    folder: Path
    merge: Merge
    files: list[str] = field(default_factory=list)
    step: int = 0

    def take(self, batch: list[Row], moment: datetime) -> dict[str, Any]:
        self.step += 1
        into = self.folder / str(self.step)
        into.mkdir()
        fresh = self.folder / f"fresh-{self.step}.parquet"
        columns: list[Any] = list(zip(*batch, strict=True)) or [[]] * 4
        pq.write_table(pa.table(columns, schema=ARROW), fresh)
        plan = MergePlan(
            base=tuple(self.files),
            fresh=(str(fresh),) if batch else (),
            schema=widened(BROUGHT, self.merge),
            merge=self.merge,
            moment=moment,
            into=str(into),
            aside_base=(),
            aside_fresh=(),
            aside_into=str(into),
        )
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            done = merge(connection, plan, lambda share, doing: None)
        gone = {self.files[number] for number in done["touched"]}
        written = [p for p in sorted(into.iterdir()) if pq.read_metadata(p).num_rows]
        self.files = [f for f in self.files if f not in gone] + list(map(str, written))
        return dict(done["counts"])

    def rows(self) -> list[tuple[Any, ...]]:
        found = []
        for file in self.files:
            table = pq.read_table(file)
            found += [plain(tuple(row.values())) for row in table.to_pylist()]
        return sorted(found, key=repr)


@given(batches, merges)
@settings(deadline=None, max_examples=40)
def test_a_merge_is_that_of_the_model(given: list[list[Row]], how: Merge) -> None:
    with TemporaryDirectory() as folder:
        table, model = Table(Path(folder), how), Model(how)
        for number, batch in enumerate(given):
            moment = START + timedelta(days=number)
            before = len(table.rows())
            counts = table.take(batch, moment)
            model.take(batch, moment)
            assert table.rows() == model.rows()
            landed = ("inserted", "updated", "unchanged", "superseded", "late")
            assert sum(counts[name] for name in landed) == len(batch)
            written = counts["inserted"] + counts["updated"]
            assert len(table.rows()) == before + written - counts["dropped"]


def test_files_without_a_changed_row_stay(tmp_path: Path) -> None:
    table = Table(tmp_path, Merge(Mode.UPSERT, ("id",)))
    table.take([(1, "a", 1.0, 1), (2, "a", 1.0, 1)], START)
    table.take([(3, "a", 1.0, 1), (4, "a", 1.0, 1)], START)
    first, second = table.files
    counts = table.take([(1, "a", 1.0, 1), (4, "a", 2.0, 1)], START)
    assert (counts["unchanged"], counts["updated"]) == (1, 1)
    assert first in table.files
    assert second not in table.files


def test_rows_keep_their_order_where_a_file_is_written_anew(tmp_path: Path) -> None:
    table = Table(tmp_path, Merge(Mode.UPSERT, ("id",)))
    many: list[Row] = [(number, "a", 0.5, number) for number in range(20_000)]
    table.take(many, START)
    table.take([(777, "b", 0.5, 1)], START)
    left = pq.read_table(table.files[0])["id"].to_pylist()
    assert left == [number for number in range(20_000) if number != 777]


def test_files_from_before_a_column_was_added_have_no_value_of_it(tmp_path: Path) -> None:
    old = tmp_path / "old.parquet"
    pq.write_table(pa.table({"id": [1, 2], "part": ["a", "b"]}), old)
    table = Table(tmp_path, Merge(Mode.UPSERT, ("id",)), [str(old)])
    table.take([(1, "a", None, None), (2, "b", 7.0, None)], START)
    assert table.rows() == [(1, "a", None, None), (2, "b", 7.0, None)]


def test_the_last_file_has_every_column_whatever_is_removed(tmp_path: Path) -> None:
    old = tmp_path / "old.parquet"
    pq.write_table(pa.table({"id": [1, 2], "part": ["a", "b"]}), old)
    table = Table(tmp_path, Merge(Mode.UPSERT, ("id",), None, Vanished.REMOVE), [str(old)])
    table.take([(1, "a", None, None), (2, "b", None, None), (3, "c", 1.0, 1)], START)
    assert table.files[0] == str(old)
    counts = table.take([(1, "a", None, None), (2, "b", None, None)], START)
    assert (counts["unchanged"], counts["vanished"]) == (2, 1)
    assert table.rows() == [(1, "a", None, None), (2, "b", None, None)]
    assert pq.read_schema(table.files[-1]).names == list(BROUGHT.names)


@pytest.mark.parametrize("there", [False, True])
def test_what_is_aside_already_is_not_set_aside_again(tmp_path: Path, there: bool) -> None:
    def aside(name: str, *raws: str) -> str:
        path = tmp_path / name
        count = len(raws)
        columns = {"_source": ["s"] * count, "_row": list(range(count)), "_column": [None] * count,
                   "_reason": ["type"] * count, "_raw": list(raws)}  # fmt: skip
        table = pa.table(columns, schema=pa.schema([
            ("_source", pa.string()), ("_row", pa.int64()), ("_column", pa.string()),
            ("_reason", pa.string()), ("_raw", pa.string())]))  # fmt: skip
        pq.write_table(table, path)
        return str(path)

    into = tmp_path / "into"
    into.mkdir()
    plan = MergePlan(
        base=(), fresh=(), schema=BROUGHT, merge=Merge(Mode.UPSERT, ("id",)), moment=START,
        into=str(into), aside_base=(aside("was", "x"),) if there else (),
        aside_fresh=(aside("new", "x", "y"),), aside_into=str(into),
    )  # fmt: skip
    with duckdb.connect() as connection:
        done = merge(connection, plan, lambda share, doing: None)
    assert done["counts"]["again"] == int(there)
    (written,) = into.iterdir()
    assert pq.read_table(written)["_raw"].to_pylist() == (["y"] if there else ["x", "y"])
