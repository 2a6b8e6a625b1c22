"""Verdicts under duties of rules: what could not be seen whole is not judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import doumen
from doumen.session import Node, create

NAME = "g.people"
CHANGES = (
    "columns.phone.quality=[{type: custom, engine: doumen, implementation: "
    "{check: phone, region: GB}}]"
)
RULES = """
rules:
  - {id: few, permit: query, who: {role: few}, on: g.people, duties: [{limit: 1}]}
  - {id: most, permit: query, who: {role: most}, on: g.people}
  - {id: told, permit: discover, who: {role: most}, on: g.people}
  - {id: less, deny: query, who: {role: most}, on: {column: g.people.phone}}
"""


@pytest.fixture(scope="module")
def node(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("duties")
    create(folder / "node", "duties")
    # One value that is right comes first by its number; three are wrong.
    phones = ["+442083661177"] * 9 + ["+441", "+442", "+443"]
    lines = [f"{n},{phone},p" for n, phone in enumerate(phones)]
    (folder / "a.csv").write_text("\n".join(["id,phone,sort", *lines]) + "\n")
    (folder / "rules.yaml").write_text(RULES)
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.do("collect", path=folder / "a.csv", as_dataset=NAME)
        owner.do("contract edit", dataset=NAME, changes=(CHANGES,), new_version=True)
        owner.do("actor add", name="fay", role=("few",))
        owner.do("actor add", name="moe", role=("most",))
        owner.do("rule add", file=folder / "rules.yaml")
        yield node


def checked(node: Node, actor: str | None = None) -> tuple[Any, dict[str, Any]]:
    outcome = node.session(actor).do("contract test", dataset=NAME)
    return outcome, {rule["key"]: rule for rule in outcome.json["rules"]}


def test_values_that_a_limit_cuts_off_are_not_judged(node: Node) -> None:
    assert checked(node)[1]["columns.phone.phone"]["count"] == "3"
    rule = checked(node, "fay")[1]["columns.phone.phone"]
    assert (rule["count"], rule["verdict"]) == (None, "unchecked")
    assert rule["why"].startswith("Not all values could be judged.")


def test_a_column_that_is_denied_is_not_told_as_gone(node: Node) -> None:
    outcome, rules = checked(node, "moe")
    assert outcome.exit == 0
    assert "columns.phone.column" not in rules
    rule = rules["columns.phone.phone"]
    assert (rule["verdict"], rule["why"]) == (
        "unchecked", "No rule lets you read column `phone`.",
    )  # fmt: skip
