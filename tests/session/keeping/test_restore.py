"""A node restored elsewhere is the node: answers, receipts, ledger; on either kind of store."""

from __future__ import annotations

import io
import json
import shutil
import stat
import tarfile
import threading
from argparse import Namespace
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from tests.script import loaded
from tests.sound import faults

import doumen
from doumen.model.errors import Conflict, Invalid, NotFound, Tampered, Unavailable
from doumen.session.doctor.verb import doctor
from doumen.session.keeping import proof
from doumen.session.node import silent
from doumen.session.settings import FILE, read
from doumen.stores import database, migrate, portable
from doumen.stores.tables import VERSION

OLD = Path(__file__).parent / "made" / "backups-layout-1.tar.xz"
NEXT = Path(__file__).parents[2] / "stores" / "made" / "next"


def verified_by_a_stranger(folder: Path, at: Path) -> int:
    """Every receipt, by the script that knows nothing of Doumen; gives how many they are."""
    stranger = loaded("verify_receipt")
    with doumen.open(folder) as node:
        own = node.session()
        (at / "keys.json").write_text(json.dumps(own.desk.keys()))
        ids = [json.loads(entry)["id"] for entry in own.desk.entries()]
        for id in ids:
            (at / "receipt.json").write_text(own.desk.receipt(id))
            asked = Namespace(
                receipt=at / "receipt.json",
                keyfile=at / "keys.json",
                checkpoint=None,
                consistency=None,
            )
            with redirect_stdout(io.StringIO()):
                stranger._verify(asked)
        assert own.do("ledger verify").exit == 0
    return len(ids)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("s", "p"),
        ("p", "s"),
        pytest.param("s", "s", marks=pytest.mark.soak),
        pytest.param("p", "p", marks=pytest.mark.soak),
    ],
)
def test_a_node_goes_from_any_store_to_any(
    source: str,
    target: str,
    tmp_path: Path,
    choose: Any,
    postgres: Any,
    kept: Any,
    answers: Callable[[Path], list[Any]],
    replayed: Callable[[Path], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    if source == "p":
        kept.restore(tmp_path / "server", store=postgres.new())
        kept = type(kept)(tmp_path / "server", kept.shelf)
        kept.make()
    told = kept.verify()
    assert told.exit == 0, told.json
    store = "sqlite:store.sqlite" if target == "s" else postgres.new()
    outcome = kept.restore(tmp_path / "there", store=store)
    assert replayed(tmp_path / "there") == 4
    well = doctor(tmp_path / "there", full=True, progress=silent)
    assert well.exit == 0, well.json
    assert answers(tmp_path / "there") == answers(kept.node)
    assert outcome.json["receipts"] == outcome.json["entries"] == told.json["entries"]
    assert read(tmp_path / "there").store == store
    assert verified_by_a_stranger(tmp_path / "there", tmp_path) > told.json["entries"]
    with doumen.open(tmp_path / "there") as node:  # it works on: into the tables that there are
        (tmp_path / "more.csv").write_text("id,name\n99,new\n")
        own = node.session()
        own.do("collect", path=tmp_path / "more.csv", as_dataset="city.people", append=True)
        assert own.query("SELECT count(*) FROM city.people").rows() == [(61,)]
        assert own.desk.inspect() == ()
        types = own.query("SELECT type FROM sys.events ORDER BY id").rows()
    assert ("node.restored",) in types


def test_while_others_write(
    kept: Any, tmp_path: Path, answers: Callable[[Path], list[Any]]
) -> None:
    """Each backup is one moment: what it says of rows and of events is of the same time."""
    stop, failed = threading.Event(), []

    def work() -> None:
        try:
            with doumen.open(kept.node) as node:
                own, number = node.session(), 0
                while not stop.is_set():
                    path = tmp_path / f"w{number}.csv"
                    path.write_text(f"id,name\n{1000 + number},w\n")
                    own.do("collect", path=path, as_dataset="city.people", append=True)
                    own.query("SELECT count(*) FROM city.people").rows()
                    number += 1
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    ids = [kept.make().json["backup"] for _ in range(3)]
    stop.set()
    thread.join()
    assert not failed
    sizes = []
    for number, id in ((0, ids[0]), (2, ids[2])):
        into = tmp_path / f"r{number}"
        told = kept.restore(into, backup=id)
        sizes.append(told.json["entries"])
        with doumen.open(into) as node:
            own = node.session()
            landed = sum(
                json.loads(entry)["data"]["landed"]
                for entry in own.desk.entries()
                if json.loads(entry)["type"] == "collect"
            )
            assert own.query("SELECT count(*) FROM city.people").rows() == [(landed,)]
            assert own.desk.inspect() == ()
            assert faults(node.directory) == []
    assert sizes == sorted(set(sizes))
    assert verified_by_a_stranger(tmp_path / "r2", tmp_path) == sizes[-1] + 2
    kept.make()
    kept.restore(tmp_path / "end")
    assert answers(tmp_path / "end") == answers(kept.node)


def test_keys_and_settings_come_along(kept: Any, tmp_path: Path) -> None:
    kept.restore(tmp_path / "there")
    for path in sorted((kept.node / "keys").iterdir()):
        there = tmp_path / "there" / "keys" / path.name
        assert there.read_bytes() == path.read_bytes()
        assert stat.S_IMODE(there.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "there" / "keys").stat().st_mode) == 0o700
    assert read(tmp_path / "there") == read(kept.node)
    with doumen.open(tmp_path / "there") as node:
        assert node.session().do("key rotate").json["receipt"]


def test_a_lake_elsewhere_comes_into_the_folder(kept: Any, tmp_path: Path) -> None:
    """Nothing is written where the node that was backed up may still live."""
    (kept.node / "lake").rename(tmp_path / "data")
    text = (kept.node / FILE).read_text("utf-8")
    (kept.node / FILE).write_text(text.replace('"lake"', f'"{tmp_path / "data"}"'), "utf-8")
    kept.make()
    told = kept.restore(tmp_path / "there")
    assert any("`lake` is not that of the backup" in said for said in told.said)
    assert read(tmp_path / "there").lake == "lake"
    with doumen.open(tmp_path / "there") as node:
        assert node.session().query("SELECT count(*) FROM city.people").rows() == [(60,)]


def test_an_older_backup_is_named(kept: Any, tmp_path: Path) -> None:
    (first,) = (b["backup"] for b in kept.list().json["backups"])
    kept.make()
    newest = kept.make().json["backup"]
    told = kept.restore(tmp_path / "there", backup=first)
    assert told.said[0] == (
        f"`{first}` is not the newest backup: `{newest}` holds 2 more entries of the ledger."
    )
    assert "newest" not in kept.restore(tmp_path / "here").said[0]


def test_a_checkpoint_of_somebody_else_shows_what_is_missing(kept: Any, tmp_path: Path) -> None:
    with doumen.open(kept.node) as node:
        own = node.session()
        own.do("ledger head", output=tmp_path / "then.txt")
        kept.make()
        own.query("SELECT 1").rows()
        own.do("ledger head", output=tmp_path / "now.txt")
    then, now = str(tmp_path / "then.txt"), str(tmp_path / "now.txt")
    assert kept.verify(at_least=then).exit == 0
    (finding,) = kept.verify(at_least=now).json["findings"]
    assert "older than the checkpoint" in finding["what"]
    with pytest.raises(Tampered, match="older than the checkpoint"):
        kept.restore(tmp_path / "there", at_least=now)
    assert kept.restore(tmp_path / "there", at_least=Path(then).read_text("utf-8")).exit == 0


def test_two_that_live_on_are_told_apart(kept: Any, tmp_path: Path) -> None:
    """A backup of the restored node does not contain what the first one signed since."""
    kept.make()
    kept.restore(tmp_path / "there")
    other = type(kept)(tmp_path / "there", tmp_path / "others")
    other.make()
    with doumen.open(kept.node) as node:
        own = node.session()
        own.do("ledger head", output=tmp_path / "same.txt")
        for _ in range(3):
            own.query("SELECT 1").rows()
        own.do("ledger head", output=tmp_path / "first.txt")
    with pytest.raises(Tampered, match="forked"):  # as many entries, others
        other.restore(tmp_path / "third", at_least=str(tmp_path / "same.txt"))
    with doumen.open(tmp_path / "there") as node:
        for _ in range(5):
            node.session().query("SELECT 2").rows()
        told = node.session().do("ledger verify", checkpoint=tmp_path / "first.txt")
        assert "forked" in told.json["faults"][0]["what"]
    other.make()
    with pytest.raises(Tampered, match="forked"):
        other.restore(tmp_path / "third", at_least=str(tmp_path / "first.txt"))


def test_a_checkpoint_of_another_node(kept: Any, tmp_path: Path) -> None:
    from doumen.session import create

    create(tmp_path / "other", "other")
    with doumen.open(tmp_path / "other") as node:
        node.session().do("ledger head", output=tmp_path / "other.txt")
    with pytest.raises(Tampered, match="not signed by a key that the backup knows"):
        kept.restore(tmp_path / "there", at_least=str(tmp_path / "other.txt"))
    with pytest.raises(Unavailable, match="cannot be read"):
        kept.restore(tmp_path / "there", at_least=str(tmp_path / "none.txt"))


def test_only_into_an_empty_folder(kept: Any, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    for into in (kept.node, tmp_path / "full", tmp_path / "full" / "mine", tmp_path / "link"):
        with pytest.raises(Conflict, match="not an empty folder"):
            kept.restore(into)
    (tmp_path / "empty").mkdir()
    assert kept.restore(tmp_path / "empty").exit == 0


def test_a_store_that_is_taken(
    kept: Any, tmp_path: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    place = postgres.new()
    kept.restore(tmp_path / "one", store=place)
    with pytest.raises(Conflict, match="holds a store") as caught:
        kept.restore(tmp_path / "two", store=place)
    assert "--store" in str(caught.value.next)
    assert not (tmp_path / "two").exists()
    with doumen.open(tmp_path / "one") as node:
        assert node.session().query("SELECT count(*) FROM city.people").rows() == [(60,)]
    with pytest.raises(Invalid):
        kept.restore(tmp_path / "two", store="mysql://a@b/c")
    assert sorted(p.name for p in tmp_path.glob(".*")) == []


def test_a_backup_of_a_newer_version(
    kept: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "VERSION", 0)
    for ask in (kept.verify, lambda: kept.restore(tmp_path / "there")):
        with pytest.raises(Unavailable, match="reads layout 0"):
            ask()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_of_an_older_version(
    tmp_path: Path,
    kind: str,
    made: Any,
    postgres: Any,
    monkeypatch: pytest.MonkeyPatch,
    answers: Callable[[Path], list[Any]],
) -> None:
    """One that layout 1 made, kept since; and as if this were the version after this one."""
    with tarfile.open(OLD) as archive:
        archive.extractall(tmp_path, filter="data")
    old = type(made)(tmp_path / "none", tmp_path / "backups")
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    store = "sqlite:store.sqlite" if kind == "sqlite" else postgres.new()
    assert old.restore(tmp_path / "now", store=store).exit == 0
    said = answers(tmp_path / "now")
    assert len(said[0]) == 60
    later = VERSION + 1
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "PLACES", (*migrate.PLACES, NEXT))
        for module in (migrate, database, portable, proof):
            patch.setattr(module, "VERSION", later)
        assert old.verify().exit == 0
        store = "sqlite:store.sqlite" if kind == "sqlite" else postgres.new()
        told = old.restore(tmp_path / "there", store=store)
        assert told.json["receipts"] == told.json["entries"] > 5
        assert answers(tmp_path / "there") == said


def test_there_is_no_such_backup(kept: Any, tmp_path: Path) -> None:
    for id in ("20200101T000000Z-00000000", "../../lock.json"):
        with pytest.raises(NotFound, match="no backup"):
            kept.restore(tmp_path / "there", backup=id)
    with pytest.raises(NotFound, match="holds no backups"):
        type(kept)(kept.node, tmp_path / "nothing").restore(tmp_path / "there")


def test_a_node_goes_into_a_bucket_and_out_of_it(
    tmp_path: Path,
    in_bucket: Any,
    kept: Any,
    answers: Callable[[Path], list[Any]],
    replayed: Callable[[Path], int],
) -> None:
    lake = f"s3://tests/?endpoint={in_bucket.endpoint}"
    kept.restore(tmp_path / "away", lake=lake)
    assert not (tmp_path / "away" / "lake").exists()
    shutil.rmtree(tmp_path / "away" / "cache")
    assert replayed(tmp_path / "away") == 4
    assert answers(tmp_path / "away") == answers(kept.node)
    well = doctor(tmp_path / "away", full=True, progress=silent)
    assert well.exit == 0, well.json
    with pytest.raises(Conflict) as raised:
        kept.restore(tmp_path / "twice", lake=read(tmp_path / "away").lake)
    assert raised.value.code == "conflict.lake"
    away = type(kept)(tmp_path / "away", tmp_path / "more")
    away.make()
    away.restore(tmp_path / "home")
    assert read(tmp_path / "home").lake == "lake"
    assert answers(tmp_path / "home") == answers(kept.node)
    assert verified_by_a_stranger(tmp_path / "home", tmp_path) > 0
