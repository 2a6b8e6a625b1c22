"""The verb `rule preview` at a real node: both sides in words and numbers, and nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.model.errors import Invalid, NotFound, Refused
from doumen.model.operation import Fields, Outcome, Table
from doumen.session import Node, create

RULES = """rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: g.people
    for: [research]
    duties:
      - filter: "city = 'Rome'"
      - mask: {column: phone, method: partial, keep_start: 3}
"""
NEW = RULES.replace("city = 'Rome'", "id < 2").replace("partial, keep_start: 3", '"null"') + (
    "      - mask: {column: city, method: hash}\n      - limit: 5\n      - count: 9\n"
    "      - expire: 7\n"
)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("preview")
    create(folder / "node", "preview")
    rows = "\n".join(f"{n},138{n:04},{'Rome' if n % 2 else 'Oslo'}" for n in range(10))
    (folder / "a.csv").write_text(f"id,phone,city\n{rows}\n")
    (folder / "rules.yaml").write_text(RULES)
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        owner.do("collect", path=folder / "a.csv", as_dataset="g.people")
        for name, role in (("sue", "steward"), ("ana", "analyst"), ("tom", "auditor")):
            owner.do("actor add", name=name, role=(role,), purpose=("research",))
        owner.do("rule add", file=folder / "rules.yaml")
        yield opened


@pytest.fixture
def new(tmp_path: Path) -> Path:
    path = tmp_path / "new.yaml"
    path.write_text(NEW)
    return path


def preview(node: Node, by: str = "owner", **said: Any) -> Outcome:
    given = {"dataset": "g.people", "purpose": "research", **said}
    return node.session(by).do("rule preview", **given)


def test_both_sides_are_told(node: Node, new: Path) -> None:
    told = preview(node, rules=new, actor="ana").json
    assert told["rules"] == {"added": [], "changed": ["read"], "unchanged": [], "removed": []}
    assert told["rows"] == {"all": 10, "gained": 1, "lost": 4}
    assert (told["before"]["rows"], told["after"]["rows"]) == (5, 2)
    assert {one["name"]: one["change"] for one in told["columns"]} == {
        "id": "same", "phone": "otherwise", "city": "masked",
    }  # fmt: skip
    after = told["after"]
    assert (after["limit"], after["counts"], after["expires"]) == (5, [9], 7)
    assert after["filters"] == [{"rule": "read", "expression": "id < 2"}]
    assert [(id, phone) for id, phone, _ in after["sample"]["rows"]] == [(0, None), (1, None)]
    assert next(word for _, word in told["words"][0]["words"]) == "permits reading rows"
    assert node.session().do("rule list").json["rules"][0]["rule"]["duties"][0] == {
        "filter": "city = 'Rome'"
    }


def test_people_are_shown_what_changes(node: Node, new: Path) -> None:
    table, fields = preview(node, rules=new, actor="ana").drawn
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == ["may query it", "rows", "phone", "city"]
    assert isinstance(fields, Fields)
    assert [value for _, value in fields.pairs] == ["10", "1", "4"]


def test_a_rule_that_would_be_gone(node: Node) -> None:
    told = preview(node, remove=("read",), role=("analyst",)).json
    assert told["actor"] == "somebody"
    assert told["rules"]["removed"] == ["read"]
    assert told["after"]["permitted"] is False
    assert told["after"]["refusal"]["code"] == "not-found.dataset"
    assert {one["change"] for one in told["columns"]} == {"hidden"}
    assert told["rows"] == {"all": 10, "gained": 0, "lost": 5}


def test_what_would_be_shown_for_the_first_time(node: Node, tmp_path: Path) -> None:
    path = tmp_path / "guest.yaml"
    path.write_text("rules: [{id: guest, permit: query, who: {role: guest}, on: g.people}]")
    told = preview(node, rules=path, role=("guest",), purpose=None).json
    assert told["rules"]["added"] == ["guest"]
    assert {one["change"] for one in told["columns"]} == {"shown"}
    assert told["before"]["sample"] is None
    assert len(told["after"]["sample"]["rows"]) == 5
    nobody = preview(node, role=("guest",), purpose=None)
    assert nobody.json["receipts"] == []
    assert nobody.said == ("Nothing is changed.",)
    assert {one["change"] for one in nobody.json["columns"]} == {"same"}


def test_a_mask_that_would_be_gone(node: Node, tmp_path: Path) -> None:
    path = tmp_path / "open.yaml"
    path.write_text(RULES[: RULES.index("      - mask")])
    told = preview(node, rules=path, actor="ana").json
    assert {one["name"]: one["change"] for one in told["columns"]}["phone"] == "unmasked"


def test_a_steward_gets_numbers_and_no_rows(node: Node, new: Path) -> None:
    told = preview(node, "sue", rules=new, actor="ana").json
    assert told["rows"] == {"all": 10, "gained": 1, "lost": 4}
    assert told["before"]["sample"] is None
    assert told["after"]["sample"] is None


@pytest.mark.parametrize("by", ["ana", "tom"])
def test_others_are_refused(node: Node, new: Path, by: str) -> None:
    with pytest.raises(Refused):
        preview(node, by, rules=new, role=("analyst",))


def test_it_is_said_who_would_see_it(node: Node, new: Path) -> None:
    both: dict[str, Any] = {"actor": "ana", "role": ("analyst",)}
    nobody: dict[str, Any] = {}
    for said in (nobody, both):
        with pytest.raises(Invalid, match="Say who would see it"):
            preview(node, rules=new, **said)
    with pytest.raises(NotFound, match="no actor `bob`"):
        preview(node, rules=new, actor="bob")
    with pytest.raises(NotFound, match="no rule `nothing`"):
        preview(node, remove=("nothing",), actor="ana")


def test_faults_of_rules_are_told(node: Node, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("rules: [{id: bad, permit: query, who: {role: x}, on: g.nothing}]")
    with pytest.raises(Invalid, match="No rule is added"):
        preview(node, rules=path, actor="ana")
