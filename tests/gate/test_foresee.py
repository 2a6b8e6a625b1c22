"""Before a rule is changed, at the gate: counts as Python finds them, rows for who may see them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

import doumen
from doumen.gate import Counter, Gate
from doumen.kits import policy
from doumen.model.actor import Actor
from doumen.model.errors import Invalid, NotFound, OverBudget, Refused
from doumen.model.fact import Fact
from doumen.model.foreseen import Foreseen, Seer
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.session import Node, create
from doumen.session.node import silent

ROWS = [(n, f"138{n:04}", ("Rome", "Oslo", None)[n % 3]) for n in range(30)]
ANA = Actor("ana", roles=frozenset({"analyst"}), purposes=frozenset({"research"}))
PERMIT = "{id: read, permit: query, who: {role: analyst}, on: g.people, duties: [%s]}"
ROME, MASK = (
    "{filter: \"city = 'Rome'\"}",
    "{mask: {column: phone, method: partial, keep_start: 3}}",
)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("foresee")
    create(folder / "node", "airport")
    lines = [",".join("" if v is None else str(v) for v in row) for row in ROWS]
    (folder / "people.csv").write_text("\n".join(["id,phone,city", *lines]) + "\n")
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        owner.do("collect", path=folder / "people.csv", as_dataset="g.people")
        for name, role in (("sue", "steward"), ("tom", "auditor"), ("ana", "analyst")):
            owner.do("actor add", name=name, role=(role,), purpose=("research",))
        yield opened


@pytest.fixture(autouse=True)
def nothing(node: Node) -> Iterator[None]:
    """Rules are of one test."""
    yield
    rules = list(node.means.catalog.current().all("rule"))
    if rules:
        node.gate.amend("owner", [Fact("rule", key, None) for key, _ in rules], "test")


def facts(*rules: str) -> list[Fact]:
    """Rules of a document as facts."""
    read = policy.read_rules("rules:\n" + "\n".join(f"  - {rule}" for rule in rules))
    return [Fact("rule", rule.id, policy.rule_as_json(rule)) for rule in read]


def foresee(
    node: Node, changes: list[Fact], by: str = "owner", rows: int = 3, **said: Any
) -> Foreseen:
    gate = Gate(replace(node.means, **said.pop("means", {})))
    desk = Counter(gate, by, said.pop("own", None), silent)
    ref, seer = said.pop("ref", "g.people"), said.pop("seer", ANA)
    return desk.foresee(changes, Ref.parse(ref), Seer(seer, said.pop("purpose", None)), rows)


def events(node: Node) -> list[dict[str, Any]]:
    with node.means.database.read() as connection:
        return [json.loads(each) for each in node.means.ledger.entries(connection, 0, None)]


def test_a_first_rule_opens_what_was_absent(node: Node) -> None:
    found = foresee(node, facts(PERMIT % f"{ROME}, {MASK}"))
    rome = [row for row in ROWS if row[2] == "Rome"]
    assert found.before.error is not None
    assert found.before.error.code == "not-found.dataset"
    assert (found.all, found.gained, found.lost) == (30, len(rome), 0)
    assert found.after.rows == len(rome)
    assert found.after.filters == (("read", "city = 'Rome'"),)
    assert {one.name: one.mask is None for one in found.after.columns} == {
        "id": True, "phone": False, "city": True,
    }  # fmt: skip
    assert found.before.sample is None
    sample = found.after.sample
    assert sample is not None
    shown = {(id, phone.rstrip("*"), city) for id, phone, city in sample.rows}
    assert len(shown) == 3
    assert shown <= {(id, "138", city) for id, _, city in rome}


def test_a_stricter_rule_loses_rows_and_nothing_is_changed(node: Node) -> None:
    node.gate.amend("owner", facts(PERMIT % MASK), "test")
    version = node.means.catalog.current().version
    found = foresee(node, facts(PERMIT % ROME))
    assert (found.before.rows, found.after.rows) == (30, 10)
    assert (found.all, found.gained, found.lost) == (30, 0, 20)
    assert node.means.catalog.current().version == version
    gone = foresee(node, [Fact("rule", "read", None)])
    assert gone.after.error is not None
    assert (gone.gained, gone.lost) == (0, 30)
    same = foresee(node, [])
    assert (same.gained, same.lost) == (0, 0)
    assert same.before.columns == same.after.columns


def test_single_rows_are_refused_where_only_groups_may_be_asked_for(node: Node) -> None:
    node.gate.amend("owner", facts(PERMIT % ""), "test")
    found = foresee(node, facts(PERMIT % "{min_group: 5}"))
    assert found.after.groups == ((5, None, "read"),)
    assert found.after.sample is not None
    assert found.after.sample.error is not None
    assert found.after.sample.error.code == "refused.construct"
    assert found.lost == 30
    assert len(found.receipts) == 2


def test_what_nobody_may_see_is_not_counted(node: Node) -> None:
    before = len(events(node))
    found = foresee(node, [])
    assert (found.all, found.gained, found.lost, found.receipts) == (None, 0, 0, ())
    assert len(events(node)) == before


def test_the_purpose_of_who_would_see_it_counts(node: Node) -> None:
    changes = facts(PERMIT.replace("duties", "for: [research], duties") % "")
    assert foresee(node, changes, purpose="research").after.rows == 30
    refused = foresee(node, changes).after.error
    assert refused is not None
    assert refused.code == "refused.purpose"
    with pytest.raises(Invalid, match="no purpose `gossip`"):
        foresee(node, changes, purpose="gossip")


def test_rows_are_shown_to_who_sees_all_of_them_only(node: Node) -> None:
    changes = facts(PERMIT % ROME)
    told = foresee(node, changes, by="sue")
    assert (told.gained, told.after.sample) == (10, None)
    part = "{id: sues, permit: query, who: {actor: sue}, on: g.people, duties: [%s]}"
    node.gate.amend("owner", facts(part % MASK), "test")
    assert foresee(node, changes, by="sue").after.sample is None
    node.gate.amend("owner", facts(part % ""), "test")
    shown = foresee(node, changes, by="sue").after.sample
    assert shown is not None
    assert len(shown.rows) == 3
    assert foresee(node, changes, by="sue", rows=0).after.sample is None
    column = "{id: sues, permit: query, who: {actor: sue}, on: {column: g.people.id}}"
    node.gate.amend("owner", facts(column), "test")
    assert foresee(node, changes, by="sue").after.sample is None


@pytest.mark.parametrize("by", ["tom", "ana"])
def test_others_may_not(node: Node, by: str) -> None:
    with pytest.raises(Refused, match="Only owner and steward"):
        foresee(node, facts(PERMIT % ""), by=by)


def test_no_dataset_no_preview(node: Node) -> None:
    with pytest.raises(NotFound, match=r"There is no dataset `g\.nothing`"):
        foresee(node, [], ref="g.nothing")


def test_it_is_the_askers_job_and_charged_to_nobody_else(node: Node) -> None:
    before = len(events(node))
    found = foresee(node, facts(PERMIT % "{count: 1}"))
    assert found.after.counts == ((1, "read"),)
    fresh = events(node)[before:]
    assert [(e["type"], e["actor"], e["subject"]) for e in fresh] == [
        ("query", "owner", "preview of rules")
    ] * 2
    assert {charge["account"] for e in fresh for charge in e["charges"]} == {"actor:owner"}
    assert [e["id"] for e in fresh] == list(found.receipts)


def test_a_look_that_fails_is_recorded(node: Node) -> None:
    changes = facts(PERMIT % "")
    engine = Tired(node.means.engine)
    with pytest.raises(OverBudget):
        foresee(node, changes, means={"engine": engine})
    assert events(node)[-1]["type"] == "query.failed"
    assert events(node)[-1]["actor"] == "owner"


class Tired:
    """An engine that counts and gives no rows."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Callable[..., Any]:
        found: Callable[..., Any] = getattr(self._engine, name)
        return found

    def query(self, plan: Any, actor: str) -> Any:
        if "LIMIT" in plan.statement:
            raise OverBudget(msg("Enough."), detail="time")
        return self._engine.query(plan, actor)
