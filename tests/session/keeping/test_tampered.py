"""A backup that was changed, cut, swapped or set back is refused, and what is wrong is named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doumen.model.errors import Invalid, Tampered
from doumen.session.keeping.shelf import Shelf

PASSPHRASE = "five words that belong to nobody"


def things(shelf: Path) -> dict[Path, str]:
    """Every object of the newest backup, and what it is for people."""
    opened = Shelf.open(shelf, PASSPHRASE)
    manifest = opened.manifest(opened.ids()[-1])
    return {opened.path(item): str(item.told) for item in manifest.items}


def refused(kept: Any, tmp_path: Path, name: str) -> None:
    """Neither verified nor restored; the thing is named, and nothing is left."""
    told = kept.verify()
    assert told.exit == 5
    assert [f["where"] for f in told.json["findings"]] == [name]
    with pytest.raises(Tampered) as caught:
        kept.restore(tmp_path / "there")
    assert name in caught.value.what
    assert caught.value.exit == 5
    assert not (tmp_path / "there").exists()
    assert not list(tmp_path.glob(".there*"))


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "first bit": lambda c: bytes([c[0] ^ 1]) + c[1:],
    "salt": lambda c: c[:20] + bytes([c[20] ^ 0x80]) + c[21:],
    "middle": lambda c: c[: len(c) // 2] + bytes([c[len(c) // 2] ^ 4]) + c[len(c) // 2 + 1 :],
    "last bit": lambda c: c[:-1] + bytes([c[-1] ^ 1]),
    "a byte less": lambda c: c[:-1],
    "a byte more": lambda c: c + b"\0",
    "nothing left": lambda _: b"",
    "only the head": lambda c: c[:48],
    "twice": lambda c: c + c,
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_object_is_named_that_was_changed(kept: Any, tmp_path: Path, change: str) -> None:
    found = things(kept.shelf)
    chosen = sorted(found, key=lambda path: found[path])[:: max(1, len(found) // 3)]
    for path in chosen if change in {"middle", "a byte less"} else chosen[:1]:
        content = path.read_bytes()
        path.write_bytes(CHANGES[change](content))
        refused(kept, tmp_path, found[path])
        path.write_bytes(content)
    assert kept.verify().exit == 0


def test_a_missing_object_and_a_swapped_one(kept: Any, tmp_path: Path) -> None:
    found = things(kept.shelf)
    (one, two) = sorted(found)[:2]
    (three, content) = (sorted(found)[2], sorted(found)[2].read_bytes())
    three.unlink()
    refused(kept, tmp_path, found[three])
    three.write_bytes(content)
    shutil.copy(one, tmp_path / "one")
    shutil.copy(two, one)
    refused(kept, tmp_path, found[one])
    shutil.copy(tmp_path / "one", two)
    told = kept.verify().json["findings"]
    assert {f["where"] for f in told} == {found[one], found[two]}


def test_the_manifest_of_an_older_backup_under_a_newer_name(kept: Any, tmp_path: Path) -> None:
    old = kept.list().json["backups"][0]["backup"]
    new = kept.make().json["backup"]
    folder = kept.shelf / "manifests"
    shutil.copy(folder / old, folder / new)
    listed = kept.list()
    assert listed.exit == 5
    assert [f["backup"] for f in listed.json["faults"]] == [new]
    for ask in (kept.verify, lambda: kept.restore(tmp_path / "there")):
        with pytest.raises(Tampered, match="cannot be told which backup is the newest"):
            ask()
    with pytest.raises(Tampered, match=f"manifest of the backup `{new}` does not hold"):
        kept.restore(tmp_path / "there", backup=new)
    with pytest.raises(Tampered, match=new):
        kept.make()
    assert kept.restore(tmp_path / "there", backup=old).exit == 0


def test_a_backup_that_is_gone_is_missed(kept: Any) -> None:
    old = kept.list().json["backups"][0]["backup"]
    kept.make()
    (kept.shelf / "manifests" / old).unlink()
    told = kept.list()
    assert told.exit == 5
    assert told.json["faults"][0]["backup"] == old
    assert "missing" in told.json["faults"][0]["what"]


@pytest.mark.parametrize("length", [0, 1, 40, 48, 64, 200])
def test_a_manifest_that_was_cut(kept: Any, tmp_path: Path, length: int) -> None:
    (path,) = (kept.shelf / "manifests").iterdir()
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(Tampered, match="newest"):
        kept.restore(tmp_path / "there")
    assert kept.list().exit == 5


def test_a_lock_that_was_changed(kept: Any) -> None:
    path = kept.shelf / "lock.json"
    path.write_bytes(path.read_bytes().replace(b'"cost":4', b'"cost":5'))
    with pytest.raises(Tampered, match="lock"):
        kept.list()


def test_a_folder_of_somebody_else(kept: Any, made: Any, tmp_path: Path) -> None:
    """Objects and lock of another folder, made with the same passphrase, do not pass for these."""
    other = type(kept)(kept.node, tmp_path / "other")
    other.make()
    shutil.copy(other.shelf / "lock.json", kept.shelf / "lock.json")
    assert kept.list().exit == 5
    with pytest.raises((Tampered, Invalid)):
        kept.restore(tmp_path / "there")


def test_a_ledger_that_was_touched_before_the_backup(
    kept: Any, tmp_path: Path, tampering: Any
) -> None:
    """The seal holds, since it was put over what was wrong already: the ledger shows it."""
    from sqlalchemy import text

    with tampering(kept.node) as connection:
        connection.execute(text("UPDATE charges SET amount = amount + 1 WHERE place >= 0"))
        connection.execute(text("UPDATE entries SET body = x'7b7d' WHERE place = 1"))
    kept.make()
    told = kept.verify()
    assert told.exit == 5
    assert any(f["where"] == "the ledger, entry 1" for f in told.json["findings"])
    with pytest.raises(Tampered, match="the ledger, entry 1"):
        kept.restore(tmp_path / "there")
    assert not (tmp_path / "there").exists()
