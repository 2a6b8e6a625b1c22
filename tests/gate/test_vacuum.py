"""Versions given up: none that a receipt needs, none without an event, and never one in force."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from tests.gate.conftest import World
from tests.sound import faults

import doumen
from doumen.gate import Counter, Gate
from doumen.kits import policy
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.answer import Vacuumed
from doumen.model.errors import Conflict, DoumenError, NotFound
from doumen.model.event import Event
from doumen.model.fact import Fact
from doumen.model.ref import Ref
from doumen.model.upkeep import UPKEEP, Upkeep
from doumen.session import create
from doumen.session.node import silent
from doumen.stores.tables import RECEIPTS

T = Ref("v", "t")
LATER = timedelta(days=30)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[World]:
    create(tmp_path / "node", "vacuum")
    with doumen.open(tmp_path / "node") as node:
        place = World(node, tmp_path)
        for number in range(3):
            place.collect(f"{number}.csv", f"id,name\n{number},n\n", "v.t")
        place.owner.desk.compact(T)
        retain(place, versions=1)
        yield place


def retain(place: World, versions: int | None = None, days: int | None = None) -> None:
    upkeep = Upkeep(versions=versions, days=days)
    place.owner.desk.amend([Fact(UPKEEP, str(T), upkeep.as_json())], subject=str(T))


def later(place: World, by: timedelta = LATER) -> Counter:
    """The owner at a later time."""
    means = place.node.means
    moved = replace(means, clock=lambda: means.clock() + by)
    return Counter(Gate(moved), "owner", None, silent)


def vacuum(place: World, **asked: Any) -> tuple[list[int], list[int], int]:
    """What was given up of the dataset, what was spared, and how many files went."""
    return of(later(place).vacuum(**asked))


def of(done: Vacuumed) -> tuple[list[int], list[int], int]:
    (swept,) = (one for one in done.swept if one.ref == T)
    assert (swept.bytes > 0) is (swept.files > 0)
    return list(swept.versions), list(swept.spared), swept.files


def files(place: World) -> int:
    return len(list((place.folder / "node" / "lake" / "v" / "t").glob("*.parquet")))


def shred(place: World, receipt: str) -> None:
    with place.node.means.database.write() as connection:
        connection.execute(delete(RECEIPTS).where(RECEIPTS.c.id == receipt))


def test_what_nothing_needs_is_given_up_in_the_open(place: World) -> None:
    assert vacuum(place, dry=True) == ([1, 2, 3], [], 3)
    assert files(place) == 4
    assert place.last_event()["type"] == "amend"
    done = later(place).vacuum()
    assert of(done) == ([1, 2, 3], [], 3)
    assert files(place) == 1
    event = place.last_event()
    assert (event["id"], event["type"], event["subject"]) == (done.receipt, "vacuum", "v.t")
    assert event["data"]["versions"] == {"v.t": [1, 2, 3]}
    assert event["data"]["files"] == 3
    assert event["data"]["receipts_before"] is None
    assert len(place.owner.query("FROM v.t").rows()) == 3
    with pytest.raises(NotFound, match="files of version 2 of") as caught:
        place.owner.query("FROM v.t AT (VERSION => 2)")
    assert caught.value.code == "not-found.vacuumed"
    assert faults(place.folder / "node") == []
    again = later(place).vacuum()
    assert (of(again), again.receipt) == (([], [], 0), None)


def test_what_a_receipt_read_stays_until_it_is_given_up(place: World) -> None:
    receipt = place.owner.query("FROM v.t AT (VERSION => 2)")
    assert len(receipt.rows()) == 2
    assert vacuum(place) == ([3], [2], 1)
    text = read_receipt(place.owner.desk.receipt(receipt.receipt))
    assert place.owner.desk.replay(text).exact
    today = place.node.means.clock().date()
    assert vacuum(place, receipts_before=today) == ([], [2], 0)
    assert vacuum(place, receipts_before=today + timedelta(days=1)) == ([1, 2], [], 2)
    assert place.last_event()["data"]["receipts_before"] == str(today + timedelta(days=1))
    with pytest.raises(NotFound, match="files of version 2 of"):
        place.owner.desk.replay(text)


def test_receipts_that_were_shredded_need_nothing(place: World) -> None:
    asked = place.owner.query("FROM v.t AT (VERSION => 2)")
    asked.rows()
    shred(place, asked.receipt)
    assert vacuum(place) == ([1, 2, 3], [], 3)


def test_receipts_under_an_agreement_in_force_are_not_given_up(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.owner.query("FROM v.t AT (VERSION => 2)").rows()
    entries = place.node.means.ledger.entries

    def under(*asked: Any) -> Iterator[bytes]:
        for entry in entries(*asked):
            event = Event.from_json(json.loads(entry))
            agreed = replace(event, agreement="A-1") if event.used else event
            yield json.dumps(agreed.as_json(), separators=(",", ":")).encode()

    monkeypatch.setattr(place.node.means.ledger, "entries", under)
    running = [type("Agreement", (), {"key": "A-1"})]
    monkeypatch.setattr(policy, "agreements_in_force", lambda *_: iter(running))
    assert vacuum(place, receipts_before=date(2999, 1, 1)) == ([3], [2], 1)
    running.clear()
    assert vacuum(place, receipts_before=date(2999, 1, 1)) == ([1, 2], [], 2)


def test_where_nothing_is_said_all_versions_stay(place: World) -> None:
    retain(place)
    assert vacuum(place) == ([], [], 0)
    retain(place, days=60)
    assert vacuum(place) == ([], [], 0)
    retain(place, versions=3)
    assert vacuum(place) == ([], [], 0)  # version 2 keeps the file of version 1
    assert files(place) == 4


def test_what_went_out_of_force_just_now_stays(place: World) -> None:
    soon = timedelta(seconds=place.node.means.bounds.seconds - 5)
    assert of(later(place, soon).vacuum()) == ([], [], 0)
    assert of(place.owner.desk.vacuum((T,))) == ([], [], 0)


def test_a_quarantine_stays_as_long_as_its_dataset(place: World) -> None:
    rows = "".join(f"{n},n\n" for n in range(400))
    for number in range(2):
        text = f"id,name\n{rows}x{number},bad\n"
        place.collect(f"q{number}.csv", text, "v.q", replace=bool(number))
    place.owner.do("dataset retain", dataset="v.q", versions=1)
    done = later(place).vacuum((Ref("v", "q"),))
    assert {(str(one.ref), one.versions) for one in done.swept} == {
        ("v.q", (1,)), ("v.q__quarantine", (1,))
    }  # fmt: skip
    assert place.last_event()["subject"] is None


def test_what_came_to_be_needed_meanwhile_is_kept(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(point: str) -> None:
        if point == "vacuum.found":
            for version in (1, 2, 3):
                place.owner.query(f"FROM v.t AT (VERSION => {version})").rows()

    monkeypatch.setattr("doumen.gate.vacuum.passing", asked)
    with pytest.raises(Conflict, match="is needed since"):
        later(place).vacuum()
    assert files(place) == 4


def test_files_that_a_vacuum_left_are_removed_by_the_next(
    place: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(type(place.node.means.lake), "remove", lambda *_: None)
        assert vacuum(place) == ([1, 2, 3], [], 3)
    assert files(place) == 4
    assert vacuum(place, dry=True) == ([], [], 3)
    assert vacuum(place) == ([], [], 3)
    assert files(place) == 1


def test_only_the_owner_may_and_only_what_is_there(place: World) -> None:
    place.owner.do("actor add", name="stu", role=("steward",))
    for actor, refs, code in [
        ("stu", (), "refused.role"),
        ("owner", (Ref("v", "x"),), "not-found.dataset"),
    ]:
        with pytest.raises(DoumenError) as caught:
            place.as_(actor).desk.vacuum(refs)
        assert caught.value.code == code
