"""A node of an older version opens, migrates, and all its receipts verify."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from tests.sound import faults

import doumen
from doumen.faces.cli import app
from doumen.model.errors import Unavailable
from doumen.stores.tables import VERSION

MADE = Path(__file__).parents[1] / "stores" / "made"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The node that version 0.1.0 made."""
    with tarfile.open(MADE / "node-layout-1.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "node"


def check(folder: Path) -> list[str]:
    """The node works, its ledger holds, every receipt verifies; gives the types of events."""
    with doumen.open(folder) as node:
        owner = node.session()
        assert owner.query("select name from city.people order by id").rows() == [
            ("Ann",),
            ("Bob",),
            ("Cyn",),
        ]
        asked = node.session("ana", "research").query("select phone from city.people where id = 1")
        assert asked.rows() == [("138**********",)]
        assert owner.desk.inspect() == ()
        assert faults(folder) == []
        events = [json.loads(entry) for entry in owner.desk.entries()]
        for event in events:
            assert owner.do("receipt verify", receipt=event["id"]).exit == 0, event
        replayed = next(e for e in events if e["type"] == "query")
        assert owner.do("receipt replay", receipt=replayed["id"]).exit == 0
    return [event["type"] for event in events]


def test_a_node_of_version_0_1_0_migrates(
    old: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Unavailable, match="layout 1") as caught:
        doumen.open(old)
    assert caught.value.next == "doumen migrate"
    monkeypatch.chdir(old)
    assert app.main(["migrate", "--trial"]) == 0
    told: Any = json.loads(capsys.readouterr().out)
    assert (told["from"], told["to"], told["trial"], told["receipt"]) == (1, VERSION, True, None)
    assert app.main(["--node", str(old), "migrate"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["from"], told["to"], told["trial"]) == (1, VERSION, False)
    assert told["held"] > 30
    events = check(old)
    assert "store.migrated" in events
    assert events.count("query") == 5
    assert app.main(["migrate"]) == 0
    assert json.loads(capsys.readouterr().out)["receipt"] is None


def test_a_migration_is_no_deed_of_an_actor(
    old: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(old)
    assert app.main(["--as", "ana", "migrate"]) == 2
    assert "whoever owns the folder" in capsys.readouterr().err


def test_a_ledger_that_was_touched_is_not_migrated(
    old: Path, capsys: pytest.CaptureFixture[str], tampering: Any
) -> None:
    from sqlalchemy import text

    with tampering(old) as connection:
        connection.execute(text("UPDATE charges SET amount = amount + 1"))
    assert app.main(["--node", str(old), "migrate"]) == 5
    assert "nothing was migrated" in capsys.readouterr().err
