"""Rules given out, as ODRL and as YAML, and taken in again: nothing changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doumen.gate.desk import Desk
from doumen.kits.standards import odrl
from doumen.model.errors import Conflict, Invalid, NotFound, Refused, Unavailable
from doumen.model.operation import Text
from doumen.rooms.protect import actors, rules
from doumen.rooms.protect.export import export

DeskOf = Callable[..., Desk]
IDS = ["all", "later", "read"]
TEXT = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: transport.flights
    for: [research]
    until: 2099-12-31
    duties:
      - filter: "origin <> 'LGA'"
      - limit: 9
      - mask: {column: tailnum, method: null}
  - {id: all, permit: discover, who: {actor: ana}, on: "transport.*"}
  - {id: later, deny: query, who: {role: guest}, on: {label: personal}}
"""


@pytest.fixture
def desk(desk_of: DeskOf, tmp_path: Path) -> Desk:
    actors.add(desk_of(), "ana", role=("analyst",))
    path = tmp_path / "rules.yaml"
    path.write_text(TEXT, encoding="utf-8")
    rules.add(desk_of(), str(path))
    return desk_of("sue", "steward")


@pytest.mark.parametrize("format", ["odrl", "yaml"])
@pytest.mark.parametrize("way", ["file", "drawn", "json"])
def test_what_was_exported_changes_nothing(
    desk: Desk, tmp_path: Path, format: str, way: str
) -> None:
    path = tmp_path / "rules.jsonld"
    if way == "file":
        outcome = export(desk, format=format, output=path)
        assert outcome.json == {"output": str(path), "rules": None, "format": format}
        assert f"doumen rule add {path}" in outcome.said[-1]
    else:
        outcome = export(desk, format=format)
        (drawn,) = outcome.drawn
        assert isinstance(drawn, Text)
        text = drawn.text if way == "drawn" else json.dumps(outcome.json)
        path.write_text(text, encoding="utf-8-sig")
    added = rules.add(desk, str(path)).json
    assert (sorted(added["unchanged"]), added["added"], added["changed"]) == (IDS, [], [])


def test_an_export_of_a_few(desk: Desk) -> None:
    shape: Any = export(desk, ("read", "later", "read")).json
    assert [rule["uid"] for rule in shape["permission"]] == ["urn:doumen:rule:read"]
    assert [rule["uid"] for rule in shape["prohibition"]] == ["urn:doumen:rule:later"]
    assert shape["uid"] == odrl.policy_uid(odrl.read_policy(shape))


def test_rules_that_are_not_there(desk: Desk, desk_of: DeskOf) -> None:
    with pytest.raises(NotFound, match="no rule `none`, `nil`"):
        export(desk, ("read", "none", "nil"))
    for id in IDS:
        rules.remove(desk, id)
    with pytest.raises(NotFound, match="no rule to export"):
        export(desk_of())


@pytest.mark.parametrize("role", ["auditor", "analyst"])
def test_conditions_are_exported_by_those_who_govern_only(
    desk: Desk, desk_of: DeskOf, role: str
) -> None:
    for ids in ((), ("read",), ("none",)):
        with pytest.raises(Refused, match="owner and steward only") as error:
            export(desk_of("ana", role, "analyst"), ids)
        assert "LGA" not in str(error.value.as_json())


def test_files_that_cannot_be_written(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "rules.jsonld"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="there already"):
        export(desk, output=path)
    assert path.read_text(encoding="utf-8") == "mine"
    with pytest.raises(Unavailable, match="cannot be written"):
        export(desk, output=tmp_path / "none" / "rules.jsonld")


def test_a_policy_is_held_to_the_node_like_any_rules(desk: Desk, tmp_path: Path) -> None:
    shape = json.dumps(export(desk, ("read",)).json)
    path = tmp_path / "rules.json"
    path.write_text(shape.replace("transport.flights", "transport.nope"), encoding="utf-8")
    with pytest.raises(Invalid, match="No rule is added") as error:
        rules.add(desk, str(path))
    assert "there is no dataset `transport.nope`" in (error.value.why or "")
    path.write_text(shape.replace('"read"', '"print"'), encoding="utf-8")
    with pytest.raises(Invalid, match="The policy has a fault") as error:
        rules.add(desk, str(path))
    assert "permission[0].action: action `print` is not understood" in (error.value.why or "")
    path.write_text(shape[:-1], encoding="utf-8")
    with pytest.raises(Invalid, match="not readable JSON"):
        rules.add(desk, str(path))
