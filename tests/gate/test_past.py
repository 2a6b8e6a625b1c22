"""Earlier versions: which snapshot AT means, under the rules of today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.gate.past import snapshot_at
from doumen.kits.evidence.receipt import read_receipt
from doumen.kits.sql.past import Past
from doumen.kits.standards import odcs
from doumen.model.errors import DoumenError, Invalid, NotFound, Refused
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.load import LoadColumn
from doumen.model.ref import Ref
from doumen.session import Node, Session, create

T = Ref("d", "t")
NAMES = [f"2030-01-0{n}T00:00:00.000000Z" for n in range(1, 8)]


def row(seq: int, version: int | None, **more: Any) -> FactRow:
    """The fact of one version of `d.t`; None takes the dataset back."""
    body = {"kind": "table", "columns": [{"name": f"c{version}", "type": "BIGINT"}],
            "version": version, "files": [], **more}  # fmt: skip
    fact = Fact("dataset", str(T), None if version is None else body)
    return FactRow(seq, fact, "e", NAMES[seq - 1])


def at(rows: list[FactRow], known: int = 99, **past: Any) -> int:
    """The version that is found."""
    facts = Facts().extended(rows)
    facts = Facts(known, facts.rows)
    return snapshot_at(Past(T, Ref("d", "t@1"), **past), facts, lambda _: rows).version


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


ROWS = [row(1, 0), row(2, 1), row(4, 3)]


def test_by_version() -> None:
    assert [at(ROWS, version=version) for version in (0, 1, 3)] == [0, 1, 3]
    with pytest.raises(NotFound, match="no version 2") as caught:
        at(ROWS, version=2)
    assert "Versions are 0, 1, 3" in str(caught.value.why)


@pytest.mark.parametrize(
    ("when", "version"),
    [
        ("2030-01-01T00:00:00", 0),
        ("2030-01-01T23:59:59.999999", 0),
        ("2030-01-02T00:00:00", 1),
        ("2030-01-03T12:00:00", 1),
        ("9999-12-31T00:00:00", 3),
        ("2029-12-31T23:59:59.999999", None),
        ("0999-01-01T00:00:00", None),
    ],
)
def test_by_moment(when: str, version: int | None) -> None:
    if version is None:
        with pytest.raises(NotFound, match="no version at"):
            at(ROWS, moment=moment(when))
    else:
        assert at(ROWS, moment=moment(when)) == version


def test_a_version_that_was_restored_is_the_latest_of_its_number() -> None:
    rows = [row(1, 0), row(2, 0, files=[{"path": "p", "size": 1, "rows": 2}])]
    facts = Facts().extended(rows)
    found = snapshot_at(Past(T, Ref("d", "t@1"), version=0), facts, lambda _: rows)
    assert [file.path for file in found.files] == ["p"]


def test_what_came_after_the_facts_of_the_job_is_not_there() -> None:
    with pytest.raises(NotFound):
        at(ROWS, known=3, version=3)
    assert at(ROWS, known=3, moment=moment("9999-01-01T00:00:00")) == 1


def test_what_was_taken_back_stays_so() -> None:
    rows = [row(1, 0), row(2, None), row(3, 5)]
    with pytest.raises(NotFound):
        at(rows, version=0)
    with pytest.raises(NotFound):
        at(rows, moment=moment("2030-01-01T12:00:00"))
    assert at(rows, version=5) == 5


def test_derived_versions_are_not_read() -> None:
    for rows in ([row(1, 0), row(2, 1, derived=True)], [row(1, 0, derived=True), row(2, 1)]):
        with pytest.raises(Refused, match="derived"):
            at(rows, version=0)
    assert at([row(1, 0, derived=True), row(2, 1)], version=1) == 1


RULES = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: d.t
    duties:
      - filter: "city <> 'Lishui'"
      - mask: {column: name, method: null}
  - {id: told, permit: discover, who: {role: guest}, on: d.t}
  - {id: secret, deny: query, who: {role: analyst}, on: {label: secret}}
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("past")
    create(folder / "node", "past")
    with doumen.open(folder / "node") as opened:
        owner = opened.session()
        for number, city in enumerate(("Oslo", "Lishui", "Bergen")):
            text = f"id,city,name,pin\n{number},{city},n{number},{number}7\n"
            (folder / "t.csv").write_text(text)
            owner.do("collect", path=folder / "t.csv", as_dataset="d.t", append=bool(number))
        owner.do("label set", target="d.t.pin", label="secret")
        for name, role in (("ana", "analyst"), ("gus", "guest")):
            owner.do("actor add", name=name, role=(role,))
        (folder / "rules.yaml").write_text(RULES)
        owner.do("rule add", file=folder / "rules.yaml")
        yield opened


@pytest.fixture(scope="module")
def versions(node: Node) -> list[int]:
    entries = [json.loads(entry) for entry in node.session().desk.entries()]
    made = [entry for entry in entries if entry["type"] == "collect"]
    return [g["version"] for e in made for g in e["generated"] if g["dataset"] == "d.t"]


@pytest.fixture(scope="module")
def ana(node: Node) -> Session:
    return node.session("ana")


def test_rows_of_then_under_the_rules_of_today(
    node: Node, ana: Session, versions: list[int]
) -> None:
    asked = "SELECT id, city, name FROM d.t AT (VERSION => {}) ORDER BY id"
    seen = [ana.query(asked.format(version)).rows() for version in versions]
    assert seen[0] == seen[1] == [(0, "Oslo", None)]
    assert seen[2] == [(0, "Oslo", None), (2, "Bergen", None)]
    owner = node.session()
    assert [len(owner.query(asked.format(v)).rows()) for v in versions] == [1, 2, 3]
    assert ana.query(f"SELECT * FROM d.t AT (VERSION => {versions[0]})").schema.names == (
        "id", "city", "name")  # fmt: skip
    with pytest.raises(Refused) as caught:
        ana.query(f"SELECT pin FROM d.t AT (VERSION => {versions[0]})")
    assert caught.value.rule == "secret"


def test_two_versions_in_one_statement(ana: Session, versions: list[int]) -> None:
    asked = (
        f"SELECT count(*), count(old.id) FROM d.t LEFT JOIN d.t AT (VERSION => {versions[0]}) old "
        "ON t.id = old.id"
    )
    answer = ana.query(asked)
    assert answer.rows() == [(2, 1)]
    receipt = read_receipt(ana.desk.receipt(answer.receipt))
    used = [(u["dataset"], u["version"]) for u in receipt.event["used"]]
    assert used == [("d.t", versions[0]), ("d.t", versions[-1])]
    assert ana.desk.replay(receipt).exact


def test_by_time(node: Node, versions: list[int]) -> None:
    rows = [json.loads(entry) for entry in node.session().desk.entries() if b'"collect"' in entry]
    times = [row["time"] for row in rows if row["type"] == "collect"]
    asked = "SELECT count(*) FROM d.t AT (TIMESTAMP => '{}')"
    found = [node.session().query(asked.format(time)).rows()[0][0] for time in times]
    assert len(versions) == 3
    assert found == [1, 2, 3]
    with pytest.raises(NotFound, match="no version at"):
        node.session().query(asked.format("2001-01-01"))


def test_who_may_not_know_of_it_learns_nothing(node: Node, versions: list[int]) -> None:
    node.session().do("actor add", name="zoe")
    told = []
    for name in ("d.t", "d.none"):
        for at_ in ("", f" AT (VERSION => {versions[0]})", " AT (VERSION => 99)"):
            with pytest.raises(DoumenError) as caught:
                node.session("zoe").query(f"SELECT * FROM {name}{at_}")
            told.append(str(caught.value.as_json()).replace(name, "NAME"))
    assert len(set(told)) == 1
    with pytest.raises(Refused):
        node.session("gus").query(f"SELECT * FROM d.t AT (VERSION => {versions[0]})")


def test_what_is_derived_from_then_is_under_the_rules_of_its_source(
    node: Node, ana: Session, versions: list[int]
) -> None:
    ana.derive(f"SELECT id, city FROM d.t AT (VERSION => {versions[0]})", "ana.earlier")
    facts = node.session().desk.facts()
    dataset = facts.dataset(Ref("ana", "earlier"))
    assert dataset is not None
    assert dataset["sources"] == ["d.t"]
    lineage = facts.body("lineage", "ana.earlier")
    assert lineage is not None
    assert lineage["columns"]["city"]["projection"] == ["d.t.city"]
    with pytest.raises(Refused, match="derived"):
        ana.query("SELECT * FROM ana.earlier AT (VERSION => 0)")


@pytest.mark.parametrize("classified", [False, True])
def test_a_column_that_is_no_more_is_not_shown_whatever_its_label_was(
    node: Node, ana: Session, tmp_path: Path, classified: bool
) -> None:
    owner, ref = node.session(), Ref("d", f"u{int(classified)}")
    columns = [LoadColumn("id", "id", "BIGINT"), LoadColumn("pin", "pin", "BIGINT")]
    for number, text in enumerate(("id,pin\n1,77\n", "id\n2\n")):
        contract = odcs.infer_contract(ref, columns[: 2 - number])
        contract = contract.replace("version: 1.0.0", f"version: {number + 1}.0.0")
        if classified:
            contract = contract.replace(
                "- name: pin\n", "- name: pin\n        classification: secret\n"
            )
        (tmp_path / "c.yaml").write_text(contract)
        (tmp_path / "u.csv").write_text(text)
        owner.do("collect", path=tmp_path / "u.csv", as_dataset=str(ref),
                 contract=tmp_path / "c.yaml", replace=bool(number))  # fmt: skip
        if not (number or classified):
            owner.do("label set", target=f"{ref}.pin", label="secret")
    rule = f"rules: [{{id: {ref.name}, permit: query, who: {{role: analyst}}, on: {ref}}}]"
    (tmp_path / "r.yaml").write_text(rule)
    owner.do("rule add", file=tmp_path / "r.yaml")
    collected = [e for e in map(json.loads, owner.desk.entries()) if e["subject"] == str(ref)]
    first = min(g["version"] for e in collected for g in e["generated"])
    assert ana.query(f"SELECT * FROM {ref}").rows() == [(2,)]
    assert owner.query(f"SELECT pin FROM {ref} AT (VERSION => {first})").rows() == [(77,)]
    with pytest.raises(DoumenError) as caught:
        ana.query(f"SELECT pin FROM {ref} AT (VERSION => {first})").rows()
    assert caught.value.code == "invalid.column"


def test_as_of_a_moment_all_is_read_under_the_rules_of_today(
    node: Node, ana: Session, versions: list[int]
) -> None:
    rows = [json.loads(entry) for entry in node.session().desk.entries() if b'"collect"' in entry]
    times = [datetime.fromisoformat(row["time"]) for row in rows if row["type"] == "collect"]
    asked = "SELECT id, city, name FROM d.t WHERE id BETWEEN ? AND ? ORDER BY id"
    cases: list[tuple[int | datetime | None, list[int]]] = [
        (times[0], [0]), (times[2], [0, 2]), (versions[1], [0]), (None, [0, 2])
    ]  # fmt: skip
    for when, seen in cases:
        answer = ana.query(asked, (0, 9), as_of=when)
        assert [row[0] for row in answer.rows()] == seen
        receipt = read_receipt(ana.desk.receipt(answer.receipt))
        told = when.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(when, datetime) else when
        assert receipt.event["data"].get("as_of") == told
        assert receipt.disclosed["statement"] == asked
        assert ana.desk.replay(receipt).exact
    with pytest.raises(Refused, match="pin"):
        ana.query("SELECT pin FROM d.t", as_of=times[0])
    with pytest.raises(NotFound, match="no version at"):
        ana.query("FROM d.t", as_of=datetime(2001, 1, 1))
    explained = ana.explain("FROM d.t", as_of=versions[0])
    assert explained.tables[0]["version"] == versions[0]


def test_as_of_nothing_is_told_of_what_may_not_be_known(node: Node, versions: list[int]) -> None:
    node.session().do("actor add", name="zed")
    told = set()
    for name in ("d.t", "d.none"):
        for when in (None, versions[0], 99, datetime(2001, 1, 1)):
            with pytest.raises(DoumenError) as caught:
                node.session("zed").query(f"SELECT * FROM {name}", as_of=when)
            told.add(str(caught.value.as_json()).replace(name, "NAME"))
    assert len(told) == 1


def test_what_is_derived_as_of_then(node: Node, versions: list[int]) -> None:
    owner = node.session()
    made = owner.derive("SELECT id FROM d.t", "d.then", as_of=versions[0])
    assert made.landed == 1
    event = json.loads(next(e for e in owner.desk.entries() if made.receipt.encode() in e))
    assert event["data"]["as_of"] == versions[0]
    assert event["used"] == [{"dataset": "d.t", "version": versions[0]}]


def test_another_node_is_not_asked_as_of_a_moment(node: Node) -> None:
    owner = node.session()
    for ask in (owner.query, owner.explain):
        with pytest.raises(Invalid, match="not asked as of a moment"):
            ask("FROM d.t", agreement="A-22222222", as_of=1)
