from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from doumen.model.errors import Conflict, DoumenError, Faulty, Invalid, NotFound, Unavailable
from doumen.rooms.collect import find as finding
from doumen.rooms.collect.find import find, unmoved, weigh
from doumen.rooms.collect.unpack import Holding


def quiet(fraction: float | None, doing: str) -> None:
    assert fraction is None or 0 <= fraction <= 1
    assert doing


def names(root: Path, files: tuple[Path, ...]) -> list[str]:
    return [file.relative_to(root).as_posix() for file in files]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "in"
    for name in (
        "b.csv",
        "a.CSV",
        "sub/c.parquet",
        "sub/.d.csv",
        "note.md",
        "~$e.csv",
        ".git/x.csv",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("id\n1\n")
    return root


def test_a_folder_is_searched_in_the_order_of_names(folder: Path) -> None:
    found = find(str(folder))
    assert names(folder, found.files) == ["a.CSV", "b.csv", "sub/c.parquet"]
    assert found.skipped == ("note.md",)


def test_a_file_and_a_pattern(folder: Path) -> None:
    assert find(str(folder / "note.md")).files == (folder / "note.md",)
    assert names(folder, find(f"{folder}/?.[cC]*").files) == ["a.CSV", "b.csv"]
    assert names(folder, find(f"{folder}/**/*.parquet").files) == ["sub/c.parquet"]


def test_a_name_that_looks_like_a_pattern_is_a_file_if_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("x")
    assert find(str(tmp_path / "a[1].csv")).files == (tmp_path / "a[1].csv",)


def test_relative_paths_become_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert find("sub/../b.csv").files == (folder / "b.csv",)


def test_nothing_there(tmp_path: Path) -> None:
    for path in ("gone.csv", "*.csv", "."):
        with pytest.raises(NotFound) as caught:
            find(f"{tmp_path}/{path}")
        assert caught.value.code == "not-found.file"


def test_too_many_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST", 2)
    with pytest.raises(Invalid, match="3 files"):
        find(str(folder))


def test_files_are_hashed_and_sampled_with_progress(tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_bytes(b"x" * (finding.CHUNK + 5))
    second.write_bytes("名\n".encode("gb18030"))
    told: list[float | None] = []
    weighed = weigh(
        [first, second], lambda fraction, doing: told.append(fraction), Holding(tmp_path)
    )
    assert [one.source.sha256 for one in weighed] == [
        hashlib.sha256(file.read_bytes()).hexdigest() for file in (first, second)
    ]
    assert weighed[0].source.size == finding.CHUNK + 5
    assert weighed[1].source.name == second.as_posix()
    assert (weighed[1].sample.name, weighed[1].sample.utf8) == ("b.csv", False)
    assert len(told) == 3
    assert told == sorted(told, key=lambda one: one or 0)
    assert told[-1] == 1.0


def test_all_bad_files_are_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "broken.csv").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "good.csv").write_text("a\n")
    with pytest.raises(DoumenError, match="3 files") as caught:
        weigh(find(str(tmp_path)).files, quiet, Holding(tmp_path))
    assert all(f"`{name}.csv`" in str(caught.value.why) for name in ("empty", "broken", "pipe"))


def test_each_fault_has_its_class(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "broken.csv").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.csv")
    for name, kind in (("empty", Faulty), ("broken", NotFound), ("pipe", Invalid)):
        with pytest.raises(kind):
            weigh(find(f"{tmp_path}/{name}.csv").files, quiet, Holding(tmp_path))


def test_what_the_system_refuses_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for file in files:
        file.write_text("x")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(Unavailable, match="2 files") as caught:
        weigh(files, quiet, Holding(tmp_path))
    assert "Permission denied" in str(caught.value.why)


def test_a_folder_that_cannot_be_read_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def refused(path: str) -> object:
        if path.endswith("sub"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(Unavailable, match="`sub` cannot be read"):
        find(str(folder))


def test_a_file_that_changes_meanwhile_is_a_conflict(tmp_path: Path) -> None:
    file, other = tmp_path / "a.csv", tmp_path / "b.csv"
    file.write_text("a\n")
    other.write_text("a\n")
    weighed = weigh([file, other], quiet, Holding(tmp_path))
    unmoved(weighed)
    file.write_text("a\n1\n")
    with pytest.raises(Conflict, match=r"a\.csv"):
        unmoved(weighed)
    other.unlink()
    with pytest.raises(Conflict, match="2 files"):
        unmoved(weighed)
