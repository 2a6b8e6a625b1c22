"""A node is found as a repository is, opened, and closed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import doumen
from doumen.model.errors import DoumenError, Invalid, NotFound, Unavailable
from doumen.model.message import msg
from doumen.session import Node, locate
from doumen.session.node import silent
from doumen.session.settings import FILE


def test_found_upwards_by_name_or_by_environment(folder: Path, tmp_path: Path) -> None:
    below = folder / "lake" / "deep"
    below.mkdir(parents=True, exist_ok=True)
    assert locate(None, {}, below) == folder
    assert locate(None, {"DOUMEN_NODE": str(folder)}, tmp_path) == folder
    assert locate(folder, {"DOUMEN_NODE": str(tmp_path)}, tmp_path) == folder
    assert locate(None, {"DOUMEN_NODE": ""}, folder) == folder
    with pytest.raises(NotFound, match="here or in a folder above") as nowhere:
        locate(None, {}, tmp_path)
    assert nowhere.value.code == "not-found.node"
    with pytest.raises(NotFound, match="is not a Doumen node"):
        locate(tmp_path, {}, folder)
    with pytest.raises(NotFound, match="is not a Doumen node"):
        locate(None, {"DOUMEN_NODE": str(tmp_path)}, folder)


def test_opened_by_the_package(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DOUMEN_NODE", raising=False)
    monkeypatch.chdir(folder / "keys")
    with doumen.open() as node:
        assert node.directory == folder
        assert node.session().query("SELECT 1 AS one").rows() == [(1,)]
    monkeypatch.chdir(tmp_path)
    with doumen.open(str(folder)) as node:
        assert node.settings.name == "City bureau 市局"
    silent(0.5, msg("nothing is shown"))


def test_an_unknown_actor_is_not_found(folder: Path) -> None:
    with doumen.open(folder) as node, pytest.raises(NotFound, match="no actor `nobody`"):
        node.session("nobody")


def test_keys_rotated_by_another_process_are_read_anew(folder: Path) -> None:
    with doumen.open(folder) as one, doumen.open(folder) as two:
        before = one.means.keys().key_file()["certificates"]
        two.session().do("key rotate")
        after = one.means.keys().key_file()["certificates"]
        assert len(after) == len(before) + 1
        receipt = one.session().do("query", sql="SELECT 1 AS one")
        list(receipt.json["rows"])
        assert one.session().do("receipt verify", receipt=receipt.json["receipt"]).exit == 0


def damaged(folder: Path, place: Path) -> Path:
    shutil.copytree(folder, place)
    return place


@pytest.mark.parametrize(
    ("part", "content", "error", "said"),
    [
        ("keys/certificates.json", None, Unavailable, "keys"),
        ("keys/mask.keys", None, Unavailable, "keys of masks"),
        ("keys/mask.keys", "one", Unavailable, "keys of masks"),
        ("keys/working.key", None, Unavailable, "working"),
        ("store.sqlite", None, DoumenError, "store"),
        (FILE, "name = 1\n", Invalid, "wrong settings"),
    ],
)
def test_a_damaged_node_says_what_is_missing(
    folder: Path,
    tmp_path: Path,
    part: str,
    content: str | None,
    error: type[DoumenError],
    said: str,
) -> None:
    if part == "store.sqlite" and not (folder / part).exists():
        pytest.skip("the store is on a server")
    place = damaged(folder, tmp_path / "damaged")
    (place / part).unlink()
    if content is not None:
        (place / part).write_text(content)
    with pytest.raises(error, match=said) as caught, Node.open(place) as node:
        node.session().query("SELECT 1 AS one").rows()
    assert caught.value.next
