"""A folder of files as a dataset: new, changed, gone, large, hostile; and killed on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests import forked

import doumen
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.rooms.collect.filed import packing
from doumen.session import Node, create

WORK = """
import sys, doumen
from doumen.rooms.collect.filed import packing
packing.PIECE = 1000
with doumen.open(sys.argv[1]) as node:
    node.session().do("collect", path=sys.argv[2], as_dataset="f.killed", files=True)
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("filed")
    create(folder / "node", "filed")
    with doumen.open(folder / "node") as opened:
        opened.session().do("actor add", name="ana", role=("analyst",))
        yield opened


def bring(node: Node, folder: Path, name: str, **more: Any) -> dict[str, Any]:
    told = {"path": folder, "as_dataset": f"f.{name}", "files": True, **more}
    return dict(node.session().do("collect", **told).json)


def held(node: Node, name: str) -> dict[str, bytes]:
    rows = node.session().query(f"SELECT path, content, sha256, size FROM f.{name}").rows()
    assert all(sha256(c).hexdigest() == digest and len(c) == size for _, c, digest, size in rows)
    return {path: content for path, content, _, _ in rows}


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_each_file_is_a_row_and_only_what_changed_lands(node: Node, tmp_path: Path) -> None:
    files = {"a.txt": b"one", "d/b.pdf": b"%PDF-", "empty": b"", ".hidden": b"x"}
    write(tmp_path, files)
    done = bring(node, tmp_path, "docs")
    seen = {name: content for name, content in files.items() if name != ".hidden"}
    assert (done["files"], done["rows_in"], done["landed"]) == (3, 3, 3)
    assert held(node, "docs") == seen
    assert bring(node, tmp_path, "docs")["unchanged"]
    write(tmp_path, {"a.txt": b"two"})
    (tmp_path / "d/b.pdf").unlink()
    done = bring(node, tmp_path, "docs")
    assert (done["files"], done["landed"], done["snapshot"]) == (2, 1, 2)
    assert held(node, "docs") == {**seen, "a.txt": b"two"}
    write(tmp_path, {"a.txt": b"one"})
    assert bring(node, tmp_path, "docs")["landed"] == 1
    assert held(node, "docs") == seen
    types = node.session().query("SELECT media_type FROM f.docs ORDER BY path").rows()
    assert types == [("text/plain",), ("application/pdf",), ("application/octet-stream",)]
    one = node.session().query("SELECT content FROM f.docs AT (VERSION => 2) WHERE path = 'a.txt'")
    assert one.rows() == [(b"two",)]


def test_a_large_file_is_set_aside_once_without_its_content(node: Node, tmp_path: Path) -> None:
    write(tmp_path, {"big": b"x" * (1 << 20) + b"y", "small": b"x" * (1 << 20)})
    done = bring(node, tmp_path, "large", largest=1)
    assert (done["rows_in"], done["landed"], done["quarantined"]) == (2, 1, 1)
    assert done["reasons"] == [{"column": "size", "reason": "maximum", "rows": 1}]
    ((raw, source),) = node.session().query("SELECT _raw, _source FROM f.large__quarantine").rows()
    assert (raw.startswith('["big","big"'), raw.endswith(",null]"), len(raw) < 300) == (True,) * 3
    assert source == tmp_path.name
    assert bring(node, tmp_path, "large")["unchanged"]
    with pytest.raises(Invalid, match="1,048,576 bytes pass"):
        bring(node, tmp_path, "large", largest=2)
    for wrong in (0, 2000):
        with pytest.raises(Invalid, match="1 byte to 1024 MiB"):
            bring(node, tmp_path, "none", largest=wrong)


def test_a_pattern_chooses_and_links_do_not_lead_out(node: Node, tmp_path: Path) -> None:
    inside = tmp_path / "in"
    write(inside, {"a.pdf": b"1", "d/b.pdf": b"2", "c.txt": b"3"})
    write(tmp_path, {"secret": b"s"})
    (inside / "out.pdf").symlink_to(tmp_path / "secret")
    (inside / "dir.pdf").symlink_to(tmp_path)
    os.mkfifo(inside / "pipe.pdf")
    assert bring(node, inside, "chosen", glob="**/*.pdf")["files"] == 2
    assert held(node, "chosen") == {"a.pdf": b"1", "d/b.pdf": b"2"}


def test_names_are_kept_as_they_are(node: Node, tmp_path: Path) -> None:
    names = ["名.txt", "a b'c\"d.txt", "-rf", "con", "x\ny", "\\..\\e", "%2e%2e", "=1+1"]
    write(tmp_path, {name: name.encode() for name in names})
    assert bring(node, tmp_path, "names")["landed"] == len(names)
    assert sorted(held(node, "names").values()) == sorted(name.encode() for name in names)


def test_what_does_not_go_together(node: Node, tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": b"id\n1\n"})
    owner = node.session()
    owner.do("collect", path=tmp_path / "a.csv", as_dataset="f.rows")
    with pytest.raises(Invalid, match="no dataset of files"):
        bring(node, tmp_path, "rows")
    for wrong in ({"append": True}, {"key": ("path",)}, {"sheet": "x"}, {"upsert": True}):
        with pytest.raises(Invalid, match="`--files` goes with"):
            bring(node, tmp_path, "none", **wrong)
    for alone in ({"glob": "*"}, {"largest": 1}):
        with pytest.raises(Invalid, match="`--files` goes with"):
            bring(node, tmp_path, "none", files=False, **alone)
    with pytest.raises(Invalid, match="is no folder"):
        bring(node, tmp_path / "a.csv", "none")
    with pytest.raises(NotFound):
        bring(node, tmp_path / "none", "none")
    with pytest.raises(Refused):
        node.session("ana").do("collect", path=tmp_path, as_dataset="f.no", files=True)
    (tmp_path / "empty").mkdir()
    outcome = owner.do("collect", path=tmp_path / "empty", as_dataset="f.no", files=True)
    assert (outcome.json["files"], outcome.json["receipt"]) == (0, None)


@pytest.mark.parametrize("policy", ["mark", "remove"])
def test_what_is_gone_from_the_folder_is_marked_or_removed(
    node: Node, tmp_path: Path, policy: str
) -> None:
    name = f"gone_{policy}"
    write(tmp_path, {"a.txt": b"1", "b.txt": b"2", "c.pdf": b"3"})
    bring(node, tmp_path, name, vanished=policy)
    for one in ("b.txt", "c.pdf"):
        (tmp_path / one).unlink()
    bring(node, tmp_path, name, vanished=policy, glob="*.txt")
    condition = " WHERE vanished_at IS NULL" if policy == "mark" else ""
    left = f"SELECT path FROM f.{name}{condition} ORDER BY path"
    assert node.session().query(left).rows() == [("a.txt",), ("c.pdf",)]
    assert bring(node, tmp_path, name, vanished=policy, glob="*.txt")["unchanged"]
    write(tmp_path, {"b.txt": b"2"})
    bring(node, tmp_path, name, **({} if policy == "mark" else {"vanished": policy}))
    assert node.session().query(left).rows() == [("a.txt",), ("b.txt",)] + (
        [("c.pdf",)] if policy == "mark" else []
    )
    for one in ("a.txt", "b.txt"):
        (tmp_path / one).unlink()
    assert bring(node, tmp_path, name, vanished=policy)["files"] == 0
    assert len(node.session().query(left).rows()) == (3 if policy == "mark" else 2)


def test_pieces_are_many_and_add_up(
    node: Node, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "PIECE", 100)
    files = {f"{n:02}": bytes([n]) * 40 for n in range(10)}
    write(tmp_path, files)
    done = bring(node, tmp_path, "many")
    assert (done["rows_in"], done["landed"], done["snapshot"]) == (10, 10, 4)
    assert held(node, "many") == files


def test_killed_between_two_pieces_it_goes_on(node: Node, tmp_path: Path) -> None:
    files = {f"{n}": bytes([n]) * 600 for n in range(6)}
    write(tmp_path / "in", files)
    create(tmp_path / "node", "killed")
    given = (str(tmp_path / "node"), str(tmp_path / "in"))
    for point in ("filed.landed:1", "filed.packed:1"):
        started = forked.start(WORK, *given, DOUMEN_FAILPOINT=point)
        assert forked.finish(started) == -9
        with doumen.open(tmp_path / "node") as opened:
            assert held(opened, "killed") == {str(n): files[str(n)] for n in range(2)}
    with doumen.open(tmp_path / "node") as opened:
        done = bring(opened, tmp_path / "in", "killed")
        assert (done["landed"], held(opened, "killed")) == (4, files)
        assert opened.session().desk.inspect() == ()
