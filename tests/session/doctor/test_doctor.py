"""The doctor on a real node: each fault planted is named, and mended exactly where that is safe."""

from __future__ import annotations

import json
import shutil
import stat
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from deltalake import DeltaTable
from sqlalchemy import delete, select, update

import doumen
from doumen.faces.cli import app
from doumen.model.message import msg
from doumen.session.doctor import check, evidence, lake, machine
from doumen.session.settings import FILE
from doumen.stores.tables import ENTRIES, RECEIPTS

Usage = namedtuple("Usage", "total used free")
Room = namedtuple("Room", "f_files f_favail")


def test_all_is_well(
    folder: Path, look: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(machine, "_free", lambda: 1 << 40)
    assert look() == (0, [])
    assert look(full=True, mend=True) == (0, [])
    assert app.main(["--node", str(folder), "doctor", "--table"]) == 0
    out = capsys.readouterr().out
    for name in ("python", "packages", "extras", "disk", "memory", "settings", "keys", "store",
                 "ledger", "receipts", "clock", "lake", "log"):  # fmt: skip
        assert f"\n{name}" in out


def test_not_for_an_actor(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--node", str(folder), "--as", "ana", "doctor"]) == 2
    capsys.readouterr()


def test_keys_that_others_may_read(folder: Path, look: Any) -> None:
    """The node does not open like this; the doctor does, and makes that it opens again."""
    paths = [folder / "keys", *(folder / "keys" / n for n in ("working.key", "mask.keys"))]
    for path in paths:
        path.chmod(0o755)
    code, found = look()
    assert code == 1
    assert {c["check"] for c in found} == {"keys"}
    assert [str(p) for p in paths if not any(str(p) in c["said"] for c in found)] == []
    assert all("chmod" in c["next"] for c in found)
    code, found = look(mend=True)
    assert (code, {c["mended"] for c in found}) == (0, {True})
    assert [stat.S_IMODE(p.stat().st_mode) for p in paths] == [0o700, 0o600, 0o600]
    doumen.open(folder).close()


def test_keys_that_are_gone(folder: Path, look: Any) -> None:
    (folder / "keys" / "working.key").unlink()
    code, found = look(mend=True)
    assert (code, [c["check"] for c in found]) == (1, ["keys"])
    assert "working.key" in found[0]["said"]


def test_a_key_without_an_event(folder: Path, look: Any) -> None:
    from doumen.session.node import now
    from doumen.stores.ledger import Keyring

    Keyring.open(folder / "keys").rotate(f"{now():%FT%T.%fZ}", bytes)
    code, found = look(mend=True)
    assert (code, [c["check"] for c in found]) == (5, ["keys"])
    assert "rotate" in found[0]["next"]
    with doumen.open(folder) as node:
        node.session().do("key rotate")
    assert look()[0] == 0


@pytest.mark.parametrize(
    ("days", "state", "code"), [(90, None, 0), (9, "warn", 0), (-1, "fault", 1)]
)
def test_a_certificate_that_ends(
    folder: Path, look: Any, days: int, state: str | None, code: int
) -> None:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "here")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
        .public_key(key.public_key()).not_valid_before(today - timedelta(days=99))
        .not_valid_after(today + timedelta(days=days)).sign(key, None)
    )  # fmt: skip
    (folder / "chain.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "other.pem").write_text("no certificate")
    found = look()
    assert found[0] == code
    assert [c["state"] for c in found[1] if c["check"] == "certificates"] == [state] * bool(state)


def test_settings_that_are_wrong(folder: Path, look: Any) -> None:
    (folder / FILE).write_text("name = 1\nother = 2\n")
    code, found = look()
    assert (code, [c["check"] for c in found]) == (1, ["settings"])


def test_a_store_that_does_not_open(
    folder: Path, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("doumen.stores.database.VERSION", 99)
        code, found = look()
    assert (code, [(c["check"], c["next"]) for c in found]) == (1, [("store", "doumen migrate")])
    (folder / "store.sqlite").write_bytes(b"no database at all, but long enough to be looked at")
    code, found = look()
    assert (code, [c["check"] for c in found]) == (1, ["store"])
    (folder / "store.sqlite").unlink()
    assert "cannot be opened" in look()[1][0]["said"]
    assert not (folder / "store.sqlite").exists()


def test_evidence_that_was_touched(folder: Path, look: Any, tampering: Any) -> None:
    with tampering(folder) as connection:
        asked = select(ENTRIES.c.body).where(ENTRIES.c.place == 3)
        body = connection.execute(asked).scalar_one()
        changed = body.replace(b"a-purpose", b"x-purpose")
        assert changed != body
        connection.execute(update(ENTRIES).where(ENTRIES.c.place == 3).values(body=changed))
    code, found = look(mend=True)
    assert (code, [c["said"] for c in found]) == (5, ["Entry 3 was changed."])
    assert found[0]["tampered"]
    code, found = look(full=True, mend=True)
    assert code == 5
    assert any("entry 3" in c["said"] for c in found)
    with doumen.open(folder) as node:
        verified = node.session().do("ledger verify")
        assert (verified.exit, verified.json["holds"]) == (5, False)
        assert verified.json["faults"][0]["where"].startswith("ledger")


def test_what_is_older_is_found_by_all_of_it(
    folder: Path, look: Any, tampering: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The quick look takes the end; `--full` takes all."""
    monkeypatch.setattr(evidence, "LAST", 1)
    with tampering(folder) as connection:
        connection.execute(update(ENTRIES).where(ENTRIES.c.place == 1).values(body=b"{}"))
    assert look()[0] == 0
    assert look(full=True)[0] == 5


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM entries WHERE place = 4", "was signed for"),
        ("DELETE FROM nodes WHERE number = 0", "lacks hashes"),
        ("UPDATE nodes SET hash = x'00' WHERE number = 6", "was signed for"),
        ("UPDATE checkpoints SET note = 'x'", "not signed by a key"),
        ("UPDATE nodes SET hash = zeroblob(32) WHERE number = 4", "Entry 3 was changed"),
    ],
)
def test_a_ledger_that_does_not_hold(
    folder: Path, look: Any, tampering: Any, statement: str, said: str
) -> None:
    from sqlalchemy import text

    with tampering(folder) as connection:
        connection.execute(text(statement))
    code, found = look()
    assert code == 5
    assert any(said in c["said"] for c in found), found


def test_a_receipt_that_is_gone_is_told(folder: Path, look: Any, tampering: Any) -> None:
    with tampering(folder) as connection:
        id = connection.execute(select(RECEIPTS.c.id).limit(1)).scalar_one()
        connection.execute(delete(RECEIPTS).where(RECEIPTS.c.id == id))
    code, found = look()
    assert (code, found[0]["state"], found[0]["check"]) == (0, "warn", "receipts")
    assert found[0]["said"].startswith("1 events")


def test_a_clock_that_is_behind(folder: Path, look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    past = datetime.now(UTC) - timedelta(days=2)
    monkeypatch.setattr(evidence, "now", lambda: past)
    code, found = look()
    assert (code, [c["check"] for c in found]) == (1, ["clock"])


def test_files_of_the_lake(folder: Path, look: Any) -> None:
    (one,) = (folder / "lake" / "a" / "b").glob("*.parquet")
    (two,) = (folder / "lake" / "a" / "c").glob("*.parquet")
    content = one.read_bytes()
    one.chmod(0o644)
    one.write_bytes(content[:200] + bytes(60) + content[260:])
    assert look()[0] == 0, "its size is right"
    code, found = look(full=True)
    assert (code, [c["check"] for c in found]) == (1, ["lake"])
    assert one.name in found[0]["said"]
    shutil.copy(two, one)
    one.write_bytes(one.read_bytes().ljust(len(content), b"\0"))
    assert look(full=True)[0] == 1
    one.unlink()
    two.chmod(0o644)
    two.write_bytes(two.read_bytes() + b"\0")
    code, found = look(mend=True)
    assert code == 1
    assert [("is not there" in c["said"], "bytes, not" in c["said"]) for c in found] == [
        (True, False),
        (False, True),
    ]


def test_a_delta_log_that_is_ahead(folder: Path, look: Any) -> None:
    """As a job leaves it that was cut off between the lake and the store."""
    table = folder / "lake" / "a" / "b"
    log = table / "_delta_log"
    last = max(log.glob("*.json"))
    version = int(last.stem)
    action = json.loads(next(x for x in last.read_text().splitlines() if '"add"' in x))["add"]
    remove = {
        "remove": {
            "path": action["path"],
            "deletionTimestamp": 1,
            "dataChange": True,
            "size": action["size"],
            "partitionValues": {},
            "extendedFileMetadata": True,
        }
    }
    (log / f"{version + 1:020d}.json").write_text(json.dumps(remove) + "\n")
    code, found = look()
    assert (code, [(c["check"], c["state"]) for c in found]) == (0, [("log", "warn")])
    code, found = look(mend=True)
    assert (code, [c["mended"] for c in found]) == (0, [True])
    assert look() == (0, [])
    assert len(DeltaTable(table).file_uris()) == 1
    with doumen.open(folder) as node:  # the next job finds it in order
        (folder.parent / "more.csv").write_text("id,name\n3,Cyn\n")
        node.session().do("collect", path=folder.parent / "more.csv", as_dataset="a.b", append=True)
    assert look() == (0, [])


def test_a_delta_log_that_is_behind_is_not_made_up(folder: Path, look: Any) -> None:
    log = folder / "lake" / "a" / "b" / "_delta_log"
    max(log.glob("*.json")).unlink()
    code, found = look(mend=True)
    assert (code, [(c["check"], c["mended"]) for c in found]) == (1, [("log", False)])
    shutil.rmtree(log)
    assert look()[0] == 1


def test_what_belongs_to_nothing_is_swept_when_it_is_old(
    folder: Path, look: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    orphan = folder / "lake" / "a" / "b" / "orphan.parquet"
    orphan.write_bytes(b"x")
    staged = folder / "lake" / "a" / "b" / "_staged-1"
    staged.mkdir()
    assert look(mend=True) == (0, []), "they may belong to a job that still runs"
    assert check.HOUR == 3600
    monkeypatch.setattr(lake, "HOUR", -1.0)
    code, found = look()
    assert (code, [c["check"] for c in found]) == (0, ["orphans"] * 2)
    code, found = look(mend=True)
    assert (code, [c["mended"] for c in found]) == (0, [True] * 2)
    assert not orphan.exists()
    assert not staged.exists()
    assert look() == (0, [])


def test_leftovers(folder: Path, look: Any, aged: Callable[[Path], Path]) -> None:
    paths = [
        folder / "doumen.toml.17.new",
        folder / "keys" / "working.key.17.new",
        folder / "store.sqlite.17.trial-wal",
        folder.parent / ".node.restoring-17",
    ]
    for path in paths:
        path.mkdir() if "restoring" in path.name else path.touch()
    assert look(mend=True) == (0, []), "they are young"
    for path in paths:
        aged(path)
    code, found = look()
    assert (code, [c["state"] for c in found]) == (0, ["warn"] * 4)
    before = set(folder.rglob("*")) - set(paths)
    assert look(mend=True)[0] == 0
    assert not any(path.exists() for path in paths)
    assert set(folder.rglob("*")) == before


def test_the_machine(look: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_free", lambda: 1 << 20)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1, 1, 5 << 20))
    code, found = look()
    assert code == 1
    assert {(c["check"], c["state"]) for c in found} == {("memory", "warn"), ("disk", "fault")}
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1, 1, 500 << 20))
    assert look()[0] == 0


def test_no_room_for_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = Room(1000, 3)
    monkeypatch.setattr("os.statvfs", lambda _: told)
    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage(1, 1, 1 << 40))
    assert next(machine.disk(tmp_path)).state == "fault"
    assert next(machine.disk(tmp_path / "none")).state == "fault"


def test_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {c.state for c in machine.python()} == {"ok"}
    real = machine._version
    old = {"duckdb": "1.4.0", "numpy": None}
    monkeypatch.setattr(machine, "_version", lambda name: old.get(name, real(name)))
    (found,) = [c for c in machine.python() if c.state != "ok"]
    assert "duckdb 1.4.0 (<2.1,>=2.0)" in found.said
    assert "numpy -" in found.said
    monkeypatch.setattr("platform.python_version", lambda: "3.9.1")
    assert next(machine.python()).state == "fault"


def test_extras_that_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [c.state for c in machine.extras(frozenset({"postgresql"}))] == ["ok"]
    real = machine._version
    monkeypatch.setattr(machine, "_version", lambda n: None if "psycopg" in n else real(n))
    assert [c.state for c in machine.extras(frozenset())] == ["ok"]
    assert [c.state for c in machine.extras(frozenset({"postgresql"}))] == ["fault", "ok"]


def test_free_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    assert machine._free() is None
    assert [c.state for c in machine.memory(1)] == ["ok"]
    (tmp_path / "meminfo").write_text("MemTotal: 9 kB\nMemAvailable: 5 kB\n")
    assert machine._free() == 5120
    (tmp_path / "memory.max").write_text("max\n")
    assert machine._free() == 5120
    (tmp_path / "memory.max").write_text("4096\n")
    (tmp_path / "memory.current").write_text("96\n")
    assert machine._free() == 4000
    assert [c.state for c in machine.memory(5000)] == ["warn"]


def test_a_failure_is_a_check() -> None:
    from doumen.model.errors import Tampered, Unavailable

    found = check.failed(
        "x", Unavailable(msg("It is away."), why=msg("It was cut."), next=msg("Wait."))
    )
    assert (found.said, found.next, found.tampered) == ("It is away. It was cut.", "Wait.", False)
    assert check.failed("x", Tampered(msg("It was changed."))).tampered
