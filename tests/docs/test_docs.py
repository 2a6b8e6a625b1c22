"""The documentation holds: everything has its place, every link leads somewhere, examples run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from doumen.faces.cli import app
from doumen.faces.cli.tree import Verb
from doumen.kits.policy import duties, masks
from doumen.model import errors
from doumen.model.errors import DoumenError
from doumen.operations import by_name
from doumen.session.settings import Settings

KINDS = [kind for kind in vars(errors).values() if DoumenError in getattr(kind, "__bases__", ())]


def headings(path: Path) -> set[str]:
    return {line.lstrip("# ") for line in path.read_text("utf-8").splitlines() if line[:1] == "#"}


@pytest.mark.parametrize("verb", by_name())
def test_every_verb_has_a_heading_and_is_spoken_of(
    house: Path, pages: dict[str, str], verb: str
) -> None:
    assert f"doumen {verb}" in headings(house / "docs" / "reference" / "cli.md")
    told = re.compile(rf"doumen (--\w+ \w+ )*{verb}\b")
    assert any(told.search(text) for text in pages.values()), f"no page tells of `{verb}`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_a_heading(house: Path, name: str) -> None:
    assert name in headings(house / "docs" / "reference" / "settings.md")


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.kind)
def test_every_class_of_errors_has_a_heading_and_a_row(
    house: Path, kind: type[DoumenError]
) -> None:
    page = house / "docs" / "reference" / "errors.md"
    assert kind.kind in headings(page)
    assert f"| `{kind.kind}` | {kind.exit} | {kind.http} |" in page.read_text("utf-8")


def test_every_duty_has_a_heading_and_every_mask_a_row(house: Path, pages: dict[str, str]) -> None:
    assert {kind.name for kind in duties.KINDS} <= headings(house / "docs" / "rules.md")
    for mask in masks.METHODS:
        assert f"| `{mask.name}` |" in pages["rules.md"]


def test_every_link_leads_to_a_file(house: Path) -> None:
    for page in (house / "README.md", house / "README.zh.md", *(house / "docs").rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_in_a_block_can_be_read(
    pages: dict[str, str],
    typed: Callable[[str], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Verbs, options and numbers of arguments are those of the command line; nothing is run."""
    monkeypatch.setattr(Verb, "invoke", lambda self, ctx: 0)
    read = 0
    for name, text in pages.items():
        for command in typed(text):
            if command.words[0] == "doumen":
                assert app.main(command.words[1:]) == 0, f"{name}: {command.words}"
                read += 1
    assert read > 50
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("page", ["README.md", "tutorial.md"])
def test_whoever_follows_the_page_gets_to_its_end(
    pages: dict[str, str], reader: Any, page: str
) -> None:
    reader.follow(pages[page])
    assert reader.typed >= 12
    assert app.main(["ledger", "verify"]) == 0


@pytest.mark.usefixtures("store_in_folder")
def test_whoever_keeps_a_node_as_the_page_says_gets_to_its_end(
    pages: dict[str, str], reader: Any
) -> None:
    """It restores beside the first node, which a server would refuse."""
    reader.follow(pages["keeping.md"])
    assert reader.typed >= 12
    assert app.main(["ledger", "verify"]) == 0


def test_whoever_keeps_the_lake_as_the_page_says_gets_to_its_end(
    pages: dict[str, str], reader: Any
) -> None:
    reader.follow(pages["lake.md"])
    assert reader.typed == 17
    assert app.main(["doctor"]) == 0


def test_whoever_signs_in_as_the_page_says_gets_to_its_end(
    pages: dict[str, str], reader: Any
) -> None:
    assert app.main(["init", "node", "--name", "Port"]) == 0
    reader.follow("```sh\ncd node\n```\n" + pages["signin.md"])
    assert reader.typed >= 5


def test_both_readmes_type_the_same(
    pages: dict[str, str], typed: Callable[[str], list[Any]]
) -> None:
    """But for the name of the organisation, and the language: following one follows both."""
    english, chinese = ([c.words for c in typed(pages[n])] for n in ("README.md", "README.zh.md"))
    chinese.remove(["export", "DOUMEN_LANG=zh"])
    names = ["My bureau", "我的数据局"]
    assert [[w for w in words if w not in names] for words in chinese] == [
        [w for w in words if w not in names] for words in english
    ]


def test_whoever_attaches_as_the_page_says_gets_to_its_end(
    pages: dict[str, str], reader: Any
) -> None:
    reader.follow("```\ndoumen init ~/node --name here && cd ~/node\n```")
    (section,) = re.findall(r"^## Attach.*?(?=^## )", pages["collect.md"], re.MULTILINE | re.DOTALL)
    reader.follow(section)
    assert reader.typed == 6


def test_whoever_offers_as_the_page_says_gets_to_its_end(
    pages: dict[str, str], reader: Any
) -> None:
    (section,) = re.findall(
        r"^## Products and offers$.*?(?=^## |\Z)", pages["exchange.md"], re.MULTILINE | re.DOTALL
    )
    reader.follow(section)
    assert reader.typed == 12
    (section,) = re.findall(
        r"^## Before signing$.*?(?=^## |\Z)", pages["exchange.md"], re.MULTILINE | re.DOTALL
    )
    reader.follow(section)
    assert reader.typed == 14


def test_the_python_of_the_readme_runs(
    pages: dict[str, str], reader: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    reader.follow(pages["README.md"])
    (code,) = re.findall(r"^```python\n(.*?)^```$", pages["README.md"], re.MULTILINE | re.DOTALL)
    capsys.readouterr()
    exec(compile(code, "README.md", "exec"), {})
    assert "138" in capsys.readouterr().out
