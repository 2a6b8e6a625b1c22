"""The kinds of places that are told of: all of the shelf, each with an example that is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from doumen.model.operation import Table
from doumen.rooms.collect.connectors import SHELF
from doumen.rooms.collect.sources import document, kinds

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

TOLD = kinds.listing(cast("Desk", None))


def test_all_of_the_shelf_is_told() -> None:
    assert [one["kind"] for one in TOLD.json["kinds"]] == list(SHELF)
    (table,) = TOLD.drawn
    assert isinstance(table, Table)
    assert len(table.rows) == len(SHELF)


@pytest.mark.parametrize("told", TOLD.json["kinds"], ids=lambda one: str(one["kind"]))
def test_an_example_is_a_source(told: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(told["example"], "utf-8")
    source = document.read("mine", path)
    assert source.kind == told["kind"]
    assert [str(one.ref) for one in source.streams] == ["domain.name"]
    assert set(told["needed"]) <= set(told["options"])
    assert set(source.secrets) <= set(told["secrets"])
