"""Tables made by hand whose best chart is known, from the examples of the literature cited."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

DAYS = [f"2026-01-{day:02}" for day in range(1, 13)]
MONTHS = [f"2026-{month:02}-01T00:00:00" for month in range(1, 13)]
CITIES = ["Lin'an", "Suzhou", "Ningbo", "Huzhou", "Jiaxing", "Taizhou", "Wenzhou"]

CASES: list[tuple[str, str, list[list[Any]], list[str]]] = [
    ("a number a day", "day DATE; n BIGINT", [[d, i] for i, d in enumerate(DAYS)], ["line"]),
    ("stamps and decimals", "at TIMESTAMP; cost DECIMAL(10,2)",
     [[m, f"{i}.50"] for i, m in enumerate(MONTHS)], ["line"]),
    ("zoned stamps", "at TIMESTAMP WITH TIME ZONE; n DOUBLE",
     [[m + "Z", i / 2] for i, m in enumerate(MONTHS)], ["line"]),
    ("the number first", "n BIGINT; day DATE", [[i, d] for i, d in enumerate(DAYS)], ["line"]),
    ("two numbers of like size", "day DATE; low INTEGER; high INTEGER",
     [[d, i + 1, i + 9] for i, d in enumerate(DAYS)], ["line"]),
    ("two numbers of other size", "day DATE; flights INTEGER; passengers INTEGER",
     [[d, i + 1, 90_000 + i] for i, d in enumerate(DAYS)], ["line", "line"]),
    ("several a day", "day DATE; n BIGINT", [[d, i] for i in (1, 2) for d in DAYS], ["scatter"]),
    ("by city over time", "day DATE; city VARCHAR; n BIGINT",
     [[d, c, i] for i, d in enumerate(DAYS) for c in CITIES[:3]], ["line", "heatmap"]),
    ("by many cities over time", "day DATE; city VARCHAR; n BIGINT",
     [[d, f"c{c}", i + c] for i, d in enumerate(DAYS) for c in range(20)], ["heatmap"]),
    ("times alone", "day DATE", [[d] for d in DAYS * 3], ["line"]),
    ("times and names alone", "day DATE; city VARCHAR", [[d, c] for d in DAYS for c in "aab"],
     ["heatmap", "bar"]),
    ("a number for each city", "city VARCHAR; n BIGINT",
     [[c, 10 - i] for i, c in enumerate(CITIES)], ["bar"]),
    ("few shares", "kind VARCHAR; n BIGINT", [["a", 5], ["b", 3], ["c", 2]], ["bar", "pie"]),
    ("few numbers, one below zero", "kind VARCHAR; n BIGINT", [["a", 5], ["b", -3]], ["bar"]),
    ("a truth and a number", "late BOOLEAN; n BIGINT", [[True, 3], [False, 9]], ["bar", "pie"]),
    ("an enumeration", "kind ENUM('a', 'b'); n DOUBLE", [["a", 1.5], ["b", 2.5]], ["bar", "pie"]),
    ("names alone", "city VARCHAR", [[c] for c in CITIES * 2], ["bar"]),
    ("many values by name", "city VARCHAR; n DOUBLE",
     [[c, i * 1.5] for c in CITIES for i in range(9)], ["boxplot"]),
    ("two numbers by name", "city VARCHAR; men INTEGER; women INTEGER",
     [[c, 50 + i, 60 - i] for i, c in enumerate(CITIES)], ["bar", "scatter"]),
    ("two numbers of other size by name", "city VARCHAR; mayors INTEGER; people INTEGER",
     [[c, 1 + i, 10_000 + i] for i, c in enumerate(CITIES)], ["bar", "bar", "scatter"]),
    ("points of few kinds", "species VARCHAR; length DOUBLE; width DOUBLE",
     [[s, i * 1.1, i % 7 * 0.3] for s in ("setosa", "virginica") for i in range(20)], ["scatter"]),
    ("two small categories", "sex VARCHAR; class VARCHAR; n BIGINT",
     [[s, c, i] for i, c in enumerate("123") for s in ("f", "m")], ["heatmap", "bar"]),
    ("two large categories", "origin VARCHAR; dest VARCHAR; n BIGINT",
     [[f"o{a}", f"d{b}", a * b] for a in range(15) for b in range(20)], ["heatmap"]),
    ("two categories alone", "sex VARCHAR; class VARCHAR", [[s, c] for s in "fm" for c in "1123"],
     ["heatmap"]),
    ("one number", "height DOUBLE", [[150 + i % 40 * 1.3] for i in range(200)],
     ["histogram", "boxplot"]),
    ("two numbers", "weight DOUBLE; height DOUBLE",
     [[50 + i * 0.7, 150 + i * 1.1] for i in range(30)], ["scatter"]),
    ("two numbers, many rows", "x DOUBLE; y DOUBLE",
     [[i * 0.7 % 13, i * 1.3 % 17] for i in range(6_000)], ["heatmap"]),
    ("a number a year", "year INTEGER; n BIGINT", [[y, y % 7] for y in range(2000, 2020)],
     ["line", "scatter"]),
    ("three numbers, the first a year", "year INTEGER; a BIGINT; b BIGINT",
     [[y, y % 7, y % 5] for y in range(2000, 2020)], ["line"]),
    ("ids are not steps", "id BIGINT; n DOUBLE", [[i * i, i / 3] for i in range(1, 20)],
     ["scatter"]),
    ("no rows", "day DATE; n BIGINT", [], []),
    ("one row", "day DATE; n BIGINT", [["2026-01-01", 3]], []),
    ("one figure", "n BIGINT", [[42]], []),
    ("wide", "a VARCHAR; b VARCHAR; c VARCHAR; n BIGINT; m BIGINT", [["x", "y", "z", 1, 2]] * 3,
     []),
    ("three numbers", "a DOUBLE; b DOUBLE; c DOUBLE", [[i, i * 2, i * 3.5] for i in range(9)], []),
    ("nothing to draw", "id UUID; data BLOB", [["a", "b"], ["c", "d"]], []),
    ("two times", "begun DATE; ended DATE; n BIGINT", [["2026-01-01", "2026-01-02", 3]] * 3, []),
    ("texts that look like days are texts", "day VARCHAR; n BIGINT",
     [[d, i + 1] for i, d in enumerate(DAYS)], ["bar"]),
    ("few values", "n BIGINT", [[1], [2], [2]], []),
    ("all the same", "n BIGINT", [[7]] * 30, ["boxplot"]),
    ("nothing but NULL", "day DATE; n BIGINT", [[None, None]] * 3, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "rows", "best"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_the_best_charts(table: Any, columns: str, rows: Any, best: list[str]) -> None:
    found = table.propose(columns, rows)
    assert [chart.kind for chart in found.charts] == best
    assert best or found.reasons, "where there is none it says why"


@pytest.mark.parametrize(("columns", "rows"), [c[1:3] for c in CASES], ids=[c[0] for c in CASES])
def test_each_says_why_and_what(table: Any, columns: str, rows: Any) -> None:
    names = {column.name for column in table.schema(columns)}
    for chart in table.propose(columns, rows).charts:
        assert chart.reason
        assert chart.caption.endswith(".")
        assert chart.summary.endswith(".")
        assert set(chart.columns) <= names
        option = json.loads(json.dumps(chart.option, allow_nan=False))
        assert option["aria"]["label"]["description"] == chart.summary
        assert option["aria"]["decal"] == {"show": True}
        assert option["tooltip"]["renderMode"] == "richText"


def test_too_many_rows_are_not_even_read(table: Any) -> None:
    from doumen.rooms.analyse.chart import ROWS, propose

    def unread() -> Any:
        raise AssertionError
        yield []

    found = propose(table.schema("n BIGINT"), unread(), count=ROWS + 1)
    assert found.charts == ()
    assert found.reasons == (
        "100,001 rows are more than the 100,000 that charts are made of: aggregate first, such as"
        " by GROUP BY.",
    )


def test_too_many_numbers(table: Any) -> None:
    columns = "; ".join(["day DATE", *(f"n{i} BIGINT" for i in range(9))])
    found = table.propose(columns, [["2026-01-01", *range(9)], ["2026-01-02", *range(9)]])
    assert found.charts == ()
    assert found.reasons[0].startswith("10 columns are too many for one chart")


GOLDEN = ("a number a day", "few shares", "one number", "two small categories",
          "points of few kinds", "many values by name")  # fmt: skip


@pytest.mark.parametrize("case", GOLDEN)
def test_golden_options(table: Any, case: str) -> None:
    columns, rows = next((c[1], c[2]) for c in CASES if c[0] == case)
    charts = [chart.as_json() for chart in table.propose(columns, rows).charts]
    text = json.dumps(charts, indent=1, ensure_ascii=False) + "\n"
    path = Path(__file__).parent / "golden" / f"{case.replace(' ', '-')}.json"
    if os.environ.get("DOUMEN_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{path.name} changed: see `make golden`"
