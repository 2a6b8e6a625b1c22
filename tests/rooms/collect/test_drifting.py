"""Columns that a contract does not know: taken, set aside or refused, as it says."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import doumen
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Faulty, Invalid
from doumen.model.fact import Fact
from doumen.model.ref import Ref
from doumen.rooms.collect import drifting
from doumen.session import Session, create

CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: d
version: 1.0.0
status: active
domain: d
schema:
  - name: {name}
    customProperties: [{{property: drift, value: {drift}}}]
    properties:
      - {{name: id, logicalType: integer}}   # the key
      - name: v
        logicalType: string
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Path]]:
    folder = tmp_path_factory.mktemp("drift")
    create(folder / "node", "drift")
    with doumen.open(folder / "node") as opened:
        yield opened.session(), folder


def contract(folder: Path, name: str, drift: str) -> Path:
    path = folder / f"{name}.odcs.yaml"
    path.write_text(CONTRACT.format(name=name, drift=drift))
    return path


def begun(node: tuple[Session, Path], name: str, drift: str) -> tuple[Any, Path, Ref]:
    """A dataset whose first file is as its contract says."""
    owner, folder = node
    (folder / f"{name}.csv").write_text("id,v\n1,a\n")
    owner.do("collect", path=folder / f"{name}.csv", as_dataset=f"d.{name}",
             contract=contract(folder, name, drift))  # fmt: skip
    return owner, folder, Ref("d", name)


def event(owner: Any, receipt: str) -> dict[str, Any]:
    found = owner.query(f"SELECT data FROM sys.events WHERE id = '{receipt}'").rows()
    told: dict[str, Any] = json.loads(found[0][0])
    return told


def test_a_column_is_taken_with_the_contract(node: tuple[Session, Path]) -> None:
    owner, folder, ref = begun(node, "take", "take")
    more = folder / "take2.csv"
    more.write_text("id,w,v,名\n" + "".join(f"{n},{n}.5,b,\n" for n in range(300)))
    done = owner.do("collect", path=more, as_dataset=str(ref))
    assert done.json["drift"] == {"does": "take", "columns": ["w", "名"]}
    assert (done.json["landed"], done.json["quarantined"]) == (300, 0)
    assert any("New columns" in said and "`w`" in said for said in done.said)
    body = owner.desk.facts().body("contract", str(ref))
    assert body["version"] == "1.1.0"
    assert "# the key" in body["text"]
    found = {c.name: (c.type, c.checks) for c in odcs.read_contract(body["text"]).columns}
    assert (found["w"], found["名"]) == (("DOUBLE", ()), ("VARCHAR", ()))
    rows = owner.query(f"SELECT id, v, w FROM {ref} ORDER BY w NULLS FIRST LIMIT 2").rows()
    assert rows == [(1, "a", None), (0, "b", 0.5)]
    told = event(owner, done.json["receipt"])
    assert (told["contract"], told["drift"]) == ("1.1.0", done.json["drift"])
    row = owner.desk.history("contract", str(ref))[-1]
    assert row.event == done.json["receipt"]
    again = owner.do("collect", path=more, as_dataset=str(ref))
    assert (again.json["unchanged"], again.json["drift"]) == (True, None)


def test_a_contract_that_changed_meanwhile_is_not_overwritten(
    node: tuple[Session, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, folder, ref = begun(node, "race", "take")
    (folder / "race2.csv").write_text("id,v,w\n2,b,5\n")
    whole = drifting.meet

    def slow(*args: Any) -> Any:
        met = whole(*args)
        body = owner.desk.facts().body("contract", str(ref))
        text = body["text"].replace("# the key", "# the key of it")
        owner.desk.amend([Fact("contract", str(ref), {**body, "text": text})], subject=str(ref))
        return met

    monkeypatch.setattr(drifting, "meet", slow)
    with pytest.raises(Conflict, match="Another job"):
        owner.do("collect", path=folder / "race2.csv", as_dataset=str(ref))
    monkeypatch.undo()
    assert owner.do("collect", path=folder / "race2.csv", as_dataset=str(ref)).json["landed"] == 1
    assert "the key of it" in owner.desk.facts().body("contract", str(ref))["text"]


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_rows_with_a_value_are_set_aside_and_replayed(
    node: tuple[Session, Path], form: str
) -> None:
    owner, folder, ref = begun(node, f"aside_{form}", "quarantine")
    path = folder / f"more_{form}.{form}"
    if form == "csv":
        path.write_text("id,v,w\n2,b,5\n3,c,\n4,d,\nx,e,\n")
    elif form == "json":
        path.write_text('{"id": 2, "v": "b", "w": 5}\n{"id": 3, "v": "c"}\n'
                        '{"id": 4, "v": "d", "w": null}\n{"id": "x", "v": "e"}\n')  # fmt: skip
    else:
        columns = {"id": ["2", "3", "4", "x"], "v": list("bcde"), "w": [5, None, None, None]}
        pq.write_table(pa.table(columns), path)
    done = owner.do("collect", path=path, as_dataset=str(ref))
    assert (done.json["rows_in"], done.json["landed"], done.json["quarantined"]) == (4, 2, 2)
    assert done.json["drift"] == {"does": "quarantine", "columns": ["w"]}
    reasons = {(one["column"], one["reason"]) for one in done.json["reasons"]}
    assert reasons == {("w", "unknown"), ("id", "type")}
    assert event(owner, done.json["receipt"])["drift"] == done.json["drift"]
    assert owner.do("quarantine replay", dataset=str(ref)).json["landed"] == 0
    body = owner.desk.facts().body("contract", str(ref))
    text = body["text"].rstrip("\n") + "\n      - {name: w, logicalType: integer}\n"
    (folder / "learned.yaml").write_text(text)
    owner.do("contract edit", dataset=str(ref), file=folder / "learned.yaml")
    assert owner.do("quarantine replay", dataset=str(ref)).json["landed"] == 1
    assert owner.query(f"SELECT w FROM {ref} WHERE id = 2").rows() == [(5,)]


def test_what_is_refused_lands_nothing(node: tuple[Session, Path]) -> None:
    owner, folder, ref = begun(node, "refuse", "refuse")
    (folder / "refuse2.csv").write_text("id,v,w\n2,b,5\n")
    for more in ({}, {"accept_extra": True}):
        with pytest.raises(Faulty, match=r"refuse2\.csv` has columns .*`w`") as caught:
            owner.do("collect", path=folder / "refuse2.csv", as_dataset=str(ref), **more)
        assert caught.value.code == "faulty.extra"
    assert owner.query(f"SELECT count(*) FROM {ref}").rows() == [(1,)]


def test_what_lies_elsewhere_cannot_be_set_aside(node: tuple[Session, Path]) -> None:
    owner, folder = node
    (folder / "lies.csv").write_text("id,v,w\n2,b,5\n")
    with pytest.raises(Faulty, match=r"lies\.csv"):
        owner.do("attach", path=str(folder / "lies.csv"), as_dataset="d.lies",
                 contract=str(contract(folder, "lies", "quarantine")))  # fmt: skip
    owner.do("attach", path=str(folder / "lies.csv"), as_dataset="d.lies",
             contract=str(contract(folder, "lies", "take")))  # fmt: skip
    assert owner.query("SELECT w FROM d.lies").rows() == [(5,)]


def test_names_that_the_contract_cannot_take(node: tuple[Session, Path]) -> None:
    owner, folder = node
    said = contract(folder, "twice", "take")
    said.write_text(said.read_text().replace("- name: v", "- name: v\n        physicalName: V no"))
    (folder / "twice.csv").write_text("id,V no,v\n2,b,5\n")
    with pytest.raises(Invalid, match="fault"):
        owner.do("collect", path=folder / "twice.csv", as_dataset="d.twice", contract=said)
    assert owner.desk.facts().dataset(Ref("d", "twice")) is None


def test_a_contract_says_one_of_three() -> None:
    with pytest.raises(Invalid, match="fault") as caught:
        odcs.read_contract(CONTRACT.format(name="x", drift="ignore"))
    assert "`drift` is one of `take`, `quarantine`, `refuse`, not `ignore`" in str(caught.value.why)


def test_sources_of_every_sort(node: tuple[Session, Path]) -> None:
    owner, folder = node
    with sqlite3.connect(folder / "s.db") as place:
        place.execute("CREATE TABLE t (id INTEGER, v TEXT)")
        place.execute("INSERT INTO t VALUES (1, 'a')")
    place.close()
    drop = folder / "drop"
    drop.mkdir()
    (drop / "1.csv").write_text("id,v\n1,a\n")
    for name, drift in (("t", "take"), ("f", "quarantine")):
        contract(folder, name, drift)
    (folder / "s.yaml").write_text(
        "source: sqlite\npath: s.db\nstreams:\n"
        "  d.t: {table: t, cursor: id, writes: append, contract: t.odcs.yaml}\n"
    )
    (folder / "f.yaml").write_text(
        "source: folder\npath: drop\nstreams:\n"
        "  d.f: {files: '*.csv', settled: 0, contract: f.odcs.yaml}\n"
    )
    for name in ("s", "f"):
        owner.do("source add", name=name, file=folder / f"{name}.yaml")
    first = owner.do("source run")
    assert [one["drift"] for one in first.json["streams"]] == [None, None], first.json
    with sqlite3.connect(folder / "s.db") as place:
        place.execute("ALTER TABLE t ADD COLUMN w INTEGER")
        place.execute("INSERT INTO t VALUES (2, 'b', 9)")
    place.close()
    (drop / "2.csv").write_text("id,v,w\n2,b,9\n3,c,\n")
    done = owner.do("source run")
    told = {one["dataset"]: one for one in done.json["streams"]}
    assert done.json["failed"] == 0
    assert told["d.t"]["drift"] == {"does": "take", "columns": ["w"]}
    assert told["d.f"]["drift"] == {"does": "quarantine", "columns": ["w"]}
    assert (told["d.f"]["landed"], told["d.f"]["quarantined"]) == (1, 1)
    assert any("New columns" in said for said in done.said)
    assert owner.query("SELECT id, w FROM d.t ORDER BY id").rows() == [(1, None), (2, 9)]
