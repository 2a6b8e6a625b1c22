"""The ledger of a real node: its head kept and compared, proofs, export, keys and rotation."""

from __future__ import annotations

import base64
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.kits.evidence.keys import read_key_file
from doumen.kits.evidence.merkle import leaf_hash, verify_consistency, verify_inclusion
from doumen.model.errors import Conflict, Invalid, Refused, Unavailable
from doumen.model.operation import Table, Text


def root(checkpoint: str) -> bytes:
    return base64.b64decode(checkpoint.split("\n")[2])


def size(checkpoint: str) -> int:
    return int(checkpoint.split("\n")[1])


def test_a_checkpoint_is_kept_and_the_ledger_extends_it(world: Any, tmp_path: Path) -> None:
    shown = world.do("ledger head")
    note = shown.json["checkpoint"]
    assert shown.drawn == (Text(note),)
    path = tmp_path / "monday.txt"
    kept = world.do("ledger head", output=path)
    assert path.read_bytes().decode() == note
    assert kept.drawn == ()
    assert kept.json == {"checkpoint": note, "output": str(path)}
    assert f"doumen ledger verify --checkpoint {path}" in kept.said[-1]
    assert world.do("ledger verify", checkpoint=path).exit == 0
    world.ask("SELECT 1 AS one")
    verified = world.do("ledger verify", checkpoint=path)
    assert (verified.json["holds"], verified.json["faults"], verified.exit) == (True, [], 0)
    assert verified.json["size"] == size(note) + 1
    assert verified.said[0].startswith("The ledger holds: ")
    with pytest.raises(Conflict, match="there already"):
        world.do("ledger head", output=path)


@pytest.mark.parametrize(
    "text", ["", "no checkpoint", '{"checkpoint": "a\\n1\\n"}', "a\n1\nb\n\nc\n"]
)
def test_what_is_no_checkpoint_is_said_to_be_none(world: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "head.txt"
    path.write_text(text)
    outcome = world.do("ledger verify", checkpoint=path)
    assert outcome.exit == 5
    assert outcome.json["faults"] == [
        {
            "where": "checkpoint",
            "what": "The checkpoint does not have the form of a signed note.",
        }
    ]
    assert outcome.said == ("The ledger does NOT hold.",)
    assert isinstance(outcome.drawn[0], Table)


def test_a_changed_and_a_strange_checkpoint_are_told_apart(
    world: Any, make: Any, tmp_path: Path
) -> None:
    world.do("key rotate")
    note = world.do("ledger head").json["checkpoint"]
    lines = note.split("\n")
    path = tmp_path / "head.txt"
    path.write_text("\n".join([lines[0], str(int(lines[1]) + 1), *lines[2:]]), "utf-8")
    assert "does not hold" in world.do("ledger verify", checkpoint=path).json["faults"][0]["what"]
    make("other").do("ledger head", output=tmp_path / "other.txt")
    strange = world.do("ledger verify", checkpoint=tmp_path / "other.txt")
    assert "is not signed by" in strange.json["faults"][0]["what"]


@pytest.mark.usefixtures("store_in_folder")
def test_a_fork_and_a_shortened_ledger_are_found(make: Any, tmp_path: Path) -> None:
    """A node is copied, both copies go on: each finds the other's checkpoint out."""
    first = make("first")
    first.node.close()
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    with doumen.open(tmp_path / "first") as one, doumen.open(tmp_path / "second") as two:
        one.session().do("purpose add", name="a-purpose")
        two.session().do("purpose add", name="b-purpose")
        one.session().do("ledger head", output=tmp_path / "one.txt")
        same = two.session().do("ledger verify", checkpoint=tmp_path / "one.txt")
        assert "forked" in same.json["faults"][0]["what"]
        two.session().do("purpose add", name="c-purpose")
        longer = two.session().do("ledger verify", checkpoint=tmp_path / "one.txt")
        assert "forked" in longer.json["faults"][0]["what"]
        assert longer.exit == 5
        two.session().do("ledger head", output=tmp_path / "two.txt")
        shorter = one.session().do("ledger verify", checkpoint=tmp_path / "two.txt")
        assert "shortened" in shorter.json["faults"][0]["what"]


def test_proofs_hold_by_the_published_algorithms(world: Any, tmp_path: Path) -> None:
    receipt = world.ask("SELECT count(*) AS n FROM g.people")
    before = world.do("ledger head").json["checkpoint"]
    world.ask("SELECT 2 AS two")
    placed = world.do("ledger prove", event=receipt)
    world.do("ledger export", directory=tmp_path / "all")
    entries = (tmp_path / "all" / "entries.jsonl").read_bytes().split(b"\n")[:-1]
    index, total = placed.json["index"], placed.json["size"]
    assert json.loads(entries[index])["id"] == receipt
    proof = [bytes.fromhex(one) for one in placed.json["proof"]]
    head = root(placed.json["checkpoint"])
    assert verify_inclusion(index, total, leaf_hash(entries[index]), proof, head)
    extends = world.do("ledger prove", old=size(before))
    hashes = [bytes.fromhex(one) for one in extends.json["proof"]]
    after = root(extends.json["checkpoint"])
    assert verify_consistency(size(before), extends.json["new"], root(before), after, hashes)
    for both in ({}, {"event": receipt, "old": 1}):
        with pytest.raises(Invalid, match="Say what to prove"):
            world.do("ledger prove", **both)


def test_exported_whole_or_keys_only(world: Any, tmp_path: Path) -> None:
    whole = world.do("ledger export", directory=tmp_path / "a" / "whole")
    names = {path.name for path in (tmp_path / "a" / "whole").iterdir()}
    assert names == {"keys.json", "checkpoint.txt", "entries.jsonl"}
    assert whole.json["entries"] == size(whole.json["checkpoint"])
    keys_only = world.do("ledger export", directory=tmp_path / "keys", keys_only=True)
    assert keys_only.json["entries"] == 0
    assert {p.name for p in (tmp_path / "keys").iterdir()} == {"keys.json", "checkpoint.txt"}
    file = read_key_file((tmp_path / "keys" / "keys.json").read_text("utf-8"))
    assert file.as_json() == world.do("key show").json
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable, match="cannot be written"):
        world.do("ledger export", directory=tmp_path / "file")
    with pytest.raises(Refused):
        world.do("ledger export", "ana", directory=tmp_path / "not")


def test_keys_are_shown_and_rotated(world: Any) -> None:
    before = world.do("key show")
    rotated = world.do("key rotate")
    after = world.do("key show")
    assert after.json["root"] == before.json["root"]
    assert len(after.json["certificates"]) == len(before.json["certificates"]) + 1
    assert after.json["certificates"][-1]["kid"] == rotated.json["kid"]
    table = after.drawn[1]
    assert isinstance(table, Table)
    assert [row[2] for row in table.rows][-1] == "in force"
    assert all(row[2].endswith("Z") for row in table.rows[:-1])
    assert world.do("receipt verify", receipt=rotated.json["receipt"]).exit == 0
    assert world.do("ledger verify").exit == 0
