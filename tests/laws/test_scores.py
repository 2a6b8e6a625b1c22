"""Laws of scores: what is left out or damaged never raises one, and its weights are signed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.counts import FULL

import doumen
from doumen.session import Node, Session, create

pytestmark = pytest.mark.law

VERIFY = Path(__file__).parents[2] / "tools" / "verify_receipt.py"
ROWS = 40
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: laws
version: 1.0.0
status: active
domain: g
customProperties:
  - {{property: doumenDataset, value: g.{name}}}
schema:
  - name: {name}
    description: People who moved.
    quality:
      - {{metric: rowCount, mustBeGreaterThan: 5}}
      - {{type: sql, query: 'SELECT count(*) FROM {{table}} WHERE age > 90', mustBe: 0}}
      - {{type: custom, engine: doumen,
          implementation: {{check: compare, left: born, operator: <=, right: moved}}}}
    properties:
      - name: id
        logicalType: integer
        description: Number
        primaryKey: true
      - name: city
        logicalType: string
        description: Where they live
        classification: place
        required: true
        relationships: [{{to: cities.name}}]
        quality:
          - {{metric: invalidValues, mustBeLessThan: 1, arguments: {{pattern: '[A-Z][a-z]+'}}}}
          - {{metric: missingValues, mustBeLessThan: 1, arguments: {{missingValues: [none]}}}}
      - name: age
        logicalType: integer
        classification: personal
        logicalTypeOptions: {{minimum: 0, maximum: 120}}
      - name: born
        logicalType: date
        logicalTypeOptions: {{minimum: "1900-01-01"}}
      - name: moved
        logicalType: date
        description: When
      - name: email
        logicalType: string
        unique: true
        logicalTypeOptions: {{maxLength: 12}}
"""
"""Of what breaks a row some lands, for the rules of quality only report it."""


@pytest.fixture(scope="module")
def node(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("scores")
    create(folder / "node", "scores")
    (folder / "cities.csv").write_text("name\nRome\nOslo\nBern\n")
    (folder / "rules.yaml").write_text(
        "rules: [{id: r, permit: query, who: {role: analyst}, on: 'g.*'}]"
    )
    with doumen.open(folder / "node") as node:
        owner = node.session()
        owner.do("collect", path=folder / "cities.csv", as_dataset="g.cities")
        owner.do("rule add", file=folder / "rules.yaml")
        yield node


def cells(damaged: int, seed: int) -> list[list[str]]:
    """Rows that break nothing, of which so many cells were damaged, each once, in one order."""
    chance = random.Random(seed)
    rows = [
        [str(n), chance.choice(["Rome", "Oslo", "Bern"]), str(chance.randint(1, 80)),
         f"19{chance.randint(10, 99)}-03-0{chance.randint(1, 9)}", "2020-01-01", f"p{n}@x.y"]
        for n in range(ROWS)
    ]  # fmt: skip
    places = [(row, column) for row in range(1, ROWS) for column in (1, 2, 3, 4, 5)]
    chance.shuffle(places)
    wrong = {1: ["", "none", "Atlantis", "rome"], 2: ["-1", "121", "95", "x"],
             3: ["1850-01-01", "soon", "2021-05-05"], 4: ["1800-01-01", "later"],
             5: ["p0@x.y", "far-too-long@x.y"]}  # fmt: skip
    for row, column in places[:damaged]:
        rows[row][column] = chance.choice(wrong[column])
    return rows


def land(node: Node, folder: Path, name: str, rows: list[list[str]]) -> None:
    lines = ["id,city,age,born,moved,email", *(",".join(row) for row in rows)]
    file, contract = folder / f"{name}.csv", folder / f"{name}.yaml"
    file.write_text("\n".join(lines) + "\n")
    contract.write_text(CONTRACT.format(name=name))
    owner = node.session()
    owner.do("collect", path=file, as_dataset=f"g.{name}", contract=contract)
    owner.do("dataset state", dataset=f"g.{name}", state="active")


def score(owner: Session, name: str, **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = dict(owner.do("quality score", dataset=f"g.{name}", **options).json)
    return found


def shares(found: dict[str, Any]) -> dict[str, Decimal]:
    return {one["code"]: Decimal(one["share"] or 0) for one in found["indicators"]}


@pytest.mark.parametrize("seed", range(25 if os.environ.get(FULL) else 2))
def test_more_damage_never_raises_a_score(node: Node, tmp_path: Path, seed: int) -> None:
    before: dict[str, Any] | None = None
    for damaged in (0, 1, 3, 9, 27, 80):
        name = f"s{seed}x{damaged}"
        land(node, tmp_path, name, cells(damaged, seed))
        found = score(node.session(), name)
        if before is not None:
            assert Decimal(found["score"]) < Decimal(before["score"])
            worse = shares(found)
            assert all(worse[code] <= part for code, part in shares(before).items())
        before = found


LEFT_OUT = (
    "schema[0].description", "schema[0].quality", "schema[0].quality[0]", "schema[0].quality[1]",
    "schema[0].quality[2]", "columns.id.description", "columns.id.primaryKey",
    "columns.city.description", "columns.city.classification", "columns.city.required",
    "columns.city.relationships", "columns.city.quality", "columns.city.quality[0]",
    "columns.city.quality[1]", "columns.age.classification", "columns.age.logicalTypeOptions",
    "columns.age.logicalTypeOptions.minimum", "columns.age.logicalTypeOptions.maximum",
    "columns.born.logicalTypeOptions", "columns.moved.description", "columns.email.unique",
    "columns.email.logicalTypeOptions",
)  # fmt: skip
"""Every rule, description, classification and reference of the contract."""


def test_leaving_a_reference_out_never_raises_a_score(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    for place, path in enumerate(LEFT_OUT):
        name = f"r{place}"
        land(node, tmp_path, name, cells(25, place))
        before = score(owner, name)
        owner.do("contract edit", dataset=f"g.{name}", changes=(f"{path}=",), new_version=True)
        after = score(owner, name)
        assert Decimal(after["score"]) <= Decimal(before["score"]), path


def test_nor_do_labels_rules_and_states(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    land(node, tmp_path, "labels", cells(25, 1))
    before = score(owner, "labels")
    owner.do("label remove", target="g.labels.city", label="place")
    after = score(owner, "labels")
    assert shares(after)["0106"] < shares(before)["0106"]
    assert Decimal(after["score"]) < Decimal(before["score"])


def test_a_rule_that_left_broken_counts_until_it_is_said_why_not(
    node: Node, tmp_path: Path
) -> None:
    owner = node.session()
    land(node, tmp_path, "gone", cells(40, 3))
    before = shares(score(owner, "gone"))
    owner.do("contract edit", dataset="g.gone", changes=("schema[0].quality[2]=",),
             new_version=True)  # fmt: skip
    after = score(owner, "gone")
    assert after["gone"] == ["table.compare"]
    assert shares(after)["0503"] == before["0503"] < 1
    weights = tmp_path / "weights.yaml"
    weights.write_text(
        "name: mine\nweights: {0503: 1, 0201: 2.5}\nretired: {table.compare: it was wrong}\n"
    )
    retired = score(owner, "gone", weights=weights)
    assert retired["gone"] == []
    assert shares(retired)["0503"] == 0
    assert retired["weights"]["retired"] == {"table.compare": "it was wrong"}
    assert retired["weights"]["weights"]["0201"] == "2.5"


def test_what_a_rule_said_before_does_not_hold_where_it_is_not_checked(
    node: Node, tmp_path: Path
) -> None:
    """A rule that cannot be checked any more keeps what it found wrong, not what was right."""
    owner = node.session()
    for name, most, kept in (("stale", 90, False), ("worse", 0, True)):
        land(node, tmp_path, name, cells(0, 1))
        rule = "{{type: sql, id: old, query: 'SELECT count(*) FROM {}', {}}}"
        text = CONTRACT.format(name=name).split("    quality:")[0] + "    quality: [RULE]\n"
        text += "    properties:" + CONTRACT.split("    properties:")[1].replace("{{", "{").replace(
            "}}", "}"
        )
        for version, (table, must) in enumerate(
            ((f"g.{name}", f"mustBeLessThan: {most}"), ("g.nowhere", "mustBeLessThan: 90")), 2
        ):
            file = tmp_path / f"{name}{version}.yaml"
            file.write_text(text.replace("RULE", rule.format(table, must)))
            owner.do("contract edit", dataset=f"g.{name}", file=file, new_version=True)
            found = score(owner, name)
        (business,) = (one for one in found["indicators"] if one["code"] == "0104")
        assert found["unchecked"] == ["table.old"]
        assert business["rules"] == (["table.old"] if kept else [])
        assert business["a"] == (0 if kept else None)
        assert found["gone"] == []


def test_a_contract_without_rules_has_a_score(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    (tmp_path / "bare.csv").write_text("city\nRome\nOslo\n")
    owner.do("collect", path=tmp_path / "bare.csv", as_dataset="g.bare")
    found = score(owner, "bare")
    assert (found["rows"], found["version"], found["gone"]) == (2, 1, [])
    assert shares(found)["0102"] == 1
    assert shares(found)["0201"] == 0


def test_rows_given_up_still_came(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    land(node, tmp_path, "given", cells(60, 4))
    before = score(owner, "given")
    assert before["quarantined"] > 0
    owner.do("quarantine discard", dataset="g.given", reason="in the way")
    after = score(owner, "given")
    assert (after["quarantined"], after["discarded"]) == (0, before["quarantined"])
    assert shares(after) == shares(before)


def verified(receipt: Path, key: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(VERIFY), str(receipt), str(key)], capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout


def test_a_buyer_verifies_it_and_finds_a_changed_weight(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    land(node, tmp_path, "sold", cells(5, 9))
    found = score(owner, "sold")
    receipt, key = tmp_path / "score.json", tmp_path / "key.json"
    owner.do("receipt show", receipt=found["receipt"], output=receipt)
    key.write_text(json.dumps(owner.desk.keys()))
    code, told = verified(receipt, key)
    assert code == 0, told
    assert "holds:  statement" in told
    jws = json.loads(receipt.read_text())
    payload = json.loads(urlsafe_b64decode(jws["payload"] + "=="))
    document = json.loads(payload["disclosed"]["statement"])
    assert document["score"] == found["score"]
    assert document["weights"] == found["weights"]
    document["weights"]["weights"]["0201"] = "99"
    payload["disclosed"]["statement"] = json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    changed = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    jws["payload"] = urlsafe_b64encode(changed.encode()).decode().rstrip("=")
    receipt.write_text(json.dumps(jws))
    code, told = verified(receipt, key)
    assert (code, told.splitlines()[-1]) == (5, "BROKEN: signature")
