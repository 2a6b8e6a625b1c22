"""Files into datasets: nothing lost, nothing twice, nothing seen before it is whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from doumen.gate import Counter, Gate
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Faulty, Invalid, Refused
from doumen.model.load import LoadColumn, LoadSpec, Mode, Reading, SourceFile
from doumen.model.merge import Merge
from doumen.model.ref import Ref
from doumen.model.source import ARRIVAL, Onward, stream_key
from doumen.session.node import silent

ROWS = "id,v\n1,a\n2,b\n3,c\n"


def spec(path: Path, digest: str, type_: str = "BIGINT") -> LoadSpec:
    file = SourceFile(str(path), path.name, path.stat().st_size, digest)
    columns = (LoadColumn("id", "id", type_), LoadColumn("v", "v", "VARCHAR"))
    return LoadSpec((file,), Reading("csv", columns=("id", "v")), columns)


def contract(ref: Ref, type_: str = "BIGINT") -> str:
    return odcs.infer_contract(ref, spec_columns(type_))


def spec_columns(type_: str) -> tuple[LoadColumn, ...]:
    return (LoadColumn("id", "id", type_), LoadColumn("v", "v", "VARCHAR"))


def collect(world: Any, name: str, text: str, mode: Mode = Mode.NEW, path: str = "f.csv") -> Any:
    file = world.folder / path
    file.write_text(text)
    ref = Ref.parse(name)
    digest = str(hash(text) & 0xFFFFFFFF)
    return world.owner.desk.collect(ref, spec(file, digest), mode, contract(ref))


def test_new_again_append_replace(world: Any) -> None:
    made = collect(world, "c.cycle", ROWS)
    assert (made.rows_in, made.landed, made.quarantined) == (3, 3, 0)
    again = collect(world, "c.cycle", ROWS)
    assert again.unchanged
    assert again.receipt == made.receipt
    with pytest.raises(Conflict, match="other content"):
        collect(world, "c.cycle", ROWS + "4,d\n")
    added = collect(world, "c.cycle", "id,v\n4,d\n", path="g.csv")
    assert added.landed == 1
    more = collect(world, "c.cycle", "id,v\n5,e\n", Mode.APPEND)
    assert more.snapshot > added.snapshot
    assert world.owner.query("SELECT count(*) FROM c.cycle").rows() == [(5,)]
    collect(world, "c.cycle", "id,v\n9,z\n", Mode.REPLACE)
    assert world.owner.query("SELECT * FROM c.cycle").rows() == [(9, "z")]


def test_another_contract_is_not_the_same(world: Any) -> None:
    collect(world, "c.contracts", ROWS)
    ref, file = Ref.parse("c.contracts"), world.folder / "f.csv"
    digest = str(hash(ROWS) & 0xFFFFFFFF)
    text = odcs.infer_contract(ref, spec_columns("VARCHAR"))
    with pytest.raises(Conflict, match="another contract"):
        world.owner.desk.collect(ref, spec(file, digest, "VARCHAR"), Mode.NEW, text)


def test_rows_that_break_go_to_quarantine_and_out_on_replace(world: Any) -> None:
    made = collect(world, "c.broken", "id,v\n1,a\nx,b\n")
    assert (made.rows_in, made.landed, made.quarantined) == (2, 1, 1)
    assert (made.reasons[0].column, made.reasons[0].reason) == ("id", "type")
    rows = world.owner.query(
        "SELECT _source, _row, _column, _reason, _raw FROM c.broken__quarantine"
    ).rows()
    assert rows == [("f.csv", 2, "id", "type", '["x","b"]')]
    collect(world, "c.broken", "id,v\n2,b\n", Mode.REPLACE)
    assert world.owner.query("SELECT count(*) FROM c.broken__quarantine").rows() == [(0,)]


@pytest.mark.parametrize("name", ["sys.x", "main.x", "c.x__quarantine", "node/c.x"])
def test_reserved_names(world: Any, name: str) -> None:
    with pytest.raises(Invalid):
        collect(world, name, ROWS)


def test_types_that_the_lake_cannot_keep(world: Any) -> None:
    file = world.folder / "f.csv"
    file.write_text(ROWS)
    with pytest.raises(Invalid, match="HUGEINT"):
        world.owner.desk.collect(
            Ref.parse("c.huge"), spec(file, "1", "HUGEINT"), Mode.NEW, contract(Ref.parse("c.huge"))
        )


def test_only_the_owner_collects(world: Any) -> None:
    file = world.folder / "f.csv"
    file.write_text(ROWS)
    desk = world.as_("ana").desk
    text = contract(Ref("c", "a"))
    with pytest.raises(Refused):
        desk.collect(Ref("c", "a"), spec(file, "1"), Mode.NEW, text)
    with pytest.raises(Refused):
        desk.examine(spec(file, "1").files, Reading("csv", columns=("id", "v")))


def test_rows_that_do_not_add_up_are_not_kept(world: Any) -> None:
    real = world.node.engine

    class Miscounting:
        def load(self, plan: Any, progress: Any = None) -> Any:
            loaded = real.load(plan, progress)
            return replace(loaded, rows_in=loaded.rows_in + 1)

    file = world.folder / "f.csv"
    file.write_text(ROWS)
    ref = Ref.parse("c.miscounted")
    counter = world.before(Miscounting())
    with pytest.raises(Faulty, match="do not add up"):
        counter.collect(ref, spec(file, "7"), Mode.NEW, contract(ref))
    assert world.owner.desk.facts().dataset(ref) is None


def test_a_job_that_was_overtaken_says_so(world: Any) -> None:
    real = world.node.engine
    ref = Ref.parse("c.overtaken")
    file = world.folder / "f.csv"
    file.write_text(ROWS)

    class Overtaken:
        def load(self, plan: Any, progress: Any = None) -> Any:
            world.owner.desk.collect(ref, spec(file, "8"), Mode.NEW, contract(ref))
            return real.load(plan, progress)

    means = replace(world.node.means, engine=Overtaken())
    counter = Counter(Gate(means), "owner", None, silent)
    with pytest.raises(Conflict, match="Another job"):
        counter.collect(ref, spec(file, "8"), Mode.NEW, contract(ref))
    assert world.owner.query("SELECT count(*) FROM c.overtaken").rows() == [(3,)]


def test_the_event_counts_and_holds_no_content(world: Any) -> None:
    collect(world, "c.event", "id,v\n1,secret\nx,secret\n")
    event = json.loads(list(world.owner.desk.entries())[-1])
    assert event["data"]["reasons"] == [{"column": "id", "reason": "type", "rows": 1}]
    assert [g["dataset"] for g in event["generated"]] == ["c.event", "c.event__quarantine"]
    assert "secret" not in json.dumps(event)


def test_a_breaking_contract_needs_the_version_that_says_so(world: Any) -> None:
    ref, file = Ref.parse("c.breaking"), world.folder / "f.csv"
    collect(world, "c.breaking", ROWS)
    text = odcs.infer_contract(ref, spec_columns("VARCHAR"))
    with pytest.raises(Conflict, match="breaks users"):
        world.owner.desk.collect(ref, spec(file, "n1", "VARCHAR"), Mode.REPLACE, text)
    text = text.replace("version: 1.0.0", "version: 2.0.0")
    made = world.owner.desk.collect(ref, spec(file, "n1", "VARCHAR"), Mode.REPLACE, text)
    assert made.landed == 3
    assert (
        world.owner.query("SELECT id FROM c.breaking LIMIT 1").schema.columns[0].type == "VARCHAR"
    )


def test_which_files_of_a_stream_were_read_is_true_with_their_rows(world: Any) -> None:
    ref, desk = Ref.parse("c.stream"), world.owner.desk
    key = stream_key("shop", ref)

    def read(text: str, seen: Any, arrived: dict[str, Any]) -> Any:
        file = world.folder / "s.csv"
        file.write_text(text)
        onward = Onward(key, seen, {"digests": [text]}, arrived)
        return desk.collect(ref, spec(file, text), Mode.APPEND, contract(ref), onward=onward)

    def arrivals() -> dict[str, Any]:
        return {name.partition("#")[2]: body for name, body in desk.facts().all(ARRIVAL)}

    first = read(ROWS, None, {"a.csv": {"tag": "1"}, "b.csv": {"tag": "2"}})
    event = {"event": first.receipt}
    assert arrivals() == {"a.csv": {"tag": "1", **event}, "b.csv": {"tag": "2", **event}}
    with pytest.raises(Conflict):
        read(ROWS, None, {"c.csv": {"tag": "3"}})
    second = read("id,v\n4,d\n", {"digests": [ROWS]}, {"a.csv": None, "b.csv": {"tag": "3"}})
    assert arrivals() == {"b.csv": {"tag": "3", "event": second.receipt}}
    assert world.owner.query("SELECT count(*) FROM c.stream").rows() == [(4,)]


def test_a_new_column_is_there_once_a_row_has_it(world: Any) -> None:
    collect(world, "c.wider", ROWS)
    ref, path = Ref.parse("c.wider"), world.folder / "wider.csv"
    columns = (*spec_columns("BIGINT"), LoadColumn("w", "w", "BIGINT"))
    contract = odcs.infer_contract(ref, columns)

    def more(text: str) -> Any:
        path.write_text(text)
        file = SourceFile(str(path), path.name, path.stat().st_size, str(hash(text)))
        reading = Reading("csv", columns=("id", "v", "w"))
        return world.owner.desk.collect(
            ref, LoadSpec((file,), reading, columns), Mode.APPEND, contract
        )

    assert more("id,v,w\nbad,x,1\n").quarantined == 1
    assert world.owner.query("SELECT * FROM c.wider ORDER BY id").rows() == [
        (1, "a"), (2, "b"), (3, "c")
    ]  # fmt: skip
    assert more("id,v,w\n4,x,1\n").landed == 1
    assert world.owner.query("SELECT w FROM c.wider ORDER BY id").rows() == [
        (None,), (None,), (None,), (1,)
    ]  # fmt: skip


def test_a_rehearsal_counts_and_keeps_nothing(world: Any) -> None:
    file = world.folder / "rehearsed.csv"
    file.write_text("id,v\n1,a\nx,b\n2,c\n")
    ref = Ref.parse("c.rehearsed")
    before = world.owner.desk.checkpoint()
    files = {p for p in (world.folder / "node" / "lake").rglob("*") if p.is_file()}
    loaded = world.owner.desk.rehearse(ref, spec(file, "r1"))
    assert (loaded.rows_in, loaded.landed, loaded.quarantined) == (3, 2, 1)
    assert [(one.column, one.reason, one.rows) for one in loaded.reasons] == [("id", "type", 1)]
    assert loaded.files == loaded.quarantine_files == ()
    assert world.owner.desk.facts().dataset(ref) is None
    assert world.owner.desk.checkpoint() == before
    assert {p for p in (world.folder / "node" / "lake").rglob("*") if p.is_file()} == files
    merge = Merge(Mode.UPSERT, ("id",))
    assert world.owner.desk.rehearse(ref, spec(file, "r1"), merge).landed == 2
    with pytest.raises(Invalid, match="cannot be collected into"):
        world.owner.desk.rehearse(Ref.parse("sys.x"), spec(file, "r1"))
    with pytest.raises(Refused, match="may not collect"):
        world.as_("ana").desk.rehearse(ref, spec(file, "r1"))
