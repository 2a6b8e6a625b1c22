"""Answers that are held: for their actor alone, for a while, and swept whoever asks next."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pyarrow as pa
import pytest

from doumen.session import held
from doumen.session.held import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Of ana, with one answer."""
    batch = pa.RecordBatch.from_pydict({"n": pa.array([1, 2], pa.int32())})
    told = {"columns": [{"name": "n", "type": "INTEGER"}], "rows": [1, 2], "truncated": False,
            "receipt": "R1"}  # fmt: skip
    found = Shelf(tmp_path, "ana")
    found.keep(told, [batch], {"sql": "SELECT n"})
    return found


def only(folder: Path) -> Path:
    (path,) = (folder / held.FOLDER).iterdir()
    return path


def test_one_is_held_for_its_actor_alone(shelf: Shelf, tmp_path: Path) -> None:
    found = shelf.find("R1")
    assert found is not None
    assert list(found.all()) == [[1], [2]]
    assert Shelf(tmp_path, "sue").find("R1") is None
    assert only(tmp_path).stat().st_mode & 0o77 == 0


def test_what_nobody_looked_at_is_not_given_and_goes(shelf: Shelf, tmp_path: Path) -> None:
    held.sweep(tmp_path)
    past = time.time() - held.SECONDS - 5
    os.utime(only(tmp_path), (past, past))
    assert shelf.find("R1") is None, "it is over though nobody swept yet"
    held.sweep(tmp_path)
    assert not list((tmp_path / held.FOLDER).iterdir())


def test_looking_again_and_again_does_not_hold_it_for_ever(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    then = time.time() + held.LONGEST + 5
    os.utime(only(tmp_path), (then, then))
    monkeypatch.setattr(time, "time", lambda: then)
    assert shelf.find("R1") is None


def test_all_of_them_take_so_much_the_oldest_go(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(held, "ALL", only(tmp_path).stat().st_size - 1)
    held.sweep(tmp_path)
    assert shelf.find("R1") is None


@pytest.mark.parametrize("left", [b"", b"ARROW1\x00\x00half"])
def test_what_a_crash_left_half_written_is_none(shelf: Shelf, tmp_path: Path, left: bytes) -> None:
    only(tmp_path).write_bytes(left)
    assert shelf.find("R1") is None


def test_a_node_that_holds_none_is_swept_too(tmp_path: Path) -> None:
    held.sweep(tmp_path)
    assert not list(tmp_path.iterdir())
