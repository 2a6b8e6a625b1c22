"""A folder: what others put there, links, names that are no text, and what may not be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.rooms.collect.connectors.files.conftest import Place, quiet

from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.collect.connectors import SHELF
from doumen.rooms.collect.connectors.interface import Item


def listed(root: Path, pattern: str = "**") -> list[str]:
    with SHELF["folder"].connector({"path": str(root)}, {}).open() as files:
        return [item.name for item in files.items(pattern)]


def test_links_stay_within_the_folder(folder_place: Place, tmp_path: Path) -> None:
    root = Path(str(folder_place.options["path"]))
    folder_place.put("in/a.csv", b"a")
    (tmp_path / "secret.csv").write_text("s")
    (root / "inside.csv").symlink_to("in/a.csv")
    (root / "outside.csv").symlink_to(tmp_path / "secret.csv")
    (root / "nowhere.csv").symlink_to("gone.csv")
    (root / "round.csv").symlink_to("round.csv")
    (root / "folder").symlink_to("in")
    (root / "up").symlink_to(tmp_path)
    os.mkfifo(root / "pipe.csv")
    assert listed(root) == ["in/a.csv", "inside.csv"]
    linked = tmp_path / "linked"
    linked.symlink_to(root)
    assert listed(linked) == ["in/a.csv", "inside.csv"]


def test_a_file_that_became_a_link_is_not_followed(folder_place: Place, tmp_path: Path) -> None:
    root = Path(str(folder_place.options["path"]))
    (tmp_path / "secret").write_bytes(b"s")
    with folder_place.connector().open() as files:
        for other in (lambda path: path.symlink_to(tmp_path / "secret"), os.mkfifo):
            folder_place.put("a.csv", b"a")
            (item,) = files.items("a.csv")
            (root / "a.csv").unlink()
            other(root / "a.csv")
            with pytest.raises(Conflict):
                files.bring(item, tmp_path / f"out{other}", quiet)
            (root / "a.csv").unlink()


def test_names_that_are_no_text(folder_place: Place, tmp_path: Path) -> None:
    root, name = Path(str(folder_place.options["path"])), os.fsdecode("名".encode("gb18030"))
    (root / name).mkdir()
    (root / f"{name}.csv").write_bytes(b"one")
    (root / name / "a.csv").write_bytes(b"two")
    with folder_place.connector().open() as files:
        found = list(files.items("**"))
        assert [item.name for item in found] == ["名.csv", "名/a.csv"]
        for number, item in enumerate(found):
            files.bring(item, tmp_path / str(number), quiet)
    assert [(tmp_path / one).read_bytes() for one in "01"] == [b"one", b"two"]


def test_many_folders_within_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, depth = tmp_path / "root", 1010
    root.mkdir()
    monkeypatch.chdir(root)
    for _ in range(depth):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.csv").write_text("a")
    (found,) = listed(root)
    Path("a.csv").unlink()
    for _ in range(depth):
        os.chdir("..")
        Path("d").rmdir()
    assert found == "d/" * depth + "a.csv"


def test_what_may_not_be_read(
    folder_place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(str(folder_place.options["path"]))
    folder_place.put("in/a.csv", b"a")
    scan, open_ = os.scandir, os.open

    def no_scan(path: Path) -> object:
        if str(path).endswith("/in"):
            raise PermissionError(13, "no")
        return scan(path)

    with folder_place.connector().open() as files:
        (item,) = files.items("in/a.csv")
        for error, kind in ((PermissionError(13, "no"), Refused), (OSError(5, "io"), Unavailable)):

            def no_open(*_: object, error: OSError = error) -> int:
                raise error

            monkeypatch.setattr(os, "open", no_open)
            with pytest.raises(kind) as caught:
                files.bring(item, tmp_path / "a", quiet)
            assert "in/a.csv" in str(caught.value.what)
        monkeypatch.setattr(os, "open", open_)
        monkeypatch.setattr(os, "scandir", no_scan)
        with pytest.raises(Refused, match="`in` may not be read"):
            list(files.items("**"))
        assert list(files.items("*.csv")) == []
    (root / "in" / "a.csv").unlink()


def test_a_folder_that_goes_away_is_told(folder_place: Place, tmp_path: Path) -> None:
    root = Path(str(folder_place.options["path"]))
    with folder_place.connector().open() as files:
        root.rmdir()
        with pytest.raises(NotFound):
            list(files.items("**"))


def test_what_is_no_folder(folder_place: Place, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(Invalid, match="is no folder"):
        listed(tmp_path / "file")
    with pytest.raises(DoumenError) as caught:
        listed(tmp_path / "file" / "below")
    assert caught.value.code == "unavailable.path"


def test_a_file_of_another_size_than_told(folder_place: Place, tmp_path: Path) -> None:
    folder_place.put("a.csv", b"abc")
    with folder_place.connector().open() as files:
        (item,) = files.items("a.csv")
        for size in (2, 4):
            told = Item(item.name, size, item.tag)
            with pytest.raises(Conflict):
                files.bring(told, tmp_path / str(size), quiet)
