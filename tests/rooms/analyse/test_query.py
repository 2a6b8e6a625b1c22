"""Query: the frozen JSON shapes, what is drawn, what is said, and what is never asked."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from doumen.model.answer import NOTICES, Explained, Made
from doumen.model.errors import Invalid
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.life import Notice
from doumen.model.message import msg
from doumen.model.operation import Outcome, Table, Text
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.rooms.analyse.operations import OPERATIONS
from doumen.rooms.analyse.query import SHOWN, moment, query, scalar


def as_json(outcome: Outcome) -> Any:
    return json.loads(json.dumps(dict(outcome.json), default=list, allow_nan=False))


def test_an_answer(bench: Any) -> None:
    sql = "select 'JFK' as origin, 111279 as n union all select null, 2"
    desk = bench.desk(answer=bench.answer(sql))
    outcome = query(desk, sql="select …", param=("JFK", "7"))
    assert bench.asked(desk) == [("query", "select …", ("JFK", 7))]
    assert as_json(outcome) == {
        "columns": [{"name": "origin", "type": "VARCHAR"}, {"name": "n", "type": "INTEGER"}],
        "rows": [["JFK", 111279], [None, 2]],
        "truncated": False,
        "receipt": "01RECEIPT",
    }
    assert list(outcome.json) == ["columns", "rows", "truncated", "receipt"]
    assert outcome.drawn == (Table((msg("origin"), msg("n")), (("JFK", 111279), ("NULL", 2))),)
    assert outcome.said == (
        "2 rows.",
        "Receipt 01RECEIPT",
        "Verify it: doumen receipt verify 01RECEIPT",
    )


def test_a_long_answer_is_drawn_in_part_and_written_whole(bench: Any) -> None:
    desk = bench.desk(answer=bench.answer(f"from range({SHOWN + 1})", truncated=True))
    outcome = query(desk, sql="…")
    table, more = outcome.drawn
    assert isinstance(table, Table)
    assert len(table.rows) == SHOWN
    assert more == Text("… 1 more row, use -o FILE")
    assert len(as_json(outcome)["rows"]) == SHOWN + 1
    assert outcome.json["truncated"] is True
    assert "The limit of a rule cut the answer." in outcome.said


def test_cells_of_lists_and_truths(bench: Any) -> None:
    sql = "select [1] as l, true as t, 1.50::decimal(9,2) as d, 9007199254740993 as b, '7' as s"
    (table,) = query(bench.desk(answer=bench.answer(sql)), sql="…").drawn
    assert isinstance(table, Table)
    assert table.rows == (("[1]", "true", Decimal("1.50"), Decimal(9007199254740993), "7"),)


def test_into_a_file(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    outcome = query(bench.desk(answer=bench.answer("select 1 as a")), sql="…", output=path)
    assert as_json(outcome) == {
        "file": str(path),
        "columns": [{"name": "a", "type": "INTEGER"}],
        "rows": 1,
        "truncated": False,
        "receipt": "01RECEIPT",
    }
    assert outcome.drawn == ()
    assert outcome.said[0] == f"1 row written to {path}."
    assert path.exists()


def test_into_a_dataset(bench: Any) -> None:
    made = Made(Ref("a", "b"), 1234, 1234, 0, (), 3, "01R")
    desk = bench.desk(made=made)
    outcome = query(desk, sql="select 1", into="A.b", param=("x",))
    assert bench.asked(desk) == [("derive", "select 1", Ref("a", "b"), ("x",))]
    assert as_json(outcome) == {"dataset": "a.b", "rows": 1234, "snapshot": 3, "receipt": "01R"}
    assert outcome.said[0] == "1,234 rows written to a.b, snapshot 3."


def test_explained_runs_nothing(bench: Any, tmp_path: Path) -> None:
    explained = Explained(
        statement="select tailnum from transport.flights",
        tables=(
            {
                "dataset": "transport.flights",
                "columns": [{"name": "tailnum", "type": "VARCHAR", "shown": "masked: hash"}],
                "rows": "filtered",
                "rules": [{"id": "r1", "duties": ["filter", "mask tailnum"]}],
            },
            {"dataset": "sys.rules", "columns": [], "rows": "all", "rules": []},
        ),
        charges=(
            {"account": "actor:ana", "unit": "queries", "amount": 1},
            {"account": "actor:ana", "unit": "rows", "amount": None},
        ),
        columns=Schema.of(tailnum="VARCHAR"),
    )
    desk = bench.desk(explained=explained)
    outcome = query(desk, sql="…", explain=True, output=tmp_path / "x.csv")
    assert bench.asked(desk) == [("explain", "…", ())]
    assert list(tmp_path.iterdir()) == []
    assert as_json(outcome)["statement"] == explained.statement
    assert as_json(outcome)["charges"][1]["amount"] is None
    titles = [d.title for d in outcome.drawn if isinstance(d, Table)]
    assert titles == [
        "transport.flights: filtered rows",
        None,
        "sys.rules: all rows",
        "Answer",
        "Charges",
    ]
    assert outcome.drawn[-1] == Text(explained.statement)


def test_explained_says_which_rules_deny(bench: Any) -> None:
    rules = [{"id": "no", "duties": []}, {"id": "yes", "duties": []}]
    table = {"dataset": "a.b", "columns": [], "rows": "all", "rules": rules}
    facts = Facts().extended(
        FactRow(n, Fact("rule", id, {effect: "query"}), "e", "")
        for n, (id, effect) in enumerate([("no", "deny"), ("yes", "permit")], 1)
    )
    explained = Explained("…", (table,), (), Schema.of(a="VARCHAR"))
    outcome = query(bench.desk(explained=explained, known=facts), sql="…", explain=True)
    told = outcome.drawn[1]
    assert isinstance(told, Table)
    assert told.rows == (("no", "denies", ""), ("yes", "permits", "none"))


def test_until_when_an_answer_may_be_kept_is_told(bench: Any, tmp_path: Path) -> None:
    day = date(2026, 12, 31)
    told = query(bench.desk(answer=bench.answer("select 1 as n", expires=day)), sql="…")
    assert as_json(told)["expires"] == "2026-12-31"
    assert "It may be kept until 2026-12-31 (UTC)." in told.said
    file = tmp_path / "x.json"
    query(bench.desk(answer=bench.answer("select 1 as n", expires=day)), sql="…", output=file)
    assert json.loads(file.read_text())["expires"] == "2026-12-31"


def test_what_is_said_of_a_deprecated_dataset_is_told(bench: Any, tmp_path: Path) -> None:
    notice = Notice("d.t", "d.u", "2026-12-31")
    shape = {"dataset": "d.t", "state": "deprecated", "successor": "d.u", "until": "2026-12-31"}
    told = query(bench.desk(answer=bench.answer("select 1 as n", notices=(notice,))), sql="…")
    assert as_json(told)["notices"] == [shape]
    assert any("`d.t` is deprecated" in str(one) for one in told.said)
    for form in ("json", "parquet"):
        file = tmp_path / f"x.{form}"
        answer = bench.answer("select 1 as n", notices=(notice,))
        query(bench.desk(answer=answer), sql="…", output=file)
    assert json.loads((tmp_path / "x.json").read_text())["notices"] == [shape]
    kept = pq.read_metadata(tmp_path / "x.parquet").metadata[NOTICES]
    assert json.loads(kept) == [shape]


def test_explained_says_what_is_left_of_a_count_and_until_when(bench: Any) -> None:
    counted = {"account": "rule:r", "unit": "queries", "amount": 1, "left": 7}
    explained = Explained("…", (), (counted,), Schema.of(a="VARCHAR"), "2026-12-31")
    outcome = query(bench.desk(explained=explained), sql="…", explain=True)
    assert as_json(outcome)["expires"] == "2026-12-31"
    charges = outcome.drawn[-2]
    assert isinstance(charges, Table)
    assert charges.columns[-1] == "left today"
    assert charges.rows == (("rule:r", "queries", 1, 7),)


@pytest.mark.parametrize(
    "more",
    [{"into": "a.b", "output": Path("x.csv")}, {"into": "nodot"}, {"output": Path("x.doc")}],
)
def test_misuse_is_told_before_the_gate_is_asked(bench: Any, more: dict[str, Any]) -> None:
    desk = bench.desk()
    with pytest.raises(Invalid):
        query(desk, sql="…", **more)
    assert bench.asked(desk) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("-1.5", -1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("null", None),
        ('"7"', "7"),
        ("007", "007"),
        ("JFK", "JFK"),
        ("", ""),
        ("NaN", "NaN"),
        ("[1]", "[1]"),
        ("{}", "{}"),
        ("[" * 100_000, "[" * 100_000),
        ("2013-01-01", "2013-01-01"),
    ],
    ids=lambda v: str(v)[:12],
)
def test_a_parameter_as_typed(text: str, value: Any) -> None:
    read = scalar(text)
    assert read == value
    assert type(read) is type(value)


def test_the_table_names_the_parameters_of_the_function() -> None:
    operation = OPERATIONS[0]
    names = list(query.__annotations__)
    assert [p.name for p in operation.params] == names[1:-1]


@pytest.mark.parametrize(
    ("text", "value"),
    [(None, None), ("3", 3), ("2026-01-31", datetime(2026, 1, 31)),
     ("2026-01-31T08:00:00Z", datetime(2026, 1, 31, 8, tzinfo=UTC))],
)  # fmt: skip
def test_a_version_or_a_moment_as_typed(text: str | None, value: Any) -> None:
    assert moment(text) == value
    for odd in ("soon", "-1", "2026-13-01", "³"):
        with pytest.raises(Invalid, match="no version and no moment"):
            moment(odd)
