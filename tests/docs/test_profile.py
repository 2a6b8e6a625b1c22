"""Whoever follows the page of profiles gets to its end, and sees what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import doumen


def test_whoever_follows_the_page_gets_to_its_end(
    pages: dict[str, str], reader: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.follow("```\ndoumen init node --name Shop\ncd node\n```")
    reader.follow(pages["profile.md"])
    assert reader.typed == 9
    shown = capsys.readouterr().out
    assert '{"value":"温州","count":4}' in shown
    with doumen.open(Path.cwd()) as node:
        session = node.session()
        found = session.do("profile", dataset="shop.small").json
        (price,) = [c for c in found["columns"] if c["name"] == "price_cny"]
        assert price["nulls"] == 1
        assert price["unit"] == "CNY"
        assert json.dumps(found, allow_nan=False)
        listed = session.do("proposal list", dataset="shop.orders", state="all").json["proposals"]
        kinds = {one["evidence"]["rule"]: one["state"] for one in listed}
        assert {"required", "unique", "set", "compare"} <= {
            kind for kind, state in kinds.items() if state == "accepted"
        }
        assert kinds["maximum"] == "open"
        tested = session.do("contract test", dataset="shop.orders").json
        assert tested["faults"] == 0
        assert len(tested["rules"]) >= 7
