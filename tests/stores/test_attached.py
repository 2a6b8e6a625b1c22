"""Whether a file is what was attached: nothing that is changed passes, whatever its times say."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doumen.model.errors import Conflict, DoumenError, Unavailable
from doumen.model.load import Reading
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile, Form, Snapshot
from doumen.stores.attached import TICK, Attached

CONTENT = b"id,v\n1,a\n2,b\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "f.csv"
    path.write_bytes(CONTENT)
    return path


def snapshot(*files: DataFile) -> Snapshot:
    form = Form(Reading("csv", columns=("id", "v")), ())
    return Snapshot(Ref("t", "a"), 1, Schema.of(id="BIGINT"), files, form)


def sealed(file: Path) -> tuple[Attached, Snapshot]:
    attached = Attached()
    return attached, snapshot(attached.seal(file, file.name))


def test_a_file_that_is_left_alone_passes(file: Path) -> None:
    attached, held = sealed(file)
    looks = attached.check(held)
    attached.unmoved(held, looks)
    assert attached.missing(held) == []


def test_the_same_content_in_another_file_passes(file: Path) -> None:
    attached, held = sealed(file)
    other = file.with_name("other")
    other.write_bytes(CONTENT)
    other.replace(file)
    os.utime(file, ns=(1, 1))
    assert attached.check(held) == attached.check(held)
    assert Attached().check(held)[0].stamp == attached.check(held)[0].stamp


def in_place(file: Path) -> None:
    """Other content of the same size, and the time of modification put back."""
    before = file.stat()
    file.write_bytes(CONTENT.replace(b"a", b"z"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def appended(file: Path) -> None:
    with file.open("ab") as stream:
        stream.write(b"3,c\n")


def replaced(file: Path) -> None:
    before, other = file.stat(), file.with_name("other")
    other.write_bytes(CONTENT.replace(b"b", b"y"))
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(file)


@pytest.mark.parametrize("change", [in_place, appended, replaced])
def test_other_content_is_a_conflict(file: Path, change: Callable[[Path], None]) -> None:
    attached, held = sealed(file)
    change(file)
    with pytest.raises(Conflict) as caught:
        attached.check(held)
    assert caught.value.code == "conflict.changed"
    assert caught.value.why is None
    assert "t.a" in caught.value.what
    assert "--replace" in str(caught.value.next)
    (told,) = attached.missing(held)
    assert str(file) in str(told.why)


def test_a_change_within_one_tick_of_the_clock_is_noticed(file: Path) -> None:
    """Sealing waits, so that what is written right after it has another time."""
    for number in range(20):
        file.write_bytes(CONTENT)
        attached, held = sealed(file)
        file.write_bytes(CONTENT.replace(b"1", str(number % 10).encode()))
        if number % 10 != 1:
            with pytest.raises(Conflict):
                attached.check(held)


def test_a_fresh_file_is_read_after_a_tick(file: Path) -> None:
    slept: list[float] = []
    now = file.stat().st_ctime_ns
    Attached(lambda: now + TICK // 5, slept.append).seal(file, "f")
    Attached(lambda: now + TICK, slept.append).seal(file, "f")
    assert slept == [pytest.approx(TICK * 0.8 / 1e9)]


def gone(file: Path) -> None:
    file.unlink()


def a_link(file: Path) -> None:
    file.rename(file.with_name("moved"))
    file.symlink_to(file.with_name("moved"))


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@pytest.mark.parametrize("change", [gone, a_link, a_folder, a_pipe])
def test_what_is_no_file_there_is_unavailable(file: Path, change: Callable[[Path], None]) -> None:
    attached, held = sealed(file)
    looks = attached.check(held)
    change(file)
    for act in (lambda: attached.check(held), lambda: attached.unmoved(held, looks)):
        with pytest.raises(Unavailable) as caught:
            act()
        assert caught.value.code == "unavailable.files"
        assert str(file) not in str(caught.value.as_json())
    with pytest.raises(Unavailable) as caught:
        attached.check(held, names=True)
    assert str(file) in str(caught.value.why)
    with pytest.raises(Unavailable):
        attached.seal(file, "f")


def test_a_file_touched_while_a_job_ran_is_told(file: Path) -> None:
    """It may have been another one in between, and put back."""
    attached, held = sealed(file)
    looks = attached.check(held)
    time.sleep(0.02)
    os.utime(file)
    with pytest.raises(Conflict, match="touched") as caught:
        attached.unmoved(held, looks)
    assert caught.value.next == "Ask again."
    file.write_bytes(b"id,v\n")
    with pytest.raises(Conflict, match="no longer"):
        attached.unmoved(held, looks)


def test_a_file_that_changes_while_it_is_read_is_not_sealed(file: Path) -> None:
    now = file.stat().st_ctime_ns
    attached = Attached(lambda: now, lambda _: appended(file))
    with pytest.raises(Conflict, match="while it was being attached"):
        attached.seal(file, "f")


def test_a_digest_is_computed_once_for_one_look(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached, held = sealed(file)
    time.sleep(0.02)
    os.utime(file)
    read: list[bytes] = []
    sha256 = hashlib.sha256

    def noted() -> Any:
        read.append(b"")
        return sha256()

    monkeypatch.setattr("doumen.stores.attached.hashlib.sha256", noted)
    monkeypatch.setattr("doumen.stores.attached.KEPT", 1)
    for _ in range(3):
        attached.check(held)
    assert len(read) == 1


def test_faults_are_told_file_by_file(file: Path) -> None:
    attached, held = sealed(file)
    one = held.files[0]
    both = replace(held, files=(one, replace(one, path=f"{file}-absent")))
    found: list[DoumenError] = attached.missing(both)
    assert [error.code for error in found] == ["unavailable.files"]
