"""Runs of checks at a real node: what is kept of them, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import doumen
from doumen.model.errors import NotFound
from doumen.rooms.refine.checks.history import trend
from doumen.session import Node, create

NAME = "g.people"
CHANGES = (
    "columns.age.quality=[{type: library, metric: nullValues, mustBeLessThan: 1, id: aged, "
    "customProperties: [{property: owner, value: Li}]}, "
    "{type: custom, engine: doumen, implementation: {check: compare, left: id, operator: <, "
    "right: age}}]"
)


@pytest.fixture(scope="module")
def node(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("checks")
    create(folder / "node", "checks")
    (folder / "a.csv").write_text("id,city,age\n1,Rome,30\n2,Oslo,\n3,Rome,2\n")
    (folder / "b.csv").write_text("id,city,age\n4,Rome,\n5,Oslo,\n")
    (folder / "rules.yaml").write_text(
        "rules:\n"
        "  - id: rome\n    permit: query\n    who: {role: analyst}\n    on: g.people\n"
        "    duties: [{filter: \"city = 'Rome'\"}]\n"
    )
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.do("collect", path=folder / "a.csv", as_dataset=NAME)
        owner.do("contract edit", dataset=NAME, changes=(CHANGES,), new_version=True)
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("actor add", name="vera", role=("auditor",))
        owner.do("rule add", file=folder / "rules.yaml")
        owner.do("contract test", dataset=NAME)
        owner.do("collect", path=folder / "b.csv", as_dataset=NAME, append=True)
        owner.do("contract test", dataset=NAME)
        yield node


def told(node: Node, actor: str | None = None, **options: Any) -> Any:
    return node.session(actor).do("quality history", dataset=NAME, **options).json


def test_runs_are_kept_with_their_counts(node: Node) -> None:
    found = told(node)
    assert [(run["version"], run["rows"], run["broken"]) for run in found["runs"][:2]] == [
        (1, 3, 2), (2, 5, 2),
    ]  # fmt: skip
    (aged,) = (rule for rule in found["rules"] if rule["rule"] == "columns.age.aged")
    assert [point["count"] for point in aged["points"][:2]] == [1.0, 3.0]
    assert (aged["owner"], aged["dimension"]) == ("Li", "completeness")


def test_one_rule_alone(node: Node) -> None:
    assert [r["rule"] for r in told(node, rule="columns.age.aged")["rules"]] == ["columns.age.aged"]
    with pytest.raises(NotFound, match="No run has checked a rule"):
        told(node, rule="columns.age.none")


def test_everybody_sees_their_own_runs_and_auditors_all(node: Node) -> None:
    ana = node.session("ana").do("contract test", dataset=NAME).json
    assert (ana["rows"], ana["scope"]) == (3, "filtered")
    assert {run["actor"] for run in told(node, "ana")["runs"]} == {"ana"}
    assert {run["actor"] for run in told(node, "vera")["runs"]} >= {"ana", "owner"}


def test_the_same_rows_are_not_checked_again(node: Node) -> None:
    owner = node.session()
    first = owner.do("contract test", dataset=NAME).json
    assert not first["unchanged"]
    again = owner.do("contract test", dataset=NAME, new=True)
    assert again.json["unchanged"]
    assert again.json["receipt"] == first["receipt"]
    assert (again.json["faults"], again.exit) == (first["faults"], 1)


def test_a_trend_is_drawn_from_nothing_up() -> None:
    assert trend([]) == ""
    assert trend([0, 0]) == "▁▁"
    assert trend([0, 4, None, 8]) == "▁▅·█"
    assert len(trend(list(range(40)))) == 16
