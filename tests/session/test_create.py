"""A node is made whole or not at all, and never over something else."""

from __future__ import annotations

import stat
import sys
import uuid
from pathlib import Path

import pytest
from tests.objects import BUCKET, Objects

from doumen.model.errors import Conflict, Invalid, Refused
from doumen.model.operation import Fields
from doumen.session import Node, create, init
from doumen.session.create import MARK
from doumen.session.settings import FILE, read


def test_a_node_is_made_and_its_first_event_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = init(Path("deep/../node"), "City + bureau 市局")
    assert outcome.json["node"] == str(tmp_path / "node")
    assert isinstance(outcome.drawn[0], Fields)
    assert outcome.said[-1].startswith(f"Next: cd {tmp_path / 'node'} && doumen collect")
    folder = tmp_path / "node"
    parts = {FILE, "keys", "lake", *(["store.sqlite"] if store == "sqlite" else [])}
    assert {p.name for p in folder.iterdir()} >= parts
    assert read(folder).store.partition(":")[0].startswith(store)
    assert not (folder / MARK).exists()
    assert read(folder).origin.startswith("city-bureau-市局-")
    for key in (folder / "keys").glob("*key*"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with Node.open(folder) as node:
        rows = node.session().query("SELECT type, actor FROM sys.events").rows()
        assert rows == [("node.created", "owner")]
        assert node.means.keys().root_public == outcome.json["root_key"]


def test_two_nodes_of_one_name_have_ledgers_of_different_names(
    folder: Path, tmp_path: Path
) -> None:
    create(tmp_path / "twin", "City bureau 市局")
    assert read(tmp_path / "twin").origin != read(folder).origin


@pytest.mark.parametrize(
    ("given", "kept", "reach", "said"),
    [
        ("https://port.example:8470/", "https://port.example:8470", "public", "over TLS"),
        ("http://127.0.0.1:8471", "http://127.0.0.1:8471", "loopback", "serve --port 8471"),
        ("http://localhost", "http://localhost", "loopback", "serve --port 80"),
        ("https://[::1]", "https://[::1]", "loopback", "serve --port 443"),
    ],
)
def test_an_address_of_this_machine_takes_the_reach_that_allows_it(
    tmp_path: Path, given: str, kept: str, reach: str, said: str
) -> None:
    outcome = init(tmp_path / "node", "Port", address=given)
    settings = read(tmp_path / "node")
    assert (settings.address, settings.reach) == (kept, reach)
    assert outcome.json["address"] == kept
    assert any(said in str(one) for one in outcome.said)


@pytest.mark.parametrize("given", ["http://port.example", "https://10.0.0.1", "port.example"])
def test_no_node_is_made_that_nobody_could_reach(tmp_path: Path, given: str) -> None:
    with pytest.raises((Invalid, Refused)) as caught:
        init(tmp_path / "node", "Port", address=given)
    assert "http://127.0.0.1:8470" in str(caught.value.next)
    assert not (tmp_path / "node").exists()


@pytest.mark.parametrize("name", ["", "  "])
def test_a_node_needs_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match="needs a name"):
        create(tmp_path / "node", name)
    assert not (tmp_path / "node").exists()


def test_nothing_is_overwritten(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="is a node already"):
        create(folder, "again")
    (tmp_path / "keys").mkdir()
    (tmp_path / "store.sqlite").write_text("mine")
    with pytest.raises(Conflict, match=r"already holds `keys`, `store\.sqlite`"):
        create(tmp_path, "node")
    assert (tmp_path / "store.sqlite").read_text() == "mine"
    assert not (tmp_path / MARK).exists()


def test_an_interrupted_making_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str
) -> None:
    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules["doumen.session.create"], "found", cut)
        with pytest.raises(KeyboardInterrupt):
            create(tmp_path, "node")
    assert (tmp_path / MARK).exists()
    assert not (tmp_path / FILE).exists()
    schema = f"doumen_{(tmp_path / MARK).read_text().rpartition('-')[2]}"
    create(tmp_path, "node")
    with Node.open(tmp_path) as node:
        assert len(node.session().query("SELECT id FROM sys.events").rows()) == 1
        if store == "postgresql":
            with node.means.database.read() as connection:
                assert not connection.dialect.has_schema(connection, schema)


def test_a_lake_in_a_bucket_is_of_one_node(tmp_path: Path, in_bucket: Objects) -> None:
    create(tmp_path / "one", "Port")
    found = read(tmp_path / "one")
    assert found.bucket is not None
    assert found.bucket.prefix == found.origin
    assert not (tmp_path / "one" / "lake").exists()
    own = f"s3://{BUCKET}/{uuid.uuid4().hex}?endpoint={in_bucket.endpoint}"
    create(tmp_path / "two", "Port", lake=own)
    assert read(tmp_path / "two").lake == own
    with pytest.raises(Conflict) as raised:
        create(tmp_path / "three", "Port", lake=own)
    assert raised.value.code == "conflict.lake"


def test_an_init_that_was_cut_off_leaves_its_bucket_to_the_next(
    tmp_path: Path, in_bucket: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"s3://{BUCKET}/{uuid.uuid4().hex}?endpoint={in_bucket.endpoint}"

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sys.modules[create.__module__], "found", cut)
        with pytest.raises(KeyboardInterrupt):
            create(tmp_path / "node", "Port", lake=own)
    assert not (tmp_path / "node" / FILE).exists()
    create(tmp_path / "node", "Port", lake=own)
    with Node.open(tmp_path / "node") as node:
        assert node.session().desk.inspect() == ()


@pytest.mark.parametrize("lake", ["gs://bucket/x", "/data", "s3://", "s3://k:s@bucket"])
def test_what_is_no_bucket_is_refused_before_anything_is_made(tmp_path: Path, lake: str) -> None:
    with pytest.raises(Invalid) as raised:
        create(tmp_path / "node", "Port", lake=lake)
    assert raised.value.code == "invalid.lake"
    assert not (tmp_path / "node").exists()
