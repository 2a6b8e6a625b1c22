"""Law 1 where files are in order and left out: what they lie between speaks of hidden rows too.

Two worlds that differ only in rows that a filter hides and in values beneath a mask are asked
narrow questions, of which most leave files out. `tools/mutations.py` lists the faults of this.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import pyarrow as pa
import pytest
from tests.counts import count

import doumen
from doumen.kits import sql
from doumen.kits.policy import read_rules, rule_as_json
from doumen.kits.sql import needed_files
from doumen.model.fact import Fact
from doumen.model.plan import QueryPlan
from doumen.model.ref import Ref
from doumen.model.trial import Laboratory, Stand, World
from doumen.session import create

pytestmark = pytest.mark.law

RULES = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: law.people
    duties: [{filter: "city <> 'Lishui'"}, {mask: {column: name, method: partial, keep_start: 1}}]
"""
COLUMNS = {"id": "BIGINT", "name": "VARCHAR", "city": "VARCHAR", "age": "BIGINT", "code": "VARCHAR"}
CITIES = ("Ningbo", "Wenzhou", "Hangzhou", "Lishui")
Row = dict[str, object]


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    folder = tmp_path_factory.mktemp("ordered") / "node"
    create(folder, "ordered")
    with doumen.open(folder) as node, node.session().desk.laboratory() as made:
        yield made


def people(rng: random.Random) -> list[Row]:
    return [
        {
            "id": number,
            "name": f"n{rng.randrange(40):03}",
            "city": rng.choice(CITIES),
            "age": rng.choice([None, *range(18, 50)]),
            "code": rng.choice(["7", "12", "40", "x9"]),
        }
        for number in range(40)
    ]


def otherwise(rng: random.Random, rows: list[Row]) -> list[Row]:
    """The same to the analyst: other hidden rows, other names beneath the same mask."""
    shown = [row | {"name": f"n{rng.randrange(40):03}"} for row in rows if row["city"] != "Lishui"]
    hidden = [
        {"id": rng.randrange(-50, 90), "name": "zz", "city": "Lishui", "age": rng.randrange(90),
         "code": "x"}
        for _ in range(rng.randrange(12))
    ]  # fmt: skip
    return shown + hidden


def stand(laboratory: Laboratory, rows: list[Row]) -> Stand:
    facts = (
        Fact("actor", "ana", {"roles": ["analyst"], "purposes": [], "claims": {}}),
        Fact(
            "dataset",
            "law.people",
            {
                "kind": "table",
                "columns": [{"name": name, "type": type} for name, type in COLUMNS.items()],
                "version": 0,
                "files": [],
            },
        ),
        *(Fact("rule", rule.id, rule_as_json(rule)) for rule in read_rules(RULES)),
    )
    types = {"BIGINT": pa.int64(), "VARCHAR": pa.string()}
    schema = pa.schema([(name, types[type]) for name, type in COLUMNS.items()])
    table = pa.Table.from_pylist(rows, schema=schema)
    return laboratory.stand(World(facts, {Ref("law", "people"): table}, "ordered"))


def question(rng: random.Random) -> str:
    column = rng.choice(("id", "id", "age", "name", "city"))
    text = column in {"name", "city"}
    values = ["'n***'", "'n0'", "'m'", "'Ningbo'", "'Lishui'", "'zz'"] if text else range(-9, 60)
    value, other = rng.choice(values), rng.choice(values)
    kind = rng.choice(("{c} = {v}", "{c} < {v}", "{c} >= {v}", "{c} BETWEEN {v} AND {w}",
                       "{c} IN ({v}, {w})", "{c} IS NULL", "({c} = {v} OR {c} = {w})"))  # fmt: skip
    condition = kind.format(c=column, v=value, w=other)
    also = rng.choice(
        ("", "", " AND age > 20", " AND CAST(code AS INTEGER) > 5", " AND 40 // id > 1")
    )
    shown = rng.choice(("*", "id, name", "count(*), min(name)", "CAST(code AS INTEGER) AS n"))
    return f"SELECT {shown} FROM law.people WHERE {condition}{also}"


def test_files_that_are_left_out_tell_nothing(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out = asked = 0

    def counted(plan: QueryPlan, statement: sql.Statement) -> QueryPlan:
        nonlocal left_out
        found = needed_files(plan, statement)
        left_out += found != plan
        return found

    monkeypatch.setattr(sql, "needed_files", counted)
    for seed in range(2):
        rng = random.Random(seed)
        rows = people(rng)
        worlds = [stand(laboratory, rows), stand(laboratory, otherwise(rng, rows))]
        for _ in range(count(90)):
            text = question(rng)
            one, two = (world.ask("ana", text) for world in worlds)
            assert one.error == two.error, (seed, text)
            assert sorted(map(repr, one.rows or ())) == sorted(map(repr, two.rows or ())), text
            asked += 2
    assert left_out > asked // 4
