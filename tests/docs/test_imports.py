"""The example of the page on contracts: rules of other tools become what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import doumen
from doumen.model.errors import Conflict
from doumen.session import create

NAME = "transport.flights"
TABLE = """tailnum,origin,day,departure,arrival,delay
N1,JFK,2013-01-01,600,830,4
N2,LGA,2013-01-02,700,930,-3
"""
HEADING = {"docs/contracts.md": "## Rules from Great Expectations and dbt",
           "docs/zh/contracts.md": "## 来自 Great Expectations 和 dbt 的规则"}  # fmt: skip


@pytest.mark.parametrize("page", HEADING)
def test_rules_become_what_the_page_says(house: Path, tmp_path: Path, page: str) -> None:
    text = (house / page).read_text("utf-8").partition(HEADING[page])[2].partition("\n## ")[0]
    (suite,) = re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (dbt,) = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    said = re.findall(r"^\| `([\w.]+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE)
    (tmp_path / "flights.csv").write_text(TABLE, "utf-8")
    (tmp_path / "suite.json").write_text(suite, "utf-8")
    (tmp_path / "schema.yml").write_text(dbt, "utf-8")
    create(tmp_path / "node", "page")
    with doumen.open(tmp_path / "node") as opened:
        owner = opened.session()
        owner.do("collect", path=tmp_path / "flights.csv", as_dataset=NAME)
        with pytest.raises(Conflict):
            owner.do("contract import", dataset=NAME, file=tmp_path / "suite.json")
        became = []
        for name in ("suite.json", "schema.yml"):
            told = owner.do("contract import", dataset=NAME, file=tmp_path / name, new_version=True)
            became += [(rule["rule"], rule["became"]) for rule in told.json["rules"]]
        tested = owner.do("contract test", dataset=NAME).json["rules"]
    words = {"kept, not run": "kept", "保留，不运行": "kept", "已加入": "added"}
    assert became == [(rule, words.get(word, word)) for rule, word in said]
    assert {str(rule["verdict"]) for rule in tested} == {"holds", "unchecked"}
    assert len(said) == 9
