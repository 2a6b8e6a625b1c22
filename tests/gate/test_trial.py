"""A trial runs the stations of a real query over a world of its own, and leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest

import doumen
from doumen.gate import execute, query
from doumen.model.errors import Refused, Unavailable
from doumen.model.fact import Fact
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.trial import Laboratory, Lies, World
from doumen.session import Node, create

CITIES, LATER = Ref("law", "cities"), Ref("law", "later")
ROWS = pa.table({"city": ["Ningbo", "Wenzhou", "Lishui"], "zone": [1, 2, None]})


def dataset(ref: Ref, **columns: str) -> Fact:
    listed = [{"name": name, "type": type} for name, type in columns.items()]
    files = [{"path": "elsewhere.parquet", "size": 1, "rows": 9}]
    return Fact("dataset", str(ref), {"kind": "table", "columns": listed, "files": files})


def world(rows: pa.Table = ROWS, *rules: dict[str, object]) -> World:
    facts = [
        Fact("actor", "ana", {"roles": ["analyst"]}),
        dataset(CITIES, city="VARCHAR", zone="BIGINT"),
        *(Fact("rule", str(rule["id"]), rule) for rule in rules),
    ]
    return World(tuple(facts), {CITIES: rows})


def read(filter: str = "zone IS NOT NULL", **more: object) -> dict[str, object]:
    return {"id": "read", "permit": "query", "who": {"role": "analyst"}, "on": "law.cities",
            "duties": [{"filter": filter}], **more}  # fmt: skip


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("trial") / "node"
    create(folder, "trial")
    with doumen.open(folder) as opened:
        yield opened


@pytest.fixture
def laboratory(node: Node) -> Iterator[Laboratory]:
    with node.session().desk.laboratory() as made:
        yield made


@pytest.mark.parametrize("lies", ["lake", "ordered", "csv", "parquet"])
def test_what_an_actor_is_told(laboratory: Laboratory, lies: Lies) -> None:
    stand = laboratory.stand(replace(world(ROWS, read()), lies=lies))
    seen = stand.ask("ana", "SELECT city FROM law.cities ORDER BY city", explain=True)
    assert seen.columns == (("city", "VARCHAR"),)
    assert seen.rows == (("Ningbo",), ("Wenzhou",))
    assert seen.error is None
    assert not seen.truncated
    assert seen.explained is not None
    assert seen.explained["tables"][0]["rows"] == "filtered"


def test_an_error_is_told_and_so_is_that_of_the_explanation(laboratory: Laboratory) -> None:
    stand = laboratory.stand(world())
    seen = stand.ask("ana", "SELECT city FROM law.cities", explain=True)
    assert seen.rows is None
    assert seen.error is not None
    assert seen.error["code"] == "not-found.dataset"
    assert seen.explained == {"error": seen.error}


def test_a_limit_cuts_and_an_empty_table_is_empty(laboratory: Laboratory) -> None:
    cut = read(duties=[{"limit": 1}])
    seen = laboratory.stand(world(ROWS, cut)).ask("ana", "FROM law.cities SELECT city")
    assert seen.truncated
    assert len(seen.rows or ()) == 1
    empty = laboratory.stand(world(ROWS.slice(0, 0), read())).ask("ana", "SELECT * FROM law.cities")
    assert empty.rows == ()


def test_a_dataset_without_rows_given_has_none(laboratory: Laboratory) -> None:
    made = world(ROWS, read())
    facts = (*made.facts, dataset(LATER, a="BIGINT"), Fact("label", "law.later", None))
    stand = laboratory.stand(World(facts, made.tables))
    assert stand.ask("owner", "SELECT count(*) FROM law.later").rows == ((0,),)


def test_rules_of_one_world_do_not_hold_in_the_next(laboratory: Laboratory) -> None:
    text = "SELECT count(*) FROM law.cities"
    counts = [
        laboratory.stand(world(ROWS, read(filter))).ask("ana", text).rows
        for filter in ("zone = 1", "zone IS NOT NULL", "zone = 7")
    ]
    assert counts == [((1,),), ((2,),), ((0,),)]


def test_values_that_python_does_not_have_are_texts(laboratory: Laboratory) -> None:
    stand = laboratory.stand(world())
    seen = stand.ask("owner", "SELECT TIMESTAMP '2026-01-01' + INTERVAL 250000 YEAR AS t")
    assert isinstance((seen.rows or ((None,),))[0][0], str)
    plain = stand.ask("owner", "SELECT TIMESTAMP '2026-01-01' AS t")
    assert plain.rows == ((datetime(2026, 1, 1),),)


def test_past_versions_are_those_of_the_world(laboratory: Laboratory) -> None:
    stand = laboratory.stand(world())
    found = stand.ask("owner", "SELECT count(*) FROM law.cities AT (VERSION => 0)")
    assert found.rows == ((3,),)
    missing = stand.ask("owner", "SELECT count(*) FROM law.nothing AT (VERSION => 0)")
    assert missing.error is not None


def test_nothing_is_recorded_and_nothing_is_left(node: Node) -> None:
    desk = node.session().desk
    before = list(desk.entries())
    with desk.laboratory() as laboratory:
        stand = laboratory.stand(world(ROWS, read()))
        stand.ask("ana", "SELECT * FROM law.cities", explain=True)
        stand.ask("ana", "SELECT * FROM law.nothing")
        assert stand.ask("owner", "SELECT count(*) FROM sys.events").rows == ((0,),)
        folder = stand._means.lake.root  # type: ignore[attr-defined]
        assert list(folder.rglob("*.parquet"))
    assert list(desk.entries()) == before
    assert desk.facts().dataset(CITIES) is None
    assert not folder.exists()


def test_what_cannot_be_had_is_no_answer(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object, **__: object) -> None:
        raise Unavailable(msg("No engine."))

    stand = laboratory.stand(world(ROWS, read()))
    monkeypatch.setattr(execute, "execute", gone)
    with pytest.raises(Unavailable):
        stand.ask("ana", "SELECT * FROM law.cities")
    monkeypatch.setattr(query, "explain", gone)
    with pytest.raises(Unavailable):
        stand.ask("ana", "SELECT * FROM law.cities", explain=True)


def test_only_who_governs_may(node: Node, tmp_path: Path) -> None:
    owner = node.session()
    owner.do("actor add", name="ana", role=("analyst",))
    owner.do("actor add", name="stella", role=("steward",))
    with pytest.raises(Refused, match="owner and steward"), node.session("ana").desk.laboratory():
        pass
    with node.session("stella").desk.laboratory() as laboratory:
        assert laboratory.stand(world()).ask("owner", "SELECT 1 AS x").rows == ((1,),)


def test_a_stand_that_follows_another_keeps_its_plans(laboratory: Laboratory) -> None:
    text = "SELECT count(*) FROM law.cities"
    first = laboratory.stand(world(ROWS, read("zone = 1")))
    assert first.ask("ana", text).rows == ((1,),)
    later = laboratory.stand(world(ROWS, read("zone = 7")), first)
    assert later.ask("ana", text).rows == ((0,),)
    assert later.plans is first.plans  # type: ignore[attr-defined]
    assert laboratory.stand(world()).plans is not first.plans  # type: ignore[attr-defined]
