"""Labels: put, take off, list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.fact import Fact
from doumen.rooms.protect import labels

DeskOf = Callable[..., Desk]


def test_put_and_list(desk_of: DeskOf) -> None:
    desk = desk_of("sue", "steward")
    assert labels.put(desk, "Transport.flights.TAILNUM", "personal").json == {
        "dataset": "transport.flights",
        "column": "TailNum",
        "labels": ["personal"],
        "receipt": "receipt-1",
    }
    labels.put(desk, "transport.flights.tailnum", "Core")
    labels.put(desk, "transport.flights.tailnum", "PERSONAL")
    labels.put(desk, "transport.planes", "public")
    listed = labels.show_all(desk)
    assert listed.json["labels"] == [
        {
            "dataset": "transport.flights",
            "column": "TailNum",
            "labels": ["Core", "personal"],
            "origin": "set",
            "reason": None,
        },
        {
            "dataset": "transport.planes",
            "column": None,
            "labels": ["public"],
            "origin": "set",
            "reason": None,
        },
    ]
    assert len(labels.show_all(desk, "transport.planes").json["labels"]) == 1
    assert listed.drawn


def test_take_off(desk_of: DeskOf) -> None:
    desk = desk_of("sue", "steward")
    labels.put(desk, "transport.planes", "public")
    assert labels.take_off(desk, "transport.planes", "Public").json["labels"] == []
    assert labels.show_all(desk).json["labels"] == []
    with pytest.raises(NotFound, match="does not carry"):
        labels.take_off(desk, "transport.planes", "public")


@pytest.mark.parametrize("origin", ["contract", "derived"])
def test_what_came_from_elsewhere_is_kept_beside(desk_of: DeskOf, node: Any, origin: str) -> None:
    node.add([Fact("label", "transport.planes", {"labels": ["a"], "origin": origin})])
    desk = desk_of()
    labels.put(desk, "transport.planes", "b")
    labels.take_off(desk, "transport.planes", "a")
    assert node.facts.body("label", "transport.planes") == {
        "labels": ["b"], "origin": "set", origin: ["a"],
    }  # fmt: skip


def test_the_part_of_a_contract_stays_as_the_contract_gave_it(desk_of: DeskOf, node: Any) -> None:
    body = {"labels": ["a", "mine"], "origin": "contract", "contract": ["a"]}
    node.add([Fact("label", "transport.planes", body)])
    labels.put(desk_of(), "transport.planes", "b")
    assert node.facts.body("label", "transport.planes") == {
        "labels": ["a", "b", "mine"], "origin": "set", "contract": ["a"],
    }  # fmt: skip


def test_what_is_refused(desk_of: DeskOf) -> None:
    with pytest.raises(NotFound, match="There is no dataset"):
        labels.put(desk_of(), "transport.nope", "x")
    with pytest.raises(NotFound, match="no column `nope`"):
        labels.put(desk_of(), "transport.planes.nope", "x")
    with pytest.raises(NotFound):
        labels.show_all(desk_of(), "transport.nope")
    with pytest.raises(Invalid):
        labels.put(desk_of(), "transport.planes", "*")
    with pytest.raises(NotFound):
        labels.put(desk_of("ana", "analyst"), "transport.planes", "x")
    with pytest.raises(Refused):
        labels.put(desk_of("al", "auditor"), "transport.planes", "x")


def test_why_is_kept_for_the_last_change(desk_of: DeskOf) -> None:
    desk = desk_of("sue", "steward")
    labels.put(desk, "transport.planes", "public", "they are on the web")
    (told,) = labels.show_all(desk).json["labels"]
    assert told["reason"] == "they are on the web"
    labels.put(desk, "transport.planes", "open")
    assert labels.show_all(desk).json["labels"][0]["reason"] is None
    labels.take_off(desk, "transport.planes", "open", "one word is enough")
    assert labels.show_all(desk).json["labels"][0]["reason"] == "one word is enough"
