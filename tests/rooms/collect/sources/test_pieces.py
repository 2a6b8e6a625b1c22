"""Pieces: they end between two values, come in order, and leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.model.errors import Unavailable
from doumen.model.message import msg
from doumen.rooms.collect.sources import pieces
from doumen.rooms.collect.sources.pieces import Pieces


def batches(values: list[Any], size: int, breaks: bool = False) -> Iterator[pa.RecordBatch]:
    table = pa.table({"at": pa.array(values, pa.int64())})
    yield from table.to_batches(max_chunksize=size)
    if breaks:
        raise Unavailable(msg("The place went away."), detail="place")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(pieces, "PIECE", 3)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def read(found: Iterator[Any]) -> list[tuple[list[Any], Any]]:
    return [(pq.read_table(piece.path)["at"].to_pylist(), piece.mark) for piece, _ in found]


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_value_is_in_one_piece(size: int, small: Path) -> None:
    values = [None, None, 1, 1, 1, 1, 2, 3, 4, 5, 5]
    found = read(Pieces(batches(values, size), "at").ahead())
    assert [value for part, _ in found for value in part] == values
    assert [mark for _, mark in found] == [1, 4, 5]
    assert list(small.iterdir()) == []


def test_what_came_before_a_break_is_given(small: Path) -> None:
    given: list[Any] = []
    with (
        pytest.raises(Unavailable),
        closing(Pieces(batches([1, 2, 3, 4, 5, 6], 2, breaks=True), "at").ahead()) as found,
    ):
        given.extend(piece.mark for piece, _ in found)
    assert given == [3]
    assert list(small.iterdir()) == []


def test_what_is_left_is_removed(small: Path) -> None:
    rows = batches(list(range(30)), 2)
    with closing(Pieces(rows, "at").ahead()) as found:
        piece, _ = next(found)
        assert piece.path.exists()
    assert list(small.iterdir()) == []
    assert next(rows, None) is not None


@pytest.mark.parametrize(
    ("cursor", "parts"), [(None, [[1, 1], [1, 2], [3]]), ("at", [[1, 1, 1], [2, 3]])]
)
def test_wide_rows_end_a_piece_sooner(
    cursor: str | None, parts: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 100)
    monkeypatch.setattr(pieces, "BYTES", 16)
    found = read(Pieces(batches([1, 1, 1, 2, 3], 2), cursor).ahead())
    assert [part for part, _ in found] == parts
