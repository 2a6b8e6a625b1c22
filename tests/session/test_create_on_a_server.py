"""Nodes whose store is on a server: a schema each, whose it is, and where the password goes."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from doumen.model.errors import Conflict, Invalid, Unavailable
from doumen.session import Node, create, init
from doumen.session.create import MARK
from doumen.session.settings import FILE, read


def test_an_interrupted_making_takes_nothing_of_others(
    tmp_path: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark of another folder does not make a store of somebody else one's own."""
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    place = postgres.new()
    create(tmp_path / "first", "first", place)
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / MARK).write_text("second-00000000")
    with pytest.raises(Conflict, match="holds a store already"):
        create(tmp_path / "second", "second", place)
    with Node.open(tmp_path / "first") as node:
        assert len(node.session().query("SELECT id FROM sys.events").rows()) == 1


def test_nodes_share_a_server_each_in_its_own_schema(
    tmp_path: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", postgres.password)
    for name in ("one", "two"):
        init(tmp_path / name, name, postgres.address)
    one, two = (read(tmp_path / name) for name in ("one", "two"))
    assert one.store != two.store
    assert one.store == f"{postgres.address}?schema=doumen_{one.origin.rpartition('-')[2]}"
    text = (tmp_path / "two" / FILE).read_text("utf-8")
    (tmp_path / "two" / FILE).write_text(text.replace(two.store, one.store), "utf-8")
    with pytest.raises(Conflict, match="belongs to another node") as caught:
        Node.open(tmp_path / "two")
    assert "schema" in str(caught.value.next)


def test_a_password_in_the_address_is_for_its_owner_alone(
    tmp_path: Path, postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    place = postgres.address.replace("@", f":{postgres.password}@")
    outcome = init(tmp_path / "node", "node", place)
    assert any("PGPASSWORD" in said for said in outcome.said)
    assert postgres.password not in str(outcome)
    file = tmp_path / "node" / FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    with pytest.raises(Unavailable, match="open to others") as caught:
        Node.open(tmp_path / "node")
    assert postgres.password not in str(caught.value.as_json())


@pytest.mark.parametrize("place", ["sqlite:////tmp/elsewhere", "nonsense", "mysql://a:secret@b/c"])
def test_a_store_that_cannot_be_one(tmp_path: Path, place: str) -> None:
    with pytest.raises(Invalid) as caught:
        create(tmp_path / "node", "node", place)
    assert "secret" not in str(caught.value.as_json())
    assert not (tmp_path / "node").exists()
