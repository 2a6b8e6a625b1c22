"""Completion: what the asker may know, and a digest of just that."""

from __future__ import annotations

from typing import Any, cast

from tests.desks import CONTRACT, FakeDesk

from doumen.model.fact import Fact
from doumen.model.operation import Table
from doumen.rooms.analyse.completing import complete

BODY: dict[str, Any] = {
    "kind": "table",
    "columns": [{"name": "id", "type": "BIGINT"}, {"name": "day", "type": "DATE"}],
    "version": 1,
    "files": [],
}


def desk(**changes: Any) -> Any:
    made = FakeDesk()
    made.keep(
        Fact("dataset", "transport.flights", {**BODY, **changes}),
        Fact("dataset", "transport.flights__quarantine", {**BODY, "kind": "quarantine"}),
        Fact("dataset", "lab.bare", BODY),
        Fact("contract", "transport.flights", {"version": "1.0.0", "text": CONTRACT, "hash": ""}),
    )
    return cast("Any", made)


def test_what_may_be_written() -> None:
    told = complete(desk()).json
    assert told["datasets"]["transport.flights"] == [
        {"name": "id", "type": "BIGINT", "title": None},
        {"name": "day", "type": "DATE", "title": "Day of departure"},
    ]
    assert [column["title"] for column in told["datasets"]["lab.bare"]] == [None, None]
    assert "transport.flights__quarantine" not in told["datasets"]
    assert {"name": "subject", "type": "VARCHAR", "title": None} in told["datasets"]["sys.events"]
    found = {one["name"]: one for one in told["functions"]}
    assert found["sum"]["signature"] == "sum(arg)"
    assert found["sum"]["kind"] == "aggregate"
    assert "read_csv" not in found
    assert len(told["digest"]) == 64


def test_the_digest_is_of_the_content() -> None:
    first = complete(desk()).json["digest"]
    assert complete(desk(version=7, files=["f"])).json["digest"] == first
    assert complete(desk(columns=BODY["columns"][:1])).json["digest"] != first


def test_what_is_drawn() -> None:
    (table,) = complete(desk()).drawn
    assert isinstance(table, Table)
    assert ("transport.flights", "day", "DATE", "Day of departure") in table.rows
