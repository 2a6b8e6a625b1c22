"""Hidden changes: what shows stays, and something else is changed."""

from __future__ import annotations

import random
from datetime import date, datetime
from typing import Any

import pytest

from doumen.model.message import msg
from doumen.model.rule import Mask
from doumen.rooms.protect.prove import cases
from doumen.rooms.protect.prove.changes import Change, Changes, Edit, applied, too_small
from doumen.rooms.protect.prove.masked import alike, renamed
from doumen.rooms.protect.prove.values import (
    CANARY,
    arrow_type,
    family,
    groupable,
    literal,
    named,
    nth,
    read,
    usual,
    wild,
)
from doumen.rooms.protect.prove.worlds import PEOPLE

DAY = date(2026, 1, 5)


@pytest.mark.parametrize("seed", range(40))
def test_what_shows_is_the_same(seed: int) -> None:
    """Visible rows, without columns that hide or are masked, are the same, in the same order."""
    rng = random.Random(seed)
    case = cases.generated(rng, DAY)
    first = case.setting.fill(rng)
    change = Changes(rng, case.setting, case.shown, case.judge).draw(first, absent=case.absent)
    second = applied(change, first, case.shown)
    for ref, one in case.shown.items():
        if ref in change.gone:
            assert ref not in second
            continue
        plain = [name for name, mask in one.columns.items() if mask is None]
        seen = []
        for rows in (first[ref], second[ref]):
            kept = [row for row, shows in zip(rows, case.judge(ref, one.filters, rows), strict=True)
                    if shows] if one.columns else []  # fmt: skip
            if one.groups and one.columns.get("city", Mask("null")) is None:
                sizes = {row["city"]: [r for r in kept if r["city"] == row["city"]] for row in kept}
                kept = [row for row in kept if not too_small(sizes[row["city"]], one.groups)]
            seen.append([[row[name] for name in plain] for row in kept])
        assert seen[0] == seen[1], ref


def test_changes_do_change() -> None:
    sizes, canaries = [], 0
    for seed in range(40):
        rng = random.Random(seed)
        case = cases.generated(rng, DAY)
        first = case.setting.fill(rng)
        change = Changes(rng, case.setting, case.shown, case.judge).draw(first)
        sizes.append(change.size)
        canaries += CANARY in str(change.edits)
    assert sum(size > 3 for size in sizes) >= 30
    assert canaries >= 20


def test_edits_are_applied_in_their_places() -> None:
    rows = tuple({"id": n} for n in range(3))
    edits = (
        Edit(PEOPLE, 0, None),
        Edit(PEOPLE, 1, {"id": 7}),
        Edit(PEOPLE, 3, {"id": 9}, added=True),
        Edit(PEOPLE, 0, {"id": 8}, added=True),
    )
    after = applied(Change(edits), {PEOPLE: rows}, {})
    assert [row["id"] for row in after[PEOPLE]] == [8, 7, 2, 9]


def test_a_renaming_is_one_to_one() -> None:
    values: list[Any] = [
        *range(-50, 50),
        *map(str, range(50)),
        "n01",
        "~n01",
        "007",
        "-1",
        2**63 - 1,
    ]
    assert len({repr(renamed(v)) for v in values}) == len(values)
    assert str(renamed(41)) == renamed("41")
    assert renamed(None) is None
    assert renamed(True) is True
    assert renamed(1.5) == 1.5


@pytest.mark.parametrize("seed", range(20))
def test_masked_values_show_the_same(seed: int) -> None:
    rng = random.Random(seed)
    new = alike(
        rng, Mask("partial", None, (("keep_end", 1), ("keep_start", 2))), "VARCHAR", "abcdef"
    )
    assert (new[:2], new[-1], len(new)) == ("ab", "f", 6)
    short = alike(
        rng, Mask("partial", None, (("keep_end", 0), ("keep_start", 4))), "VARCHAR", "abc"
    )
    assert len(short) == 3
    month = alike(rng, Mask("generalise", None, (("levels", "quarter"),)), "DATE", date(2026, 5, 9))
    assert month.year == 2026
    assert month.month in (4, 5, 6)
    step = Mask("generalise", None, (("levels", 25),))
    assert alike(rng, step, "BIGINT", 60) // 25 == 2
    assert alike(rng, step, "BIGINT", -1) // 25 == -1
    edges = Mask("bucket", None, (("edges", (10, 20)),))
    assert alike(rng, edges, "BIGINT", 3) < 10
    assert 10 <= alike(rng, edges, "BIGINT", 15) < 20
    assert alike(rng, edges, "BIGINT", 20) >= 20
    levels = Mask("generalise", None, (("levels", (("a", "x"), ("b", "x"), ("c", "y"))),))
    assert alike(rng, levels, "VARCHAR", "a") in ("a", "b")
    assert alike(rng, levels, "VARCHAR", "q") not in ("a", "b", "c")


def test_what_is_not_known_of_a_mask_stays() -> None:
    rng = random.Random(1)
    assert alike(rng, Mask("hash"), "VARCHAR", "a") == "a"
    assert alike(rng, Mask("bucket", None, (("edges", (1, 2)),)), "VARCHAR", "a") == "a"
    assert alike(rng, Mask("generalise", None, (("levels", "year"),)), "BIGINT", 4) == 4
    assert alike(rng, Mask("generalise", None, (("levels", 5),)), "TINYINT", 127) in range(125, 130)
    assert alike(rng, Mask("partial", None, (("keep_end", 1), ("keep_start", 0))), "BIGINT", 4) == 4
    assert alike(rng, Mask("bucket", None, (("edges", (1, 2)),)), "BIGINT", None) is None


def test_groups_are_too_small_by_rows_or_by_units() -> None:
    rows: list[dict[str, int | None]] = [{"house": 1}, {"house": 1}, {"house": None}, {"house": 2}]
    assert not too_small(rows, [(4, None)])
    assert too_small(rows, [(5, None)])
    assert not too_small(rows, [(2, "house")])
    assert too_small(rows, [(4, None), (3, "house")])


@pytest.mark.parametrize(
    "type", ["BIGINT", "TINYINT", "DOUBLE", "DECIMAL(9,2)", "BOOLEAN", "DATE", "TIMESTAMP",
             "TIMESTAMP WITH TIME ZONE", "VARCHAR", "VARCHAR[]", "BIGINT[]", "HUGEINT", "TIME",
             "BLOB"],
)  # fmt: skip
def test_values_fit_their_column(type: str) -> None:
    import pyarrow as pa

    rng = random.Random(3)
    values = [make(rng, type) for make in (usual, wild) for _ in range(60)]
    assert pa.array(values, arrow_type(type)).type == arrow_type(type)
    assert family(type)
    assert type == "BLOB" or len({repr(v) for v in values}) > 2


def test_values_are_written_as_a_statement_has_them() -> None:
    values = ["o'x", 7, True, date(2026, 1, 2), datetime(2026, 1, 2, 3)]
    assert [literal(value) for value in values] == [
        "'o''x'", "7", "True", "DATE '2026-01-02'", "TIMESTAMP '2026-01-02 03:00:00'",
    ]  # fmt: skip
    assert set(named("BOOLEAN")) == {"True", "False"}
    assert "'Ningbo'" in named("VARCHAR")
    assert named("BIGINT") == named("BIGINT")
    assert groupable("DATE")
    assert not groupable("DOUBLE")
    assert len({nth(n, "VARCHAR") for n in range(60)}) == 60
    assert (nth(3, "TINYINT"), nth(1, "DATE"), nth(1, "BLOB")) == (3, date(2026, 1, 2), None)


def test_texts_of_conditions_are_read_as_values() -> None:
    assert read("12", msg("BIGINT")) == 12
    assert read("999", msg("TINYINT")) is None
    assert read("1.5", msg("DOUBLE")) == 1.5
    assert read("2026-01-02", msg("DATE")) == date(2026, 1, 2)
    assert read("2026-01-02 03:00", msg("TIMESTAMP")) == datetime(2026, 1, 2, 3)
    assert read("x", msg("BIGINT")) is None
    assert read("x", msg("VARCHAR")) == "x"
    assert read("x", msg("BOOLEAN")) is None
