"""Drawings: alignment, width, what is left out, values for people."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from tests.counts import count

from doumen.faces.cli.draw import NARROWEST, draw, fitting, shared, written
from doumen.model.message import msg
from doumen.model.operation import Fields, Table, Text


def drawn(*drawings: Table | Fields | Text, width: int = 80) -> str:
    stream = io.StringIO()
    draw(drawings, stream, width)
    return stream.getvalue()


def test_chinese_columns_are_aligned() -> None:
    text = drawn(Table((msg("名称"), msg("n")), (("陡门", 1), ("lock", 22)), msg("表")))
    assert text.splitlines() == ["表", "名称   n", "────────", "陡门   1", "lock  22"]


def test_lines_stay_within_the_terminal_and_long_cells_fold() -> None:
    table = Table((msg("name"), msg("about")), (("a", "word " * 60), ("b", "陡门" * 60)))
    lines = drawn(table).splitlines()
    assert max(cell_len(line) for line in lines) <= 80
    assert "".join(lines).count("陡") == 60


def test_a_wide_table_leaves_out_the_middle_and_says_so() -> None:
    names = tuple(f"column_{n}" for n in range(12))
    text = drawn(Table(names, (tuple(range(12)),)))
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    head, left_out = text.splitlines()[0], text.partition("Columns left out")[2]
    for name in names:
        assert (name in head.split()) != (f"{name}," in left_out or f"{name}." in left_out)
    assert head.startswith("column_0 ")
    assert head.rstrip().endswith("column_11")


def test_many_columns_left_out_are_not_all_named() -> None:
    names = tuple(f"column_number_{n}" for n in range(100))
    text = drawn(Table(names, (tuple(range(100)),)))
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert len(text.splitlines()) <= 6
    said = text.replace("\n", " ")
    assert "column_number_3 … column_number_96 (94 columns). --json shows all." in said


def test_names_are_not_folded_where_words_can_give_way() -> None:
    row = ("analysts-read-people", "permits reading rows", "column `phone` is shown in part " * 3)
    text = drawn(Table((msg("rule"), msg("does"), msg("duties")), (row,)))
    assert max(cell_len(line) for line in text.splitlines()) <= 80
    assert "analysts-read-people" in text
    folded = drawn(Table((msg("rule"), msg("duties")), (("x" * 70, "word " * 20),)))
    assert max(cell_len(line) for line in folded.splitlines()) <= 80
    assert folded.count("x") == 70
    assert folded.count("word") == 20


def test_a_terminal_for_one_column_only() -> None:
    text = drawn(Table((msg("aaaaaaaaaaaa"), "b" * 12, "c" * 12), (("x", "y", "z"),)), width=12)
    assert "Columns left out" in text.replace("\n", " ")


def test_fields_text_and_nothing() -> None:
    text = drawn(
        Fields(((msg("node"), "x"), (msg("none"), None)), msg("Node")),
        Text("a: 1\n"),
        Table((msg("a"),), ()),
    )
    assert text.splitlines() == ["Node", "node  x", "none", "", "a: 1", "", "a", "─"]


def test_markup_and_escapes_are_shown_as_they_are() -> None:
    assert drawn(Table((msg("[bold]a[/]"),), ((":smile: [red]",),))).splitlines()[::2] == [
        "[bold]a[/]",
        ":smile: [red]",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (1234567, "1234567"),
        (Decimal("1.50"), "1.50"),
        (date(2013, 1, 1), "2013-01-01"),
        (("a", 1), "a, 1"),
        ("a\x1b[1m", "a\\x1b[1m"),
    ],
)
def test_values(value: Any, text: str) -> None:
    assert written(value) == text


@given(st.lists(st.integers(1, 40), min_size=1, max_size=30), st.integers(20, 200))
@settings(derandomize=True, deadline=None, max_examples=count(200))
def test_what_fits(widths: list[int], room: int) -> None:
    shown = fitting(widths, room)
    assert shown == sorted(set(shown))
    assert shown[0] == 0
    least = [min(width, 10) + 2 for width in widths]
    if sum(least) <= room:
        assert shown == list(range(len(widths)))
    else:
        assert sum(least[i] for i in shown) + 3 <= room
        assert len(shown) < len(widths)


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), min_size=1, max_size=6))
@settings(derandomize=True, deadline=None, max_examples=count(200))
def test_widths_are_shared(columns: list[tuple[int, int]]) -> None:
    widths = [max(pair) for pair in columns]
    words = [min(pair) for pair in columns]
    given_widths = shared(widths, words, 80)
    assert sum(given_widths) <= 80
    if sum(widths) <= 80:
        assert given_widths == widths
    for width, got in zip(widths, given_widths, strict=True):
        assert min(width, NARROWEST) <= got <= width
    if (
        sum(max(word, min(width, NARROWEST)) for width, word in zip(widths, words, strict=True))
        <= 80
    ):
        assert all(got >= word for got, word in zip(given_widths, words, strict=True))
