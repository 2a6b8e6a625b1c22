"""The page on meaning: whoever follows it gets to its end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doumen.faces.cli import app


def test_whoever_keeps_meaning_as_the_page_says_gets_to_its_end(
    pages: dict[str, str], reader: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.follow(pages["meaning.md"])
    assert reader.typed == 30
    capsys.readouterr()
    assert app.main(["meaning", "show", "city.people", "--json"]) == 0
    columns = {c["column"]: c for c in json.loads(capsys.readouterr().out)["columns"]}
    assert columns["area"]["codelist"]["edition"] == "201904"
    assert columns["area"]["term"]["key"] == "residence"
    assert columns["born"]["element"]["key"] == "birth_date"
    assert columns["sex"]["codelist"]["key"] == "sex"
    assert app.main(["contract", "show", "city.people"]) == 0
    contract = capsys.readouterr().out
    assert "codelists.gb2260" in contract
    assert "validValues" in contract


def test_what_the_page_says_of_columns_is_proposed(pages: dict[str, str]) -> None:
    from doumen.rooms.discover.meaning import proposing, similar

    page = pages["meaning.md"]
    for confidence in (proposing.SAME, proposing.CLOSE, proposing.VALUES, proposing.BOTH):
        assert f"| {confidence}" in page
    assert (similar.NEAR, proposing.SHARE) == (0.9, 0.95)
