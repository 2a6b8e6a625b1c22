"""The doctor on a real node: well, with orphans, with a file gone, with evidence touched."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

import doumen
from doumen.model.errors import Refused
from doumen.model.operation import Table
from doumen.stores.tables import ENTRIES


def test_all_is_well(world: Any) -> None:
    outcome = world.do("doctor")
    assert outcome.json == {"faults": []}
    assert (outcome.said, outcome.drawn, outcome.exit) == (("All is well.",), (), 0)
    with pytest.raises(Refused):
        world.do("doctor", "ana")


def test_what_belongs_to_nothing_is_swept(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    own = make()
    (own.folder / "a.csv").write_text("n\n1\n")
    own.do("collect", path=own.folder / "a.csv", as_dataset="a.b")
    (landed,) = (own.folder / "own" / "lake").rglob("*.parquet")
    orphan = landed.with_name("orphan.parquet")
    orphan.write_bytes(b"x")
    assert own.do("doctor").exit == 0, "it may belong to a job that still runs"
    monkeypatch.setattr("doumen.gate.inspect.GRACE", -1.0)
    seen = own.do("doctor")
    assert (len(seen.json["faults"]), seen.exit) == (1, 1)
    assert "--mend" in seen.said[-1]
    table = seen.drawn[0]
    assert isinstance(table, Table)
    assert table.rows[0][2] == "open"
    mended = own.do("doctor", mend=True)
    assert (mended.json["faults"][0]["mended"], mended.said, mended.exit) == (True, (), 0)
    assert not orphan.exists()
    landed.unlink()
    lost = own.do("doctor", mend=True)
    assert (lost.json["faults"][0]["tampered"], lost.exit) == (False, 1)
    assert lost.said == ()


def test_touched_evidence_is_5(make: Any, tampering: Any) -> None:
    own = make()
    own.do("purpose add", name="a-purpose")
    own.do("purpose add", name="b-purpose")
    own.node.close()
    with tampering(own.folder / "own") as connection:
        body = connection.execute(select(ENTRIES.c.body).where(ENTRIES.c.place == 1)).scalar_one()
        changed = body.replace(b"a-purpose", b"x-purpose")
        assert changed != body
        connection.execute(update(ENTRIES).where(ENTRIES.c.place == 1).values(body=changed))
    with doumen.open(own.folder / "own") as node:
        outcome = node.session().do("doctor")
        assert outcome.exit == 5
        assert {fault["tampered"] for fault in outcome.json["faults"]} == {True}
        verified = node.session().do("ledger verify")
        assert verified.exit == 5
        assert verified.json["holds"] is False
        assert verified.json["faults"][0]["where"].startswith("ledger")
