"""Queries and references of a contract at a real node: what their number says, and what not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import doumen
from doumen.session import Node, create

NAME = "g.people"
CHANGES = (
    "schema[0].quality=["
    "{type: sql, id: good, query: \"SELECT count(*) FROM {table} WHERE state = 'ok'\", "
    "mustBeGreaterThan: 5}, "
    "{type: sql, id: most, query: \"SELECT count(*) FROM {table} WHERE state = 'ok'\", "
    "mustBeGreaterThan: 9}, "
    "{type: sql, id: bad, query: \"SELECT count(*) FROM {table} WHERE state <> 'ok'\", "
    "mustBe: 0}]",
    "columns.name.relationships=[{to: cities.name}]",
    "columns.id.quality=[{type: custom, engine: doumen, implementation: "
    "{check: lookup, dataset: cities, on: {name: name}, aggregate: count}}]",
)


@pytest.fixture(scope="module")
def node(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("queries")
    create(folder / "node", "queries")
    rows = [f"{n},n{n},{'ok' if n < 9 else 'no'}" for n in range(10)]
    (folder / "a.csv").write_text("\n".join(["id,name,state", *rows]) + "\n")
    (folder / "b.csv").write_text("other\nx\n")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.do("collect", path=folder / "b.csv", as_dataset="g.cities")
        owner.do("collect", path=folder / "a.csv", as_dataset=NAME)
        owner.do("contract edit", dataset=NAME, changes=CHANGES, new_version=True)
        yield node


def checked(node: Node) -> dict[str, Any]:
    told = node.session().do("contract test", dataset=NAME, examples=3).json["rules"]
    return {rule["key"]: rule for rule in told}


def test_a_column_that_the_other_dataset_lacks_is_none_of_this_one(node: Node) -> None:
    rules = checked(node)
    for key in ("columns.name.reference", "columns.id.lookup"):
        assert (rules[key]["count"], rules[key]["verdict"]) == (None, "unchecked")


def test_rows_that_there_should_be_are_not_at_fault(node: Node) -> None:
    rules = checked(node)
    assert [rules[f"table.{one}"]["verdict"] for one in ("good", "most", "bad")] == [
        "holds", "broken", "broken",
    ]  # fmt: skip
    assert "examples" not in rules["table.most"]
    assert [row["id"] for row in rules["table.bad"]["examples"]] == [9]


def test_only_rows_at_fault_are_kept_for_a_score(node: Node) -> None:
    owner = node.session()
    owner.do("contract test", dataset=NAME)
    kept = dict(owner.desk.query("SELECT rule, max(count) FROM sys.quality GROUP BY rule").rows())
    assert [kept[f"table.{one}"] for one in ("good", "most", "bad")] == [None, None, 1.0]
