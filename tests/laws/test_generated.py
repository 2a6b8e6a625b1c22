"""Laws 6 and 7 over generated statements.

Replay: whatever was asked is answered the same after rules and data have changed. Labels:
each column of people bears a label of its own, so the labels of a derived dataset must be
exactly the columns that its statement names.
"""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import pytest

from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import DoumenError
from doumen.model.ref import Ref

pytestmark = pytest.mark.law
ALL = "rules:\n  - {id: all, permit: query, who: {role: analyst}, on: law.*}\n"
NONE = "rules:\n  - {id: none, deny: query, who: {role: analyst}, on: law.*}\n"


@pytest.fixture(scope="module")
def generate(request: pytest.FixtureRequest) -> Any:
    """The generators of this folder's conftest."""
    here = str(request.path.parent / "conftest.py")
    plugins = request.config.pluginmanager.get_plugins()
    return next(p for p in plugins if getattr(p, "__file__", "") == here)


def statements(generate: Any, seeds: range) -> list[str]:
    """Statements over all columns of people."""
    free = generate.Rules(ALL, lambda row: False)
    return [generate.Statements(random.Random(seed), free).make() for seed in seeds]


def test_replay_of_whatever_was_asked(world: Any, generate: Any) -> None:
    world.rule(ALL)
    ana = world.node.session("ana")
    receipts = []
    for statement in statements(generate, range(40)):
        try:
            answer = ana.query(statement)
        except DoumenError:
            continue
        answer.rows()
        receipts.append(read_receipt(ana.desk.receipt(answer.receipt)))
    assert len(receipts) >= 30
    more = world.write("later", generate.people(random.Random(9)), generate.PEOPLE)
    world.node.session().do("collect", path=Path(more), as_dataset="law.people", append=True)
    world.rule(NONE)
    for receipt in receipts:
        found = ana.desk.replay(receipt)
        assert found.exact, receipt.disclosed["statement"]


def test_labels_of_whatever_was_derived(world: Any, generate: Any) -> None:
    owner = world.node.session()
    for column in generate.PEOPLE.names:
        owner.do("label set", target=f"law.people.{column}", label=f"of-{column}")
    derived = 0
    for number, statement in enumerate(statements(generate, range(100, 130))):
        try:
            made = owner.derive(statement, f"law.made{number}")
        except DoumenError:
            continue
        facts, named = owner.desk.facts(), set(re.findall(r"\b[pq]\.(\w+)", statement))
        body = facts.dataset(Ref("law", f"made{number}"))
        labels = set().union(*(facts.labels(made.ref, c["name"]) for c in body["columns"]))
        assert labels == {f"of-{column}" for column in named}, statement
        derived += 1
    assert derived >= 20
