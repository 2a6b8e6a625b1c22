"""What docs/contracts.md says is so, and every verb of the room is told of on a page of its own."""

from __future__ import annotations

import re
from pathlib import Path

from doumen.kits.standards import odcs
from doumen.kits.standards.odcs.document import MAX_CHARACTERS
from doumen.rooms.discover.meaning.operations import OPERATIONS as MEANING
from doumen.rooms.discover.operations import OPERATIONS

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "contracts.md").read_text("utf-8")
MEANT = (DOCS / "meaning.md").read_text("utf-8")
SOUGHT = (DOCS / "search.md").read_text("utf-8")


def test_the_contract_shown_is_one() -> None:
    text, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    contract = odcs.read_contract(text)
    assert str(contract.ref) == "transport.flights"
    assert contract.labels == ("core",)
    assert [r.kind for r in contract.reports] == ["reference"]


def test_every_verb_is_told_of() -> None:
    meaning = {operation.name for operation in MEANING}
    for operation in OPERATIONS:
        sought = operation.run.startswith("doumen.rooms.discover.search")
        page = SOUGHT if sought else MEANT if operation.name in meaning else PAGE
        assert f"doumen {' '.join(operation.name)}" in page


def test_limits_and_paths_are_as_told() -> None:
    assert f"{MAX_CHARACTERS:,} characters" in PAGE
    text, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    paths = ["table.tags", "columns.tailnum.classification", "schema[0].properties[2].required"]
    for path in paths:
        assert f"`{path}`" in PAGE
        odcs.edit(text, [(path, "x")])
