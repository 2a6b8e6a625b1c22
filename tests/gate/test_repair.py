"""Quarantined rows at the gate: replayed and given up, counted, once, and by whom."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from deltalake import DeltaTable

from doumen.gate import aside, repair
from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, DoumenError, Faulty
from doumen.model.fact import Fact
from doumen.model.held import Which
from doumen.model.load import Check, LoadColumn, LoadSpec, Mode, Reading, SourceFile
from doumen.model.merge import Counts, Merge, Vanished
from doumen.model.ref import Ref

COLUMNS = (LoadColumn("id", "id", "BIGINT"), LoadColumn("v", "v", "BIGINT"))
BAD = "id,v\n1,10\n2,x\n3,-5\n"


def bring(
    world: Any, name: str, text: str = BAD, merge: Merge | None = None, **columns: Any
) -> Ref:
    path = world.folder / "repair.csv"
    path.write_text(text)
    ref = Ref.parse(name)
    kept = tuple(LoadColumn(c.name, c.name, c.type) for c in (merge.kept if merge else ()))
    spec = tuple(replace(c, **columns) if c.name == "v" else c for c in COLUMNS)
    file = SourceFile(str(path), path.name, path.stat().st_size, str(hash(text) & 0xFFFFFFFF))
    loading = LoadSpec((file,), Reading("csv", columns=("id", "v")), spec)
    contract = odcs.infer_contract(ref, (*spec, *kept))
    mode = merge.mode if merge else Mode.APPEND
    world.owner.desk.collect(ref, loading, mode, contract, merge=merge)
    return ref


def mend(world: Any, ref: Ref, **change: Any) -> None:
    """Put another contract in force for the column `v`."""
    body = world.owner.desk.facts().body("contract", str(ref))
    columns = [
        replace(c, **change) if c.name == "v" else c
        for c in odcs.read_contract(body["text"]).columns
    ]
    text = odcs.infer_contract(ref, columns)
    fact = Fact("contract", str(ref), {**body, "text": text, "version": "2.0.0"})
    world.owner.desk.amend([fact], subject=str(ref))


def rows(world: Any, ref: Ref) -> list[Any]:
    found: list[Any] = world.owner.query(f"SELECT * FROM {ref} ORDER BY id").rows()
    return found


def event(world: Any, receipt: str | None) -> dict[str, Any]:
    said = world.owner.query(
        f"SELECT type, actor, subject, data FROM sys.events WHERE id = '{receipt}'"
    )
    ((kind, actor, subject, data),) = said.rows()
    return {"type": kind, "actor": actor, "subject": subject, **json.loads(data)}


def test_a_column_of_another_type_is_told_as_in_a_collection(world: Any) -> None:
    ref = bring(world, "rep.mended")
    steward = world.as_("stu").desk
    none = steward.repair(ref)
    assert (none.receipt, none.retried.landed, none.retried.stayed) == (None, 0, 1)
    mend(world, ref, type="VARCHAR")
    with pytest.raises(Conflict) as caught:  # what landed is of another
        steward.repair(ref)
    assert caught.value.code == "conflict.columns"
    assert rows(world, ref) == [(1, 10), (3, -5)]


def test_what_lands_and_what_stays_is_one_event(world: Any) -> None:
    ref = bring(world, "rep.one", "id,v\n1,10\n2,20000\n3,-5\n4,x\n",
                checks=(Check("minimum", "0"), Check("maximum", "100")))  # fmt: skip
    mend(world, ref, checks=(Check("minimum", "0"),))
    dry = world.as_("stu").desk.repair(ref, dry=True)
    assert (dry.receipt, dry.retried.landed) == (None, 1)
    assert rows(world, ref) == [(1, 10)]
    made = world.as_("stu").desk.repair(ref)
    assert rows(world, ref) == [(1, 10), (2, 20000)]
    assert event(world, made.receipt) == {
        "type": "quarantine.replayed", "actor": "stu", "subject": "rep.one",
        "replayed": 3, "repaired": 0, "landed": 1, "remaining": 2, "discarded": 0,
        "contract": "1.0.0",
        "reasons": [{"column": "v", "reason": "minimum", "rows": 1},
                    {"column": "v", "reason": "type", "rows": 1}],
    }  # fmt: skip
    facts = world.owner.desk.facts()
    assert (made.snapshot, facts.dataset(ref)["version"]) == (dry.snapshot + 1,) * 2
    left = world.owner.query(f"SELECT _row, _reason FROM {ref.quarantine} ORDER BY _row").rows()
    assert left == [(3, "minimum"), (4, "type")]
    again = world.as_("stu").desk.repair(ref)
    assert (again.receipt, again.retried.landed, again.retried.stayed) == (None, 0, 2)
    lake = world.folder / "node" / "lake" / "rep"
    assert DeltaTable(lake / "one").to_pyarrow_table().num_rows == 2
    assert DeltaTable(lake / "one__quarantine").to_pyarrow_table().num_rows == 2
    world.owner.query("SELECT * FROM sys.lineage")


def test_who_may(world: Any) -> None:
    ref = bring(world, "rep.who")
    for actor in ("ana", "vera"):
        for act in ("repair", "discard"):
            desk = world.as_(actor).desk
            with pytest.raises(DoumenError) as caught:
                desk.repair(ref) if act == "repair" else desk.discard(ref, "so", Which())
            assert caught.value.code == "refused.role"


def test_where_there_is_nothing(world: Any) -> None:
    ref = bring(world, "rep.clean", "id,v\n1,10\n")
    desk = world.owner.desk
    assert desk.repair(ref).retried.rows == 0
    assert desk.discard(ref, "so", Which()).discarded == 0
    with pytest.raises(DoumenError, match="nowhere"):
        desk.repair(Ref("rep", "nowhere"))


def test_rows_are_given_up(world: Any) -> None:
    ref = bring(world, "rep.given", "id,v\n1,10\n2,x\n3,y\n", None)
    desk = world.as_("stu").desk
    assert desk.discard(ref, "so", Which(column="id")).receipt is None
    first = world.owner.query(f"SELECT min(_id) FROM {ref.quarantine}").rows()[0][0]
    made = desk.discard(ref, "the plant sent rubbish", Which(ids=(first,), reason="type"))
    assert (made.discarded, made.remaining) == (1, 1)
    assert event(world, made.receipt) == {
        "type": "quarantine.discarded", "actor": "stu", "subject": "rep.given",
        "discarded": 1, "remaining": 1, "reason": "the plant sent rubbish",
        "which": {"ids": 1, "rule": "type"},
    }  # fmt: skip
    assert desk.discard(ref, "all", Which()).remaining == 0
    assert rows(world, ref) == [(1, 10)]
    assert world.owner.query(f"SELECT count(*) FROM {ref.quarantine}").rows() == [(0,)]


UPSERT = Merge(Mode.UPSERT, ("id",), vanished=Vanished.MARK)
HISTORY = Merge(Mode.HISTORY, ("id",))


def test_rows_land_by_their_key_and_none_vanishes(world: Any) -> None:
    small = {"checks": (Check("maximum", "99"),)}
    ref = bring(world, "rep.keyed", "id,v\n1,10\n2,20\n", UPSERT, **small)
    bring(world, "rep.keyed", "id,v\n1,10\n2,x\n3,900\n", UPSERT, **small)
    assert [row[:2] for row in rows(world, ref)] == [(1, 10), (2, 20)]
    mend(world, ref, checks=())
    made = world.owner.desk.repair(ref)
    assert made.merged == Counts(inserted=1)
    found = rows(world, ref)
    assert [row[:2] for row in found] == [(1, 10), (2, 20), (3, 900)]
    assert [row[2] is None for row in found] == [True, False, True]  # as the run had left it
    assert event(world, made.receipt)["merged"]["inserted"] == 1


def test_an_update_of_a_history(world: Any) -> None:
    ref = bring(world, "rep.past", "id,v\n1,10\n", HISTORY, checks=(Check("maximum", "99"),))
    bring(world, "rep.past", "id,v\n1,500\n", HISTORY, checks=(Check("maximum", "99"),))
    mend(world, ref, checks=())
    assert world.owner.desk.repair(ref).merged == Counts(updated=1, dropped=0)
    now = f"SELECT id, v FROM {ref} WHERE valid_to IS NULL"
    assert world.owner.query(now).rows() == [(1, 500)]
    assert world.owner.query(f"SELECT count(*) FROM {ref}").rows() == [(2,)]


def test_rows_that_change_nothing_leave_too(world: Any) -> None:
    small = {"checks": (Check("maximum", "9"),)}
    ref = bring(world, "rep.same", "id,v\n1,10\n", HISTORY, **small)
    mend(world, ref, checks=())
    bring(world, "rep.same", "id,v\n1,10\n", HISTORY)
    before = world.owner.desk.facts().dataset(ref)["version"]
    made = world.owner.desk.repair(ref)
    assert (made.merged, made.snapshot) == (Counts(unchanged=1), before)
    assert made.receipt is not None


def test_by_which_key_rows_meet_must_be_known(world: Any) -> None:
    ref = bring(world, "rep.old", BAD, HISTORY)
    body = {k: v for k, v in world.owner.desk.facts().dataset(ref).items() if k != "merge"}
    with pytest.raises(Conflict, match="By which key"):
        repair._merge(world.owner.desk.facts(), ref, body)
    plain = {**body, "columns": [{"name": "id", "type": "BIGINT"}]}
    assert repair._merge(world.owner.desk.facts(), ref, plain) is None


def test_what_is_attached_is_left_alone(world: Any) -> None:
    ref = bring(world, "rep.outside")
    body = world.owner.desk.facts().dataset(ref)
    assert repair._attached({**body, "kind": "attached"})
    facts = world.node.means.catalog.current()
    changed = facts.extended([replace(facts.rows["dataset"][str(ref)],
        fact=Fact("dataset", str(ref), {**body, "kind": "attached"}))])  # fmt: skip
    found = aside.aside_of(changed, ref)
    assert found is not None
    with pytest.raises(Conflict, match="attached"):
        repair._case(changed, ref, found)


@pytest.mark.parametrize("what", ["replay", "collect", "contract", "discard"])
def test_another_job_came_between(world: Any, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    ref = bring(world, f"rep.race_{what}", "id,v\n1,10\n2,200\n", checks=(Check("maximum", "99"),))
    mend(world, ref, checks=())
    desk = world.owner.desk
    whole = repair._written

    def slow(*args: Any, **named: Any) -> Any:
        monkeypatch.undo()
        written = whole(*args, **named)
        if what == "replay":
            desk.repair(ref)
        elif what == "discard":
            desk.discard(ref, "so", Which())
        elif what == "contract":
            mend(world, ref, checks=(Check("maximum", "50"),))
        else:
            bring(world, str(ref), "id,v\n8,x\n")
        return written

    monkeypatch.setattr(repair, "_written", slow)
    with pytest.raises(Conflict, match="Another job"):
        desk.repair(ref)
    landed = [(1, 10), (2, 200)] if what == "replay" else [(1, 10)]
    assert rows(world, ref) == landed


def test_rows_may_be_appended_meanwhile_but_not_merged(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, merge in (("rep.beside", None), ("rep.met", HISTORY)):
        bad = "id,v\n1,10\n2,200\n"
        ref = bring(world, name, bad, merge, checks=(Check("maximum", "99"),))
        mend(world, ref, checks=())
        whole = repair._written

        def slow(*args: Any, whole: Any = whole, name: str = name, merge: Any = merge,
                 **named: Any) -> Any:  # fmt: skip
            monkeypatch.undo()
            written = whole(*args, **named)
            bring(world, name, "id,v\n7,70\n", merge)
            mend(world, Ref.parse(name), checks=())
            return written

        monkeypatch.setattr(repair, "_written", slow)
        if merge is None:
            world.owner.desk.repair(ref)
            assert [row[0] for row in rows(world, ref)] == [1, 2, 7]
        else:
            with pytest.raises(Conflict, match="Another job"):
                world.owner.desk.repair(ref)
            assert [row[0] for row in rows(world, ref)] == [1, 7]


@pytest.mark.parametrize("fault", [{"landed": 2}, {"stayed": 0}])
def test_numbers_that_do_not_add_up_keep_nothing(
    world: Any, monkeypatch: pytest.MonkeyPatch, fault: dict[str, int]
) -> None:
    name = f"rep.liar_{next(iter(fault))}"
    ref = bring(world, name, "id,v\n2,200\n3,x\n", checks=(Check("maximum", "99"),))
    mend(world, ref, checks=())
    engine = type(world.node.means.engine)
    whole = engine.repair

    def lying(self: Any, plan: Any, progress: Any = None) -> Any:
        return replace(whole(self, plan, progress), **fault)

    monkeypatch.setattr(engine, "repair", lying)
    with pytest.raises(Faulty, match="do not add up"):
        world.owner.desk.repair(ref)
    monkeypatch.setattr(engine, "discard", lambda self, plan, progress: (1, 7))
    with pytest.raises(Faulty, match="do not add up"):
        world.owner.desk.discard(ref, "so", Which())
    assert rows(world, ref) == []


def test_a_file_of_repairs(world: Any, tmp_path: Path) -> None:
    ref = bring(world, "rep.file")
    ((id,),) = world.owner.query(f"SELECT _id FROM {ref.quarantine}").rows()
    path = tmp_path / "r.csv"
    path.write_text(f"doumen_id,v\n{id},42\n")
    given = SourceFile(str(path), path.name, path.stat().st_size, "0")
    reading = Reading("csv", columns=("doumen_id", "v"))
    made = world.as_("stu").desk.repair(ref, (given, reading))
    assert (made.retried.repaired, made.retried.landed) == (1, 1)
    assert rows(world, ref) == [(1, 10), (2, 42), (3, -5)]
    assert world.owner.desk.repair(ref, (given, reading)).receipt is None


def test_rows_of_what_is_retired_are_given_up_and_do_not_land(world: Any) -> None:
    ref = bring(world, "rep.retired")
    world.owner.do("dataset state", dataset=str(ref), state="retired", reason="so")
    with pytest.raises(DoumenError) as caught:
        world.owner.desk.repair(ref)
    assert caught.value.code == "refused.retired"
    assert world.owner.desk.discard(ref, "so", Which()).discarded == 1
