"""Law 1 through checks, examples, history and scores: they tell of nothing that is hidden.

Two nodes have the same rules and contract and differ in all that an analyst may not see: rows
behind a filter, values under a mask, a column that is denied, runs and proposals of others. What
the analyst is told is the same, but for ids and times; where a minimum group is asked, refused.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.counts import FULL

import doumen
from doumen.model.errors import DoumenError
from doumen.model.fact import Fact
from doumen.model.proposal import PROPOSAL, RULE, Proposal
from doumen.session import Node, Session, create

pytestmark = pytest.mark.law

NAME = "g.people"
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: seen
version: 1.0.0
status: active
domain: g
customProperties:
  - {property: doumenDataset, value: g.people}
schema:
  - name: people
    description: People.
    quality:
      - {metric: rowCount, mustBeGreaterThan: 10}
      - {type: sql, query: 'SELECT max(age) FROM {table}', mustBeLessThan: 60}
      - {type: custom, engine: doumen,
         implementation: {check: compare, left: born, operator: <=, right: moved}}
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - name: city
        logicalType: string
        quality:
          - {metric: invalidValues, mustBeLessThan: 1, arguments: {validValues: [Rome, Oslo]}}
          - {metric: duplicateValues, mustBe: 0}
      - name: age
        logicalType: integer
        quality: [{metric: nullValues, mustBeLessThan: 1}]
      - {name: born, logicalType: date}
      - {name: moved, logicalType: date}
      - name: name
        logicalType: string
        quality:
          - {metric: invalidValues, mustBeLessThan: 1, arguments: {pattern: '[A-Z][a-z]+'}}
          - {metric: duplicateValues, mustBe: 0}
"""
RULES = """
rules:
  - id: rome
    permit: query
    who: {role: analyst}
    on: g.people
    duties:
      - filter: "city <> 'Oslo'"
      - mask: {column: name, method: null}
  - id: groups
    permit: query
    who: {role: counter}
    on: g.people
    duties: [{min_group: {k: 5}}]
"""
VERBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("contract test", {"dataset": NAME, "examples": 3}),
    ("quality score", {"dataset": NAME}),
    ("quality history", {"dataset": NAME}),
    ("proposal list", {}),
)
_IDS = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}|\d{4}-\d\d-\d\dT[0-9:.]+Z?|[0-9a-f]{64}")


def rows(visible: random.Random, hidden: random.Random) -> Iterator[str]:
    """Rows of Rome and elsewhere by one chance, those of Oslo and all names by another."""
    for n in range(30):
        age = visible.choice([str(visible.randint(1, 90)), ""])
        moved = visible.choice(["2001-01-01", "1901-01-01"])
        city = visible.choice(["Rome", "Bern", "Rome"])
        name = hidden.choice(["Ann", "bob", "", "Eve"])
        yield f"{n},{city},{age},1950-01-01,{moved},{name}"
    for n in range(hidden.randint(1, 40)):
        age = hidden.choice(["", str(hidden.randint(1, 200))])
        yield f"{hidden.choice([n, 100 + n])},Oslo,{age},1950-01-01,1940-01-01,x"


@contextmanager
def node(folder: Path, visible: int, hidden: int) -> Iterator[Node]:
    """A node whose owner has checked, scored and proposed already."""
    create(folder, "seen")
    chance = random.Random(hidden)
    lines = ["id,city,age,born,moved,name", *rows(random.Random(visible), chance)]
    (folder / "p.csv").write_text("\n".join(lines) + "\n")
    (folder / "p.yaml").write_text(CONTRACT)
    (folder / "rules.yaml").write_text(RULES)
    with doumen.open(folder) as node:
        owner = node.session()
        owner.do("collect", path=folder / "p.csv", as_dataset=NAME, contract=folder / "p.yaml")
        owner.do("actor add", name="ana", role=("analyst",))
        owner.do("actor add", name="cid", role=("counter",))
        owner.do("rule add", file=folder / "rules.yaml")
        for _ in range(chance.randint(1, 2)):
            owner.do("contract test", dataset=NAME)
        one = Proposal(RULE, NAME, "age", {"set": ["required", True]},
                       {"rows": chance.randint(1, 99)}, 0.9, "owner", "2026")  # fmt: skip
        owner.desk.amend([Fact(PROPOSAL, one.key, one.as_json())], subject=NAME)
        yield node


def told(session: Session) -> list[str]:
    """All that an actor is told, without ids and times."""
    found = []
    for verb, options in VERBS:
        try:
            said = session.do(verb, **options)
            found.append(_IDS.sub("ID", f"{said.json} {said.said}"))
        except DoumenError as error:
            found.append(_IDS.sub("ID", str(error.as_json())))
    return found


@pytest.mark.parametrize("seed", range(40 if os.environ.get(FULL) else 3))
def test_what_is_hidden_changes_nothing_that_is_told(tmp_path: Path, seed: int) -> None:
    answers = []
    for hidden in (2 * seed, 2 * seed + 1):
        with node(tmp_path / f"n{hidden}", 1000 + seed, hidden) as there:
            answers.append(told(there.session("ana")))
    for (verb, _), one, other in zip(VERBS, *answers, strict=True):
        assert one == other, verb
    assert "filtered" in answers[0][0]
    assert "Oslo" not in answers[0][0].replace("[Rome, Oslo]", "")


def test_the_visible_is_told(tmp_path: Path) -> None:
    """The comparison can fail: where visible rows differ, what is told does."""
    answers = []
    for visible in (1, 2):
        with node(tmp_path / f"v{visible}", visible, 7) as there:
            answers.append(told(there.session("ana")))
    assert answers[0][0] != answers[1][0]


def test_under_a_minimum_group_only_groups_are_told(tmp_path: Path) -> None:
    """Of rules that fewer than five rows break, or none, nothing is said but that."""
    with node(tmp_path / "n", 1, 1) as there:
        owner = there.session().do("contract test", dataset=NAME).json
        seen = there.session("cid").do("contract test", dataset=NAME, examples=9).json
        assert seen["rows"] == owner["rows"]
        whole = {rule["key"]: rule for rule in owner["rules"]}
        for rule in seen["rules"]:
            assert "examples" not in rule
            if rule["count"] is None:
                assert rule["verdict"] == "unchecked"
            else:
                assert rule["count"] == whole[rule["key"]]["count"]
                assert int(rule["count"]) >= 5
        told = {rule["key"]: rule for rule in seen["rules"]}
        assert told["columns.city.invalid_values"]["count"] is not None
        assert told["columns.id.primaryKey"]["count"] is None
        few = {rule["why"] for rule in seen["rules"]}
        assert "Too few rows break it to be told, or none." in few
