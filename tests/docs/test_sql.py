"""The page on SQL: every example gives what stands behind it, what is refused is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

import doumen
from doumen.kits.sql import nodes
from doumen.model.errors import DoumenError
from doumen.session import Node

_BLOCK = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`(?: \(`([a-z.-]+)`\))?")
_OPENING = re.compile(r"(WITH|SELECT|FROM|PIVOT)\b")


def examples(page: str) -> list[tuple[str, list[str]]]:
    """Statements of the blocks, each with the lines behind `--`."""
    found: list[tuple[str, list[str]]] = []
    for block in _BLOCK.findall(page):
        for one in block.split("\n\n"):
            statement, _, outcome = one.strip().partition(";")
            found.append((statement, re.findall(r"^-- (.*)$", outcome, re.MULTILINE)))
    return found


def refusals(page: str) -> Iterator[tuple[list[tuple[str, str]], list[str]]]:
    """Rows of the table: statements with their codes, and the statements to write instead."""
    part = page.partition("\n## What is refused")[2].partition("\n## ")[0]
    for row in re.findall(r"^\| (`.*) \|$", part, re.MULTILINE):
        refused, instead = row.split(" | ")
        codes = [(sql, code or "refused.construct") for sql, code in _SPAN.findall(refused)]
        yield codes, [sql for sql, _ in _SPAN.findall(instead) if _OPENING.match(sql)]


@pytest.fixture
def node(reader: Any, pages: dict[str, str]) -> Iterator[Node]:
    """The node that the page makes."""
    reader.follow(pages["sql.md"])
    with doumen.open() as opened:
        yield opened


def asked(node: Node, statement: str) -> list[str]:
    """The rows of an answer, or the code of an error."""
    values = ["T1"] if re.search(r"\?|\$1", statement) else []
    try:
        rows = node.session().query(statement, values).rows()
    except DoumenError as error:
        return [error.code]
    return [" | ".join(str(value) for value in row) for row in rows]


def test_every_statement_gives_what_the_page_says(node: Node, pages: dict[str, str]) -> None:
    wrong = [
        (statement, outcome, got)
        for statement, outcome in examples(pages["sql.md"])
        if (got := asked(node, statement)) != outcome
    ]
    assert wrong == []
    for refused, instead in refusals(pages["sql.md"]):
        for statement, code in refused:
            assert asked(node, statement) == [code], statement
        for statement in instead:
            got = asked(node, statement)
            assert not re.fullmatch(r"[a-z-]+\.[a-z-]+", "".join(got)), (statement, got)


def test_the_page_speaks_of_what_is_admitted_and_of_what_is_not(pages: dict[str, str]) -> None:
    assert len(examples(pages["sql.md"])) > 35
    rows = list(refusals(pages["sql.md"]))
    assert len(rows) > 25
    assert sum(bool(instead) for _, instead in rows) > 12


@pytest.mark.parametrize(
    "word", sorted({words for words, hint in nodes.WORDS.values() if hint and words.isupper()})
)
def test_every_word_that_has_another_way_stands_on_the_page(
    pages: dict[str, str], word: str
) -> None:
    assert word in pages["sql.md"].replace("SELECT trip INTO", "SELECT INTO")
