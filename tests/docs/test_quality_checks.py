"""The pages of checks name every kind, scheme and option, and what they show is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from doumen.faces.cli import app
from doumen.kits.quality.checks import KINDS, Tolerant
from doumen.kits.quality.identifiers import MODULES, PREFIX, SCHEMES

COMMON = {"check", "column", *Tolerant.model_fields}
FILLED = {"codes"}
"""Options that whoever runs a check fills in."""
PAGES = ("quality-checks.md", "zh/quality-checks.md")


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, house: Path) -> str:
    name: str = request.param
    return (house / "docs" / name).read_text("utf-8")


def row(page: str, name: str) -> str:
    (found,) = (line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    return found


def shown(page: str) -> Iterator[Mapping[str, Any]]:
    """The implementations in its blocks of YAML."""
    for block in re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        for rule in YAML(typ="safe").load(block):
            assert (rule["type"], rule["engine"]) == ("custom", "doumen")
            yield rule["implementation"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.name)
def test_every_kind_has_a_row_with_its_options_and_an_example(page: str, kind: Any) -> None:
    options = set(kind.form.model_fields) - COMMON - FILLED
    assert {option for option in options if f"`{option}`" in row(page, kind.name)} == options
    examples = [one for one in shown(page) if one["check"] == kind.name]
    assert examples
    for example in examples:
        kind.form.model_validate(example)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda s: s.name)
def test_every_scheme_has_a_row_with_its_standard(page: str, scheme: Any) -> None:
    standard = re.split(r"[-:; ]+(?=[0-9]{4}\b|General)|:", scheme.source)[0]
    assert f"| {standard.rstrip('-1')}" in row(page, scheme.name)


def test_every_module_that_is_named_is_there(page: str) -> None:
    named = set(re.findall(rf"`{PREFIX}([^`]+)`", page))
    assert len(named) > 3
    assert named <= MODULES


def test_common_options_are_spoken_of(page: str) -> None:
    assert {option for option in COMMON if f"`{option}`" in page} == COMMON


def test_whoever_checks_as_the_page_says_finds_the_faults(
    page: str, reader: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.follow(page)
    assert reader.typed == 4
    capsys.readouterr()
    assert app.main(["contract", "test", "shop.orders", "--json"]) == 1
    said = capsys.readouterr().out
    assert said.count('"verdict":"broken"') == 5
    assert said.count('"verdict":"holds"') == 2
