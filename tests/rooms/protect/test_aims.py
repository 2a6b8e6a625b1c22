"""Purposes: add and list."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid, Refused
from doumen.rooms.protect import actors, aims

DeskOf = Callable[..., Desk]


def test_add_and_list(desk_of: DeskOf) -> None:
    desk = desk_of("sue", "steward")
    before = aims.show_all(desk).json["purposes"]
    assert {"research", "service-provision"} <= {purpose["name"] for purpose in before}
    aims.add(desk, "planning", "To plan roads.")
    aims.add(desk, "bare")
    listed = {p["name"]: p["description"] for p in aims.show_all(desk).json["purposes"]}
    assert listed["planning"] == {"en": "To plan roads.", "zh": "To plan roads."}
    assert listed["bare"] == {}
    assert actors.add(desk_of(), "ana", purpose=("planning",)).json["purposes"] == ["planning"]


def test_refusals(desk_of: DeskOf) -> None:
    with pytest.raises(Invalid):
        aims.add(desk_of(), "two words")
    with pytest.raises(Refused):
        aims.add(desk_of("ana", "analyst"), "planning")
