"""The page on ODRL: whoever follows it gets to its end, and every term written stands on it."""

from __future__ import annotations

import json
from typing import Any

from doumen.faces.cli import app
from doumen.kits.policy.duties import KINDS


def test_whoever_follows_the_page_changes_nothing_at_its_end(
    pages: dict[str, str], reader: Any, capsys: Any
) -> None:
    reader.follow(pages["odrl.md"])
    assert reader.typed == 8
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["unchanged"], last["changed"]) == (["analysts-read-ships"], [])
    assert app.main(["ledger", "verify"]) == 0


def test_every_duty_has_a_row(pages: dict[str, str]) -> None:
    for kind in KINDS:
        row = f"| `{kind.name}: " if kind.name in ("count", "expire") else f"| `doumen:{kind.name}`"
        assert row in pages["odrl.md"]
