"""Rules of other tools in a contract: what they find is what their own tool finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.rooms.refine.checks.run import check
from doumen.rooms.refine.imports import take

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

NAME = "transport.flights"
PUBLISHED = json.loads((Path(__file__).parent / "expectations.json").read_text("utf-8"))
VERDICTS = PUBLISHED["verdicts"]
"""What Great Expectations itself (1.3.0, on pandas) said of a table, expectation by expectation."""
HEAD = """\
apiVersion: v3.1.0
kind: DataContract
id: g-1
version: 1.0.0
status: active
domain: transport
schema:
  - name: things
    properties:
      - {name: id, physicalType: BIGINT, logicalType: integer}
      - {name: code, logicalType: string}
      - {name: day, logicalType: string}
      - {name: amount, physicalType: DOUBLE, logicalType: number}
      - {name: other, physicalType: DOUBLE, logicalType: number}
      - {name: note, logicalType: string}
"""
SUITE = {
    "name": "flights",
    "expectations": [
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "id"}},
        {"type": "expect_column_values_to_be_between", "severity": "warning",
         "kwargs": {"column": "delay", "min_value": -5, "max_value": 60.5}},
        {"type": "expect_column_values_to_be_increasing", "kwargs": {"column": "id"}},
        {"type": "expect_column_values_to_be_unique", "kwargs": {"column": "gone"}},
    ],
}  # fmt: skip


@pytest.fixture
def things(fake: Any) -> Any:
    """A desk with the table that Great Expectations judged."""
    fake.engine.execute(
        "CREATE TABLE transport.things (id BIGINT, code VARCHAR, day VARCHAR, amount DOUBLE, "
        "other DOUBLE, note VARCHAR)"
    )
    fake.engine.executemany(
        "INSERT INTO transport.things VALUES (?, ?, ?, ?, ?, ?)", PUBLISHED["rows"]
    )
    fake.land("transport.things", len(PUBLISHED["rows"]))
    fake.agree("transport.things", HEAD)
    return fake


def suite(tmp_path: Path, expectations: Any = SUITE) -> Path:
    path = tmp_path / "suite.json"
    path.write_text(json.dumps(expectations), "utf-8")
    return path


def judged(desk: Desk, name: str) -> dict[str, str]:
    rules = check(desk, name).json["rules"]
    return {rule["rule"]: str(rule["verdict"]) for rule in rules}


def test_every_verdict_is_that_of_great_expectations(things: Any, tmp_path: Path) -> None:
    """Told by the contract already, run, or kept: and where it is run, the verdict is theirs."""
    told = [{"meta": {"place": at}, **one} for at, one in enumerate(VERDICTS)]
    contract = odcs.read_contract(HEAD)
    became, additions = {}, []
    for at, one in enumerate(told):
        (taken,) = odcs.taken(contract, json.dumps([one]), "great-expectations")
        became[at] = taken
        for addition in odcs.additions([taken]):
            item = {**addition.item, "name": f"r{at}", "severity": "warning"}
            additions.append(odcs.Addition(addition.column, item))
    text = odcs.add(HEAD, additions)
    things.agree("transport.things", text)
    verdicts = judged(things, "transport.things")
    wrong = []
    for at, one in enumerate(told):
        said = verdicts.get(f"r{at}")
        if became[at].became == "already":
            said = "holds"
        if became[at].became == "kept":
            assert said == "unchecked"
            assert not one["success"] or became[at].why
            continue
        if (said == "holds") != one["success"] or said == "unchecked":
            wrong.append((one, said))
    assert wrong == []
    assert sum(one.became == "added" for one in became.values()) > 180
    assert sum(one["success"] for one in VERDICTS) > 90


def test_a_custom_rule_of_their_engine_is_run_as_theirs(things: Any) -> None:
    """The same, of rules that stand in a contract in the words of Great Expectations."""
    known = [(at, one) for at, one in enumerate(VERDICTS)
             if "column_count" not in one["type"] and "columns_to_match" not in one["type"]
             and one["type"] != "expect_column_to_exist"]  # fmt: skip
    rules: list[tuple[str | None, dict[str, Any]]] = [
        (one["kwargs"].get("column"),
         {"type": "custom", "engine": "great-expectations", "name": f"r{at}",
          "implementation": {"expectation_type": one["type"], "kwargs": one["kwargs"]}})
        for at, one in known
    ]  # fmt: skip
    things.agree("transport.things", odcs.add_rules(HEAD, rules))
    assert all(not column.checks for column in odcs.read_contract(HEAD).columns)
    verdicts = judged(things, "transport.things")
    wrong = [(one, verdicts[f"r{at}"]) for at, one in known
             if (verdicts[f"r{at}"] == "holds") != one["success"]]  # fmt: skip
    assert wrong == []


def test_a_suite_is_taken_into_the_contract(
    desk: Desk, fake: Any, contract: str, tmp_path: Path
) -> None:
    outcome = take(desk, NAME, suite(tmp_path))
    shape = outcome.json
    assert (shape["added"], shape["already"], shape["kept"], shape["left"]) == (1, 1, 2, 0)
    assert [(r["rule"][7:], r["became"]) for r in shape["rules"]] == [
        ("column_values_to_not_be_null", "already"), ("column_values_to_be_between", "added"),
        ("column_values_to_be_increasing", "kept"), ("column_values_to_be_unique", "kept"),
    ]  # fmt: skip
    text = fake.facts().body("contract", NAME)["text"]
    assert [line for line in contract.splitlines() if line not in text.splitlines()] == [
        "version: 1.0.0"
    ]
    assert shape["receipt"] == fake.kept[-1].event
    assert "order" in shape["rules"][2]["why"]
    again = take(desk, NAME, suite(tmp_path)).json
    assert (again["added"], again["already"], again["kept"]) == (0, 4, 0)
    assert again["receipt"] is None


def test_rules_that_can_be_broken_need_a_new_version(desk: Desk, fake: Any, tmp_path: Path) -> None:
    rule = {"expectation_type": "expect_column_values_to_be_unique", "kwargs": {"column": "day"}}
    path, before = suite(tmp_path, {"expectations": [rule]}), len(fake.kept)
    dry = take(desk, NAME, path, dry=True)
    assert dry.json["breaking"] == ["rule `expect_column_values_to_be_unique` (day) is added"]
    assert "Nothing was changed." in dry.said
    with pytest.raises(Conflict, match="rely on"):
        take(desk, NAME, path)
    assert len(fake.kept) == before
    assert take(desk, NAME, path, new_version=True).json["version"] == "2.0.0"
    assert judged(desk, NAME)["expect_column_values_to_be_unique"] == "holds"


def test_tests_of_dbt_and_rules_of_another_contract_are_taken(
    desk: Desk, fake: Any, contract: str, tmp_path: Path
) -> None:
    path = tmp_path / "schema.yml"
    path.write_text(
        "version: 2\nmodels:\n  - name: flights\n    columns:\n      - name: tailnum\n"
        "        data_tests: [unique, {relationships: {to: ref('planes'), field: tailnum}}]\n"
        "      - name: origin\n        tests:\n          - relationships:\n"
        "              arguments: {to: \"ref('airports')\", field: faa}\n  - name: other\n",
        "utf-8",
    )
    shape = take(desk, NAME, path, new_version=True).json
    assert shape["from"] == "dbt"
    assert [r["became"] for r in shape["rules"]] == ["added", "added", "already"]
    source = tmp_path / "c.yaml"
    source.write_text(fake.facts().body("contract", NAME)["text"], "utf-8")
    fake.agree(NAME, contract)
    more = take(desk, NAME, source, new_version=True).json
    assert (more["from"], more["added"]) == ("odcs", 2)
    path.write_text("models: [{name: a}, {name: b}]", "utf-8")
    with pytest.raises(NotFound, match="no model `flights`"):
        take(desk, NAME, path)


@pytest.mark.parametrize(
    ("content", "source"),
    [(b"{", None), (b"a: 1", None), (b"\xff", None), (b"[1]", "great-expectations"),
     (b"{}", "great-expectations"), (b'[{"type": "x", "kwargs": 1}]', "great-expectations"),
     (b"models: []", "dbt"), (b"a: 1", "odcs"), (b"x" * (4 << 20) + b"x", None),
     (b'{"expectations": [NaN]}', "great-expectations")],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(
    desk: Desk, fake: Any, tmp_path: Path, content: bytes, source: Any
) -> None:
    path, before = tmp_path / "file", len(fake.kept)
    path.write_bytes(content)
    with pytest.raises(Invalid):
        take(desk, NAME, path, source)
    assert len(fake.kept) == before
