"""Rows that meet others by key at the gate: counts, evidence, and what may not be merged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from doumen.gate import Counter, meet
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Faulty, Invalid
from doumen.model.load import Check, LoadColumn, LoadSpec, Mode, Reading, SourceFile
from doumen.model.merge import Counts, Merge, Vanished
from doumen.model.ref import Ref

UPSERT = Merge(Mode.UPSERT, ("id",))
COLUMNS = (LoadColumn("id", "id", "BIGINT"), LoadColumn("v", "v", "VARCHAR"))


def spec(path: Path, digest: str, columns: tuple[LoadColumn, ...] = COLUMNS) -> LoadSpec:
    file = SourceFile(str(path), path.name, path.stat().st_size, digest)
    return LoadSpec((file,), Reading("csv", columns=("id", "v")), columns)


def bring(world: Any, name: str, text: str, merge: Merge = UPSERT, **more: Any) -> Any:
    path = world.folder / "meet.csv"
    path.write_text(text)
    ref = Ref.parse(name)
    kept = tuple(LoadColumn(c.name, c.name, c.type) for c in merge.kept)
    contract = odcs.infer_contract(ref, (*COLUMNS, *kept))
    loading = spec(path, str(hash(text) & 0xFFFFFFFF), **more)
    return world.owner.desk.collect(ref, loading, merge.mode, contract, merge=merge)


def test_counts_and_evidence(world: Any) -> None:
    first = bring(world, "m.counts", "id,v\n1,a\n2,b\n,x\n")
    assert (first.rows_in, first.landed, first.quarantined) == (3, 2, 1)
    made = bring(world, "m.counts", "id,v\n2,b\n3,c\n3,d\n,x\n")
    assert made.merged == Counts(inserted=1, unchanged=1, superseded=1, again=1)
    assert (made.rows_in, made.landed, made.quarantined) == (4, 3, 1)
    rows = world.owner.query("SELECT * FROM m.counts ORDER BY id").rows()
    assert rows == [(1, "a"), (2, "b"), (3, "d")]
    aside = world.owner.query("SELECT count(*) FROM m.counts__quarantine").rows()
    assert aside == [(1,)]
    said = world.owner.query(f"SELECT data FROM sys.events WHERE id = '{made.receipt}'").rows()
    told = json.loads(said[0][0])
    assert told["mode"] == "upsert"
    assert told["merged"] == {"mode": "upsert", "inserted": 1, "updated": 0, "unchanged": 1,
                              "superseded": 1, "late": 0, "vanished": 0, "again": 1}  # fmt: skip


def test_what_changes_nothing_makes_no_version(world: Any) -> None:
    bring(world, "m.same", "id,v\n1,a\n")
    before = world.owner.desk.facts().dataset(Ref("m", "same"))["version"]
    made = bring(world, "m.same", "id,v\n1,a\n1,a\n")
    assert made.snapshot == before
    assert world.owner.desk.facts().dataset(Ref("m", "same"))["version"] == before


def test_plain_readers_of_delta_see_the_same(world: Any) -> None:
    for text in ("id,v\n1,a\n2,b\n", "id,v\n2,c\n", "id,v\n1,z\n3,y\n"):
        bring(world, "m.delta", text)
    table = DeltaTable(world.folder / "node" / "lake" / "m" / "delta").to_pyarrow_table()
    rows = world.owner.query("SELECT * FROM m.delta ORDER BY id").rows()
    assert sorted(map(tuple, (row.values() for row in table.to_pylist()))) == rows
    assert rows == [(1, "z"), (2, "c"), (3, "y")]


def test_earlier_versions_are_read_as_they_were(world: Any) -> None:
    first = bring(world, "m.past", "id,v\n1,a\n2,b\n")
    bring(world, "m.past", "id,v\n2,c\n")
    sql = f"SELECT v FROM m.past AT (VERSION => {first.snapshot}) ORDER BY id"
    assert world.owner.query(sql).rows() == [("a",), ("b",)]


def test_a_history_keeps_its_times(world: Any) -> None:
    past = Merge(Mode.HISTORY, ("id",), vanished=Vanished.MARK)
    bring(world, "m.history", "id,v\n1,a\n2,b\n", past)
    bring(world, "m.history", "id,v\n1,b\n", past)
    now = "SELECT id, v FROM m.history WHERE valid_to IS NULL"
    assert world.owner.query(now).rows() == [(1, "b")]
    ends = "SELECT count(*), count(valid_from), count(valid_to) FROM m.history"
    assert world.owner.query(ends).rows() == [(3, 3, 2)]
    labels = [c["name"] for c in world.owner.desk.facts().dataset(Ref("m", "history"))["columns"]]
    assert labels == ["id", "v", "valid_from", "valid_to"]


def test_another_job_came_between(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bring(world, "m.race", "id,v\n1,a\n")
    whole = meet.meet

    def slow(*args: Any, **named: Any) -> Any:
        monkeypatch.undo()
        merged = whole(*args, **named)
        bring(world, "m.race", "id,v\n1,c\n")
        return merged

    monkeypatch.setattr(meet, "meet", slow)
    with pytest.raises(Conflict, match="Another job"):
        bring(world, "m.race", "id,v\n1,b\n")
    assert world.owner.query("SELECT * FROM m.race").rows() == [(1, "c")]


@pytest.mark.parametrize("fault", [
    {"inserted": 5}, {"dropped": 1}, {"again": 1}, {"unchanged": 1},
])  # fmt: skip
def test_numbers_that_do_not_add_up_keep_nothing(
    world: Any, monkeypatch: pytest.MonkeyPatch, fault: dict[str, int]
) -> None:
    engine = type(world.node.means.engine)
    whole = engine.merge

    def lying(self: Any, plan: Any, progress: Any = None) -> Any:
        counts, touched = whole(self, plan, progress)
        return replace(counts, **fault), touched

    monkeypatch.setattr(engine, "merge", lying)
    with pytest.raises(Faulty, match="do not add up"):
        bring(world, "m.liar", "id,v\n1,a\n2,b\n")
    assert world.owner.desk.facts().dataset(Ref("m", "liar")) is None


def test_what_cannot_be_merged(world: Any, tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    file.write_text("id,v\n1,a\n")

    def held(*columns: tuple[str, str], **how: Any) -> LoadSpec:
        loading = spec(file, "1", tuple(LoadColumn(n, n, t) for n, t in columns))
        return meet.keyed(loading, replace(UPSERT, **how))

    with pytest.raises(Invalid, match="no column"):
        held(("v", "VARCHAR"))
    with pytest.raises(Invalid, match="no column `at`"):
        held(("id", "BIGINT"), order="at")
    with pytest.raises(Invalid, match="Valid_To"):
        held(("id", "BIGINT"), ("Valid_To", "DATE"), mode=Mode.HISTORY)
    with pytest.raises(Invalid, match="file_row_number"):
        held(("id", "BIGINT"), ("file_row_number", "BIGINT"))
    with pytest.raises(Invalid, match="plain value"):
        held(("id", "VARCHAR[]"))
    required = held(("id", "BIGINT"), ("v", "VARCHAR")).columns[0].checks
    assert required == (Check("required"),)
    assert meet.keyed(spec(file, "1"), None).columns == COLUMNS


def test_what_is_attached_is_not_merged(world: Any) -> None:
    path = world.folder / "att.csv"
    path.write_text("id,v\n1,a\n")
    world.owner.do("attach", path=str(path), as_dataset="m.elsewhere")
    with pytest.raises(Conflict, match="attached"):
        bring(world, "m.elsewhere", "id,v\n1,b\n")
    assert isinstance(world.owner.desk, Counter)
