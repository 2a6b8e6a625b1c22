"""The verbs `dataset state` and `dataset readers`, and the contract that says the state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.desks import CONTRACT

from doumen.kits import policy
from doumen.kits.standards import odcs
from doumen.model.agreement import Agreement, Side
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.model.fact import Fact
from doumen.model.life import READERS, STATE, Life
from doumen.rooms.discover import contracts
from doumen.rooms.discover.describe import describe, list_all
from doumen.rooms.discover.states import readers, state

NAME, OTHER = "transport.flights", "transport.airports"


def kept(fake: Any, name: str = NAME) -> Life:
    return Life.of_json(fake.facts().body(STATE, name))


def test_shown_and_said(desk: Any, fake: Any) -> None:
    shown = state(desk, NAME)
    assert shown.json == {"dataset": NAME, "state": "active", "successor": None, "until": None,
                          "reason": "", "receipt": None}  # fmt: skip
    said = state(desk, NAME, "deprecated", successor=OTHER, until="2099-12-31", reason=" Old. ")
    assert said.json["receipt"]
    assert kept(fake) == Life("deprecated", OTHER, datetime(2099, 12, 31).date(), "Old.")
    told = state(desk, NAME)
    assert {k: v for k, v in said.json.items() if k not in ("stops", "receipt")} == {
        k: v for k, v in told.json.items() if k != "receipt"
    }
    assert ["Old." in str(told.drawn), OTHER in str(told.drawn)] == [True, True]
    again = state(desk, NAME, "deprecated", successor=OTHER, until="2099-12-31", reason="Old.")
    assert again.json["receipt"] is None
    assert "as it was" in str(again.said[0])


@pytest.mark.parametrize("told", ["draft", "active", "deprecated", "retired"])
def test_from_any_state_to_any(desk: Any, fake: Any, told: str) -> None:
    for before in ("retired", "draft", "active", "deprecated"):
        state(desk, NAME, before)
        state(desk, NAME, told)
        assert kept(fake) == Life(told)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"successor": OTHER}, "Say in which state"),
        ({"reason": "x"}, "Say in which state"),
        ({"state": "draft", "successor": OTHER}, "has a successor"),
        ({"state": "retired", "successor": NAME}, "its own place"),
        ({"state": "retired", "until": "2099-01-01"}, "has a last day"),
        ({"state": "deprecated", "until": "2001-01-01"}, "is over"),
        ({"state": "deprecated", "until": "soon"}, "is no day"),
        ({"state": "active", "reason": "x" * 1001}, "A reason"),
        ({"state": "active", "reason": "a\x00b"}, "A reason"),
    ],
)
def test_what_does_not_go_together(desk: Any, fake: Any, given: Any, what: str) -> None:
    with pytest.raises(Invalid, match=what):
        state(desk, NAME, **given)
    assert fake.facts().body(STATE, NAME) is None


def test_what_is_not_there(desk: Any, fake: Any) -> None:
    fake.land(f"{NAME}__quarantine", 1)
    for name, more in (("transport.none", {}), (NAME, {"successor": "transport.none"})):
        with pytest.raises(NotFound):
            state(desk, name, "retired", **more)
    with pytest.raises(Invalid, match="quarantine"):
        state(desk, f"{NAME}__quarantine", "draft")


def test_the_agreements_that_are_stopped_are_told(desk: Any, fake: Any) -> None:
    terms = policy.read_terms(f"datasets: {{{NAME}: {{}}}}")
    for key, side in (("A-1", Side.PROVIDER), ("A-2", Side.CONSUMER)):
        agreement = Agreement(key, key, side, "did:web:b.org", "p", terms, "2026-01-01")
        fake.keep(Fact("agreement", key, policy.agreement_as_json(agreement)))
    told = state(desk, NAME, "retired")
    assert told.json["stops"] == ["A-1"]
    assert any("A-1" in str(one) for one in told.said)
    assert state(desk, NAME, "deprecated").json["stops"] == []
    assert state(desk, OTHER, "retired").json["stops"] == []


def test_readers_are_named_per_state(desk: Any, fake: Any) -> None:
    assert readers(desk, "draft").json == {"state": "draft", "roles": ["steward"],
                                           "receipt": None}  # fmt: skip
    assert readers(desk, "retired").json["roles"] == []
    named = readers(desk, "draft", role=("b", "a", "b"))
    assert named.json["roles"] == ["a", "b"]
    assert fake.facts().body(READERS, "draft") == {"roles": ["a", "b"]}
    assert readers(desk, "draft", role=("a", "b")).json["receipt"] is None
    assert readers(desk, "draft", none=True).json["roles"] == []
    for wrong in ({"role": ("a",), "none": True}, {"role": (" ",)}, {"role": ("a\n",)}):
        with pytest.raises(Invalid):
            readers(desk, "draft", **wrong)


def test_a_contract_says_the_state_once_one_was_said(desk: Any, tmp_path: Any) -> None:
    assert contracts.show(desk, NAME).json["contract"] == CONTRACT
    state(desk, NAME, "deprecated", successor=OTHER)
    path = tmp_path / "out.yaml"
    shown = contracts.show(desk, NAME, path)
    assert shown.json["status"] == "deprecated"
    assert path.read_text() == CONTRACT.replace("status: active", "status: deprecated")
    assert describe(desk, NAME).json["contract"]["status"] == "deprecated"
    assert contracts.edit(desk, NAME, file=path).json["unchanged"]
    told = describe(desk, NAME).json
    assert (told["state"], told["successor"], told["until"]) == ("deprecated", OTHER, None)
    listed = {one["dataset"]: one["state"] for one in list_all(desk).json["datasets"]}
    assert listed == {NAME: "deprecated", OTHER: "active"}


def test_a_last_day_that_is_over_is_what_the_contract_says(desk: Any, fake: Any) -> None:
    over = datetime.now(UTC).date() - timedelta(days=1)
    fake.keep(Fact(STATE, NAME, Life("deprecated", until=over).as_json()))
    assert contracts.show(desk, NAME).json["status"] == "retired"
    assert state(desk, NAME).json["state"] == "retired"


def test_a_changed_status_is_the_state(desk: Any, fake: Any) -> None:
    state(desk, NAME, "retired", successor=OTHER, reason="Old.")
    contracts.edit(desk, NAME, changes=["status=deprecated"])
    assert kept(fake) == Life("deprecated", OTHER, reason="Old.")
    contracts.edit(desk, NAME, changes=["status=active"])
    assert kept(fake) == Life("active", reason="Old.")
    contracts.edit(desk, NAME, changes=["description=Anew"])
    contracts.edit(desk, NAME, changes=["status=proposed"])
    assert kept(fake) == Life("active", reason="Old.")
    for taken in ("draft", "retired"):
        with pytest.raises(Conflict, match="breaks") as caught:
            contracts.edit(desk, NAME, changes=[f"status={taken}"])
        assert f"status `{taken}`" in str(caught.value.why)
        assert kept(fake).state == "active"
    contracts.edit(desk, NAME, changes=["status=draft"], new_version=True)
    assert kept(fake).state == "draft"


def test_a_contract_that_was_never_touched_moves_nothing(desk: Any, fake: Any) -> None:
    inferred = CONTRACT.replace("status: active", "status: draft")
    fake.agree(NAME, inferred)
    assert state(desk, NAME).json["state"] == "active"
    assert odcs.read_contract(contracts.show(desk, NAME).json["contract"]).status == "draft"
    contracts.edit(desk, NAME, changes=["description=Anew"])
    assert fake.facts().body(STATE, NAME) is None
    contracts.edit(desk, NAME, changes=["status=of our own"])
    assert fake.facts().body(STATE, NAME) is None
