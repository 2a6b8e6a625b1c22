"""Backups: incremental, one at a time, of whole nodes, saying nothing to who has no passphrase."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.sound import faults

import doumen
from doumen.gate import Counter, Gate
from doumen.model.errors import Conflict, Faulty, Invalid, NotFound, Unavailable
from doumen.model.files import Upload
from doumen.session.keeping import backup, passphrase, verbs
from doumen.session.keeping.shelf import Shelf
from doumen.session.node import silent
from doumen.session.worker import Worker


def objects(shelf: Path) -> dict[str, float]:
    return {p.name: p.stat().st_mtime_ns for p in shelf.glob("objects/*/*")}


def test_a_second_backup_writes_what_is_new(kept: Any) -> None:
    before = objects(kept.shelf)
    with doumen.open(kept.node) as node:
        node.session().query("SELECT 1").rows()
    told = kept.make()
    after = objects(kept.shelf)
    assert {name: after[name] for name in before} == before, "nothing is written again"
    assert 0 < len(after) - len(before) <= 6, "the last parts of tables"
    assert told.json["written"] < 20_000
    listed = kept.list().json["backups"]
    assert [b["entries"] for b in listed] == sorted(b["entries"] for b in listed)
    assert listed[0]["entries"] + 3 >= listed[1]["entries"] > listed[0]["entries"]


def test_a_file_of_the_lake_is_read_once(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def unread(path: Path) -> Any:
        raise AssertionError(f"{path} is in the backup before")

    monkeypatch.setattr(backup, "_blocks", unread)
    assert kept.make().exit == 0


def test_it_is_recorded_and_has_a_receipt(kept: Any) -> None:
    told = kept.make()
    with doumen.open(kept.node) as node:
        own = node.session()
        assert own.do("receipt verify", receipt=told.json["receipt"]).exit == 0
        rows = own.query("SELECT type, actor FROM sys.events ORDER BY id").rows()
    assert ("backup.made", "owner") in rows


def test_names_and_contents_tell_nothing(kept: Any) -> None:
    for path in kept.shelf.rglob("*"):
        assert not any(word in path.name for word in ("city", "people", "parquet", "key", "json"))\
            or path.name == "lock.json"  # fmt: skip
        if path.is_file():
            content = path.read_bytes()
            assert not any(word in content for word in (b"people", b"PAR1", b"PRIVATE", b"Bureau"))
            assert path.stat().st_mode & 0o077 == 0


def test_older_ones_go_when_told_so(kept: Any) -> None:
    for _ in range(3):
        kept.make()
    assert len(kept.list().json["backups"]) == 4
    told = kept.make(keep=2)
    assert told.json["swept"] > 0
    listed = kept.list()
    assert listed.exit == 0
    assert [b["backup"] for b in listed.json["backups"]][-1] == told.json["backup"]
    assert len(listed.json["backups"]) == 2
    assert all(kept.verify(backup=b["backup"]).exit == 0 for b in listed.json["backups"])
    with pytest.raises(Invalid, match="0 backups"):
        kept.make(keep=0)


def test_one_at_a_time(kept: Any) -> None:
    opened = Shelf.open(kept.shelf, "five words that belong to nobody")
    with opened.held(), pytest.raises(Conflict, match="Another backup"):
        kept.make()
    assert kept.make().exit == 0


def test_only_into_a_folder_of_backups_outside_of_the_node(kept: Any, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    with pytest.raises(Conflict, match="something else than backups"):
        type(kept)(kept.node, tmp_path / "full").make()
    with pytest.raises(Invalid, match="in the node itself"):
        type(kept)(kept.node, kept.node / "backups").make()


def test_a_node_that_is_not_whole_is_not_backed_up(
    kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAUSE", 0)
    (victim, *_) = (kept.node / "lake").rglob("*.parquet")
    victim.unlink()
    with pytest.raises(Faulty, match="not whole") as caught:
        kept.make()
    assert victim.name in str(caught.value.why)
    assert len(kept.list().json["backups"]) == 1


def test_a_log_that_lacks_its_end(kept: Any) -> None:
    (victim, *_) = (kept.node / "lake").glob("city/people/_delta_log/*2.json")
    victim.unlink()
    with pytest.raises(Unavailable, match="lacks its version 2"):
        kept.make()


def test_a_dataset_that_is_removed_meanwhile_is_left_out(
    kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was swept after the moment: a later moment is taken, which does not name it."""
    from doumen.model.event import Event
    from doumen.model.fact import Fact

    monkeypatch.setattr(backup, "PAUSE", 0)
    seen = backup._Work.moment

    def late(self: Any) -> Any:
        moment = seen(self)
        files = list((kept.node / "lake").glob("city/counted/*.parquet"))
        if files:
            with doumen.open(kept.node) as node:
                from doumen.gate.commit import Draft

                event = Event("01JDGK00000000000000000000", "2026-01-01T00:00:00.000000Z",
                              "amend", "owner")  # fmt: skip
                gone = Draft(event, [Fact("dataset", "city.counted", None)])
                node.means.commits.submit(lambda _: gone)
            for file in files:
                file.unlink()
        return moment

    monkeypatch.setattr(backup._Work, "moment", late)
    told = kept.make()
    assert kept.verify(backup=told.json["backup"]).exit == 0


def test_keys_that_are_rotated_meanwhile_belong_to_the_moment(
    kept: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(backup, "PAUSE", 0)
    seen = backup._Work.moment
    rotated: list[Any] = []

    def late(self: Any) -> Any:
        moment = seen(self)
        if not rotated:
            with doumen.open(kept.node) as node:
                rotated.append(node.session().do("key rotate"))
        return moment

    monkeypatch.setattr(backup._Work, "moment", late)
    kept.make()
    kept.restore(tmp_path / "there")
    with doumen.open(tmp_path / "there") as node:
        assert node.session().desk.inspect() == ()
        assert faults(node.directory) == []


def test_where_the_passphrase_comes_from(
    kept: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("five words that belong to nobody\r\nand more\n")
    monkeypatch.delenv("DOUMEN_BACKUP_PASSPHRASE")
    shown = verbs.list_(directory=kept.shelf, passphrase_file=tmp_path / "secret")
    assert len(shown.json["backups"]) == 1
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(Invalid, match="need a passphrase"):
        kept.list()
    with pytest.raises(Unavailable, match="cannot be read"):
        passphrase.passphrase(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(Unavailable, match="cannot be read"):
        passphrase.passphrase(tmp_path / "bytes")
    typed = iter(["one two three", "one two three", "one", "two"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert passphrase.passphrase(None, twice=True) == "one two three"
    with pytest.raises(Invalid, match="not the same"):
        passphrase.passphrase(None, twice=True)


def test_another_passphrase_opens_nothing(kept: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUMEN_BACKUP_PASSPHRASE", "six words that belong to nobody")
    for verb in (kept.list, kept.verify, kept.make):
        with pytest.raises(Invalid, match="does not open"):
            verb()


def test_a_folder_that_cannot_be_used(kept: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    other = type(kept)(kept.node, tmp_path / "file")
    with pytest.raises(Unavailable, match="cannot be used"):
        other.make()
    with pytest.raises(Unavailable, match="cannot be used"):
        other.list()
    with pytest.raises(NotFound):
        type(kept)(kept.node, tmp_path / "none").list()


def test_how_far_it_is(kept: Any) -> None:
    told: list[tuple[float | None, str]] = []
    verbs.verify(directory=kept.shelf, progress=lambda f, d: told.append((f, str(d))))
    assert {d for _, d in told} == {
        "reading the backup", "verifying the ledger", "verifying receipts",
    }  # fmt: skip
    verbs.make(kept.node, directory=kept.shelf, progress=silent)


def test_jobs_that_wait_come_along_with_what_was_sent(
    kept: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait at the restored node too; what was lost before is the job's to say."""
    monkeypatch.setattr(backup, "PAUSE", 0)
    jobs = []
    with doumen.open(kept.node) as node:
        for name in ("sent", "lost"):
            path = tmp_path / f"{name}.csv"
            path.write_text("id,name\n7,Eve\n")
            upload = Upload(path)
            told = node.session().submit("collect", path=upload, as_dataset=f"city.{name}")
            jobs.append(told.json["job"])
    (kept.node / "spool" / jobs[1] / "path" / "lost.csv").unlink()
    kept.make()
    kept.restore(tmp_path / "there")
    place = tmp_path / "there" / "spool" / jobs[0] / "path"
    assert [p.stat().st_mode & 0o777 for p in (place, place / "sent.csv")] == [0o700, 0o600]
    with doumen.open(tmp_path / "there") as node:
        Worker(node).run(until_idle=True)
        own = node.session()
        assert own.query("SELECT name FROM city.sent").rows() == [("Eve",)]
        assert own.do("job show", job=jobs[1]).json["state"] == "failed"


def test_a_job_that_is_done_meanwhile_waits_no_more(
    kept: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAUSE", 0)
    (tmp_path / "sent.csv").write_text("id,name\n7,Eve\n")
    with doumen.open(kept.node) as node:
        sent = Upload(tmp_path / "sent.csv")
        node.session().submit("collect", path=sent, as_dataset="city.sent")
    seen = backup._Work.moment

    def late(self: Any) -> Any:
        moment = seen(self)
        with doumen.open(kept.node) as node:
            Worker(node).run(until_idle=True)
        return moment

    monkeypatch.setattr(backup._Work, "moment", late)
    kept.make()
    kept.restore(tmp_path / "there")
    assert not (tmp_path / "there" / "spool").exists()
    with doumen.open(tmp_path / "there") as node:
        assert node.session().query("SELECT name FROM city.sent").rows() == [("Eve",)]
        assert node.session().do("job list", state=("queued", "running")).json["jobs"] == []


def test_versions_that_were_given_up_are_not_missed(kept: Any, tmp_path: Path) -> None:
    with doumen.open(kept.node) as node:
        own = node.session()
        for number in range(2):
            (tmp_path / f"{number}.csv").write_text(f"id\n{number}\n")
            own.do("collect", path=tmp_path / f"{number}.csv", as_dataset="city.moved",
                   replace=bool(number))  # fmt: skip
        own.do("dataset retain", dataset="city.moved", versions=1)
        moved = replace(node.means, clock=lambda: node.means.clock() + timedelta(days=1))
        done = Counter(Gate(moved), "owner", None, silent).vacuum()
        assert [one.versions for one in done.swept if one.versions] == [(1,)]
    assert kept.make().exit == 0
    assert kept.verify().exit == 0
    kept.restore(tmp_path / "restored")
    assert faults(tmp_path / "restored") == []
    with doumen.open(tmp_path / "restored") as node:
        assert node.session().query("FROM city.moved").rows() == [(1,)]
        with pytest.raises(NotFound, match="given up"):
            node.session().query("FROM city.moved AT (VERSION => 1)")
