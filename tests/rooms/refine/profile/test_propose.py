from __future__ import annotations

import json
from typing import Any, cast

import pytest
from tests.desks import FakeDesk
from tests.rooms.refine.profile.test_run import at

from doumen.gate.desk import Desk
from doumen.kits.quality import checks, identifiers
from doumen.kits.standards import odcs
from doumen.kits.standards.odcs.adding import add_rules
from doumen.model.fact import Fact
from doumen.model.proposal import PROPOSAL, REFUSED, Proposal
from doumen.rooms.refine.profile import rules as rules_module
from doumen.rooms.refine.profile.propose import propose
from doumen.rooms.refine.proposals.worded import words

ORDERS = """
    SELECT i AS id, 'C-' || lpad((i * 7919 % 100000)::VARCHAR, 5, '0') AS code,
        ['paid', 'open', 'sent'][1 + i % 3] AS state, (i * 31 % 400) / 10.0 AS price,
        DATE '2026-01-01' + (i % 300)::INT AS ordered,
        DATE '2026-01-01' + (i % 300)::INT + (i % 11)::INT AS sent,
        CASE WHEN i % 9 = 0 THEN NULL ELSE repeat('x', (i % 37)::INT) || ' y' END AS note,
        'a%' || (i % 40) AS customer_id, i // 4 AS basket, i % 4 AS line
    FROM range(ROWS) r(i)
"""
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: o-1
name: Orders
version: 1.0.0
status: active
domain: a
schema:
  - name: t
    properties:
      - {name: id, physicalType: BIGINT, logicalType: integer}
      - {name: code, logicalType: string}
      - {name: state, logicalType: string}
      - {name: price, physicalType: "DECIMAL(38,1)", logicalType: number}
      - {name: ordered, logicalType: date}
      - {name: sent, logicalType: date}
      - {name: note, logicalType: string}
      - {name: customer_id, logicalType: string}
      - {name: basket, physicalType: BIGINT, logicalType: integer}
      - {name: line, physicalType: BIGINT, logicalType: integer}
"""

CLIENTS = """\
apiVersion: v3.1.0
kind: DataContract
id: c-1
name: Clients
version: 1.0.0
status: active
domain: b
schema:
  - name: clients
    properties:
      - {name: cid, logicalType: string, primaryKey: true}
"""


def orders(rows: int = 3000) -> tuple[Desk, FakeDesk]:
    desk, fake = at(ORDERS.replace("ROWS", str(rows)))
    fake.engine.execute("CREATE TABLE a.customers AS SELECT DISTINCT customer_id AS id FROM a.t")
    fake.engine.execute(
        "CREATE SCHEMA b; CREATE TABLE b.clients AS SELECT id AS cid FROM a.customers"
    )
    fake.engine.execute("CREATE TABLE b.names AS SELECT id AS customer_id FROM a.customers")
    fake.land("b.clients", 40)
    fake.agree("b.clients", CLIENTS)
    return desk, fake


def proposed(outcome: Any) -> dict[tuple[str | None, str], dict[str, Any]]:
    return {(one["column"], one["evidence"]["rule"]): one for one in outcome.json["proposals"]}


def test_rules_are_proposed_with_what_speaks_for_them() -> None:
    desk, fake = orders()
    outcome = propose(desk, "a.t")
    found = proposed(outcome)
    assert found["id", "unique"]["change"] == {"set": ["unique", True]}
    assert found["state", "set"]["change"]["quality"]["arguments"] == {
        "validValues": ["open", "paid", "sent"]
    }
    assert found["code", "pattern"]["change"]["quality"]["arguments"] == {"pattern": "C-[0-9]{5}"}
    assert found["price", "minimum"]["change"] == {"set": ["logicalTypeOptions.minimum", 0]}
    assert found["price", "maximum"]["change"] == {"set": ["logicalTypeOptions.maximum", 80]}
    assert found[None, "compare"]["change"]["quality"]["implementation"] == {
        "check": "compare", "left": "ordered", "operator": "<=", "right": "sent",
    }  # fmt: skip
    assert found["customer_id", "reference"]["change"] == {
        "set": ["relationships", [{
            "to": "clients.cid",
            "customProperties": [{"property": "doumenDataset", "value": "b.clients"}],
        }]]
    }  # fmt: skip
    assert ("note", "required") not in found
    assert ("note", "pattern") not in found
    assert ("note", "max_length") in found
    one = found["state", "set"]
    assert one["evidence"]["rows"] == one["evidence"]["holding"] == 3000
    assert one["evidence"]["share"] == 1
    assert one["evidence"]["receipt"] in outcome.json["receipts"]
    assert 0 < one["confidence"] < 1
    assert one["by"] == "owner"
    kept = dict(fake.facts().all(PROPOSAL))
    assert set(kept) == {one["key"] for one in outcome.json["proposals"]}
    assert outcome.json["new"] == len(kept)
    for body in kept.values():
        assert str(words(Proposal.of_json(body)))
    values = {"paid", "open", "sent", "C-", "x y", "a%"}
    assert not any(value in json.dumps(p["evidence"]) for p in kept.values() for value in values)


def test_what_is_accepted_can_be_written_into_a_contract_and_is_not_proposed_again() -> None:
    desk, fake = orders()
    fake.agree("a.t", CONTRACT)
    text = CONTRACT
    for one in propose(desk, "a.t").json["proposals"]:
        if "quality" in one["change"]:
            text = add_rules(text, [(one["column"], one["change"]["quality"])])
        else:
            field, value = one["change"]["set"]
            text = odcs.edit(text, [(f"columns.{one['column']}.{field}", value)])
    fake.agree("a.t", text)
    again = propose(desk, "a.t")
    assert again.json["proposals"] == []
    assert again.json["new"] == 0
    assert again.drawn == ()


def test_what_was_there_once_is_not_written_again_whatever_became_of_it() -> None:
    desk, fake = orders()
    first = propose(desk, "a.t").json
    refused = first["proposals"][0]
    body = fake.facts().body(PROPOSAL, refused["key"])
    assert body is not None
    fake.keep(Fact(PROPOSAL, refused["key"], {**body, "state": REFUSED}))
    before = len(fake.kept)
    second = propose(desk, "a.t").json
    assert second["new"] == 0
    assert len(fake.kept) == before
    assert not any(one["new"] for one in second["proposals"])


def test_few_rows_propose_nothing() -> None:
    desk, fake = orders(rows=400)
    assert propose(desk, "a.t").json["proposals"] == []
    assert not list(fake.facts().all(PROPOSAL))


def test_columns_that_are_seen_by_a_mask_are_left_out() -> None:
    desk, fake = orders()
    fake.shown = {"state": "hash", "sent": "null"}
    columns = {one["column"] for one in propose(desk, "a.t").json["proposals"]}
    rules = {one["evidence"]["rule"] for one in propose(desk, "a.t").json["proposals"]}
    assert "state" not in columns
    assert "code" in columns
    assert "compare" not in rules


def test_a_key_of_two_is_proposed_where_there_is_none_of_one() -> None:
    desk, fake = at("SELECT i // 40 AS basket, i % 40 AS line, i % 5 AS x FROM range(4000) r(i)")
    found = proposed(propose(desk, "a.t"))
    assert found[None, "composite"]["change"]["quality"] == {
        "metric": "duplicateValues",
        "mustBe": 0,
        "arguments": {"properties": ["basket", "line"]},
    }
    fake.engine.execute("INSERT INTO a.t VALUES (1, 1, 1)")
    assert (None, "composite") not in proposed(propose(desk, "a.t"))


def test_a_reference_needs_every_value_to_be_a_key_there() -> None:
    desk, fake = orders()
    fake.engine.execute("DELETE FROM b.clients WHERE cid = 'a%7'")
    assert ("customer_id", "reference") not in proposed(propose(desk, "a.t"))


def test_a_name_that_says_the_same_leads_to_a_key_that_nobody_declared() -> None:
    desk, fake = at("SELECT i % 100 AS o_orderkey, i AS n FROM range(3000) r(i)")
    fake.engine.execute("CREATE TABLE a.orders AS SELECT i AS orderkey FROM range(200) r(i)")
    fake.land("a.orders", 200)
    found = proposed(propose(desk, "a.t"))
    assert found["o_orderkey", "reference"]["change"] == {
        "set": ["relationships", [{"to": "orders.orderkey"}]]
    }
    assert not found["o_orderkey", "reference"]["evidence"]["declared"]
    fake.engine.execute("INSERT INTO a.orders VALUES (1)")
    assert ("o_orderkey", "reference") not in proposed(propose(desk, "a.t"))


def test_a_reference_stays_in_its_domain_where_another_has_the_same_keys() -> None:
    fake = FakeDesk()
    for domain in ("a", "b", "c"):
        fake.engine.execute(f"CREATE SCHEMA {domain}")
        fake.engine.execute(f"CREATE TABLE {domain}.orders AS SELECT i AS id FROM range(200) r(i)")
        fake.land(f"{domain}.orders", 200)
    fake.engine.execute("CREATE TABLE b.t AS SELECT i % 100 AS o_id, i AS n FROM range(3000) r(i)")
    fake.land("b.t", 3000)
    found = proposed(propose(cast("Desk", fake), "b.t"))
    assert found["o_id", "reference"]["change"] == {"set": ["relationships", [{"to": "orders.id"}]]}


def test_an_identifier_is_proposed_once_there_is_a_check_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from doumen.rooms.refine.profile.figures import ColumnProfile, Profile

    class Scheme:
        name = "even"

        def invalid(self, text: str) -> str:
            return f"{text} IS NULL"

    figures = {"nulls": 0, "looks": {"as": "even", "share": 1.0}, "distinct": 900}
    column = ColumnProfile("x", "VARCHAR", "text", figures)
    monkeypatch.setattr(identifiers, "BY_NAME", {"even": Scheme()})
    monkeypatch.setattr(checks, "BY_NAME", {"identifier": None})
    drafts = list(rules_module.column_drafts(Profile("a.t", 1000, (column,))))
    assert [draft.kind for draft in drafts] == ["required", "identifier"]
    assert drafts[1].broken == '"x" IS NULL'
    rule = drafts[1].change["quality"]
    assert rule["implementation"] == {"check": "identifier", "scheme": "even"}
    one = Proposal("rule", "a.t", "x", cast("Any", drafts[1].change))
    assert str(words(one)) == "is a valid even"
