"""Names that somebody else wrote lead into the folder alone, and onto nothing that is there."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest

from doumen.model.errors import DoumenError
from doumen.rooms.analyse.placing import DEEPEST, Place, Unsafe, parts

HOSTILE = [
    "", ".", "..", "../x", "a/../x", "a/./x", "/etc/passwd", "//x", "a//x", "a/", "C:\\x", "C:x",
    "a\\..\\x", "a\x00b", "a\nb", "a\x1b[2Jb", "a\u202eb", "con", "NUL.txt", "a/com1", "x.", "x ",
    "...", "a/" * DEEPEST + "x", "x" * 256, "名" * 86, "\ud800", ".doumen-1", "a:stream", "a|b",
    "a*", 'a"b', "<a>", "?",
]  # fmt: skip
PLAIN = ["a", "a/b c/d.pdf", "名/书.pdf", "-rf", ".hidden", "console.txt", "a..b", "x" * 255]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_none(tmp_path: Path, name: str) -> None:
    place = Place.of(tmp_path / "out")
    with pytest.raises(Unsafe):
        place.write(name, b"x")
    with pytest.raises(Unsafe):
        place.digest(name)
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "out"]


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name_is_taken_as_it_is(tmp_path: Path, name: str) -> None:
    place = Place.of(tmp_path / "out")
    assert place.digest(name) is None
    place.write(name, b"x")
    assert (tmp_path / "out" / name).read_bytes() == b"x"
    assert place.digest(name) == sha256(b"x").hexdigest()
    assert [p.name for p in (tmp_path / "out").rglob(".doumen-*")] == []
    assert "/".join(parts(name)) == name


def test_nothing_is_replaced(tmp_path: Path) -> None:
    place = Place.of(tmp_path)
    place.write("a", b"1")
    with pytest.raises(Unsafe, match="another file"):
        place.write("a", b"2")
    with pytest.raises(Unsafe, match="a link or a file"):
        place.write("a/b", b"2")
    with pytest.raises(Unsafe, match="a link or a file"):
        place.digest("a/b")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"1"


def test_no_link_is_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x").write_bytes(b"1")
    place = Place.of(tmp_path / "out")
    (place.root / "dir").symlink_to(outside)
    (place.root / "file").symlink_to(outside / "x")
    (place.root / "new").symlink_to(outside / "y")
    os.mkfifo(place.root / "pipe")
    (place.root / "folder").mkdir()
    for name in ("dir/x", "dir/z", "file", "new", "pipe", "folder"):
        with pytest.raises(Unsafe):
            place.digest(name)
        with pytest.raises(Unsafe):
            place.write(name, b"2")
    assert {p.name: p.read_bytes() for p in outside.iterdir()} == {"x": b"1"}


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DoumenError):
        Place.of(tmp_path / "file" / "out")
