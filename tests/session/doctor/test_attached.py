"""The doctor names attached datasets whose files are gone or changed, and touches none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.session.doctor import lake
from doumen.session.doctor.verb import doctor
from doumen.session.node import silent
from doumen.stores.attached import Attached


@pytest.fixture
def away(folder: Path, tmp_path: Path) -> Path:
    """A file elsewhere, in the place of what was collected."""
    file = tmp_path / "away.csv"
    file.write_text("id,name\n7,Gus\n")
    with doumen.open(folder) as node:
        own = node.session()
        own.do("attach", path=file, as_dataset="a.b", replace=True)
        own.do("attach", path=file, as_dataset="a.d")
    return file


def test_files_that_are_what_was_attached(folder: Path, look: Any, away: Path) -> None:
    assert look(full=True, mend=True) == (0, [])
    told = doctor(folder, progress=silent).json["checks"]
    (one,) = [check for check in told if check["check"] == "attached"]
    assert "2 attached files" in one["said"]


def test_a_node_without_any_is_not_told_of_them(folder: Path) -> None:
    told = doctor(folder, progress=silent).json["checks"]
    assert not [check for check in told if check["check"] == "attached"]


@pytest.mark.parametrize("content", ["id,name\n7,Gut\n", None])
def test_files_that_are_not(folder: Path, look: Any, away: Path, content: str | None) -> None:
    away.unlink() if content is None else away.write_text(content)
    code, found = look(mend=True)
    assert (code, [c["check"] for c in found]) == (1, ["attached"] * 2)
    for check, ref in zip(found, ("a.b", "a.d"), strict=True):
        assert f"`{ref}`" in check["said"]
        assert str(away) in check["said"]
        assert check["next"]
        assert not check["mended"]
    assert away.exists() == (content is not None)


def test_content_is_read_where_all_is_looked_at(
    look: Any, away: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the times of a file do not tell."""
    monkeypatch.setattr(Attached, "_digest", lambda *_: "0" * 64)
    assert look() == (0, [])
    code, found = look(full=True)
    assert (code, [c["check"] for c in found]) == (1, ["attached"] * 2)


def test_what_was_collected_before_is_kept(
    folder: Path, look: Any, away: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its older versions can still be asked for: their files belong to them."""
    monkeypatch.setattr(lake, "HOUR", -1.0)
    assert look(mend=True) == (0, [])
    (file,) = (folder / "lake" / "a" / "b").glob("*.parquet")
    with doumen.open(folder) as node:
        asked = "SELECT count(*) FROM a.b AT (VERSION => 1)"
        assert node.session().query(asked).rows() == [(2,)]
    file.unlink()
    assert look()[0] == 1
