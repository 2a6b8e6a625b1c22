"""A dataset handed over as files: decided by the rules, recorded, with keys that nothing keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.gate.conftest import World
from tests.gate.handing import counter, dataset, events, give, later, rule, take, without

from doumen.gate.handover import secret_of
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import DoumenError, Invalid, Refused
from doumen.model.handed import GRANT
from doumen.model.ref import Ref


@pytest.fixture(scope="module")
def cars(world: World) -> Ref:
    return dataset(world, "cars")


def test_the_version_in_force_is_granted_and_recorded(world: World, cars: Ref) -> None:
    given = give(world, cars)
    grant = given.grant
    assert (grant.actor, grant.ref, grant.version) == ("ana", cars, 2)
    assert (given.rows, given.files) == (3, 2)
    event = world.last_event()
    assert event["id"] == grant.id
    assert event["type"] == "files.granted"
    assert event["used"] == [{"dataset": "h.cars", "version": 2}]
    assert event["charges"] == [{"account": "actor:ana", "unit": "queries", "amount": 1}]
    assert event["data"]["rules"] == ["see-cars", "take-cars"]
    lasts = datetime.fromisoformat(grant.expires) - datetime.fromisoformat(grant.created)
    assert lasts == timedelta(hours=1)
    held = world.node.means.catalog.current().body(GRANT, f"ana/{grant.id}")
    assert held == grant.as_json()


def test_nothing_keeps_the_secret(world: World, cars: Ref) -> None:
    given = give(world, cars)
    receipt = world.as_("ana").desk.receipt(given.grant.id)
    assert [one["rule"] for one in read_receipt(receipt).rules] == ["see-cars", "take-cars"]
    kept = [receipt, repr(given), repr(world.node.means.catalog.current())]
    kept += [entry.decode() for entry in world.owner.desk.entries()]
    assert all(given.secret not in text for text in kept)
    for path in Path(world.node.directory).rglob("*"):
        if path.is_file():
            assert given.secret.encode() not in path.read_bytes()


def test_a_secret_stands_for_all_that_is_granted(world: World, cars: Ref) -> None:
    given = give(world, cars)
    means, grant = world.node.means, given.grant
    assert secret_of(means, grant) == given.secret
    assert secret_of(means, replace(grant, read="01")) == given.secret
    others = [
        replace(grant, id="01"),
        replace(grant, actor="bob"),
        replace(grant, ref=Ref("h", "other")),
        replace(grant, version=1),
        replace(grant, purpose="research"),
        replace(grant, expires="2999-01-01T00:00:00Z"),
    ]
    secrets = {secret_of(means, one) for one in others}
    assert len(secrets) == len(others)
    assert given.secret not in secrets


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_hours_are_those_of_a_day(world: World, cars: Ref, hours: int) -> None:
    with pytest.raises(Invalid, match="not 1 to 24"):
        give(world, cars, hours=hours)
    assert give(world, cars, hours=24).grant.expires > give(world, cars).grant.expires


def test_it_ends_with_the_last_day_on_which_rows_may_be_kept(world: World) -> None:
    ref = dataset(world, "kept")
    rule(world, "rules: [{id: see-kept, permit: query, who: {role: analyst}, on: h.kept, "
                "duties: [{expire: 0}]}]")  # fmt: skip
    moment = datetime(2030, 1, 31, 22, 30, tzinfo=UTC)
    means = replace(world.node.means, clock=lambda: moment)
    grant = counter(means, "ana").hand_over(ref, 24).grant
    assert grant.expires == "2030-02-01T00:00:00Z"
    assert counter(means, "ana").hand_over(ref, 1).grant.expires == "2030-01-31T23:30:00Z"


def test_a_refusal_is_recorded_without_a_name(world: World, cars: Ref) -> None:
    rule(world, "rules: [{id: few, permit: query, who: {actor: ana}, on: h.cars, "
                "duties: [{limit: 2}]}]")  # fmt: skip
    with pytest.raises(Refused, match="more than an answer") as caught:
        give(world, cars)
    assert caught.value.rule == "few"
    event = world.last_event()
    assert event["type"] == "files.refused"
    assert event["data"] == {"code": "refused.files", "rule": "few"}
    assert "cars" not in json.dumps(event)
    world.owner.do("rule remove", id="few")


def test_what_may_not_be_known_of_is_absent(world: World) -> None:
    told = []
    for name in ("people", "nobody"):
        with pytest.raises(DoumenError) as caught:
            world.as_("ana").desk.hand_over(Ref("secret", name), 1)
        told.append(str(caught.value.as_json()).replace(name, "NAME"))
    world.collect("people.csv", "a\n1\n", "secret.people")
    with pytest.raises(DoumenError) as caught:
        world.as_("ana").desk.hand_over(Ref("secret", "people"), 1)
    told.append(str(caught.value.as_json()).replace("people", "NAME"))
    assert len(set(told)) == 1
    assert events(world, "files.refused")[-1]["data"]["code"] == "not-found.dataset"


def test_purposes_are_those_of_the_list(world: World, cars: Ref) -> None:
    with pytest.raises(Invalid, match="no purpose"):
        world.as_("ana", "mischief").desk.hand_over(cars, 1)
    with pytest.raises(Refused, match="not assigned"):
        world.as_("ana", "marketing").desk.hand_over(cars, 1)
    assert world.as_("ana", "research").desk.hand_over(cars, 1).grant.purpose == "research"


def test_grants_that_ended_are_forgotten_by_the_next(world: World, cars: Ref) -> None:
    first = give(world, cars).grant
    other = give(world, cars, "owner").grant
    counter(later(world.node.means, timedelta(hours=2)), "ana").hand_over(cars, 1)
    facts = world.node.means.catalog.current()
    assert facts.body(GRANT, first.key) is None
    assert facts.body(GRANT, other.key) is not None


def test_files_that_hold_more_than_the_dataset_are_not_given(world: World) -> None:
    ref = dataset(world, "wide")
    without(world, ref, "city")
    with pytest.raises(Refused) as caught:
        give(world, ref)
    assert caught.value.code == "refused.columns"
    assert "city" not in str(caught.value.as_json())
    with pytest.raises(Refused, match=r"more than an answer") as told:
        give(world, ref, "owner")
    assert "`city`" in str(told.value.why)


def test_of_a_deprecated_dataset_it_is_said(world: World) -> None:
    ref = dataset(world, "old")
    assert give(world, ref).notice is None
    world.owner.do("dataset state", dataset="h.old", state="deprecated", reason="see h.cars")
    told = world.as_("ana").do("dataset files", dataset="h.old")
    (notice,) = told.json["notices"]
    assert notice["dataset"] == "h.old"
    assert world.last_event()["data"]["notices"] == told.json["notices"]
    assert any("deprecated" in words for words in told.said)


@pytest.mark.usefixtures("att")
def test_attached_files_and_quarantines_are_never_given(world: World) -> None:
    world.attach("outside")
    world.collect("bad.csv", "id,v\n" + "1,7\n" * 400 + "2,x\n", "h.bad")
    for ref in (Ref("att", "outside"), Ref("h", "bad").quarantine):
        with pytest.raises(Refused, match="never given as files"):
            give(world, ref, "owner")
    assert give(world, Ref("h", "bad"), "owner").rows == 400


def test_its_receipt_is_not_replayed(world: World, cars: Ref) -> None:
    given = give(world, cars)
    with pytest.raises(Invalid, match="has no answer"):
        world.as_("ana").do("receipt replay", receipt=given.grant.id)


def test_a_new_working_key_ends_all_grants(world: World, cars: Ref) -> None:
    given = give(world, cars)
    assert take(world, given).items
    world.owner.desk.rotate()
    with pytest.raises(Refused, match="let anyone in"):
        take(world, given)
