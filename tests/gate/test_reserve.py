"""Counted queries: never more than the number, whoever asks at once; what was run counts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from tests import forked

import doumen
from doumen.gate import Counter, Gate
from doumen.gate.desk import Desk
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Conflict, DoumenError, Faulty, Invalid, OverBudget, Refused
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.session import Node, create
from doumen.session.node import silent

RULES = """
rules:
  - {{id: five, permit: query, who: {{role: five}}, on: c.t, duties: [count: 5]}}
  - {{id: two, permit: query, who: {{role: two}}, on: c.t, duties: [count: 2]}}
  - {{id: none, permit: query, who: {{role: none}}, on: c.t, duties: [count: 0]}}
  - {{id: other, permit: query, who: {{role: other}}, on: c.u, duties: [count: 3]}}
  - {{id: until, permit: query, who: {{role: until}}, on: c.t, until: {until}, duties: [count: 9]}}
"""
DAY = datetime(2030, 5, 1, 12, tzinfo=UTC)
ASK = "SELECT count(*) FROM c.t"


def make(folder: Path) -> Path:
    """A node with two datasets and the rules above."""
    create(folder / "node", "counts")
    with doumen.open(folder / "node") as node:
        owner = node.session()
        for name, rows in (("t", "a,b\n1,x\n2,y\n"), ("u", "a\n1\n")):
            (folder / f"{name}.csv").write_text(rows)
            owner.do("collect", path=folder / f"{name}.csv", as_dataset=f"c.{name}")
        (folder / "rules.yaml").write_text(RULES.format(until="2030-05-01"))
        owner.do("rule add", file=folder / "rules.yaml")
    return folder / "node"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with doumen.open(make(tmp_path_factory.mktemp("reserve"))) as opened:
        yield opened


@pytest.fixture
def actor(node: Node, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Adds an actor of this test with some roles."""

    def add(*roles: str) -> str:
        name = f"a{abs(hash(request.node.name)) % 10**9}"
        node.session().do("actor add", name=name, role=roles)
        return name

    return add


def at(node: Node, actor: str, moment: datetime | None, **means: Any) -> Counter:
    """An actor before the gate at a time."""
    if moment is not None:
        means["clock"] = lambda: moment
    return Counter(Gate(replace(node.means, **means)), actor, None, silent)


def events(node: Node, actor: str) -> list[dict[str, Any]]:
    entries = map(json.loads, node.session().desk.entries())
    return [event for event in entries if event["actor"] == actor]


def counted(node: Node, actor: str, rule: str) -> int:
    """What the ledger says was charged to a rule, all days together."""
    return sum(
        charge["amount"]
        for event in events(node, actor)
        for charge in event["charges"]
        if charge["account"].startswith(f"rule:{rule}/actor:{actor}/")
    )


def left(desk: Desk, sql: str = ASK) -> list[int]:
    return [int(charge["left"]) for charge in desk.explain(sql).charges if "left" in charge]


def test_so_many_and_no_more(node: Node, actor: Callable[..., str]) -> None:
    desk = node.session(actor("five")).desk
    assert left(desk) == [5]
    for n in range(5):
        assert desk.query(ASK).rows() == [(2,)]
        assert left(desk) == [4 - n]
    with pytest.raises(OverBudget) as caught:
        desk.query(ASK)
    assert caught.value.code == "over-budget.count"
    assert caught.value.rule == "five"
    assert "5 queries a day" in str(caught.value)
    name = desk.actor.name
    assert counted(node, name, "five") == 5
    refusal = events(node, name)[-1]
    assert (refusal["type"], refusal["charges"]) == ("query.refused", [])
    assert refusal["data"]["rule"] == "five"


def test_the_answer_names_its_reservation(node: Node, actor: Callable[..., str]) -> None:
    desk = node.session(actor("five")).desk
    receipt_id = desk.query(ASK).receipt
    reserved, answered = events(node, desk.actor.name)[-2:]
    assert reserved["type"] == "query.reserved"
    assert answered["data"]["reserved"] == reserved["id"]
    assert answered["id"] == receipt_id
    assert reserved["data"]["statement"] == answered["data"]["statement"]
    receipt = read_receipt(desk.receipt(reserved["id"]))
    assert receipt.disclosed["statement"] == ASK
    assert [rule["rule"] for rule in receipt.rules] == ["five"]


def test_a_query_that_fails_counts(node: Node, actor: Callable[..., str]) -> None:
    desk = node.session(actor("two")).desk
    for _ in range(2):
        with pytest.raises(Faulty):
            desk.query("SELECT CAST(b AS INTEGER) AS n FROM c.t").rows()
    failed = events(node, desk.actor.name)[-1]
    assert failed["type"] == "query.failed"
    assert failed["data"]["reserved"]
    with pytest.raises(OverBudget):
        desk.query(ASK)


def test_one_that_cannot_be_begun_counts(
    node: Node, actor: Callable[..., str], broken_engine: Any
) -> None:
    engine = broken_engine(node.engine, error=OverBudget(msg("Too much."), detail="memory"))
    desk = at(node, actor("two"), None, engine=engine)
    with pytest.raises(OverBudget, match="Too much"):
        desk.query(ASK)
    assert counted(node, desk.actor.name, "two") == 1


def test_refusals_and_explanations_are_free(node: Node, actor: Callable[..., str]) -> None:
    desk = node.session(actor("two")).desk
    for _ in range(3):
        desk.explain(ASK)
        with pytest.raises(DoumenError):
            desk.query("SELECT count(*) FROM c.u")
        with pytest.raises(Refused):
            desk.query("SELECT getenv('HOME') FROM c.t")
        with pytest.raises(Invalid):
            desk.query("SELECT nothing FROM c.t")
    assert left(desk) == [2]
    assert counted(node, desk.actor.name, "two") == 0


def test_a_replay_is_free(node: Node, actor: Callable[..., str]) -> None:
    desk = node.session(actor("two")).desk
    answer = desk.query(ASK)
    answer.rows()
    receipt = read_receipt(desk.receipt(answer.receipt))
    for _ in range(3):
        assert desk.replay(receipt).exact
    assert left(desk) == [1]


def test_none_at_all(node: Node, actor: Callable[..., str]) -> None:
    desk = node.session(actor("none")).desk
    with pytest.raises(OverBudget, match="0 queries"):
        desk.query(ASK)


def test_each_rule_counts_its_own_and_all_hold(node: Node, actor: Callable[..., str]) -> None:
    desk = node.session(actor("five", "two", "other")).desk
    desk.query("SELECT count(*) FROM c.u").rows()
    assert left(desk) == [2, 5]
    desk.query("SELECT t.a FROM c.t JOIN c.u ON t.a = u.a").rows()
    desk.query(ASK).rows()
    with pytest.raises(OverBudget) as caught:
        desk.query(ASK)
    assert caught.value.rule == "two"
    name = desk.actor.name
    assert [counted(node, name, rule) for rule in ("five", "two", "other")] == [2, 2, 2]
    desk.query("SELECT count(*) FROM c.u").rows()
    with pytest.raises(OverBudget) as caught:
        desk.query("SELECT count(*) FROM c.u")
    assert caught.value.rule == "other"


def test_the_day_turns_at_midnight_utc(node: Node, actor: Callable[..., str]) -> None:
    name = actor("two")
    late = DAY.replace(hour=23, minute=59, second=59, microsecond=999_999)
    for _ in range(2):
        at(node, name, late).query(ASK).rows()
    with pytest.raises(OverBudget):
        at(node, name, late).query(ASK)
    west = late.astimezone(timezone(timedelta(hours=-11)))
    with pytest.raises(OverBudget):
        at(node, name, west).query(ASK)
    midnight = late + timedelta(microseconds=1)
    assert left(at(node, name, midnight)) == [2]
    at(node, name, midnight).query(ASK).rows()
    accounts = {c["account"] for e in events(node, name) for c in e["charges"]}
    assert accounts >= {f"rule:two/actor:{name}/day:{d}" for d in ("2030-05-01", "2030-05-02")}


def test_other_actors_have_counts_of_their_own(node: Node, actor: Callable[..., str]) -> None:
    one = node.session(actor("two")).desk
    node.session().do("actor add", name="another", role=("two",))
    for desk in (one, node.session("another").desk):
        for _ in range(2):
            desk.query(ASK).rows()
        with pytest.raises(OverBudget):
            desk.query(ASK)


def test_what_is_derived_counts(node: Node, actor: Callable[..., str], tmp_path: Path) -> None:
    name = actor("two")
    desk = node.session(name).desk
    desk.derive("SELECT a FROM c.t", Ref(name, "derived"))
    made = events(node, name)[-1]
    assert made["type"] == "derive"
    assert made["data"]["reserved"]
    assert left(desk) == [1]
    (tmp_path / "f.csv").write_text("a\n1\n")
    node.session().do("collect", path=tmp_path / "f.csv", as_dataset=f"{name}.taken")
    with pytest.raises(Conflict):
        desk.derive("SELECT a FROM c.t", Ref(name, "taken"))
    assert left(desk) == [1]
    with pytest.raises(Faulty):
        desk.derive("SELECT CAST(b AS INTEGER) AS n FROM c.t", Ref(name, "broken"))
    assert events(node, name)[-1]["data"]["reserved"]
    with pytest.raises(OverBudget):
        desk.derive("SELECT b FROM c.t", Ref(name, "more"))


def test_threads_never_pass_the_number(node: Node, actor: Callable[..., str]) -> None:
    name = actor("five")

    def ask(_: int) -> bool:
        try:
            return node.session(name).desk.query(ASK).rows() == [(2,)]
        except OverBudget:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(16))) == 5
    assert counted(node, name, "five") == 5


WORK = """
import sys
import doumen
from doumen.model.errors import OverBudget
with doumen.open(sys.argv[1]) as node:
    print("ready", flush=True)
    sys.stdin.readline()
    done = 0
    for _ in range(5):
        try:
            node.session(sys.argv[2]).desk.query("SELECT count(*) FROM c.t").rows()
            done += 1
        except OverBudget:
            pass
    print(done, flush=True)
"""


def work(node: Node, name: str) -> subprocess.Popen[str]:
    """A process that asks five times when it is told to."""
    return subprocess.Popen(
        [sys.executable, "-c", WORK, str(node.directory), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_never_pass_the_number(node: Node, actor: Callable[..., str]) -> None:
    name = actor("five")
    processes = [work(node, name) for _ in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    done = [int(process.communicate("go\n", timeout=100)[0]) for process in _told(processes)]
    assert sum(done) == 5
    assert counted(node, name, "five") == 5


def _told(processes: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    """Both begin before either is waited for."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return processes


def test_a_kill_between_reservation_and_answer_leaves_the_count(
    node: Node, actor: Callable[..., str]
) -> None:
    name = actor("two")
    killed = forked.start(WORK, str(node.directory), name, DOUMEN_FAILPOINT="gate.executed:1")
    assert forked.finish(killed) == -9
    assert [event["type"] for event in events(node, name)] == ["query.reserved"]
    desk = node.session(name).desk
    assert left(desk) == [1]
    desk.query(ASK).rows()
    with pytest.raises(OverBudget):
        desk.query(ASK)


def test_a_rule_that_has_ended_counts_no_more(node: Node, actor: Callable[..., str]) -> None:
    name = actor("until", "two")
    assert left(at(node, name, DAY)) == [2, 9]
    assert left(at(node, name, DAY + timedelta(days=1))) == [2]
