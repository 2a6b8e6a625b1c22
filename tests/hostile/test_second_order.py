"""What statements cannot reach by themselves: verbs, derived datasets, receipts, time, others."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import json
import threading
from typing import Any

import pytest

from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.model.ref import Ref


def asked(session: Any, statement: str) -> tuple[list[Any], str]:
    """Rows and the id of the receipt."""
    answer = session.query(statement)
    return answer.rows(), answer.receipt


def rule(world: Any, text: str) -> None:
    """Add rules as the owner."""
    path = world.folder / "more.yaml"
    path.write_text(f"rules:\n{text}\n")
    world.owner.do("rule add", file=path)


HIDDEN_OR_ABSENT = (
    "SELECT * FROM {}",
    "SELECT * FROM h.known, {}",
    "SELECT * FROM {}, h.zzz",
    "SELECT k FROM h.aimed UNION SELECT k FROM {}",
    "SELECT nothing FROM {}",
    "SELECT * FROM {} WHERE 1 / 0 = 1",
)


@pytest.mark.parametrize("purpose", [None, "research", "marketing"])
@pytest.mark.parametrize("statement", HIDDEN_OR_ABSENT)
@pytest.mark.parametrize(("hidden", "absent"), [("h.closed", "h.clozed"), ("h.zclosed", "h.znone")])
def test_existence(world: Any, purpose: str, statement: str, hidden: str, absent: str) -> None:
    ana = world.as_("ana", purpose)
    told = [world.outcome(ana, statement.format(n))[1].replace(n, "N") for n in (hidden, absent)]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("describe", {"dataset": "h.closed"}),
        ("contract show", {"dataset": "h.closed"}),
        ("contract history", {"dataset": "h.closed"}),
        ("contract test", {"dataset": "h.closed"}),
        ("label list", {"dataset": "h.closed"}),
        ("label set", {"target": "h.closed.k", "label": "x"}),
        ("rule explain", {"id": "nobody"}),
    ],
)
def test_verbs_on_what_is_hidden(world: Any, verb: str, given: dict[str, str]) -> None:
    absent = {k: v.replace("closed", "clozed") for k, v in given.items()}
    told = []
    for parameters in (given, absent):
        with pytest.raises(DoumenError) as caught:
            world.as_("ana").do(verb, **parameters)
        told.append(str(caught.value.as_json()).replace("clozed", "closed"))
    assert told[0] == told[1]


@pytest.mark.parametrize("verb", ["dataset list", "rule list", "label list", "actor list"])
def test_lists_tell_no_canary(world: Any, verb: str) -> None:
    told = world.as_("ana").do(verb)
    text = str(told.json) + str(told.drawn) + str(told.said)
    assert not [secret for secret in world.forbidden if secret in text]
    assert "closed" not in text
    assert "unseen" not in text


def test_history_of_facts_is_as_they_are_now(world: Any) -> None:
    for actor in ("ana", "vera"):
        desk = world.as_(actor).desk
        assert "Lishui" not in str(desk.history("rule", "people"))
        assert len(desk.history("rule", "people")) == 1
    ana = world.as_("ana").desk
    assert "parquet" not in str(ana.history("dataset", "h.people"))
    assert "unseen" not in str(ana.history("dataset", "h.people"))
    assert not ana.history("dataset", "h.closed")
    assert not ana.history("contract", "h.people")
    assert "Lishui" in str(world.as_("stu").desk.history("rule", "people"))


def test_rules_in_explanation_and_receipt_name_no_unknown_column(world: Any) -> None:
    rule(
        world,
        "  - id: wide\n    permit: query\n    who: {role: analyst}\n    on: h.*\n    duties:\n"
        '      - mask: {column: unseen, method: "null"}\n'
        '      - mask: {column: k, method: "null"}\n',
    )
    try:
        ana = world.as_("ana")
        explained = ana.explain("SELECT id FROM h.people")
        assert "unseen" not in repr(explained)
        _, receipt = asked(ana, "SELECT id FROM h.people")
        assert "unseen" not in str(read_receipt(ana.desk.receipt(receipt)))
    finally:
        world.owner.do("rule remove", id="wide")


@pytest.mark.parametrize("actor", ["ana", "vera"])
def test_a_receipt_with_another_statement_is_not_replayed(world: Any, actor: str) -> None:
    session = world.as_(actor)
    by = world.as_("ana") if actor == "ana" else world.owner
    _, id = asked(by, "SELECT count(*) FROM h.visits")
    receipt = read_receipt(session.desk.receipt(id))
    forged = dict(receipt.disclosed) | {"statement": "SELECT * FROM h.people WHERE name > 'A'"}
    with pytest.raises(DoumenError, match="something else than the ledger"):
        session.desk.replay(dataclasses.replace(receipt, disclosed=forged))
    salted = dict(receipt.disclosed) | {"parameters": [["integer", "1"]]}
    with pytest.raises(DoumenError, match="something else than the ledger"):
        session.desk.replay(dataclasses.replace(receipt, disclosed=salted))
    assert session.desk.replay(receipt).exact


def test_receipts_of_others_do_not_exist(world: Any) -> None:
    _, id = asked(world.as_("bea"), "SELECT count(*) FROM h.visits")
    desk = world.as_("ana").desk
    told = []
    for name in (id, "0" * 26):
        for verb in (desk.receipt, desk.prove):
            with pytest.raises(NotFound) as caught:
                verb(name)
            told.append(str(caught.value.as_json()).replace(name, "ID"))
    assert len(set(told)) == 1
    with pytest.raises(Refused):
        desk.replay(read_receipt(world.as_("bea").desk.receipt(id)))
    with pytest.raises(Refused):
        list(desk.entries())
    with pytest.raises(Refused):
        desk.inspect()


def test_an_auditor_reads_no_rows(world: Any) -> None:
    vera = world.as_("vera")
    for statement in ("SELECT * FROM h.people", "SELECT * FROM h.closed"):
        with pytest.raises(Refused):
            vera.query(statement)
    told = str(vera.query("SELECT * FROM sys.events").rows())
    assert "CANARY" not in told


def test_the_ledger_holds_no_canary(world: Any) -> None:
    world.outcome(world.as_("ana"), "SELECT id FROM h.people WHERE name = 'CANARY' AND 666013 > id")
    ledger = b"".join(world.owner.desk.entries()).decode()
    assert "CANARY" not in ledger
    assert "666013" not in ledger


@pytest.mark.parametrize(
    "value",
    [[1], {"a": 1}, b"x", decimal.Decimal(1), dt.date(2020, 1, 1), dt.timedelta(1), object(), (1,)],
)
def test_parameters_of_odd_types(world: Any, value: Any) -> None:
    with pytest.raises(Invalid, match="Parameter 1"):
        world.as_("ana").query("SELECT ?", [value])


@pytest.mark.parametrize(
    "into", ["h.people", "h.new", "sys.rules", "main.a", "bea.a", "ana.y__quarantine"]
)
def test_names_that_one_may_not_derive_into(world: Any, into: str) -> None:
    with pytest.raises(Refused):
        world.as_("ana").derive("SELECT 1 AS a", into)


def test_derived_data_keep_masks_denials_and_filters(world: Any) -> None:
    ana = world.as_("ana")
    ana.derive("SELECT *, city || code AS mixed FROM h.people", "ana.copy")
    assert "CANARY" not in str(ana.query("SELECT * FROM ana.copy").rows())
    owner = world.owner
    owner.derive("SELECT id, secret AS s, salary + 0 AS pay, name FROM h.people", "h.made")
    rule(world, "  - {id: made, permit: query, who: {role: analyst}, on: h.made}")
    with pytest.raises(Refused, match="no-secret"):
        ana.query("SELECT s FROM h.made")
    assert {row[0] for row in ana.query("SELECT pay FROM h.made").rows()} == {None}
    with pytest.raises(NotFound):
        world.as_("stu").query("SELECT * FROM ana.none")
    assert "ana.copy" not in str(world.as_("bea").query("SELECT * FROM sys.datasets").rows())


def test_what_was_derived_closes_with_its_source(world: Any) -> None:
    ana = world.as_("ana")
    ana.derive("SELECT count(*) AS n FROM h.visits", "ana.counted")
    rule(world, "  - {id: shut, deny: query, who: {role: analyst}, on: h.visits}")
    try:
        for statement in ("SELECT * FROM ana.counted", "SELECT 1 FROM h.visits"):
            with pytest.raises(Refused):
                ana.query(statement)
    finally:
        world.owner.do("rule remove", id="shut")
    assert ana.query("SELECT * FROM ana.counted").rows() == [(3,)]


def test_deriving_again_takes_no_label_off(world: Any) -> None:
    ana, steward = world.as_("ana"), world.as_("stu")
    world.owner.do("label set", target="h.visits.cost", label="core")
    ana.derive("SELECT cost, visit FROM h.visits", "ana.labelled")
    steward.do("label set", target="ana.labelled.cost", label="reviewed")
    ana.derive("SELECT cost, visit FROM h.visits", "ana.labelled")
    facts = world.owner.desk.facts()
    assert facts.labels(Ref("ana", "labelled"), "cost") == {"core", "reviewed"}


SHEDDING = {
    "alias": 'SELECT z FROM (SELECT cost AS "\u017f", visit AS s, "\u017f" + 1 AS z FROM h.visits)',
    "derived": 'SELECT s AS z FROM (SELECT visit, visit AS "\u017f", cost AS s FROM h.visits)',
    "renamed": "SELECT (SELECT max(a) FROM (SELECT visit AS a, cost AS a FROM h.visits) p(x)) AS z "
    "FROM (SELECT visit AS a FROM h.visits) o",
}


@pytest.mark.parametrize("how", SHEDDING)
def test_labels_are_not_shed_by_names(world: Any, how: str) -> None:
    world.owner.do("label set", target="h.visits.cost", label="core")
    world.as_("ana").derive(SHEDDING[how], f"ana.shed_{how}")
    assert "core" in world.owner.desk.facts().labels(Ref("ana", f"shed_{how}"), "z")


def test_a_changed_rule_holds_for_the_next_statement(world: Any) -> None:
    bea = world.as_("bea")
    world.put("h.moving", id=[1, 2, 3], word=["1", "2", "3"])
    seen = []
    for filter in ("id = 1", "id = 2", "word = '3'", "id = 1.0", "id > 1 AND word <> '2'"):
        rule(
            world,
            "  - id: moving\n    permit: query\n    who: {actor: bea}\n    on: h.moving\n"
            f'    duties:\n      - filter: "{filter}"',
        )
        seen.append([row[0] for row in bea.query("SELECT id FROM h.moving ORDER BY id").rows()])
    assert seen == [[1], [2], [3], [1], [3]]
    rule(
        world,
        "  - {id: moving, permit: query, who: {actor: bea}, on: h.moving, until: 2020-01-01}",
    )
    with pytest.raises(NotFound):
        bea.query("SELECT id FROM h.moving")


@pytest.mark.parametrize(
    "filter",
    [
        "1 / id = 1", "CAST(code AS INT) = 1", "id IN (SELECT 1)", "true) OR (true",
        "getvariable('mask_outer') = 'a'", "id = 1; SELECT 1", "random() < 1",
        "h.people.id = 1", "id = 99999999999999999999999999999999999999999", "rowid = 1",
        "id = 1 UNION SELECT 1", "code = 1", "regexp_matches(code, '(')",
    ],
)  # fmt: skip
def test_hostile_filters_of_a_steward(world: Any, filter: str) -> None:
    path = world.folder / "bad.yaml"
    path.write_text(
        "rules:\n  - id: bad\n    permit: query\n    who: {actor: bea}\n    on: h.people\n"
        f"    duties:\n      - filter: {json.dumps(filter)}\n"
    )
    before = world.as_("bea").query("SELECT id FROM h.people ORDER BY id").rows()
    with pytest.raises(DoumenError):
        world.as_("stu").do("rule add", file=path)
    assert world.as_("bea").query("SELECT id FROM h.people ORDER BY id").rows() == before


def test_two_actors_at_once(world: Any) -> None:
    wrong: list[str] = []

    def ask(actor: str, expected: int) -> None:
        session = world.as_(actor)
        for _ in range(8):
            rows = session.query("SELECT * FROM h.people").rows()
            if len(rows) != expected or (actor == "ana" and "CANARY" in str(rows)):
                wrong.append(f"{actor}: {rows}")

    threads = [threading.Thread(target=ask, args=pair) for pair in (("ana", 3), ("owner", 5)) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_an_actor_named_like_a_domain(world: Any) -> None:
    for name in ("h", "H", "sys", "main", "owner", "temp"):
        with pytest.raises(DoumenError):
            world.owner.do("actor add", name=name)
