"""Which files a compaction writes anew, by their sizes and by what they lie between."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from doumen.gate.loose import BYTES, RUNS, choose, depth
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import Bound, DataFile, Snapshot

SCHEMA = Schema.of(id="BIGINT", day="DATE")


def file(name: str, rows: int, low: int | None = None, high: int | None = None) -> DataFile:
    bounds = () if low is None else (Bound("id", str(low), str(high), 0),)
    return DataFile(name, rows * 10, rows, bounds=bounds)


def chosen(files: Sequence[DataFile], by: Sequence[str] = (), rows: int | None = 100) -> list[str]:
    found = choose(Snapshot(Ref("a", "b"), 1, SCHEMA, tuple(files)), by, rows)
    return [one.path for one in found.files]


def test_without_an_order_several_small_files_are_chosen() -> None:
    big = file("big", 90)
    assert chosen([file("a", 10), big, file("b", 33), file("c", 34)]) == ["a", "b"]
    assert chosen([big, file("a", 10)]) == []
    assert chosen([]) == []


def test_a_good_size_is_one_of_rows_and_of_bytes() -> None:
    wide = [DataFile(str(n), BYTES // 2, 1000) for n in range(4)]
    assert choose(Snapshot(Ref("a", "b"), 1, SCHEMA, tuple(wide)), ()).rows == 2000
    narrow = [DataFile(str(n), 1000, 1000) for n in range(4)]
    assert choose(Snapshot(Ref("a", "b"), 1, SCHEMA, tuple(narrow)), ()).rows == 1 << 21


def test_files_in_order_are_left_alone() -> None:
    files = [file("a", 90, 1, 5), file("b", 90, 5, 9), file("c", 20, 10, 12)]
    assert chosen(files, ["id"]) == []


def test_a_few_loose_rows_become_a_run_of_their_own() -> None:
    files = [file(str(n), 90, n * 10, n * 10 + 9) for n in range(9)]
    assert chosen([*files, file("new", 50)], ["id"]) == ["new"]
    assert chosen([*files, file("x", 9, 3, 70), file("y", 9, 4, 60)], ["id"]) == ["x", "y"]


def test_all_is_sorted_where_much_is_loose_or_runs_are_many() -> None:
    files = [file(str(n), 90, n * 10, n * 10 + 9) for n in range(9)]
    everything = [*files, file("new", 300)]
    assert chosen(everything, ["id"]) == [one.path for one in everything]
    runs = [file(f"r{n}", 90, 0, 50) for n in range(RUNS - 1)]
    assert chosen([*files, *runs], ["id"]) == []
    assert len(chosen([*files, *runs, file("new", 50)], ["id"])) == len(files) + RUNS


def test_another_order_makes_all_files_loose() -> None:
    files = [file(str(n), 90, n * 10, n * 10 + 9) for n in range(9)]
    assert len(chosen(files, ["day"])) == len(chosen(files, ["id", "day"])) == 9


def test_files_without_a_value_lie_over_nothing() -> None:
    empty = DataFile("n", 900, 90, bounds=(Bound("id", None, None, 90),))
    assert chosen([empty, file("a", 90, 1, 2)], ["id"]) == []


@pytest.mark.parametrize(
    ("extents", "most"),
    [([], 0), ([(1, 1)], 1), ([(1, 2), (2, 3)], 1), ([(1, 3), (2, 4), (2, 2)], 2),
     ([(1, 9), (2, 8), (3, 7)], 3)],
)  # fmt: skip
def test_depth_counts_files_over_one_value(extents: list[tuple[int, int]], most: int) -> None:
    assert depth(extents) == most
