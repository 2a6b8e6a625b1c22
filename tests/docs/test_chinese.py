"""The pages in Chinese say what the English ones say: the same sections, code, tables and links.

The words are for people to judge; what is held here is that nothing was left out or left behind.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.docs.conftest import HOUSE

DOCS = HOUSE / "docs"
OURS = frozenset({"acceptance.md"})
"""Pages for those who build Doumen, as docs/adr is: in English alone."""
PAGES = sorted(page.name for page in DOCS.glob("*.md") if page.name not in OURS)
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")
ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass
class Section:
    """What a page holds under one heading, but for the words.

    Attributes:
        code: What stands between backticks, however often.
        rows: Columns of each row of a table.
        links: How many links there are.
    """

    level: int
    blocks: list[str] = field(default_factory=list)
    code: Counter[str] = field(default_factory=Counter)
    rows: list[int] = field(default_factory=list)
    links: int = 0


def sections(text: str) -> list[Section]:
    """The sections of a page, in order."""
    found: list[Section] = []
    shown = FENCE.sub("\0", text)
    kept = iter(match[0] for match in FENCE.finditer(text))
    for part in re.split(r"^(?=#+ )", shown, flags=re.MULTILINE):
        heading = HEADING.match(part)
        if heading is None:
            assert not part.strip()
            continue
        one = Section(len(heading[1]), [next(kept) for _ in range(part.count("\0"))])
        one.code.update(" ".join(code.split()) for code in CODE.findall(part))
        one.rows = [row.replace(r"\|", "").count("|") for row in ROW.findall(part)]
        one.links = len(LINK.findall(part))
        found.append(one)
    return found


def anchors(text: str) -> set[str]:
    """The anchors of a page, as forges make them of headings."""
    heads = (head for _, head in HEADING.findall(FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_sibling_of_the_same_shape(name: str) -> None:
    english, chinese = (DOCS / name).read_text("utf-8"), (DOCS / "zh" / name).read_text("utf-8")
    assert HAN.search(chinese.partition("\n")[0])
    assert sections(chinese) == sections(english)


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_is_left_in_english(name: str) -> None:
    text = LINK.sub("]", CODE.sub("", FENCE.sub("", (DOCS / "zh" / name).read_text("utf-8"))))
    assert not re.findall(r"(?:[A-Za-z]+[ ,]+){5}[A-Za-z]+", text)


def test_no_page_is_left_behind() -> None:
    assert sorted(page.name for page in (DOCS / "zh").glob("*.md")) == PAGES


@pytest.mark.parametrize(
    "page", [*HOUSE.glob("README*.md"), *DOCS.rglob("*.md")], ids=lambda p: p.name
)
def test_every_anchor_is_there(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text("utf-8"))):
        path, _, anchor = target.partition("#")
        if anchor and "://" not in path:
            there = page.parent / path if path else page
            assert anchor in anchors(there.read_text("utf-8")), target
