"""The plan on the engine: over the files that the question needs, and recorded as ever."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.gate.conftest import World

import doumen
from doumen.gate.commit import Draft
from doumen.gate.counter import Counter
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.event import Event
from doumen.model.fact import Fact
from doumen.model.plan import QueryPlan, Stream
from doumen.model.ref import Ref
from doumen.session import create

T = Ref("e", "t")


class Watched:
    """The engine of a node, with the files that each question was given."""

    def __init__(self, place: World) -> None:
        self._engine = place.node.means.engine
        self.given: list[int] = []

    def query(self, plan: QueryPlan, actor: str) -> Stream:
        self.given.append(sum(len(table.files) for table in plan.tables))
        return self._engine.query(plan, actor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("execute")
    create(folder / "node", "execute")
    with doumen.open(folder / "node") as node:
        place = World(node, folder)
        lines = "".join(f"{(n * 37) % 100},n{n}\n" for n in range(100))
        owner = place.collect("t.csv", f"id,name\n{lines}", "e.t")
        owner.do("dataset cluster", dataset="e.t", column=("id",))
        owner.do("dataset compact", dataset="e.t", rows=5)
        yield place


def test_a_point_is_read_of_the_files_that_may_hold_it(place: World) -> None:
    engine = Watched(place)
    desk: Counter = place.before(engine)
    answer = desk.query("SELECT name FROM e.t WHERE id = 37")
    assert answer.rows() == [("n1",)]
    assert desk.query("SELECT count(*) FROM e.t").rows() == [(100,)]
    assert engine.given == [2, 20]
    event = next(json.loads(e) for e in desk.entries() if answer.receipt.encode() in e)
    assert event["used"] == [{"dataset": "e.t", "version": 2}]


def test_a_plan_that_is_kept_leaves_out_by_its_parameters(place: World) -> None:
    engine = Watched(place)
    desk: Counter = place.before(engine)
    text = "SELECT id FROM e.t WHERE id BETWEEN ? AND ? ORDER BY id"
    for low, high, files in [(3, 4, 2), (3, 52, 12), (3, 4, 2), (900, 901, 1)]:
        rows = desk.query(text, (low, high)).rows()
        assert rows == [(n,) for n in range(low, min(high, 99) + 1)]
        assert engine.given[-1] == files


def test_a_replay_gives_the_same_and_leaves_out_the_same(place: World) -> None:
    owner = place.owner
    asked = owner.query("SELECT id, name FROM e.t WHERE id < 9 LIMIT 3")
    rows = asked.rows()
    receipt = read_receipt(owner.desk.receipt(asked.receipt))
    place.collect("more.csv", "id,name\n3,new\n", "e.t")
    engine = Watched(place)
    replayed = place.before(engine).replay(receipt)
    assert (replayed.exact, replayed.rows) == (True, len(rows))
    assert engine.given == [3]


def test_what_is_written_is_made_of_what_is_needed(place: World) -> None:
    engine = Watched(place)
    made = place.before(engine).derive("SELECT name FROM e.t WHERE id = 12", Ref("e", "made"))
    assert made.landed == 1
    assert engine.given[0] <= 3


def test_a_column_that_no_file_has_is_null(place: World) -> None:
    """Rows of the files that had it may all have gone since."""
    place.collect("old.csv", "id,name\n1,a\n2,b\n", "e.old")
    body = place.node.means.catalog.current().dataset(Ref("e", "old"))
    assert body is not None
    wider = {**body, "columns": [*body["columns"], {"name": "late", "type": "BIGINT"}]}
    event = Event(id="wider", time="2026", type="amend", actor="owner")
    place.node.means.commits.submit(lambda _: Draft(event, [Fact("dataset", "e.old", wider)]))
    (place.folder / "old.yaml").write_text(
        "rules:\n  - {id: old, permit: query, who: {role: analyst}, on: e.old,\n"
        '     duties: [{filter: "late IS NULL AND id < 2"}]}\n'
    )
    place.owner.do("rule add", file=place.folder / "old.yaml")
    place.owner.do("actor add", name="old", role=("analyst",))
    assert place.owner.query("SELECT * FROM e.old ORDER BY id").rows() == [
        (1, "a", None), (2, "b", None),
    ]  # fmt: skip
    own = place.as_("old")
    assert own.query("SELECT id, late FROM e.old").rows() == [(1, None)]
    joined = "SELECT count(*) FROM e.old AS a JOIN e.old AS b ON a.id = b.id"
    assert own.query(joined).rows() == [(1,)]


def test_what_an_answer_is_called_and_its_types_need_no_file(place: World) -> None:
    body = place.node.means.catalog.current().dataset(T)
    assert body is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place.node.means.lake, "bring", None)  # it would fail
        told = place.owner.desk.explain("SELECT id, count(*) AS n FROM e.t GROUP BY id")
    assert [(c.name, c.type) for c in told.columns] == [("id", "BIGINT"), ("n", "BIGINT")]
