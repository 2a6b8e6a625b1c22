"""Attached files whose content is another, before a query, while it runs, or after it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.gate import Counter, Gate
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Conflict, DoumenError, Faulty, NotFound
from doumen.model.message import msg
from doumen.model.plan import QueryPlan, Stream
from doumen.session.node import silent

pytestmark = pytest.mark.usefixtures("att")


def test_changed_content_is_never_read(world: Any) -> None:
    path = world.attach("changed")
    answer = world.owner.query("SELECT sum(id) FROM att.changed")
    path.write_text(world.rows.replace("3,", "9,"))
    for actor in ("owner", "ana", "rea"):
        assert world.refused(actor, "SELECT sum(id) FROM att.changed") == "conflict.changed"
    assert world.last_event()["type"] == "query.refused"
    assert world.last_event()["charges"] == []
    with pytest.raises(Conflict):
        world.owner.explain("SELECT sum(id) FROM att.changed")
    with pytest.raises(Conflict):
        world.owner.derive("SELECT id FROM att.changed", "att.never")
    with pytest.raises(Conflict):
        world.owner.desk.replay(read_receipt(world.owner.desk.receipt(answer.receipt)))
    with pytest.raises(Conflict, match="is there already"):
        world.owner.do("attach", path=path, as_dataset="att.changed")
    world.owner.do("attach", path=path, as_dataset="att.changed", replace=True)
    assert world.owner.query("SELECT sum(id) FROM att.changed").rows() == [(12,)]
    past = "SELECT sum(id) FROM att.changed AT (VERSION => 1)"
    assert world.refused(msg("owner"), past) == "conflict.changed"
    path.write_text(world.rows)
    assert world.owner.query(past).rows() == [(6,)]


def test_nothing_of_the_old_content_stays_in_an_engine(world: Any) -> None:
    """The same actor's worker serves again, for Parquet whose footer it had read."""
    path = world.folder / "warm.parquet"
    for round_ in range(4):
        pq.write_table(
            pa.table({"id": [round_] * (1 + round_ % 2), "city": ["x"] * (1 + round_ % 2)}), path
        )
        os.utime(path, ns=(10**18, 10**18))
        world.owner.do("attach", path=path, as_dataset="att.warm", replace=bool(round_))
        for _ in range(2):
            rows = world.owner.query("SELECT id FROM att.warm").rows()
            assert rows == [(round_,)] * (1 + round_ % 2)


class Meddling:
    """The real engine, and a hand that touches the files while it reads them."""

    def __init__(self, real: Any, meddle: Any) -> None:
        self.real, self.meddle = real, meddle

    def read(self, statement: str) -> str:
        text: str = self.real.read(statement)
        return text

    def query(self, plan: QueryPlan, actor: str) -> Stream:
        stream: Stream = self.real.query(plan, actor)
        self.meddle()
        return stream


def meddled(world: Any, meddle: Any, small: int | None = None) -> Counter:
    means = replace(
        world.node.means,
        engine=Meddling(world.node.means.engine, meddle),
        **({} if small is None else {"small": small}),
    )
    return Counter(Gate(means), "owner", None, silent)


def test_a_change_while_it_is_read_gives_no_answer(world: Any) -> None:
    path = world.attach("during")
    desk = meddled(world, lambda: path.write_text(world.rows.replace("7", "8")))
    with pytest.raises(Conflict) as caught:
        desk.query("SELECT * FROM att.during")
    assert caught.value.code == "conflict.changed"
    assert world.last_event()["type"] == "query.failed"


def test_another_file_in_between_gives_no_answer(world: Any) -> None:
    """Put back before the end, so that only its times tell of it."""
    path = world.attach("meanwhile")

    def swap() -> None:
        aside = path.with_name("aside")
        path.rename(aside)
        path.write_text(world.rows.replace("7", "8"))
        aside.replace(path)

    with pytest.raises(Conflict, match="touched"):
        meddled(world, swap).query("SELECT * FROM att.meanwhile")
    assert world.owner.query("SELECT count(*) FROM att.meanwhile").rows() == [(3,)]


def test_a_large_answer_ends_without_a_receipt(world: Any) -> None:
    path = world.attach("large")
    answer = meddled(world, path.unlink, small=-1).query("SELECT * FROM att.large")
    with pytest.raises(DoumenError) as caught:
        list(answer.batches())
    assert caught.value.code == "unavailable.files"
    assert world.last_event()["type"] == "query.failed"
    with pytest.raises(DoumenError, match="no receipt yet"):
        _ = answer.receipt


def test_an_answer_that_is_closed_early_ends_its_job(world: Any) -> None:
    world.attach("closed")
    answer = meddled(world, lambda: None, small=-1).query("SELECT * FROM att.closed")
    answer.close()
    with pytest.raises(DoumenError, match="no receipt yet"):
        _ = answer.receipt


def test_an_error_that_changed_content_made_is_told_as_the_change(world: Any) -> None:
    path = world.attach("error")

    class Failing(Meddling):
        def query(self, plan: QueryPlan, actor: str) -> Stream:
            self.meddle()
            raise Faulty(msg("A value cannot be converted."), detail="conversion")

    engine = Failing(world.node.means.engine, lambda: path.write_text("x"))
    with pytest.raises(Conflict):
        world.before(engine).query("SELECT * FROM att.error")


def test_a_missing_file(world: Any) -> None:
    path = world.attach("missing")
    path.unlink()
    assert world.refused(msg("ana"), "SELECT * FROM att.missing") == "unavailable.files"
    path.write_text(world.rows)
    assert world.as_("ana").query("SELECT count(*) FROM att.missing").rows() == [(2,)]


@pytest.mark.parametrize("change", [lambda path: None, Path.unlink, lambda p: p.write_text("x")])
def test_who_may_not_know_it_learns_nothing_of_its_files(world: Any, change: Any) -> None:
    path = world.attach("secret", replace=True)
    change(path)
    world.owner.do("actor add", name="nob", role=("nobody",))
    told = []
    for name in ("secret", "nothere"):
        with pytest.raises(NotFound) as caught:
            world.as_("nob").query(f"SELECT * FROM att.{name}")
        told.append(str(caught.value.as_json()).replace(name, "NAME"))
    assert told[0] == told[1]


def test_a_large_answer_is_cut_by_its_own_rows(world: Any) -> None:
    """As one of collected rows, whatever is left out of the file on the way."""
    rows = "".join(f"{n},{'Lishui' if n % 3 else 'Ningbo'},{n}\n" for n in range(450_000))
    path = world.attach("cut", "id,city,v\n" + rows)
    world.owner.do("collect", path=path, as_dataset="att.kept")
    sizes = {
        (actor, name): [
            batch.num_rows
            for batch in world.as_(actor).query(f"SELECT * FROM att.{name}").batches()
        ]
        for actor in ("ana", "rea")
        for name in ("cut", "kept")
    }
    for actor, total in (("ana", 150_000), ("rea", 450_000)):
        assert sizes[actor, "cut"] == sizes[actor, "kept"]
        assert sum(sizes[actor, "cut"]) == total
        assert len(set(sizes[actor, "cut"][:-1])) == 1
