"""Whoever follows the page of profiles gets to its end, and sees what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.gate.desk import Desk
from doumen.rooms.refine.profile import propose


def test_whoever_follows_the_page_gets_to_its_end(
    pages: dict[str, str],
    reader: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    proposed: list[Any] = []

    def kept(desk: Desk, facts: object, found: Any, dataset: str) -> tuple[Any, None]:
        proposed.extend(found)
        return found, None

    monkeypatch.setattr(propose, "queued", kept)
    reader.follow("```\ndoumen init node --name Shop\ncd node\n```")
    reader.follow(pages["profile.md"])
    assert reader.typed == 6
    shown = capsys.readouterr().out
    assert '{"value":"温州","count":4}' in shown
    kinds = {one.evidence["rule"] for one in proposed}
    assert kinds >= {"required", "unique", "set", "minimum", "maximum", "compare", "row_count"}
    with doumen.open(Path.cwd()) as node:
        found = node.session().do("profile", dataset="shop.small").json
        (price,) = [c for c in found["columns"] if c["name"] == "price_cny"]
        assert price["nulls"] == 1
        assert price["unit"] == "CNY"
        assert json.dumps(found, allow_nan=False)
