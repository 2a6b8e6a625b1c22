"""Texts by cells: nothing is lost, nothing is cut in two, nothing is wider than its room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from doumen.faces.cli.wide import cut, folded, longest, width, wrapped

TEXTS = st.text("ab `，。（）“”陡门数据 -…", max_size=60)


def test_widths_and_ends() -> None:
    assert [width(t) for t in ("", "ab", "陡门", "e\u0301", "，")] == [0, 2, 4, 1, 2]
    assert [cut("a陡门", n) for n in range(6)] == ["", "a", "a", "a陡", "a陡", "a陡门"]


def test_a_mark_that_closes_stays_with_what_it_closes() -> None:
    assert wrapped("陡门开，船过。", 6) == ["陡门", "开，船", "过。"]
    assert wrapped("见（陡门）处", 5) == ["见", "（陡", "门）", "处"]
    assert wrapped("用 `doumen doctor` 看", 16) == ["用 `doumen", "doctor` 看"]
    assert wrapped("longer-than-its-room 陡", 5) == ["longer-than-its-room", "陡"]
    assert wrapped("  ", 5) == []


@given(TEXTS, st.integers(8, 40))
def test_nothing_is_lost_and_lines_fit(text: str, room: int) -> None:
    lines = wrapped(text, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= room or " " not in line.strip() for line in lines)


@given(TEXTS, st.integers(0, 40))
def test_cutting_keeps_a_beginning(text: str, room: int) -> None:
    begun = cut(text, room)
    assert text.startswith(begun)
    assert cell_len(begun) <= room
    assert begun == text or cell_len(text[: len(begun) + 1]) > room


def test_wide_lines_are_folded_and_others_left() -> None:
    text = "`city.lying` 的某个  文件，已改\nplain words that are long"
    assert folded(text, 16).split("\n") == [
        "`city.lying` 的",
        "某个  文件，已改",
        "plain words that are long",
    ]
    assert folded("短的", 16) == "短的"


def test_the_longest_part_is_a_word_or_one_wide_character() -> None:
    assert longest("已安装 postgresql、service。") == len("postgresql") + 2
    assert longest("短的。") == 4
    assert longest("") == 0
