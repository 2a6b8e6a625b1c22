"""The vocabulary is for everyone; what a column means, for whoever may know of the column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from doumen.kits.policy import visible_facts, visible_version
from doumen.model.actor import Actor
from doumen.model.fact import Fact, Facts

Someone = Callable[..., Actor]

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = """
rules:
  - {id: all, permit: query, who: {role: analyst}, on: air.open}
  - {id: names, permit: discover, who: {actor: ana}, on: air.names}
  - {id: column, permit: query, who: {actor: ana}, on: {column: air.column.city},
     duties: [{filter: "id > 7"}]}
  - {id: hide, deny: discover, who: {actor: ana}, on: {column: air.half.id}}
  - {id: half, permit: query, who: {actor: ana}, on: air.half}
"""


@pytest.fixture(scope="module")
def node(facts_of: Callable[..., Facts], body_of: Callable[..., dict[str, Any]]) -> Facts:
    names = ("open", "names", "column", "hidden", "half")
    return facts_of(
        RULES,
        datasets={f"air.{name}": body_of({"id": "BIGINT", "city": "VARCHAR"}) for name in names},
        more=[
            Fact("term", "delay", {"names": {}}),
            Fact("element", "day", {"names": {}}),
            Fact("codelist", "short", {"title": {}, "dataset": None}),
            Fact("codelist", "open", {"title": {}, "dataset": "air.open"}),
            Fact("codelist", "far", {"title": {}, "dataset": "air.hidden"}),
            *(
                Fact("link", f"air.{name}.{column}", {"term": "delay"})
                for name in names
                for column in ("id", "city", "gone")
            ),
        ],
    )


@pytest.fixture(scope="module")
def seen(node: Facts, someone: Someone) -> Facts:
    return visible_facts(someone(), node, NOW)


def test_the_vocabulary_is_for_everyone(seen: Facts, node: Facts, someone: Someone) -> None:
    for facts in (seen, visible_facts(someone("nobody", "none"), node, NOW)):
        assert [key for key, _ in facts.all("term")] == ["delay"]
        assert [key for key, _ in facts.all("element")] == ["day"]
        assert [key for key, _ in facts.all("codelist")] == ["far", "open", "short"]


def test_where_a_code_list_lies_is_for_whoever_may_know_of_it(seen: Facts) -> None:
    assert {key: body["dataset"] for key, body in seen.all("codelist")} == {
        "far": None, "open": "air.open", "short": None,
    }  # fmt: skip


def test_what_a_column_means_is_for_whoever_may_know_of_it(seen: Facts, node: Facts) -> None:
    """Of hidden datasets and columns nothing; of columns that are gone nothing any more."""
    assert [key for key, _ in seen.all("link")] == [
        "air.column.city", "air.half.city", "air.names.city", "air.names.id", "air.open.city",
        "air.open.id",
    ]  # fmt: skip


def test_versions_of_a_link_are_for_whoever_may_know_of_its_column(
    node: Facts, someone: Someone
) -> None:
    for key, known in (("air.open.city", True), ("air.hidden.city", False)):
        row = node.rows["link"][key]
        told = visible_version(someone(), node, row, then=node, now=NOW)
        assert (told is not None) is known
