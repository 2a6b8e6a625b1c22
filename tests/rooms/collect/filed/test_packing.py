"""Files as rows: whole, in groups bounded by bytes, the large ones without content."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.filed import packing
from doumen.rooms.collect.filed.columns import NAMES
from doumen.rooms.collect.filed.packing import Piece, digest


def put(folder: Path, piece: Piece, name: str, content: bytes, changed: float | None = 0) -> str:
    path = folder / "brought"
    path.write_bytes(content)
    found = digest(path)
    piece.add(Item(name, len(content), None, changed), path, found)
    return found


def test_what_is_packed_is_there(tmp_path: Path) -> None:
    piece = Piece(tmp_path / "p", 10, "m")
    digests = [put(tmp_path, piece, f"d/{n}.txt", b"x" * n) for n in (0, 10, 11)]
    piece.close()
    table = pq.read_table(tmp_path / "p")
    assert table.column_names == list(NAMES)
    rows = table.to_pylist()
    assert [row["content"] for row in rows] == [b"", b"x" * 10, None]
    assert [row["size"] for row in rows] == [0, 10, 11]
    assert [row["sha256"] for row in rows] == digests == [
        sha256(b"x" * n).hexdigest() for n in (0, 10, 11)
    ]  # fmt: skip
    assert rows[1]["name"] == "10.txt"
    assert rows[1]["modified"] == datetime(1970, 1, 1)


@pytest.mark.parametrize("changed", [None, 1e20, -1e20, float("nan")])
def test_a_clock_that_says_nonsense_says_nothing(tmp_path: Path, changed: float | None) -> None:
    piece = Piece(tmp_path / "p", 10, "m")
    put(tmp_path, piece, "a", b"x", changed)
    piece.close()
    assert pq.read_table(tmp_path / "p").column("modified").to_pylist() == [None]


def test_groups_and_pieces_are_bounded_by_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "GROUP", 100)
    monkeypatch.setattr(packing, "PIECE", 250)
    piece = Piece(tmp_path / "p", 1000, "m")
    full = []
    for number in range(5):
        put(tmp_path, piece, str(number), b"x" * 60)
        full.append(piece.full)
    piece.close()
    assert full == [False, False, False, False, True]
    metadata = pq.read_metadata(tmp_path / "p")
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [2, 2, 1]


def test_the_same_files_again_are_another_piece(tmp_path: Path) -> None:
    made = []
    for mark in "ab":
        piece = Piece(tmp_path / mark, 10, mark)
        put(tmp_path, piece, "a", b"x")
        piece.close()
        made.append(digest(tmp_path / mark))
    assert made[0] != made[1]
