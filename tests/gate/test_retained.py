"""Which versions stay, and which files go with those that do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from doumen.gate.retained import Version, ended, loosened, versions
from doumen.model.fact import Fact, FactRow
from doumen.model.snapshot import DataFile
from doumen.model.upkeep import Upkeep

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def file(name: str) -> DataFile:
    return DataFile(name, 1, 1)


def version(number: int, files: str, days: float | None) -> Version:
    """A version that another took the place of so many days ago."""
    until = None if days is None else NOW - timedelta(days=days)
    return Version(number, tuple(map(file, files)), until)


def row(seq: int, number: int | None, files: str = "", kind: str = "table") -> FactRow:
    listed = [file(name).as_json() for name in files]
    body = None if number is None else {"version": number, "files": listed, "kind": kind}
    return FactRow(seq, Fact("dataset", "a.b", body), f"e{seq}", f"2026-01-0{seq}T00:00:00.000000Z")


def test_versions_are_those_since_the_dataset_was_last_made() -> None:
    rows = [
        row(1, 1, "x"),
        row(2, None),
        row(3, 2, "y"),
        row(4, 2, "y"),
        row(5, 3, "z", "attached"),
    ]
    kept = versions(rows)
    assert [(one.number, [f.path for f in one.files]) for one in kept] == [(2, ["y"]), (3, [])]
    assert [one.until for one in kept] == [datetime(2026, 1, 5, tzinfo=UTC), None]
    assert versions([row(1, 1, "x"), row(2, None)]) == []


KEPT = [version(1, "a", 9), version(2, "ab", 4), version(3, "abc", 1), version(4, "d", None)]


@pytest.mark.parametrize(
    ("upkeep", "gone"),
    [
        (Upkeep(), []), (Upkeep(versions=1), [1, 2, 3]), (Upkeep(versions=2), [1, 2]),
        (Upkeep(versions=9), []), (Upkeep(days=0), [1, 2, 3]), (Upkeep(days=4), [1]),
        (Upkeep(days=100), []), (Upkeep(versions=1, days=2), [1, 2]),
        (Upkeep(versions=3, days=0), [1]),
    ],
)  # fmt: skip
def test_versions_beyond_what_is_retained(upkeep: Upkeep, gone: list[int]) -> None:
    assert [one.number for one in ended(KEPT, upkeep, NOW, 300.0)] == gone


def test_what_went_out_of_force_just_now_stays() -> None:
    kept = [version(1, "a", 0.001), version(2, "b", None)]
    assert list(ended(kept, Upkeep(versions=1), NOW, 300.0)) == []
    assert len(list(ended(kept, Upkeep(versions=1), NOW, 60.0))) == 1


@pytest.mark.parametrize(
    ("going", "gone", "lost", "files"),
    [
        (set(), {}, [], ""), ({1, 2, 3}, {}, [1, 2, 3], "abc"), ({1, 2}, {}, [], ""),
        ({2, 3}, {}, [2, 3], "bc"), ({3}, {}, [3], "c"), ({3}, {1: "t", 2: "t"}, [3], "abc"),
        (set(), {3: "t"}, [], "c"),
    ],
)  # fmt: skip
def test_a_version_goes_only_if_a_file_does(
    going: set[int], gone: dict[int, str], lost: list[int], files: str
) -> None:
    found, paths = loosened(KEPT, going, gone)
    assert [one.number for one in found] == lost
    assert sorted(one.path for one in paths) == sorted(files)
