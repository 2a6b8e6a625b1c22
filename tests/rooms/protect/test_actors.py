"""Actors: add, change, list, remove."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doumen.gate.desk import Desk
from doumen.model.errors import Conflict, Invalid, NotFound, Refused
from doumen.rooms.protect import actors

DeskOf = Callable[..., Desk]


def test_add_and_add_to(desk_of: DeskOf) -> None:
    desk = desk_of()
    outcome = actors.add(
        desk, "Ana", role=("analyst",), purpose=("research",), claim=("region=east", "level=a=b")
    )
    assert outcome.json == {
        "name": "ana",
        "participant": "",
        "roles": ["analyst"],
        "purposes": ["research"],
        "claims": {"level": "a=b", "region": "east"},
        "receipt": "receipt-1",
    }
    assert "Actor `ana` is added" in outcome.said[0]
    more = actors.add(desk, "ana", role=("auditor",), claim=("region=west",), participant="acme")
    assert more.json["roles"] == ["analyst", "auditor"]
    assert more.json["purposes"] == ["research"]
    assert more.json["claims"] == {"level": "a=b", "region": "west"}
    assert more.json["participant"] == "acme"
    assert "changed" in more.said[0]
    assert actors.add(desk, "ana").json["participant"] == "acme"
    actor = desk.facts().actor("ana")
    assert actor is not None
    assert actor.claims == (("level", "a=b"), ("region", "west"))


def test_all_faults_at_once(desk_of: DeskOf) -> None:
    with pytest.raises(Invalid) as error:
        actors.add(
            desk_of(), "ana", role=("",), purpose=("nope",), claim=("x", "name=y", "a b=c", "=d")
        )
    why = error.value.why or ""
    assert "doumen purpose add nope" in why
    assert why.count("claim") == 4
    assert "role" in why
    with pytest.raises(Invalid):
        actors.add(desk_of(), "a b")


@pytest.mark.parametrize("name", ["owner", "transport", "sys", "Main"])
def test_names_that_are_taken(desk_of: DeskOf, name: str) -> None:
    with pytest.raises(Conflict, match="taken"):
        actors.add(desk_of(), name)


def test_list(desk_of: DeskOf) -> None:
    actors.add(desk_of(), "ana", role=("analyst",), claim=("k=v",))
    actors.add(desk_of(), "bob")
    listed = actors.show_all(desk_of())
    assert [actor["name"] for actor in listed.json["actors"]] == ["ana", "bob", "owner"]
    assert listed.drawn
    own = actors.show_all(desk_of("ana", "analyst"))
    assert [actor["name"] for actor in own.json["actors"]] == ["ana"]


def test_remove(desk_of: DeskOf) -> None:
    actors.add(desk_of(), "ana")
    assert actors.remove(desk_of(), "ANA").json["name"] == "ana"
    assert desk_of().facts().actor("ana") is None
    with pytest.raises(NotFound):
        actors.remove(desk_of(), "ana")
    with pytest.raises(Refused):
        actors.remove(desk_of(), "owner")


def test_only_the_owner(desk_of: DeskOf) -> None:
    with pytest.raises(Refused):
        actors.add(desk_of("sue", "steward"), "ana")
