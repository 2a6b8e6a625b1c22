"""What docs/contracts.md says is so."""

from __future__ import annotations

import re
from pathlib import Path

from doumen.kits.standards import odcs
from doumen.kits.standards.odcs.document import MAX_CHARACTERS
from doumen.rooms.discover.operations import OPERATIONS

PAGE = (Path(__file__).parents[3] / "docs" / "contracts.md").read_text("utf-8")


def test_the_contract_shown_is_one() -> None:
    text, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    contract = odcs.read_contract(text)
    assert str(contract.ref) == "transport.flights"
    assert contract.labels == ("core",)
    assert [r.kind for r in contract.reports] == ["reference"]


def test_every_verb_is_told_of() -> None:
    assert all(f"doumen {' '.join(o.name)}" in PAGE for o in OPERATIONS)


def test_limits_and_paths_are_as_told() -> None:
    assert f"{MAX_CHARACTERS:,} characters" in PAGE
    text, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    paths = ["table.tags", "columns.tailnum.classification", "schema[0].properties[2].required"]
    for path in paths:
        assert f"`{path}`" in PAGE
        odcs.edit(text, [(path, "x")])
