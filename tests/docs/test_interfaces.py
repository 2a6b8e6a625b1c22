"""Every source that the pages show as a document can be described so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.conftest import HOUSE

from doumen.rooms.collect.connectors import SHELF
from doumen.rooms.collect.sources import document

BLOCK = re.compile(r"^```yaml\n(source: .*?)^```$", re.MULTILINE | re.DOTALL)
PAGE = (HOUSE / "docs" / "sources.md").read_text("utf-8")


@pytest.mark.parametrize("text", BLOCK.findall(PAGE), ids=lambda text: text.split()[1])
def test_a_document_can_be_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "source.yaml").write_text(text)
    found = document.read("shown", tmp_path / "source.yaml")
    assert found.streams


def test_kinds_of_places_are_shown() -> None:
    shown = {text.split()[1] for text in BLOCK.findall(PAGE)}
    web = {name for name, kind in SHELF.items() if "allow_private" in kind.options.model_fields}
    assert web | {"dlt"} <= shown
