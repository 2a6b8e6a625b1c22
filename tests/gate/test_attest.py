"""Findings as events: whose questions they rest on, which versions, and what the ledger keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.model.ref import Ref

PEOPLE = Ref("g", "people")
FOUND = {"rules": [{"rule": "columns.age.minimum", "words": "at least 18", "count": "3"}]}
KEPT = {"rules": [{"rule": "columns.age.minimum", "count": "3"}]}


def ask(session: Any, statement: str) -> str:
    answer = session.query(statement)
    answer.rows()
    receipt: str = answer.receipt
    return receipt


def test_the_receipt_discloses_what_the_ledger_commits_to(world: Any) -> None:
    asked = ask(world.owner, "SELECT count(*) FROM g.people")
    id_ = world.owner.desk.attest(PEOPLE, "quality.checked", FOUND, KEPT, [asked])
    event = world.last_event()
    version = world.owner.desk.facts().dataset(PEOPLE)["version"]
    assert (event["id"], event["type"], event["subject"]) == (id_, "quality.checked", "g.people")
    assert event["used"] == [{"dataset": "g.people", "version": version}]
    assert event["data"]["rules"] == KEPT["rules"]
    assert event["data"]["receipts"] == [asked]
    assert "at least 18" not in json.dumps(event)
    receipt = read_receipt(world.owner.desk.receipt(id_))
    assert json.loads(receipt.disclosed["statement"]) == FOUND


def test_only_questions_of_ones_own_count(world: Any) -> None:
    theirs = ask(world.owner, "SELECT count(*) FROM g.people")
    with pytest.raises(NotFound, match="no receipt"):
        world.as_("ana").desk.attest(PEOPLE, "quality.checked", FOUND, KEPT, [theirs])
    anas = ask(world.as_("ana"), "SELECT count(*) FROM g.people")
    with pytest.raises(Invalid, match="no receipt of a question of yours"):
        world.owner.desk.attest(PEOPLE, "quality.checked", FOUND, KEPT, [anas])
    found = world.owner.desk.attest(PEOPLE, "quality.scored", FOUND, KEPT, [])
    with pytest.raises(Invalid, match="no receipt of a question of yours"):
        world.owner.desk.attest(PEOPLE, "quality.checked", FOUND, KEPT, [found])
    assert world.as_("ana").desk.attest(PEOPLE, "quality.checked", FOUND, KEPT, [anas])


def test_of_what_one_may_not_know_nothing_is_said(world: Any) -> None:
    told = []
    world.collect("hidden.csv", "id\n1\n", "hid.den")
    for name in ("den", "absent"):
        with pytest.raises(NotFound) as caught:
            world.as_("ana").desk.attest(Ref("hid", name), "quality.checked", {}, {}, [])
        told.append(str(caught.value.as_json()).replace(name, "NAME"))
    assert told[0] == told[1]


def test_a_finding_may_rest_on_an_earlier_one(world: Any) -> None:
    asked = ask(world.owner, "SELECT count(*) FROM g.people")
    checked = world.owner.desk.attest(PEOPLE, "quality.checked", FOUND, KEPT, [asked])
    world.owner.desk.attest(PEOPLE, "quality.scored", FOUND, KEPT, [checked])
    assert [used["dataset"] for used in world.last_event()["used"]] == ["g.people"]


def test_two_versions_of_a_dataset_are_no_finding(world: Any) -> None:
    world.collect("moving.csv", "id\n1\n", "g.moving")
    before = ask(world.owner, "SELECT count(*) FROM g.moving")
    world.collect("moving2.csv", "id\n2\n", "g.moving", append=True)
    after = ask(world.owner, "SELECT count(*) FROM g.moving")
    with pytest.raises(Conflict, match=r"`g\.moving` changed"):
        world.owner.desk.attest(Ref("g", "moving"), "quality.checked", FOUND, KEPT, [before, after])
    assert world.owner.desk.attest(Ref("g", "moving"), "quality.checked", FOUND, KEPT, [after])
