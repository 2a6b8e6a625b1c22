"""The examples of the page on rules: each duty over its table shows what the page says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import doumen
from doumen.kits.policy import duties, masks
from doumen.model.errors import DoumenError
from doumen.session import Node, create

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$|^#{3,4} (\w+)$", re.MULTILINE | re.DOTALL)
RULE = """rules:
  - id: example
    permit: query
    who: {role: analyst}
    on: city.visits
    duties:
"""


def section(page: str) -> str:
    """What the page says of duties."""
    return page.partition("\n## Duties\n")[2].partition("\n## ")[0]


def examples(text: str) -> dict[str, tuple[str, list[tuple[str, list[str]]]]]:
    """Heading → duties, and statements with their outcomes."""
    found: dict[str, tuple[str, list[tuple[str, list[str]]]]] = {}
    heading = ""
    for language, body, title in _BLOCK.findall(text):
        if title:
            heading = title
        elif language == "yaml":
            found[heading] = (body, [])
        elif language == "text":
            statement, *outcome = body.splitlines()
            found[heading][1].append((statement, outcome))
    return found


@pytest.fixture
def node(tmp_path: Path, pages: dict[str, str]) -> Iterator[Node]:
    """A node with the table of the page."""
    (table,) = re.findall(r"^```csv\n(.*?)^```$", pages["rules.md"], re.MULTILINE | re.DOTALL)
    (tmp_path / "visits.csv").write_text(table, "utf-8")
    create(tmp_path / "node", "page")
    with doumen.open(tmp_path / "node") as opened:
        owner = opened.session()
        owner.do("collect", path=tmp_path / "visits.csv", as_dataset="city.visits")
        owner.do("actor add", name="ana", role=("analyst",), claim=("city=Wenzhou",))
        yield opened


def asked(node: Node, statement: str) -> list[str]:
    """The rows of an answer, or the code of an error."""
    try:
        rows = node.session("ana").query(statement).rows()
    except DoumenError as error:
        return [error.code]
    return [" | ".join(str(value) for value in row) for row in rows]


def test_every_duty_and_every_mask_has_an_example(pages: dict[str, str]) -> None:
    found = examples(section(pages["rules.md"]))
    kinds = {kind.name for kind in duties.KINDS} - {"mask"}
    assert found.keys() == kinds | {method.name for method in masks.METHODS}
    assert all(outcomes for _, outcomes in found.values())


def test_every_example_shows_what_the_page_says(
    node: Node, pages: dict[str, str], tmp_path: Path
) -> None:
    for heading, (body, outcomes) in examples(section(pages["rules.md"])).items():
        rules = RULE + "".join(f"      {line}\n" for line in body.splitlines())
        (tmp_path / "rules.yaml").write_text(rules, "utf-8")
        node.session().do("rule add", file=tmp_path / "rules.yaml")
        for statement, outcome in outcomes:
            assert asked(node, statement) == outcome, (heading, statement)
