"""Kept: the same rows from memory and from a file, and no file left behind."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from doumen.rooms.analyse.kept import Kept

SQL = "select range as i, 'row ' || range as t, [range] as l from range(5000)"


@pytest.mark.parametrize("memory", [0, 40_000, 10**9], ids=["file", "both", "memory"])
def test_rows_are_there_as_often_as_wanted(
    bench: Any, memory: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    answer = bench.answer(SQL, batch=700)
    held = Kept(answer, memory=memory)
    assert answer.receipt == "01RECEIPT"
    assert len(held) == 5000
    expected = [[i, f"row {i}", [i]] for i in range(5000)]
    assert list(held) == expected
    assert list(held) == expected
    assert list(tmp_path.iterdir()) == []


def test_no_rows(bench: Any) -> None:
    held = Kept(bench.answer("select 1 as a where false"))
    assert (len(held), list(held)) == (0, [])
