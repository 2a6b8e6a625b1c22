"""Killed at any point: the backups of before are whole, and no half node opens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from tests import forked
from tests.sound import faults

import doumen
from doumen.model.errors import Conflict, NotFound, Unavailable
from doumen.session.node import locate

BACKUP = """
import sys
from pathlib import Path
from doumen.kits.sealed import lock
from doumen.session.keeping import verbs
lock.COST = 4
verbs.make(Path(sys.argv[1]), directory=Path(sys.argv[2]), progress=lambda *_: None)
"""
RESTORE = """
import sys
from pathlib import Path
from doumen.session.keeping import verbs
verbs.restore(directory=Path(sys.argv[1]), into=Path(sys.argv[2]), store=sys.argv[3],
              progress=lambda *_: None)
"""


def run(program: str, failpoint: str, *arguments: object) -> int:
    return forked.finish(
        forked.start(program, *map(str, arguments), DOUMEN_FAILPOINT=failpoint), 120
    )


@pytest.mark.parametrize(
    "point",
    [pytest.param("backup.object:1", marks=pytest.mark.soak), "backup.object:9", "backup.stored"],
)
def test_a_first_backup_that_is_killed(kept: Any, tmp_path: Path, point: str) -> None:
    shelf = tmp_path / "fresh"
    assert run(BACKUP, point, kept.node, shelf) == -9
    other = type(kept)(kept.node, shelf)
    assert other.list().json == {"backups": [], "faults": []}
    (shelf / "objects" / "ab").mkdir(exist_ok=True)
    (shelf / "objects" / "ab" / "half.new").write_bytes(b"half")
    left = {p: p.stat().st_mtime_ns for p in shelf.glob("objects/*/*") if p.suffix != ".new"}
    told = other.make()
    there = {p: p.stat().st_mtime_ns for p in shelf.glob("objects/*/*")}
    assert left.items() <= there.items(), "what was whole is used"
    assert told.json["swept"] >= 1
    assert not list(shelf.rglob("*.new"))
    assert other.verify().exit == 0


@pytest.mark.parametrize(
    "point",
    [pytest.param("backup.object:2", marks=pytest.mark.soak), "backup.stored", "backup.written"],
)
def test_a_later_backup_that_is_killed(kept: Any, tmp_path: Path, point: str) -> None:
    with doumen.open(kept.node) as node:
        node.session().query("SELECT 1").rows()
    assert run(BACKUP, point, kept.node, kept.shelf) == -9
    told = kept.list()
    assert told.exit == 0
    assert len(told.json["backups"]) == (2 if point == "backup.written" else 1)
    assert all(kept.verify(backup=b["backup"]).exit == 0 for b in told.json["backups"])
    kept.make()
    assert kept.verify().exit == 0


@pytest.mark.parametrize(
    ("kind", "point"),
    [
        pytest.param("sqlite", "restore.files", marks=pytest.mark.soak),
        ("sqlite", "restore.filled"),
        ("sqlite", "restore.shown"),
        pytest.param("postgresql", "restore.files", marks=pytest.mark.soak),
        ("postgresql", "restore.filled"),
        ("postgresql", "restore.shown"),
    ],
)
def test_a_restore_that_is_killed(
    kept: Any,
    tmp_path: Path,
    point: str,
    kind: str,
    postgres: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    store = "sqlite:store.sqlite" if kind == "sqlite" else postgres.new()
    into = tmp_path / "there"
    assert run(RESTORE, point, kept.shelf, into, store) == -9
    if point != "restore.shown":
        with pytest.raises(NotFound):
            locate(into, {}, tmp_path)
    elif kind == "postgresql":
        with pytest.raises(Conflict, match="belongs to another node"):
            doumen.open(into)
    else:
        doumen.open(into).close()
    again = into if point != "restore.shown" else tmp_path / "again"
    kept.restore(again, store=store)
    assert point == "restore.shown" or not list(tmp_path.glob(".there.restoring-*"))
    with doumen.open(again) as node:
        assert node.session().query("SELECT count(*) FROM city.people").rows() == [(60,)]
        assert node.session().desk.inspect() == ()
        assert faults(node.directory) == []


@pytest.mark.parametrize(("number", "said"), [(5, "cannot be restored"), (28, "disk is full")])
def test_a_failure_leaves_nothing(
    kept: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    from doumen.session.keeping import restore

    def broken(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(restore, "sync", broken)
    with pytest.raises(Unavailable, match=said):
        kept.restore(tmp_path / "there")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backups", "node"]
