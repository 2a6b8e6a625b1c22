"""The verb: asked through the gate, told with its receipt."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doumen.model.errors import Invalid
from doumen.model.operation import Table, Text
from doumen.rooms.analyse.charting import propose_for
from doumen.rooms.analyse.operations import OPERATIONS

SQL = "select date '2026-01-01' + n::int as day, n * 2 as late from range(9) t(n)"


def test_charts_of_an_answer(bench: Any) -> None:
    desk = bench.desk(answer=bench.answer(SQL, truncated=True))
    outcome = propose_for(desk, sql="select …", param=("7",))
    assert bench.asked(desk) == [("query", "select …", (7,))]
    told = json.loads(json.dumps(outcome.json))
    (verb,) = [one for one in OPERATIONS if one.name == ("chart", "propose")]
    assert tuple(told) == verb.gives
    assert [chart["kind"] for chart in told["charts"]] == ["line"]
    assert told["charts"][0]["option"]["series"][0]["data"][1] == ["2026-01-02", 2]
    assert told["rows"] == 9
    assert told["truncated"] is True
    assert told["receipt"] == "01RECEIPT"
    table, summary = outcome.drawn
    assert isinstance(table, Table)
    assert table.rows == (("line", "day, late", "one column of time and one number: a line"),)
    assert isinstance(summary, Text)
    assert summary.text.startswith("A line chart of late over day. 9 points from 2026-01-01")
    assert outcome.said[0] == "Receipt 01RECEIPT"


def test_where_there_is_none_it_says_why(bench: Any) -> None:
    desk = bench.desk(answer=bench.answer("select 1 as n"))
    outcome = propose_for(desk, sql="…")
    assert outcome.json["charts"] == []
    assert outcome.json["reasons"] == ["One row is read as it stands."]
    assert outcome.drawn == ()
    assert outcome.said[:2] == ("No chart is proposed.", "One row is read as it stands.")


def test_bars_are_chosen(bench: Any) -> None:
    desk = bench.desk(answer=bench.answer("select 'c' || n as city, n + 1 as n from range(9) t(n)"))
    (bar,) = propose_for(desk, sql="…", top=2, others=True).json["charts"]
    assert bar["option"]["series"][0]["data"] == [9, 8, 28]


@pytest.mark.parametrize("top", [0, 201])
def test_bars_that_nobody_reads(bench: Any, top: int) -> None:
    desk = bench.desk()
    with pytest.raises(Invalid, match="A chart has 1 to 200 bars"):
        propose_for(desk, sql="…", top=top)
    assert bench.asked(desk) == []
