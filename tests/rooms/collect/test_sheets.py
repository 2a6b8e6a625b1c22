from __future__ import annotations

import pytest

from doumen.model.errors import Faulty, Invalid
from doumen.model.load import Reading, Sheet
from doumen.rooms.collect.formats import Wishes
from doumen.rooms.collect.sheets import choose

LOOK = Reading("xlsx", layout="look")
ROWS = (("id", "city", "n"), ("1", "Wenzhou", "2"), ("2", "Ningbo", "3"))


def sheet(
    name: str = "A",
    rows: tuple[tuple[str, ...], ...] = ROWS,
    merged: tuple[tuple[int, int], ...] = (),
    *,
    file: str = "f.xlsx",
    shown: bool = True,
    hidden: int = 0,
    trailing: int = 0,
) -> Sheet:
    return Sheet(file, name, shown, rows, merged, len(rows), hidden, trailing)


def test_the_first_sheet_with_rows_is_taken_and_the_others_are_told() -> None:
    sheets = [sheet("Empty", ()), sheet("Secret", shown=False), sheet("B", hidden=2, trailing=3),
              sheet("C")]  # fmt: skip
    chosen = choose(sheets, LOOK, Wishes())
    assert chosen.reading == Reading("xlsx", path="B", columns=("id", "city", "n"), skip=1)
    told = "; ".join(chosen.why)
    for said in ("sheet `B`", "left aside: `Secret`, `C`", "2 hidden rows", "3 empty rows"):
        assert said in told


def test_sheets_by_name_and_all() -> None:
    sheets = [sheet("A"), sheet("B"), sheet("Secret", (("x",), ("1",)), shown=False)]
    assert choose(sheets, LOOK, Wishes(sheet="b")).reading.path == "B"
    assert choose(sheets, LOOK, Wishes(sheet="Secret")).reading.columns == ("x",)
    assert choose(sheets, LOOK, Wishes(sheet="all")).reading.path == "*"
    with pytest.raises(Invalid, match="no sheet `D`"):
        choose(sheets, LOOK, Wishes(sheet="D"))


def test_sheets_that_differ_are_told() -> None:
    other = sheet("B", (("id", "x"), ("1", "2")))
    with pytest.raises(Faulty, match="not read as"):
        choose([sheet("A"), other], LOOK, Wishes(sheet="all"))
    with pytest.raises(Faulty, match="different names"):
        choose([sheet("A"), sheet("B", file="g.xlsx")], LOOK, Wishes())


@pytest.mark.parametrize("rows", [(), (("", " "),)])
def test_nothing_in_it_is_told(rows: tuple[tuple[str, ...], ...]) -> None:
    with pytest.raises(Faulty):
        choose([sheet("A", rows)], LOOK, Wishes())


def test_titles_above_and_no_header() -> None:
    titled = sheet("A", (("Report", "", ""), ("", "", ""), *ROWS))
    assert choose([titled], LOOK, Wishes()).reading.skip == 3
    bare = choose([sheet("A", ROWS[1:])], LOOK, Wishes(header=False)).reading
    assert (bare.skip, bare.header, bare.columns[0]) == (0, False, "column_1")


def test_a_head_over_two_rows() -> None:
    rows = (
        ("city", "2023", "2023", "2024", "2024"),
        ("city", "plan", "done", "plan", "done"),
        ("Wenzhou", "1", "2", "3", "4"),
        ("Ningbo", "5", "6", "7", "8"),
    )
    merged = ((1, 0), (0, 2), (0, 4))
    titled = (("Figures",) * 5, *rows)
    lower = tuple((row + 1, column) for row, column in merged)
    title = sheet("A", titled, (*((0, n) for n in range(1, 5)), *lower))
    assert choose([title], LOOK, Wishes()).reading.skip == 3
    chosen = choose([sheet("A", rows, merged)], LOOK, Wishes())
    assert chosen.reading.columns == ("city", "2023 plan", "2023 done", "2024 plan", "2024 done")
    assert chosen.reading.skip == 2


def test_a_merged_title_over_numbers_is_one_row_of_head() -> None:
    rows = (("city", "both", "both"), ("Wenzhou", "1", "2"), ("Ningbo", "3", "4"))
    chosen = choose([sheet("A", rows, ((0, 2),))], LOOK, Wishes())
    assert chosen.reading.columns == ("city", "both", "both_2")
    assert chosen.reading.skip == 1
