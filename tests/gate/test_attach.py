"""Files governed where they lie: as if collected, under the rules and contracts of any dataset."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Conflict, Faulty, Invalid, Refused
from doumen.model.load import LoadSpec, SourceFile
from doumen.model.message import msg
from doumen.model.plan import SurveyPlan
from doumen.model.ref import Ref

pytestmark = pytest.mark.usefixtures("att")


def test_it_is_governed_as_any_dataset(world: Any) -> None:
    path = world.attach("all")
    statement = "SELECT * FROM att.all ORDER BY id"
    assert world.owner.query(statement).rows()[1] == (2, "Lishui", "x9")
    answer = world.as_("ana").query(statement)
    assert answer.rows() == [(1, "Wenzhou", "7"), (3, "Ningbo", "40")]
    event = world.last_event()
    assert event["used"] == [{"dataset": "att.all", "version": 1}]
    assert "att" in event["data"]["rules"]
    receipt = read_receipt(world.owner.desk.receipt(answer.receipt))
    assert world.owner.desk.replay(receipt).exact
    body = world.owner.desk.facts().dataset(Ref.parse("att.all"))
    assert (body["kind"], body["version"]) == ("attached", 1)
    (file,) = body["files"]
    assert (file["path"], file["size"], file["rows"]) == (str(path), len(world.rows), 3)
    assert {"mtime_ns", "ctime_ns", "inode", "sha256"} <= file.keys()
    assert not list((world.node.directory / "lake" / "att" / "all").glob("*.parquet"))


def test_the_event_of_an_attachment(world: Any) -> None:
    world.attach("event")
    event = world.last_event()
    assert (event["type"], event["subject"]) == ("attach", "att.event")
    assert event["generated"] == [{"dataset": "att.event", "version": 1}]
    assert event["data"] == {"rows_in": 3, "mode": "new", "files": 1, "contract": "1.0.0"}


def test_errors_of_hidden_rows_are_not_met(world: Any) -> None:
    """`x9` is in the row that the analyst does not see, through joins and limits too."""
    world.attach("hidden")
    for statement in (
        "SELECT id, CAST(v AS INTEGER) AS n FROM att.hidden",
        "SELECT CAST(v AS INTEGER) AS n FROM att.hidden LIMIT 9",
        "SELECT a.id FROM att.hidden a JOIN g.people b ON b.id < CAST(a.v AS INTEGER)",
    ):
        assert world.as_("ana").query(statement).rows()
        with pytest.raises(Faulty) as caught:
            world.owner.query(statement).rows()
        assert "x9" not in str(caught.value.as_json())


def test_derived_from_it(world: Any) -> None:
    world.attach("source")
    made = world.owner.derive("SELECT id, v FROM att.source", "att.derived")
    assert made.landed == 3
    assert world.owner.query("SELECT count(*) FROM att.derived").rows() == [(3,)]
    assert world.owner.desk.facts().dataset(Ref.parse("att.derived"))["sources"] == ["att.source"]


def test_where_it_lies_is_for_owner_and_steward(world: Any) -> None:
    path = world.attach("place")
    assert world.owner.do("describe", dataset="att.place").json["attached"] == [str(path)]
    assert world.as_("stu").do("describe", dataset="att.place").json["attached"] == [str(path)]
    assert world.as_("vera").do("describe", dataset="att.place").json["attached"] == [path.name]
    assert world.as_("rea").do("describe", dataset="att.place").json["attached"] == [path.name]
    assert world.as_("ana").do("describe", dataset="att.place").json["attached"] == []
    for actor in ("vera", "rea", "ana"):
        session = world.as_(actor)
        seen = [str(session.desk.facts()), str(session.desk.history("dataset", "att.place"))]
        tables = ("datasets", "columns", "rules", "events", "lineage")
        seen.extend(str(session.query(f"SELECT * FROM sys.{one}").rows()) for one in tables)
        assert not [one for one in seen if str(path) in one], actor
    kinds = world.as_("rea").query("SELECT kind FROM sys.datasets WHERE dataset = 'att.place'")
    assert kinds.rows() == [("attached",)]
    assert "att.place" in str(world.owner.do("dataset list").json)


def test_collected_and_attached_take_turns(world: Any) -> None:
    path = world.attach("turns")
    with pytest.raises(Conflict) as caught:
        world.owner.do("collect", path=path, as_dataset="att.turns")
    assert caught.value.code == "conflict.attached"
    for mode in ({"append": True}, {}):
        with pytest.raises(Conflict):
            world.owner.do("collect", path=path, as_dataset="att.turns", **mode)
    made = world.owner.do("collect", path=path, as_dataset="att.turns", replace=True)
    assert (made.json["landed"], made.json["snapshot"]) == (3, 2)
    path.unlink()
    assert world.owner.query("SELECT count(*) FROM att.turns").rows() == [(3,)]
    path.write_text(world.rows)
    with pytest.raises(Conflict, match="is there already"):
        world.owner.do("attach", path=path, as_dataset="att.turns")
    made = world.owner.do("attach", path=path, as_dataset="att.turns", replace=True)
    assert made.json["snapshot"] == 3
    assert world.owner.query("SELECT count(*) FROM att.turns").rows() == [(3,)]
    past = "SELECT count(*) FROM att.turns AT (VERSION => {})"
    assert [world.owner.query(past.format(n)).rows() for n in (1, 2, 3)] == [[(3,)]] * 3
    again = world.owner.do("collect", path=path, as_dataset="att.turns", replace=True)
    assert not again.json["unchanged"]
    assert path.read_text() == world.rows


def test_the_quarantine_of_what_was_collected_goes(world: Any) -> None:
    rows = "id,v\n" + "".join(f"{n},a\n" for n in range(400)) + "x,b\n"
    world.collect("q.csv", rows, "att.quarantined")
    aside = "SELECT count(*) FROM att.quarantined__quarantine"
    assert world.owner.query(aside).rows() == [(1,)]
    world.attach("quarantined", rows.replace("x,b\n", ""), replace=True)
    assert world.owner.query(aside).rows() == [(0,)]


def test_the_same_again_changes_nothing(world: Any) -> None:
    path = world.attach("again")
    first = world.owner.do("describe", dataset="att.again").json["snapshot"]
    os.utime(path)
    made = world.owner.do("attach", path=path, as_dataset="att.again")
    assert (made.json["unchanged"], made.json["snapshot"]) == (True, first)
    other = world.owner.do("attach", path=path, as_dataset="att.again", replace=True)
    assert (other.json["unchanged"], other.json["snapshot"]) == (False, first + 1)
    with pytest.raises(Conflict):
        world.owner.do("attach", path=path, as_dataset="att.again", no_header=True)


def test_rows_that_break_the_contract_are_counted_and_nothing_is_attached(world: Any) -> None:
    rows = "id,v\n" + "".join(f"{n},a\n" for n in range(400)) + "x,SECRET\n9\n"
    with pytest.raises(Faulty) as caught:
        world.attach("broken", rows)
    error = caught.value
    assert error.code == "faulty.rows"
    assert error.what.endswith("2. Nothing was attached.")
    assert "`id`: type, 1 rows" in str(error.why)
    assert "ragged: 1 rows" in str(error.why)
    assert "doumen collect" in str(error.next)
    assert "SECRET" not in str(error.as_json())
    assert world.refused(msg("owner"), "SELECT * FROM att.broken") == "not-found.dataset"


def test_many_reasons_are_told_in_short(world: Any) -> None:
    names = [f"c{n}" for n in range(14)]
    row = ",".join("1" for _ in names)
    bad = ["\n".join([",".join("x" if i == n else "1" for i in range(14))]) for n in range(14)]
    text = "\n".join([",".join(names), *[row] * 4000, *bad]) + "\n"
    with pytest.raises(Faulty, match="14") as caught:
        world.attach("reasons", text)
    assert "and 4 more reasons" in str(caught.value.why)


def test_only_the_owner_attaches(world: Any) -> None:
    path = world.attach("mine")
    for actor in ("stu", "ana"):
        with pytest.raises(Refused):
            world.as_(actor).do("attach", path=path, as_dataset="att.theirs")


def spec_of(world: Any, path: Path) -> tuple[LoadSpec, str]:
    """What the room handed over for a dataset that is attached already."""
    name = f"att.{path.stem}"
    snapshot = world.node.means.catalog.current().snapshot(Ref.parse(name))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    file = SourceFile(str(path), path.name, path.stat().st_size, digest)
    text = world.owner.desk.facts().body("contract", name)["text"]
    return LoadSpec((file,), snapshot.form.reading, snapshot.form.columns), text


def test_the_gate_sees_for_itself(world: Any) -> None:
    """Whatever the room says: names, files of the lake, content that changed since."""
    path = world.attach("itself")
    spec, text = spec_of(world, path)
    desk = world.owner.desk
    with pytest.raises(Invalid, match="cannot be collected into"):
        desk.attach(Ref("sys", "x"), spec, text, replace=False)
    inside = next((world.node.directory / "lake" / "g" / "people").glob("*.parquet"))
    with pytest.raises(Invalid, match="of this node's lake"):
        world.owner.do("attach", path=inside, as_dataset="att.inside")
    path.write_text(world.rows + "4,Ningbo,9\n")
    with pytest.raises(Conflict, match="while it was being attached"):
        desk.attach(Ref("att", "since"), spec, text, replace=False)


def test_a_change_before_the_commit_is_noticed(world: Any) -> None:
    path = world.attach("commit")
    spec, text = spec_of(world, path)

    class Late:
        def __init__(self, meddle: Callable[[], object]) -> None:
            self.meddle = meddle

        def survey(self, plan: SurveyPlan, progress: Any = None) -> Any:
            found = world.node.means.engine.survey(plan, progress)
            self.meddle()
            return found

    with pytest.raises(Conflict, match="no longer the one"):
        world.before(Late(lambda: path.write_text(world.rows.replace("7", "8")))).attach(
            Ref("att", "late"), spec, text, replace=False
        )
    spec, text = spec_of(world, path)
    with pytest.raises(Conflict, match="Another job changed"):
        world.before(Late(lambda: world.collect("o.csv", world.rows, "att.late"))).attach(
            Ref("att", "late"), spec, text, replace=False
        )


def test_a_contract_that_breaks_users_needs_its_version(world: Any) -> None:
    path = world.attach("terms")
    contract = world.folder / "terms.yaml"
    text = world.owner.desk.facts().body("contract", "att.terms")["text"]
    contract.write_text(text.replace("BIGINT", "VARCHAR").replace("integer", "string"))
    with pytest.raises(Conflict, match="breaks users"):
        world.owner.do("attach", path=path, as_dataset="att.terms", contract=contract, replace=True)


def test_several_files_are_one_dataset(world: Any) -> None:
    folder = world.folder / "several"
    folder.mkdir()
    for name in ("a", "b"):
        pq.write_table(pa.table({"n": [name] * 5, "id": range(5)}), folder / f"{name}.parquet")
    made = world.owner.do("attach", path=folder, as_dataset="att.several")
    assert (made.json["rows"], made.json["files"]) == (10, 2)
    found = world.owner.query("SELECT n, count(*) FROM att.several GROUP BY n ORDER BY n").rows()
    assert found == [("a", 5), ("b", 5)]
    (folder / "b.parquet").unlink()
    assert world.refused(msg("owner"), "SELECT n FROM att.several") == "unavailable.files"
