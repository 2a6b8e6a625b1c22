"""Files that wait until their sender says what is to become of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import doumen
from doumen.model.errors import NotFound, OverBudget, Refused, Unavailable
from doumen.session import create, spool
from doumen.session.spool import FILE, SENDER, Spool

Made = Callable[[str, bytes], Path]


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Makes a file that was just sent."""

    def make(name: str, content: bytes) -> Path:
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return make


@pytest.fixture
def kept(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_a_file_waits_for_its_sender_alone(kept: Spool, made: Made) -> None:
    path = made("名.csv", b"a\n1\n")
    held = kept.wait("01A", "ana", path)
    assert not path.exists()
    assert held.path.read_bytes() == b"a\n1\n"
    later = kept.wait("01B", "ana", made("b.csv", b"b\n"))
    kept.wait("01C", "bob", made("c.csv", b"c\n"))
    assert [one.id for one in kept.waiting("ana")] == ["01B", "01A"]
    found = kept.one_waiting("01B", "ana")
    assert (found.path, found.size) == (later.path, 2)
    for id in ("01C", "01Z", "../spool/01A", ""):
        with pytest.raises(NotFound, match="not kept any more"):
            kept.one_waiting(id, "ana")
    assert kept.hide(f"no {held.path}") == "no 名.csv"


def test_what_is_not_whole_is_not_there(kept: Spool, made: Made) -> None:
    held = kept.wait("01A", "ana", made("a.csv", b"a\n"))
    (held.path.parents[1] / SENDER).unlink()
    assert kept.waiting("ana") == []
    kept.wait("01B", "ana", made("b.csv", b"b\n")).path.unlink()
    assert kept.waiting("ana") == []


def test_not_too_many_and_not_too_much(
    kept: Spool, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "MOST", 2)
    monkeypatch.setattr(spool, "LARGEST", 10)
    kept.wait("01A", "ana", made("a.csv", b"12345"))
    with pytest.raises(OverBudget, match="may wait"):
        kept.wait("01B", "ana", made("b.csv", b"123456"))
    kept.wait("01C", "ana", made("c.csv", b"12345"))
    with pytest.raises(OverBudget):
        kept.wait("01D", "ana", made("d.csv", b""))
    kept.wait("01E", "bob", made("e.csv", b"1"))


def test_what_cannot_be_kept_leaves_nothing(
    kept: Spool, made: Made, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spool, "sync", full)
    with pytest.raises(Unavailable):
        kept.wait("01A", "ana", made("a.csv", b"a"))
    assert list((tmp_path / "spool").iterdir()) == []


def test_it_is_swept_after_a_day(kept: Spool, made: Made) -> None:
    held = kept.wait("01A", "ana", made("a.csv", b"a"))
    kept.sweep(lambda job: False)
    assert kept.waiting("ana")
    folder = held.path.parents[1]
    os.utime(folder, (0, 0))
    kept.sweep(lambda job: False)
    assert not folder.exists()


def test_a_job_takes_a_file_that_waits_and_leaves_it(kept: Spool, made: Made) -> None:
    held = kept.wait("01A", "ana", made("a.csv", b"a"))
    inputs = kept.keep("01J", {"path": held.path, "n": 1})
    assert inputs == {"path": {"upload": "01J/path/a.csv"}, "n": 1}
    assert held.path.exists()
    kept.remove("01A")
    assert kept.given(inputs)["path"].read_bytes() == b"a"
    assert FILE in str(held.path)


def test_only_who_may_collect_sends(tmp_path: Path, made: Made) -> None:
    create(tmp_path / "node", "Bureau")
    with doumen.open(tmp_path / "node") as node:
        owner = node.session()
        owner.do("actor add", name="sue", role=("steward",))
        held = owner.keep(made("a.csv", b"a\n1\n"))
        assert [one.id for one in owner.waiting()] == [held.id]
        assert owner.one_waiting(held.id).path == held.path
        sue = node.session("sue")
        with pytest.raises(Refused):
            sue.keep(made("b.csv", b"b\n"))
        with pytest.raises(NotFound):
            sue.let_go(held.id)
        owner.let_go(held.id)
        assert owner.waiting() == sue.waiting() == []
