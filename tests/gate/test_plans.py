"""Kept plans: the same question is planned once, and no plan is stale or another's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.gate import Counter, Gate, resolve
from doumen.gate.plans import Plans
from doumen.gate.stages import Asked, Known, Planned, Ruled
from doumen.kits.evidence.receipt import read_receipt
from doumen.kits.sql import Lineage, parse
from doumen.model.actor import Actor
from doumen.model.errors import NotFound, OverBudget, Refused
from doumen.model.fact import Facts
from doumen.model.job import Job, Query
from doumen.model.plan import QueryPlan
from doumen.session import Node, Session, create
from doumen.session.node import silent

RULES = """
rules:
  - id: own
    permit: query
    who: {role: analyst}
    on: p.t
    duties: [{filter: "city = actor.city"}]
  - id: all
    permit: query
    who: {actor: care}
    for: [research]
    on: p.t
  - id: names
    deny: query
    who: {role: analyst}
    on: {label: name}
  - {id: ends, permit: query, who: {role: guest}, on: p.t, until: 2030-05-01}
  - {id: groups, permit: query, who: {role: counter}, on: p.t, duties: [min_group: 2]}
  - {id: twice, permit: query, who: {role: few}, on: p.t, duties: [count: 2]}
"""
ROWS = "id,city,name\n1,Oslo,Ann\n2,Oslo,Bob\n3,Bergen,Cyn\n"
ASK = "SELECT id FROM p.t ORDER BY id"
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("plans")
    create(folder / "node", "plans")
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        (folder / "t.csv").write_text(ROWS)
        owner.do("collect", path=folder / "t.csv", as_dataset="p.t")
        (folder / "rules.yaml").write_text(RULES)
        owner.do("actor add", name="care", purpose=("research",))
        owner.do("rule add", file=folder / "rules.yaml")
        yield opened


@pytest.fixture
def session(node: Node, request: pytest.FixtureRequest) -> Callable[..., Session]:
    """An actor of this test, made anew with what is given."""

    def give(name: str = "", **given: Any) -> Session:
        named = f"{request.node.name.replace('_', '')[:50]}{name}"
        node.session().do("actor add", name=named, **given)
        return node.session(named, given.get("purpose", (None,))[0])

    return give


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that went through the second station, so that were planned anew."""
    seen: list[str] = []
    real = resolve.resolve

    def resolved(asked: Asked, *rest: Any) -> Any:
        seen.append(asked.query.sql)
        return real(asked, *rest)

    monkeypatch.setattr(resolve, "resolve", resolved)
    return seen


def ids(session: Session, values: tuple[Any, ...] = (), sql: str = ASK) -> list[int]:
    return [row[0] for row in session.query(sql, values).rows()]


def test_the_same_question_is_planned_once(
    session: Callable[..., Session], planned: list[str]
) -> None:
    ana = session(role=("analyst",), claim=("city=Oslo",))
    assert [ids(ana) for _ in range(3)] == [[1, 2]] * 3
    ana.explain(ASK)
    assert planned == [ASK]
    ids(ana, sql=ASK + " ")
    assert len(planned) == 2


def test_parameters_and_time_are_put_in_anew(
    node: Node, session: Callable[..., Session], planned: list[str]
) -> None:
    ana = session(role=("analyst",), claim=("city=Oslo",))
    sql = "SELECT id FROM p.t WHERE id = ?"
    assert [ids(ana, (n,), sql) for n in (1, 2, 3, 1)] == [[1], [2], [], [1]]
    assert len(planned) == 1
    clock = [NOON]
    desk = Counter(Gate(replace(node.means, clock=lambda: clock[0])), "owner", None, silent)
    for minutes in range(3):
        clock[0] = NOON + timedelta(minutes=minutes)
        assert desk.query("SELECT now() AS t FROM p.t LIMIT 1").rows() == [(clock[0],)]
    assert len(planned) == 2


def test_actors_have_plans_of_their_own(node: Node, session: Callable[..., Session]) -> None:
    oslo = session("a", role=("analyst",), claim=("city=Oslo",))
    bergen = session("b", role=("analyst",), claim=("city=Bergen",))
    nobody = session("c")
    assert [ids(oslo), ids(bergen), ids(oslo), ids(node.session())] == [
        [1, 2], [3], [1, 2], [1, 2, 3]]  # fmt: skip
    with pytest.raises(NotFound):
        ids(nobody)
    with pytest.raises(Refused):
        oslo.query("SELECT getvariable('x')")


def test_a_plan_is_of_one_purpose(node: Node) -> None:
    assert ids(node.session("care", "research")) == [1, 2, 3]
    with pytest.raises(Refused):
        ids(node.session("care"))
    assert ids(node.session("care", "research")) == [1, 2, 3]
    with pytest.raises(Refused):
        ids(node.session("care"))


def test_other_claims_and_roles_are_another_plan(session: Callable[..., Session]) -> None:
    ana = session(claim=("city=Oslo",))
    with pytest.raises(NotFound):
        ids(ana)
    assert ids(session(role=("analyst",))) == [1, 2]
    assert ids(session(claim=("city=Bergen",))) == [3]
    assert ids(ana) == [3]


def test_a_change_of_rules_is_another_plan(
    node: Node, session: Callable[..., Session], tmp_path: Path
) -> None:
    ana = session(role=("mine",))
    rule = "rules: [{{id: mine, permit: query, who: {{role: mine}}, on: p.t{}}}]"
    found = []
    for duties in ("", ', duties: [filter: "id > 1"]', ", duties: [limit: 1]"):
        (tmp_path / "r.yaml").write_text(rule.format(duties))
        node.session().do("rule add", file=tmp_path / "r.yaml")
        found.append(ids(ana))
    assert found == [[1, 2, 3], [2, 3], [1]]
    node.session().do("rule remove", id="mine")
    with pytest.raises(NotFound):
        ids(ana)


def test_a_label_is_another_plan(node: Node, session: Callable[..., Session]) -> None:
    ana = session(role=("analyst",), claim=("city=Oslo",))
    star = "SELECT * FROM p.t"
    assert ana.query(star).schema.names == ("id", "city", "name")
    node.session().do("label set", target="p.t.name", label="name")
    assert ana.query(star).schema.names == ("id", "city")
    with pytest.raises(Refused):
        ana.query("SELECT name FROM p.t")
    node.session().do("label remove", target="p.t.name", label="name")
    assert ana.query(star).schema.names == ("id", "city", "name")


def test_new_rows_are_another_plan(
    node: Node, session: Callable[..., Session], tmp_path: Path
) -> None:
    ana = session(role=("reader",))
    (tmp_path / "r.yaml").write_text(
        "rules: [{id: reader, permit: query, who: {role: reader}, on: 'p.*'}]"
    )
    node.session().do("rule add", file=tmp_path / "r.yaml")
    counts = []
    for number in range(3):
        (tmp_path / "u.csv").write_text(f"n\n{number}\n")
        node.session().do("collect", path=tmp_path / "u.csv", as_dataset="p.u", append=True)
        counts.append(ids(ana, sql="SELECT count(*) FROM p.u"))
    assert counts == [[1], [2], [3]]


def test_a_rule_that_ends_is_another_plan(node: Node, session: Callable[..., Session]) -> None:
    name = session(role=("guest",)).desk.actor.name

    def at(moment: datetime) -> list[int]:
        means = replace(node.means, clock=lambda: moment)
        return [row[0] for row in Counter(Gate(means), name, None, silent).query(ASK).rows()]

    assert at(NOON) == [1, 2, 3]
    assert at(NOON.replace(hour=23, minute=59)) == [1, 2, 3]
    with pytest.raises(NotFound):
        at(NOON + timedelta(hours=12))
    assert at(NOON) == [1, 2, 3]


def test_what_sys_shows_is_never_kept(session: Callable[..., Session]) -> None:
    ana = session(role=("analyst",), claim=("city=Oslo",))
    sql = "SELECT count(*) FROM sys.events"
    counts = [ids(ana, sql=sql)[0] for _ in range(3)]
    assert counts == sorted(set(counts))


def test_minimum_groups_look_at_parameters_each_time(session: Callable[..., Session]) -> None:
    ana = session(role=("counter",))
    sql = "SELECT count(*) FROM p.t WHERE id > ?"
    assert ids(ana, (0,), sql) == [3]
    with pytest.raises(Refused):
        ids(ana, ("x",), sql)
    assert ids(ana, (1,), sql) == [2]


def test_a_plan_that_was_kept_is_counted(session: Callable[..., Session]) -> None:
    ana = session(role=("few",))
    assert [ids(ana), ids(ana)] == [[1, 2, 3]] * 2
    with pytest.raises(OverBudget):
        ids(ana)


def test_a_replay_plans_anew_and_under_its_own_facts(
    session: Callable[..., Session], planned: list[str]
) -> None:
    ana = session(role=("analyst",), claim=("city=Oslo",))
    answer = ana.query(ASK)
    assert answer.rows() == [(1,), (2,)]
    receipt = read_receipt(ana.desk.receipt(answer.receipt))
    session(role=("analyst",), claim=("city=Bergen",))
    assert ids(ana) == [3]
    before = len(planned)
    assert ana.desk.replay(receipt).exact
    assert len(planned) == before + 1
    assert ids(ana) == [3]


def asked(**changes: Any) -> Asked:
    """A question that differs from others in what is given."""
    given: dict[str, Any] = {"actor": "a", "purpose": None, "agreement": None, "now": NOON}
    given |= {"sql": "SELECT 1", **changes}
    query = Query(given["sql"], given.get("parameters", ()))
    job = Job(given["actor"], query, given["purpose"], given["agreement"])
    return Asked(job, query, parse(given["sql"]), given["now"])


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "b"},
        {"purpose": "research"},
        {"sql": "SELECT 1 "},
        {"agreement": "g"},
        {"now": NOON + timedelta(days=1)},
    ],
)
def test_all_that_a_plan_depends_on_is_in_its_key(change: dict[str, Any]) -> None:
    assert Plans.key(asked(**change), 1) != Plans.key(asked(), 1)
    assert Plans.key(asked(), 2) != Plans.key(asked(), 1)
    same = asked(now=NOON + timedelta(hours=1), parameters=(1,))
    assert Plans.key(same, 1) == Plans.key(asked(), 1)


def test_the_plans_used_least_lately_go() -> None:
    plans = Plans(kept=2)
    one, two, three = (asked(sql=f"SELECT {n}") for n in range(3))
    for question in (one, two):
        plans.keep(Plans.key(question, 1), plan_of(question))
    assert plans.find(Plans.key(one, 1), one) is not None
    plans.keep(Plans.key(three, 1), plan_of(three))
    assert plans.find(Plans.key(two, 1), two) is None
    found = plans.find(Plans.key(one, 1), asked(sql="SELECT 0", parameters=(7,)))
    assert found is not None
    assert found.plan.parameters == found.ruled.known.asked.query.parameters == (7,)


def test_plans_of_earlier_facts_go() -> None:
    plans = Plans()
    one = asked()
    plans.keep(Plans.key(one, 1), plan_of(one))
    plans.keep(Plans.key(one, 2), plan_of(one))
    plans.keep(Plans.key(one, 1), plan_of(one))
    assert plans.find(Plans.key(one, 1), one) is None
    assert plans.find(Plans.key(one, 2), one) is not None


def plan_of(question: Asked) -> Planned:
    known = Known(question, Actor("a"), Facts(), {}, {})
    plan = QueryPlan(question.query.sql, (), question.now.replace(tzinfo=None))
    return Planned(Ruled(known, {}, Lineage((), frozenset()), {}), plan)
