"""Files that survive a cut of power: what is synced, in which order, and with which mode."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from doumen.stores.durable import sync, write_private


def test_a_private_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir()] == ["secret"]


def test_content_is_synced_before_the_name_and_the_folder_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        seen.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_sync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        seen.append("name")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    write_private(tmp_path / "secret", b"one")
    assert seen == ["file", "name", "folder"]


def test_what_a_cut_left_is_no_obstacle(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.with_name(f"secret.{os.getpid()}.new").write_bytes(b"half")
    write_private(path, b"whole")
    assert path.read_bytes() == b"whole"


def test_what_is_not_there_cannot_be_synced(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "none")
