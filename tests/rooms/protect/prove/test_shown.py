"""The second reading of rules: by hand-made rule sets whose meaning is plain."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from doumen.model.actor import Actor
from doumen.model.fact import Fact
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.rule import Mask
from doumen.model.schema import Schema
from doumen.rooms.protect.prove.cases import folded
from doumen.rooms.protect.prove.shown import Asker, Shown, shown

PEOPLE = Ref("law", "people")
SCHEMA = Schema.of(id="BIGINT", name="VARCHAR", city="VARCHAR")
ANA = Actor("ana", roles=frozenset({"analyst"}), purposes=frozenset({"research"}),
            claims=(("town", "Ningbo"),))  # fmt: skip
NULL = Mask("null")


def read(*rules: dict[str, Any], purpose: str | None = None, actor: Actor = ANA) -> Shown:
    facts = [Fact("label", "law.people.name", {"labels": ["personal"]})]
    facts += [
        Fact("rule", f"r{n}", {"id": f"r{n}", "who": {"role": "analyst"}, **rule})
        for n, rule in enumerate(rules)
    ]
    return shown(folded(facts), Asker(actor, purpose, date(2026, 1, 5)), PEOPLE, SCHEMA)


def permit(on: Any = "law.people", **more: Any) -> dict[str, Any]:
    return {"permit": "query", "on": on, **more}


def mask(method: str, column: str = "name", **options: Any) -> dict[str, Any]:
    return {"mask": {"column": column, "method": method, **options}}


def test_a_unit_is_spelled_as_its_column() -> None:
    found = read(permit(duties=[{"min_group": {"k": 3, "unit": "ID"}}, {"min_group": 4}]))
    assert found.groups == ((3, "id"), (4, None))


def test_a_permit_shows_all_and_nothing_shows_without_one() -> None:
    assert list(read(permit()).columns) == ["id", "name", "city"]
    assert read().columns == {}
    assert read({"permit": "discover", "on": "law.people"}).columns == {}
    assert list(read(actor=Actor("owner", roles=frozenset({"owner"}))).columns) == list(
        SCHEMA.names
    )


@pytest.mark.parametrize(
    "rule",
    [
        permit(until="2026-01-04"),
        permit(who={"role": "clerk"}),
        permit(who={"actor": "bob"}),
        permit(**{"for": ["marketing"]}),
        permit(**{"for": ["research"]}),
        permit(on="health.*"),
        permit(who={"role": "analyst", "claims": {"town": ["Wenzhou"]}}),
    ],
)
def test_what_does_not_match_shows_nothing(rule: dict[str, Any]) -> None:
    assert read(rule).columns == {}


@pytest.mark.parametrize(
    "rule",
    [
        permit(until="2026-01-05"),
        permit(who={"actor": "ana"}),
        permit(**{"for": ["research"]}),
        permit(on="*.*"),
        permit(on="law.p*"),
        permit(who={"role": "analyst", "claims": {"town": ["Wenzhou", "Ningbo"]}}),
    ],
)
def test_what_matches_shows_all(rule: dict[str, Any]) -> None:
    assert len(read(rule, purpose="research").columns) == 3


def test_columns_and_labels_are_targets() -> None:
    assert list(read(permit(on={"column": "law.people.city"})).columns) == ["city"]
    assert list(read(permit(on={"label": "Personal"})).columns) == ["name"]
    denied = {"deny": "query", "on": {"label": "personal"}}
    assert list(read(permit(), denied).columns) == ["id", "city"]
    assert read(permit(), {"deny": msg("discover"), "on": msg("law.*")}).columns == {}


def test_duties_of_all_permits_are_joined() -> None:
    found = read(
        permit(duties=[{"filter": "id > 1"}, {"limit": 5}]),
        permit(duties=[{"filter": "city = 'x'"}, {"min_group": {"k": 3, "unit": "id"}}]),
        permit(on={"column": "law.people.city"}, duties=[{"mask": {"method": "hash"}}]),
    )
    assert found.filters == ("city = 'x'", "id > 1")
    assert found.groups == ((3, "id"),)
    assert found.limited
    assert found.columns == {"id": None, "name": None, "city": Mask("hash")}


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        ((mask("hash"),), "hash"),
        ((mask("hash"), mask("partial", keep_start=1)), "partial"),
        ((mask("partial", keep_start=1), mask("partial", keep_start=2)), "null"),
        ((mask("partial", keep_start=1), mask("null"), mask("hash")), "null"),
        ((mask("hash"), mask("hash")), "hash"),
    ],
)
def test_the_strongest_mask_holds(asked: tuple[Any, ...], holds: str) -> None:
    found = read(*(permit(duties=[one]) for one in asked)).columns["name"]
    assert found is not None
    assert found.method == holds
