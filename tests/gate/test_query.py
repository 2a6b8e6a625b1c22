"""A question through the six stations."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import DoumenError, Faulty, Invalid, NotFound, OverBudget, Refused
from doumen.model.message import msg


def last_event(world: Any) -> dict[str, Any]:
    entries = list(world.owner.desk.entries())
    event: dict[str, Any] = json.loads(entries[-1])
    return event


def test_two_actors_ask_the_same_and_each_sees_what_they_may(world: Any) -> None:
    statement = "SELECT * FROM g.people ORDER BY id"
    assert world.owner.query(statement).rows()[0] == (1, "Ann", "Wenzhou", 31)
    answer = world.as_("ana").query(statement)
    assert answer.schema.names == ("id", "name", "city")
    assert answer.rows() == [(1, "A**", "Wenzhou"), (2, "B**", "Ningbo"), (4, "D**", "Wenzhou")]
    assert answer.truncated


def test_a_limit_cuts_the_final_result_only(world: Any) -> None:
    assert world.as_("ana").query("SELECT count(*) FROM g.people").rows() == [(4,)]


def test_the_event_says_what_was_read_and_by_which_rules(world: Any) -> None:
    answer = world.as_("ana", "research").query("SELECT city FROM g.people WHERE id = ?", [2])
    assert answer.rows() == [("Ningbo",)]
    event = last_event(world)
    assert event["id"] == answer.receipt
    assert (event["type"], event["actor"], event["purpose"]) == ("query", "ana", "research")
    assert event["used"] == [{"dataset": "g.people", "version": event["used"][0]["version"]}]
    assert "read" in event["data"]["rules"]
    assert event["data"]["lineage"] == [
        {"name": "city", "projection": ["g.people.city"], "influence": ["g.people.id"]}
    ]
    assert {"account": "actor:ana", "unit": "rows", "amount": 1} in event["charges"]
    receipt = read_receipt(world.owner.desk.receipt(answer.receipt))
    told = {rule["rule"]: rule["duties"] for rule in receipt.rules}
    assert told["read"]
    assert "Lishui" not in str(told)


def test_a_denied_column_is_refused_by_name_and_left_out_of_a_star(world: Any) -> None:
    for statement in ("SELECT age FROM g.people", "SELECT p.age FROM g.people p"):
        with pytest.raises(Refused) as caught:
            world.as_("ana").query(statement)
        assert caught.value.rule == "no-age"
    assert last_event(world)["data"]["rule"] == "no-age"


def test_an_unknown_column_is_named_with_those_that_exist(world: Any) -> None:
    with pytest.raises(Invalid) as caught:
        world.as_("ana").query("SELECT agee FROM g.people")
    assert "age," not in str(caught.value.as_json())


def test_an_unknown_column_of_one_table_is_not_the_denied_one_of_another(world: Any) -> None:
    with pytest.raises(DoumenError) as caught:
        world.as_("ana").query("SELECT x.age FROM g.people p, sys.rules x")
    assert caught.value.rule is None


@pytest.mark.parametrize("table", ["g.nothing", "sys.nothing"])
def test_what_is_absent_is_not_found(world: Any, table: str) -> None:
    with pytest.raises(NotFound):
        world.owner.query(f"SELECT * FROM {table}")
    assert last_event(world)["type"] == "query.refused"


def test_without_a_rule_nothing_exists(world: Any) -> None:
    world.owner.do("actor add", name="zoe")
    with pytest.raises(NotFound):
        world.as_("zoe").query("SELECT * FROM g.people")


def test_no_such_actor(world: Any) -> None:
    with pytest.raises(NotFound):
        world.as_("nobody")


def test_parameters_must_fit(world: Any) -> None:
    with pytest.raises(Invalid) as caught:
        world.owner.query("SELECT id FROM g.people WHERE id = ?")
    assert caught.value.code == "invalid.parameters"


def test_a_failing_statement_is_an_event_and_a_charge(world: Any) -> None:
    with pytest.raises(Faulty):
        world.owner.query("SELECT CAST(name AS INTEGER) AS n FROM g.people").rows()
    event = last_event(world)
    assert event["type"] == "query.failed"
    assert event["charges"] == [{"account": "actor:owner", "unit": "queries", "amount": 1}]


def test_an_engine_that_fails_at_once_is_an_event(world: Any, broken_engine: Any) -> None:
    engine = broken_engine(world.node.engine, error=OverBudget(msg("Too much."), detail="memory"))
    with pytest.raises(OverBudget):
        world.before(engine).query("SELECT 1 AS n")
    assert last_event(world)["data"]["code"] == "over-budget.memory"


def test_an_engine_that_reads_something_else_refuses(world: Any, broken_engine: Any) -> None:
    engine = broken_engine(world.node.engine, error=Refused(msg("No."), detail="construct"))
    with pytest.raises(Refused):
        world.before(engine).query("SELECT 1 AS n")
    assert last_event(world)["type"] == "query.refused"


def test_explain_tells_and_leaves_nothing(world: Any) -> None:
    size = len(list(world.owner.desk.entries()))
    told = world.as_("ana").explain("SELECT name, city FROM g.people")
    assert [(c.name, c.type) for c in told.columns] == [("name", "VARCHAR"), ("city", "VARCHAR")]
    assert told.tables[0]["rows"] == "filtered"
    assert told.tables[0]["columns"][0] == {"name": "id", "type": "BIGINT", "shown": "as it is"}
    assert "Lishui" not in str(told)
    assert "Lishui" in str(world.as_("stu").desk.facts().body("rule", "read"))
    assert len(list(world.owner.desk.entries())) == size


def test_sys_tables_tell_each_their_own(world: Any) -> None:
    world.as_("ana").query("SELECT 1 AS n").rows()
    own = world.as_("ana").query("SELECT DISTINCT actor FROM sys.events").rows()
    assert own == [("ana",)]
    everyone = {row[0] for row in world.as_("vera").query(
        "SELECT DISTINCT actor FROM sys.events").rows()}  # fmt: skip
    assert {"ana", "owner"} <= everyone
    assert world.as_("vera").query("SELECT count(*) > 0 FROM sys.charges").rows() == [(True,)]
    datasets = world.owner.query("SELECT dataset, rows FROM sys.datasets").rows()
    assert ("g.people", 5) in datasets
    assert world.as_("ana").query("SELECT rows, version FROM sys.datasets").rows()[0][0] is None
    columns = world.as_("ana").query(
        "SELECT \"column\" FROM sys.columns WHERE dataset = 'g.people' ORDER BY position"
    ).rows()  # fmt: skip
    assert ("city",) in columns
    duties = world.as_("ana").query("SELECT duties FROM sys.rules WHERE rule = 'read'").rows()
    assert "Lishui" not in str(duties)
    until = world.owner.query("SELECT until, who FROM sys.rules WHERE rule = 'read'").rows()
    assert until == [(None, "role analyst")]


def test_a_purpose_must_be_on_the_list(world: Any) -> None:
    with pytest.raises(Invalid, match="no purpose"):
        world.as_("owner", "nothing").query("SELECT 1 AS n")
