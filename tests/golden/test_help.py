"""The help page of every command, 80 columns wide."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from doumen.faces.cli.app import main
from doumen.operations import by_name

VERBS = [tuple(name.split()) for name in by_name()]
PAGES = sorted({name[:depth] for name in VERBS for depth in range(3)} | {("completion",)})
HERE = Path(__file__).parent


def file(page: tuple[str, ...]) -> str:
    return f"{'-'.join(('doumen', *page))}.txt"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: " ".join(page) or "doumen")
def test_help(
    page: tuple[str, ...],
    golden: Callable[[str, str], None],
    language: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*page, "--help", "--lang", language]) == 0
    golden(f"help/{file(page)}", capsys.readouterr().out)


def test_no_page_is_left_of_a_command_that_is_gone(language: str) -> None:
    known = {file(page) for page in PAGES}
    gone = [path for path in (HERE / language / "help").iterdir() if path.name not in known]
    if os.environ.get("DOUMEN_GOLDEN"):
        for path in gone:
            path.unlink()
        gone = []
    assert gone == []
