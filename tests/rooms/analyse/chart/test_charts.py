"""What is in the options: gaps, zeros, what is left out, and nothing that the answer has not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doumen.model.message import Message
from doumen.model.schema import Schema
from doumen.rooms.analyse.chart import Chart, Choice, propose
from doumen.rooms.analyse.chart.option import DIVERGING, SCALE

CELLS = {
    "DATE": st.none() | st.dates().map(lambda day: day.isoformat()),
    "BIGINT": st.none() | st.integers(-50, 50) | st.sampled_from(["9007199254740993"]),
    "DOUBLE": st.none()
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.sampled_from(["NaN", "Infinity"]),
    "VARCHAR": st.none() | st.sampled_from(["a", "b", "c", "d'", "no value"]),
}


@st.composite
def results(draw: Any) -> tuple[Schema, list[list[Any]]]:
    types = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=3))
    schema = Schema.of(**{f"c{at}": type for at, type in enumerate(types)})
    rows = draw(st.lists(st.tuples(*(CELLS[type] for type in types)).map(list), max_size=40))
    return schema, rows


def charts(schema: Schema, rows: Any, choice: Choice | None = None) -> list[Chart]:
    return list(propose(schema, rows, count=len(rows), choice=choice).charts)


def values(data: Any) -> Iterator[Any]:
    """All that stands in the data of series and axes."""
    if isinstance(data, dict):
        for one in data.values():
            yield from values(one)
    elif isinstance(data, list):
        for one in data:
            yield from values(one)
    else:
        yield data


@given(results())
def test_every_value_comes_from_the_answer(result: tuple[Schema, list[list[Any]]]) -> None:
    schema, rows = result
    there = {value for row in rows for value in row}
    there |= {float(value) for value in there if isinstance(value, str) and value[0].isdigit()
              and "-" not in value} | set(range(len(rows) + 1))  # fmt: skip
    for chart in charts(schema, rows):
        if chart.aggregate:
            continue
        axes = (chart.option.get("xAxis", {}), chart.option.get("yAxis", {}))
        for data in (*(one["data"] for one in chart.option["series"]),
                     *(axis.get("data", []) for axis in axes)):  # fmt: skip
            for value in values(data):
                ours = isinstance(value, Message)
                assert ours or value in there, (chart.kind, value)


@given(results(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_not_shown(
    result: tuple[Schema, list[list[Any]]], shuffle: random.Random
) -> None:
    schema, rows = result
    mixed = list(rows)
    shuffle.shuffle(mixed)
    before, after = charts(schema, rows), charts(schema, mixed)
    assert [one.as_json() for one in after] == [one.as_json() for one in before]


@given(results())
def test_bars_begin_at_zero_and_pies_are_never_first(
    result: tuple[Schema, list[list[Any]]],
) -> None:
    found = charts(*result)
    assert not found or found[0].kind != "pie"
    for chart in found:
        if chart.kind in {"bar", "histogram"}:
            axes = [chart.option["xAxis"], chart.option["yAxis"]]
            (axis,) = [one for one in axes if one["type"] == "value"]
            assert axis["scale"] is False
            low = min(v for one in chart.option["series"] for v in one["data"] if v is not None)
            assert (axis.get("min") == 0) is (low >= 0)


def only(found: list[Chart], kind: str) -> Any:
    return next(one for one in found if one.kind == kind)


def test_null_is_a_gap() -> None:
    schema = Schema.of(day="DATE", n="BIGINT")
    rows: list[list[Any]] = [["2026-01-03", 3], ["2026-01-01", 1], ["2026-01-02", None], [None, 9]]
    line = only(charts(schema, rows), "line")
    assert line.option["series"][0]["data"] == [
        ["2026-01-01", 1], ["2026-01-02", None], ["2026-01-03", 3],
    ]  # fmt: skip
    assert line.option["series"][0]["connectNulls"] is False
    assert line.option["xAxis"]["type"] == "time"
    assert line.caption == (
        "n over day. 1 value is missing: a gap. 1 row without a value is not shown."
    )
    assert line.summary == (
        "A line chart of n over day. 2 points from 2026-01-01 to 2026-01-03: lowest 1 at"
        " 2026-01-01, highest 3 at 2026-01-03, without a clear direction."
    )


def test_a_missing_pair_is_a_gap() -> None:
    schema = Schema.of(day="DATE", city="VARCHAR", n="BIGINT")
    rows: list[list[Any]] = [
        ["2026-01-01", "a", 1],
        ["2026-01-02", "a", 2],
        ["2026-01-02", None, 5],
    ]
    line = only(charts(schema, rows), "line")
    assert [one["name"] for one in line.option["series"]] == ["a", "no value"]
    assert line.option["series"][1]["data"] == [["2026-01-01", None], ["2026-01-02", 5]]
    assert line.option["legend"]


def test_the_rest_is_one_bar_only_where_it_is_asked_for() -> None:
    schema = Schema.of(city="VARCHAR", n="BIGINT")
    rows: list[list[Any]] = [[f"c{i:02}", i + 1] for i in range(40)]
    bars = only(charts(schema, rows), "bar")
    assert bars.option["series"][0]["data"] == list(range(40, 10, -1))
    assert bars.option["yAxis"]["data"][0] == "c39"
    assert bars.option["yAxis"]["inverse"] is True
    assert bars.caption == "n by city. The 30 longest are shown; 10 more are not."
    both = only(charts(schema, rows, Choice(top=30, others=True)), "bar")
    assert both.option["series"][0]["data"][-1] == sum(range(1, 11))
    assert both.option["yAxis"]["data"][-1] == "others"
    assert both.caption == "n by city. The 30 longest are shown; 10 more are together in one."


def test_colours_of_cells_turn_at_zero() -> None:
    schema = Schema.of(a="VARCHAR", b="VARCHAR", n="BIGINT")
    rows: list[list[Any]] = [["x", "p", -2], ["x", "q", 5], ["y", "p", 1], ["y", "q", None]]
    cells = only(charts(schema, rows), "heatmap")
    assert cells.option["visualMap"]["min"] == -5
    assert cells.option["visualMap"]["inRange"]["color"] == list(DIVERGING)
    assert cells.option["series"][0]["data"] == [[0, 0, -2], [0, 1, 5], [1, 0, 1]]
    rows[0][2] = 2
    cells = only(charts(schema, rows), "heatmap")
    assert cells.option["visualMap"]["inRange"]["color"] == list(SCALE)
    assert cells.summary == (
        "A heat map of n by a and b: 3 cells, highest 5 at x, q, lowest 1 at y, p."
    )


def test_boxes_are_those_of_tukey() -> None:
    schema = Schema.of(v="DOUBLE")
    rows: list[list[Any]] = [[float(v)] for v in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100)]
    box = only(charts(schema, rows), "boxplot")
    assert box.option["series"][0]["data"] == [[1, 3.5, 6, 8.5, 10]]
    assert box.option["series"][1]["data"] == [[0, 100]]


@pytest.mark.parametrize("n", [2, 6])
def test_shares(n: int) -> None:
    schema = Schema.of(kind="VARCHAR", n="BIGINT")
    pie = only(charts(schema, [[f"k{i}", i + 1] for i in range(n)]), "pie")
    assert len(pie.option["series"][0]["data"]) == n
    assert pie.option["series"][0]["data"][0] == {"name": f"k{n - 1}", "value": n}
    assert not [one for one in charts(schema, [[f"k{i}", i + 1] for i in range(7)])
                if one.kind == "pie"]  # fmt: skip
