from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doumen.kits import sql
from doumen.model.fact import Fact
from doumen.model.operation import Fields, Table
from doumen.rooms.discover.describe import describe, list_all

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

NAME = "transport.flights"


def test_a_dataset_is_told_of(desk: Desk, fake: Any) -> None:
    fake.land("transport.flights__quarantine", 1200)
    outcome = describe(desk, NAME)
    told = outcome.json
    assert told["name"] == "Flights"
    assert told["description"] == "All flights"
    assert told["contract"] == {"version": "1.0.0", "status": "active"}
    assert (told["rows"], told["snapshot"]) == (3, 0)
    assert told["quarantine"] == {"dataset": "transport.flights__quarantine", "rows": 1200}
    assert told["columns"][3] == {
        "name": "delay", "type": "DECIMAL(10,2)", "description": None, "unit": "min",
        "labels": [], "rules": [">= -100", "<= 1500"], "from": [],
    }  # fmt: skip
    assert told["columns"][1]["labels"] == ["personal"]
    assert told["rules"] == [
        "origin: reference to airports.faa", "id: primary key", "rowCount = 1 … 100",
    ]  # fmt: skip
    fields, table = outcome.drawn
    assert isinstance(fields, Fields)
    assert isinstance(table, Table)
    drawn = dict(fields.pairs)
    assert drawn["contract"] == "version 1.0.0, active"
    assert drawn["quarantine"] == "1,200 rows in transport.flights__quarantine"
    assert table.rows[3][:2] == ("delay", "DECIMAL(10,2) [min]")
    assert told["query"] == 'doumen query "SELECT id, tailnum, day FROM transport.flights LIMIT 10"'


def test_a_derived_dataset_tells_where_it_comes_from(desk: Desk, fake: Any) -> None:
    fake.engine.execute('CREATE SCHEMA ana; CREATE TABLE ana.late AS SELECT 1 AS "n of"')
    fake.land("ana.late", 1, derived=True, sources=[NAME], creator="ana")
    lineage = {"n of": {"projection": [f"{NAME}.id"], "influence": []}}
    fake.keep(Fact("lineage", "ana.late", {"columns": lineage}))
    outcome = describe(desk, "ana.late")
    assert outcome.json["derived"] is True
    assert outcome.json["sources"] == [NAME]
    assert outcome.json["columns"][0]["from"] == [f"{NAME}.id"]
    fields, table = outcome.drawn
    assert isinstance(fields, Fields)
    assert isinstance(table, Table)
    assert dict(fields.pairs)["derived from"] == (NAME,)
    assert table.rows[0][-1] == (f"{NAME}.id",)
    assert outcome.json["query"] == 'doumen query "SELECT \\"n of\\" FROM ana.late LIMIT 10"'


def test_what_may_not_be_known_is_not_told(desk: Desk, fake: Any) -> None:
    hidden = {"kind": "table", "columns": [], "version": 0, "files": [], "sources": []}
    fake.keep(Fact("dataset", "a.b", hidden))
    outcome = describe(desk, "a.b")
    assert outcome.json["rows"] is None
    assert outcome.json["contract"] is None
    fields = outcome.drawn[0]
    assert isinstance(fields, Fields)
    assert [name for name, _ in fields.pairs] == ["try"]


def test_the_query_told_can_be_asked(desk: Desk) -> None:
    query = describe(desk, NAME).json["query"]
    assert sql.parse(query.removeprefix('doumen query "').removesuffix('"'))


def test_the_list_leaves_quarantines_out(desk: Desk, fake: Any) -> None:
    fake.land("transport.flights__quarantine", 1)
    outcome = list_all(desk)
    assert [(d["dataset"], d["rows"], d["columns"]) for d in outcome.json["datasets"]] == [
        ("transport.airports", 2, 1),
        ("transport.flights", 3, 5),
    ]
    assert outcome.json["datasets"][1]["description"] == "All flights"
    assert outcome.said == ()
    fake.kept.clear()
    assert list_all(desk).said == ("There is no dataset that you may know of.",)
