"""Compaction at the gate: same rows, one event, and nothing where anything differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.gate.conftest import World

import doumen
from doumen.gate import Counter
from doumen.gate.compact import check
from doumen.model.errors import Conflict, DoumenError, Faulty
from doumen.model.fact import Fact
from doumen.model.loaded import Rewritten, Tally
from doumen.model.plan import CompactPlan
from doumen.model.ref import Ref
from doumen.model.snapshot import DataFile
from doumen.model.upkeep import UPKEEP, Upkeep
from doumen.session import create

T = Ref("c", "t")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[World]:
    create(tmp_path / "node", "compact")
    with doumen.open(tmp_path / "node") as node:
        yield World(node, tmp_path)


def fill(place: World, files: int = 3, rows: int = 4) -> None:
    for number in range(files):
        lines = "".join(f"{(row * 7 + number) % 10},n{row}\n" for row in range(rows))
        place.collect(f"{number}.csv", f"id,name\n{lines}", "c.t")


def rows(place: World, of: str = "c.t") -> list[tuple[Any, ...]]:
    return sorted(place.owner.query(f"SELECT * FROM {of}").rows())


def files(place: World) -> list[DataFile]:
    snapshot = place.owner.desk.facts().snapshot(T)
    assert snapshot is not None
    return list(snapshot.files)


def cluster(place: World, *columns: str) -> None:
    place.owner.desk.amend([Fact(UPKEEP, str(T), Upkeep(columns).as_json())], subject=str(T))


class Meddling:
    """The engine of a node, with something that happens beside it or to what it gives."""

    def __init__(
        self,
        place: World,
        beside: Callable[[], object] = lambda: None,
        then: Callable[[Rewritten], Rewritten] = lambda done: done,
    ) -> None:
        self._engine, self._beside, self._then = place.node.means.engine, beside, then

    def compact(self, plan: CompactPlan, progress: Any = None) -> Rewritten:
        self._beside()
        return self._then(self._engine.compact(plan, progress))


def test_the_rows_stay_and_the_event_says_what_was_done(place: World) -> None:
    fill(place)
    before = rows(place)
    done = place.owner.desk.compact(T)
    assert (done.before, done.after, done.rows, done.snapshot) == (3, 1, 12, 4)
    assert rows(place) == before == rows(place, "c.t AT (VERSION => 3)")
    event = next(e for e in events(place) if e["type"] == "compact")
    assert event["id"] == done.receipt
    assert event["used"] == [{"dataset": "c.t", "version": 3}]
    assert event["generated"] == [{"dataset": "c.t", "version": 4}]
    assert event["data"] == {"rows": 12, "files": 3, "into": 1, "by": []}
    again = place.owner.desk.compact(T)
    assert (again.receipt, again.before, again.after, again.snapshot) == (None, 1, 1, 4)
    assert not list((place.folder / "node" / "lake").rglob("_staged-*"))


def test_files_that_are_good_stay_beside_as_they_are(place: World) -> None:
    fill(place, files=1, rows=90)
    place.collect("x.csv", "id,name\n1,x\n", "c.t")
    place.collect("y.csv", "id,name\n2,y\n", "c.t")
    big, before = files(place)[0], rows(place)
    done = place.owner.desk.compact(T, 100)
    assert (done.before, done.after, done.rows) == (3, 2, 2)
    lake = place.node.means.lake
    kept = files(place)[0]
    assert kept.path == big.path
    assert lake.path(kept).samefile(lake.path(big))
    assert rows(place) == before
    snapshot = place.owner.desk.facts().snapshot(T)
    assert snapshot is not None
    assert lake.agrees(snapshot)


def test_files_that_are_older_than_a_column_do_not_come_last(place: World) -> None:
    text = (
        "apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: {}\nstatus: active\nschema:\n"
        "  - name: t\n    properties:\n      - {{name: id, logicalType: integer}}\n{}"
    )
    later = "      - {name: late, logicalType: integer}\n"
    for version, more in (("1.0.0", ""), ("1.1.0", later)):
        (place.folder / f"{version}.yaml").write_text(text.format(version, more))
    place.collect("0.csv", "id\n" + "".join(f"{n}\n" for n in range(10)), "c.t",
                  contract=place.folder / "1.0.0.yaml")  # fmt: skip
    for start in (10, 20):
        lines = "".join(f"{start + n},{n}\n" for n in range(3))
        place.collect(f"{start}.csv", f"id,late\n{lines}", "c.t", append=True,
                      contract=place.folder / "1.1.0.yaml")  # fmt: skip
    place.owner.desk.compact(T, rows=10)
    assert [file.rows for file in files(place)] == [10, 6]
    with pq.ParquetFile(place.node.means.lake.path(files(place)[-1])) as last:
        assert last.schema_arrow.names == ["id", "late"]
    assert place.owner.query("SELECT count(*), sum(late) FROM c.t").rows() == [(16, 6)]


def test_an_order_is_kept_and_known(place: World) -> None:
    fill(place)
    cluster(place, "id", "name")
    before = rows(place)
    place.owner.desk.compact(T, 5)
    assert [[(b.column, b.low, b.high) for b in f.bounds] for f in files(place)] == [
        [("id", "0", "3"), ("name", "n0", "n3")], [("id", "4", "9"), ("name", "n1", "n2")]
    ]  # fmt: skip
    assert rows(place) == before


def test_rows_that_are_appended_meanwhile_stay(place: World) -> None:
    fill(place)
    desk = place.before(Meddling(place, lambda: place.collect("n.csv", "id,name\n99,new\n", "c.t")))
    done = desk.compact(T)
    assert (done.before, done.after, done.rows) == (4, 2, 12)
    assert len(rows(place)) == 13
    assert (99, "new") in rows(place)


@pytest.mark.parametrize("what", ["replace", "compact", "columns"])
def test_what_is_no_longer_in_force_is_a_conflict(place: World, what: str) -> None:
    fill(place)

    def beside() -> None:
        if what == "replace":
            place.collect("n.csv", "id,name\n99,new\n", "c.t", replace=True)
        elif what == "compact":
            place.owner.desk.compact(T)
        else:
            grow(place)

    desk: Counter = place.before(Meddling(place, beside))
    with pytest.raises(Conflict, match=r"Another job changed `c\.t`"):
        desk.compact(T)
    assert [e["type"] for e in events(place)].count("compact") == (what == "compact")


def grow(place: World) -> None:
    """Append a row under a contract with a column more."""
    owner = place.owner
    text = owner.do("contract show", dataset="c.t").json["contract"]
    contract = place.folder / "grown.yaml"
    column = "\n      - name: more\n        logicalType: string\n        physicalType: VARCHAR\n"
    contract.write_text(text.rstrip("\n") + column)
    place.collect("g.csv", "id,name,more\n1,a,b\n", "c.t", contract=contract, append=True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda done: replace(done, read=Tally(done.read.rows, done.read.sum + 1)),
        lambda done: replace(done, written=done.written[:-1]),
        lambda done: replace(done, read=Tally(11, 5), written=(Tally(11, 5),)),
    ],
)
def test_other_rows_keep_nothing(place: World, spoil: Callable[[Rewritten], Rewritten]) -> None:
    fill(place)
    before, there = files(place), sorted((place.folder / "node" / "lake").rglob("*"))
    with pytest.raises(Faulty, match="nothing was kept"):
        place.before(Meddling(place, then=spoil)).compact(T)
    assert files(place) == before
    assert sorted((place.folder / "node" / "lake").rglob("*")) == there


def test_the_same_rows_pass() -> None:
    check(Rewritten(Tally(3, 7), (Tally(1, 3), Tally(2, 4)), ()), 3)


def test_what_cannot_be_compacted(place: World) -> None:
    fill(place)
    place.attach("x")
    place.owner.do("actor add", name="stu", role=("steward",))
    for actor, name, code in [
        ("owner", "c.absent", "not-found.dataset"), ("owner", "att.x", "invalid.attached"),
        ("stu", "c.t", "refused.role"),
    ]:  # fmt: skip
        with pytest.raises(DoumenError) as caught:
            place.as_(actor).desk.compact(Ref.parse(name))
        assert caught.value.code == code


def events(place: World) -> list[dict[str, Any]]:
    return [json.loads(entry) for entry in place.owner.desk.entries()]
