"""Receipts, proofs, keys and the doctor: who may see them, and what they find."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

import doumen
from doumen.gate.amend import amend
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Conflict, Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.session import create
from doumen.stores.tables import ENTRIES


def ask(world: Any, actor: str | None = None, statement: str = "SELECT 1 AS n") -> str:
    answer = world.node.session(actor).query(statement)
    answer.rows()
    receipt: str = answer.receipt
    return receipt


def test_receipts_are_for_those_who_asked_and_those_who_audit(world: Any) -> None:
    mine = ask(world, "ana")
    assert read_receipt(world.as_("ana").desk.receipt(mine)).id == mine
    assert world.as_("vera").desk.receipt(mine)
    theirs = ask(world)
    told = []
    for id_ in (theirs, "0" * 26):
        with pytest.raises(NotFound) as caught:
            world.as_("ana").desk.receipt(id_)
        told.append(str(caught.value.as_json()).replace(id_, "ID"))
    assert told[0] == told[1]


def test_a_shredded_receipt_is_said_to_be(world: Any) -> None:
    id_ = ask(world)
    with world.node.means.database.write() as connection:
        connection.execute(text("DELETE FROM receipts WHERE id = :id"), {"id": id_})
    with pytest.raises(NotFound, match="shredded"):
        world.owner.desk.receipt(id_)


def test_proofs(world: Any) -> None:
    id_ = ask(world)
    place = world.owner.desk.prove(id_)
    assert place.size == place.index + 1
    assert world.owner.desk.consistency(1)
    assert world.owner.desk.consistency(place.size, place.size) == ()
    for old, new in ((0, 1), (5, 4), (1, 10**9)):
        with pytest.raises(Invalid):
            world.owner.desk.consistency(old, new)


def test_the_whole_ledger_is_for_those_who_audit(world: Any) -> None:
    for call in (lambda d: list(d.entries()), lambda d: d.inspect()):
        with pytest.raises(Refused):
            call(world.as_("ana").desk)
    assert list(world.as_("vera").desk.entries())


def test_an_empty_ledger_has_no_head(tmp_path: Path) -> None:
    from doumen.gate.evidence import head

    create(tmp_path / "n", "empty")
    with doumen.open(tmp_path / "n") as node:
        with node.means.database.write() as connection:
            connection.execute(text("DELETE FROM checkpoints"))
        with node.means.database.read() as connection, pytest.raises(NotFound):
            head(node.means, connection)


def test_history_is_for_those_who_may_know_the_fact(world: Any) -> None:
    assert world.owner.desk.history("dataset", "g.people")
    assert world.as_("ana").desk.history("dataset", "g.people")
    assert world.as_("ana").desk.history("dataset", "g.nothing") == ()
    assert world.as_("ana").desk.history("rule", "nothing") == ()


def test_amendments(world: Any) -> None:
    fact = Fact("purpose", "testing", {"description": {"en": "To test."}})
    receipt = world.as_("stu").desk.amend([fact], subject="testing")
    event = read_receipt(world.owner.desk.receipt(receipt)).event
    assert event["data"] == {"facts": [{"change": "set", "key": "testing", "kind": "purpose"}]}
    with pytest.raises(Refused):
        world.as_("ana").desk.amend([fact], subject="testing")
    with pytest.raises(Invalid):
        amend(world.node.means, "owner", [], "nothing")


def test_rotation_is_an_event_and_old_receipts_hold(tmp_path: Path) -> None:
    create(tmp_path / "n", "keys")
    with doumen.open(tmp_path / "n") as node, doumen.open(tmp_path / "n") as other:
        owner = node.session()
        owner.query("SELECT 1 AS n").rows()
        before = node.means.keys().certificate["kid"]
        owner.desk.rotate()
        assert node.means.keys().certificate["kid"] != before
        assert other.means.keys().certificate["kid"] == node.means.keys().certificate["kid"]
        keys = node.means.catalog.current().rows["key"]
        assert "retired" in (keys[before].fact.body or {})
        owner.do("actor add", name="ana")
        with pytest.raises(Refused):
            node.session("ana").desk.rotate()
        node.means.keys().rotate("2026-11-24T00:00:00.000000Z", node.means.entropy)
        assert any("no event" in f.what for f in owner.desk.inspect())
        owner.desk.rotate()
        assert owner.desk.inspect() == ()


def test_a_ledger_that_was_touched_is_found(tmp_path: Path) -> None:
    create(tmp_path / "n", "sick")
    (tmp_path / "a.csv").write_text("a\n1\n2\n")
    with doumen.open(tmp_path / "n") as node:
        owner = node.session()
        owner.do("collect", path=tmp_path / "a.csv", as_dataset="s.a")
        assert owner.desk.inspect() == ()
        with node.means.database.write() as connection:
            connection.execute(text("UPDATE charges SET amount = 7"))
            for place, body in connection.execute(select(ENTRIES.c.place, ENTRIES.c.body)).all():
                changed = update(ENTRIES).where(ENTRIES.c.place == place)
                connection.execute(changed.values(body=body.replace(b"collect", b"kollect")))
        faults = owner.desk.inspect()
        assert any(f.where.startswith("ledger") for f in faults)


def test_replay_refuses_what_is_no_answer(world: Any) -> None:
    owner = world.owner
    collected = next(
        json.loads(e)["id"] for e in owner.desk.entries() if json.loads(e)["type"] == "collect"
    )
    with pytest.raises(Invalid):
        owner.desk.replay(read_receipt(owner.desk.receipt(collected)))


def test_replay_refuses_what_the_ledger_does_not_hold(world: Any) -> None:
    from dataclasses import replace

    receipt = read_receipt(world.owner.desk.receipt(ask(world)))
    elsewhere = replace(receipt, id="0" * 26)
    with pytest.raises(NotFound):
        world.owner.desk.replay(elsewhere)
    lied = replace(receipt, event={**receipt.event, "purpose": "other"})
    with pytest.raises(Conflict):
        world.owner.desk.replay(lied)


def test_replay_of_floating_sums(world: Any) -> None:
    statement = "SELECT sum(age / 3.0) AS s FROM g.people"
    receipt = read_receipt(world.owner.desk.receipt(ask(world, None, statement)))
    found = world.owner.desk.replay(receipt)
    assert found.exact
    assert found.floating in ("equal", "unknown")
