"""Granted files read: let in by signature and by the rules of now, one version, on record."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from tests import granted
from tests.gate.conftest import World
from tests.gate.handing import counter, dataset, events, give, rule, take, without

from doumen.gate import handed
from doumen.gate.shelves import LOG, Shelves, laid
from doumen.model.errors import DoumenError, NotFound, Refused, Unavailable
from doumen.model.handed import GRANT, Granted
from doumen.model.ref import Ref

ENDED = "refused.ended"


@pytest.fixture(scope="module")
def cars(world: World) -> Ref:
    return dataset(world, "cars")


def code(world: World, given: Granted, by: timedelta = timedelta()) -> str:
    """Of the error that a request by these keys comes to."""
    with pytest.raises(DoumenError) as caught:
        take(world, given, by)
    return caught.value.code


def test_what_is_read_is_a_table_of_one_version(world: World, cars: Ref) -> None:
    shelf = take(world, give(world, cars))
    assert list(shelf.items) == [LOG, "part-00000.parquet", "part-00001.parquet"]
    with shelf.open(LOG) as file:
        text = file.read()
    assert len(text) == shelf.items[LOG].size
    told, protocol, meta, *added = map(json.loads, text.splitlines())
    assert "commitInfo" in told
    assert protocol == {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}}
    fields = json.loads(meta["metaData"]["schemaString"])["fields"]
    assert [(f["name"], f["type"]) for f in fields] == [("id", "long"), ("city", "string")]
    names = list(shelf.items)[1:]
    assert [one["add"]["path"] for one in added] == names
    assert [json.loads(one["add"]["stats"])["numRecords"] for one in added] == [2, 1]
    rows = []
    for name in names:
        with shelf.open(name) as file:
            content = file.read()
        assert len(content) == shelf.items[name].size
        rows += pq.read_table(io.BytesIO(content)).to_pylist()
    asked = world.owner.query("SELECT * FROM h.cars ORDER BY id").arrow().to_pylist()
    assert rows == asked


def test_its_footers_hold_nothing_of_other_datasets(world: World, cars: Ref) -> None:
    """Beside columns and what lies between their values: who wrote it, and no more."""
    shelf = take(world, give(world, cars))
    for name in list(shelf.items)[1:]:
        with shelf.open(name) as file:
            meta = pq.read_metadata(io.BytesIO(file.read()))
        assert [meta.schema.column(n).name for n in range(meta.num_columns)] == ["id", "city"]
        assert not meta.metadata
        assert meta.created_by.startswith("DuckDB")


def test_reading_begins_with_an_event_and_only_once(world: World, cars: Ref) -> None:
    given = give(world, cars)
    before = len(events(world, "files.read"))
    first, second = take(world, given), take(world, given)
    first.open(LOG).close()
    with pytest.raises(NotFound):
        first.open("../../h.people/x.parquet")
    assert len(events(world, "files.read")) == before
    for shelf in (first, second, first, take(world, given)):
        shelf.open("part-00001.parquet").close()
    take(world, given).open("part-00000.parquet").close()
    found = events(world, "files.read")
    assert len(found) == before + 1
    assert found[-1]["actor"] == "ana"
    assert found[-1]["used"] == [{"dataset": "h.cars", "version": 2}]
    assert found[-1]["charges"] == [{"account": "actor:ana", "unit": "rows", "amount": 3}]
    assert found[-1]["data"] == {"grant": given.grant.id, "files": 2, "rows": 3}
    body = world.node.means.catalog.current().body(GRANT, given.grant.key)
    assert body == replace(given.grant, read=found[-1]["id"]).as_json()


def test_only_its_own_keys_open_a_grant(world: World, cars: Ref) -> None:
    one, other = give(world, cars), give(world, cars)
    told = set()
    for key, secret in (
        (one.grant.id, other.secret),
        (one.grant.id, one.secret[:-1] + "0f"[one.secret[-1] == "0"]),
        (one.grant.id.lower(), one.secret),
        ("", one.secret),
        ("0" * 26, one.secret),
        (f"ana/{one.grant.id}", one.secret),
    ):
        with pytest.raises(Refused) as caught:
            world.owner.desk.shelf(granted.signed(key, secret))
        told.add(str(caught.value.as_json()))
    assert len(told) == 1
    assert "refused.keys" in told.pop()


def test_the_clock_of_a_request(world: World, cars: Ref) -> None:
    given, now = give(world, cars), world.node.means.clock()
    for apart in (timedelta(minutes=-16), timedelta(minutes=16)):
        with pytest.raises(Refused, match="another time"):
            world.owner.desk.shelf(granted.signed(given.grant.id, given.secret, now + apart))


def test_it_ends_at_its_end(world: World, cars: Ref) -> None:
    given = give(world, cars)
    assert take(world, given, timedelta(minutes=59)).items
    assert code(world, given, timedelta(minutes=60)) == ENDED


def _revoke(world: World, given: Granted) -> None:
    world.as_("ana").do("dataset revoke", id=given.grant.id)


def _forbid(world: World, given: Granted) -> None:
    rule(world, f"rules: [{{id: no, deny: files, who: {{actor: ana}}, on: {given.grant.ref}}}]")


def _filter(world: World, given: Granted) -> None:
    rule(world, f"rules: [{{id: some, permit: query, who: {{role: analyst}}, on: {given.grant.ref}"
                ", duties: [{filter: 'id > 1'}]}]")  # fmt: skip


def _withdraw(world: World, given: Granted) -> None:
    world.owner.do("rule remove", id=f"take-{given.grant.ref.name}")


def _hide(world: World, given: Granted) -> None:
    world.owner.do("rule remove", id=f"see-{given.grant.ref.name}")
    _withdraw(world, given)


def _retire(world: World, given: Granted) -> None:
    world.owner.do("dataset state", dataset=str(given.grant.ref), state="retired", reason="old")


def _draft(world: World, given: Granted) -> None:
    world.owner.do("dataset state", dataset=str(given.grant.ref), state="draft")


def _remove(world: World, given: Granted) -> None:
    world.owner.do("actor remove", name="ana")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_revoke, "refused.keys"),
        (_forbid, ENDED),
        (_filter, ENDED),
        (_withdraw, ENDED),
        (_hide, ENDED),
        (_retire, ENDED),
        (_draft, ENDED),
        (_remove, "refused.keys"),
    ],
)
def test_what_changed_meanwhile_ends_it(
    world: World, change: Callable[[World, Granted], None], told: str
) -> None:
    ref = dataset(world, change.__name__.strip("_"))
    given = give(world, ref)
    shelf = take(world, given)
    change(world, given)
    assert code(world, given) == told
    if told != ENDED:
        with pytest.raises(Refused) as caught:
            shelf.open("part-00000.parquet")
        assert caught.value.code == ENDED
    if change is _remove:
        world.owner.do("actor add", name="ana", role=("analyst",), purpose=("research",))
        assert code(world, given) == told


def test_a_later_version_is_not_shown(world: World) -> None:
    ref = dataset(world, "later")
    given = give(world, ref)
    world.collect("later-3.csv", "id,city\n4,Wenzhou\n", "h.later")
    shelf = take(world, given)
    assert len(shelf.items) == 3
    assert len(take(world, give(world, ref)).items) == 4


def test_a_column_that_is_gone_ends_it(world: World) -> None:
    ref = dataset(world, "narrow")
    given = give(world, ref)
    without(world, ref, "city", version=3)
    assert code(world, given) == ENDED


def test_a_version_that_was_given_up_ends_it(world: World) -> None:
    ref = dataset(world, "gone")
    given = give(world, ref)
    world.owner.do("dataset retain", dataset=str(ref), versions=1)
    world.owner.desk.compact(ref)
    assert take(world, given).items
    tomorrow = date.today() + timedelta(days=1)
    soon = counter(replace(world.node.means, clock=lambda: world.node.means.clock()
                           + timedelta(minutes=50)))  # fmt: skip
    swept = soon.vacuum([ref], receipts_before=tomorrow + timedelta(days=1)).swept[0]
    assert given.grant.version in swept.versions
    assert code(world, given) == ENDED


def test_a_derived_dataset_that_was_made_anew_ends_it(world: World, cars: Ref) -> None:
    world.owner.derive("SELECT * FROM h.cars", "h.made")
    given = give(world, Ref("h", "made"), "owner")
    assert take(world, given).items
    world.owner.derive("SELECT * FROM h.cars WHERE id > 1", "h.made")
    assert code(world, given) == ENDED


def test_files_that_are_not_what_was_recorded(world: World) -> None:
    ref = dataset(world, "broken")
    shelf = take(world, give(world, ref))
    means, snapshot = world.node.means, world.node.means.catalog.current().snapshot(ref)
    assert snapshot is not None
    first, second = (means.lake.path(file) for file in snapshot.files)
    first.chmod(0o644)
    first.write_bytes(first.read_bytes() + b"x")
    with pytest.raises(Unavailable, match="not what was recorded"):
        shelf.open("part-00000.parquet")
    second.unlink()
    with pytest.raises(NotFound, match="no such object"):
        shelf.open("part-00001.parquet")
    second.mkdir()
    with pytest.raises(Unavailable, match="cannot be read"):
        shelf.open("part-00001.parquet")
    assert not [e for e in events(world, "files.read") if e["subject"] == str(ref)]


def test_a_dataset_that_came_later_under_the_name_is_another(world: World, cars: Ref) -> None:
    given = give(world, cars)
    early = replace(given.grant, created="2001-01-01T00:00:00Z")
    facts = world.node.means.catalog.current()
    with pytest.raises(NotFound):
        handed._ruled(world.node.means, facts, early, world.node.means.clock())


def test_as_many_shelves_are_kept_as_are_said(world: World, cars: Ref) -> None:
    grant = give(world, cars).grant
    snapshot = world.node.means.catalog.current().snapshot(cars)
    assert snapshot is not None
    one, shelves = laid(grant, snapshot, b"{}"), Shelves(2)
    for number in range(3):
        shelves.keep((str(number), 1, "day"), one)
        shelves.find(("0", 1, "day"))
    assert [shelves.find((str(n), 1, "day")) is one for n in range(3)] == [True, False, True]
