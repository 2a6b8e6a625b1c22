"""What the last runs of checks found broken, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import doumen
from doumen.model.errors import NotFound
from doumen.model.operation import Table
from doumen.session import Node, create


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("broken")
    create(folder / "node", "broken")
    (folder / "a.csv").write_text("id,city\n1,Rome\n2,\n3,Oslo\n")
    (folder / "r.yaml").write_text(
        "rules:\n  - {id: all, permit: query, who: {role: analyst}, on: g.one}\n"
    )
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        for name in ("g.one", "g.two", "g.three"):
            owner.do("collect", path=folder / "a.csv", as_dataset=name)
        for name in ("g.one", "g.two"):
            required(opened, name)
            owner.do("contract test", dataset=name)
        owner.do("contract test", dataset="g.three")
        for name, role in (("ana", "analyst"), ("vera", "auditor"), ("sue", "steward")):
            owner.do("actor add", name=name, role=(role,))
        owner.do("rule add", file=folder / "r.yaml")
        yield opened


def required(node: Node, dataset: str, value: bool = True) -> None:
    changes = (f"columns.city.required={str(value).lower()}",)
    node.session().do("contract edit", dataset=dataset, changes=changes, new_version=True)


def told(node: Node, actor: str = "owner", **given: Any) -> Any:
    return node.session(actor).do("quality broken", **given)


def test_each_dataset_tells_its_last_run(node: Node) -> None:
    found = told(node)
    assert found.json["checked"] == 3
    assert [(b["dataset"], b["key"], b["count"], b["rows"]) for b in found.json["broken"]] == [
        ("g.one", "columns.city.required", "1", 3),
        ("g.two", "columns.city.required", "1", 3),
    ]
    assert {tuple(one["columns"]) for one in found.json["broken"]} == {("city",)}
    (table,) = found.drawn
    assert isinstance(table, Table)
    assert len(table.rows) == 2


def test_one_dataset_alone(node: Node) -> None:
    assert [b["dataset"] for b in told(node, dataset="g.two").json["broken"]] == ["g.two"]
    none = told(node, dataset="g.three")
    assert none.json == {"broken": [], "checked": 1}
    assert none.drawn == ()
    with pytest.raises(NotFound):
        told(node, dataset="g.nothing")


def test_looking_leaves_no_event(node: Node) -> None:
    before = len(node.session().do("event list", limit=500).json["events"])
    told(node)
    assert len(node.session().do("event list", limit=500).json["events"]) == before


def test_what_is_mended_is_told_no_more(node: Node) -> None:
    required(node, "g.two", False)
    assert [b["dataset"] for b in told(node).json["broken"]] == ["g.one", "g.two"]
    assert [b["rule"] for b in told(node).json["broken"]] == ["required", "required"]
    node.session().do("contract test", dataset="g.two")
    assert [b["dataset"] for b in told(node).json["broken"]] == ["g.one"]


def test_everyone_is_told_of_their_own_runs(node: Node) -> None:
    assert told(node, "ana").json == {"broken": [], "checked": 0}
    assert told(node, "sue").json["checked"] == 0
    assert told(node, "vera").json["checked"] == 3
    node.session("ana").do("contract test", dataset="g.one")
    assert [b["dataset"] for b in told(node, "ana").json["broken"]] == ["g.one"]
    with pytest.raises(NotFound):
        told(node, "ana", dataset="g.two")
