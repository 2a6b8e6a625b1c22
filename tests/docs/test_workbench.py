"""Whoever follows the page of the workbench gets to its end, and sees what it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import doumen


def test_whoever_follows_the_page_gets_to_its_end(
    pages: dict[str, str], reader: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before, mark, after = pages["workbench.md"].partition("It is given an id")
    assert mark
    reader.follow(before)
    shown = capsys.readouterr().out
    assert "⟨analysts-read-trains⟩" in shown
    assert '"South"' in shown, "the owner sees all lines"
    with doumen.open(Path.cwd()) as node:
        (one,) = node.session("ana").do("question list").json["questions"]
    key = str(one["question"]).rpartition("/")[2]
    assert "Q-7KM2ABCDEF" in after
    reader.follow(after.replace("Q-7KM2ABCDEF", key))
    assert reader.typed == 21
    assert Path("busy.csv").read_text("utf-8").count("\n") == 2
    with doumen.open(Path.cwd()) as node:
        assert node.session("ana").do("question list").json["questions"] == []
