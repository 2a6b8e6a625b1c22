"""One suite for all kinds that give records: the same three, read alike from every one of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from tests.rooms.collect.sources.conftest import node, rows
from tests.rooms.collect.web.serving import Asked, Reply, Web

from doumen.model.errors import NotFound, Unavailable
from doumen.rooms.collect.connectors import SHELF, Gives
from doumen.rooms.collect.jsontext import parsed, written
from doumen.rooms.collect.web import manners
from doumen.session import Node

assert node

KINDS = ("http_api", "ckan_datastore", "sdmx", "dlt")
Row = dict[str, Any]


@dataclass
class Place:
    """A place of one kind.

    Attributes:
        table: What its records are called there.
        extra: What it adds to each.
        rows: Its records, to be changed.
    """

    kind: str
    options: Mapping[str, Any]
    table: str
    rows: list[Row]
    extra: frozenset[str] = frozenset()

    def open(self) -> Any:
        return SHELF[self.kind].connector(self.options, {}).open()

    def read(self, table: str | None = None) -> list[str]:
        with self.open() as opened:
            found = [one for page in opened.read(table or self.table, {}, None) for one in page]
        kept = [{k: v for k, v in one.items() if k not in self.extra} for one in found]
        return [written(one) for one in kept]


SOURCE = """
import dlt

ROWS = []


@dlt.resource(name="orders")
def orders():
    yield from ROWS
"""


@pytest.fixture(params=KINDS)
def place(
    request: pytest.FixtureRequest, web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    """A place of each kind with the same three records."""
    monkeypatch.setattr(manners, "FIRST", 0.001)
    made: Callable[..., Place] = globals()[f"_{request.param}"]
    found = made(web, tmp_path, monkeypatch)
    found.rows += [{"id": 1, "name": "a"}, {"id": 2, "name": "数"}, {"id": 3, "name": None}]
    return found


def _http_api(web: Web, *_: Any) -> Place:
    rows: list[Row] = []
    web.replies["/orders"] = lambda asked: Reply(rows)
    return Place("http_api", {"base": web.url, "tries": 2}, "orders", rows)


def _ckan_datastore(web: Web, *_: Any) -> Place:
    rows: list[Row] = []

    def search(asked: Asked) -> Reply:
        if asked.one("resource_id") != "orders":
            return Reply({"success": False}, 404)
        start = int(asked.one("offset"))
        found = [{"_id": n + 1, **row} for n, row in enumerate(rows)][start : start + 2]
        return Reply({"success": True, "result": {"records": found}})

    web.replies["/api/3/action/datastore_search"] = search
    extra = frozenset({"_id"})
    return Place("ckan_datastore", {"url": web.url, "tries": 2}, "orders", rows, extra)


def _sdmx(web: Web, *_: Any) -> Place:
    rows: list[Row] = []

    def data(asked: Asked) -> Reply:
        lines = [f"{one['id']},{one['name'] or ''}\n" for one in rows]
        return Reply(("id,name\n" + "".join(lines)).encode(), headers={"Content-Type": "text/csv"})

    web.replies["/data/orders/all"] = data
    return Place("sdmx", {"url": web.url, "tries": 2}, "orders", rows)


def _dlt(web: Web, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    (folder / "orders_for_dlt.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "orders_for_dlt", raising=False)
    import importlib

    module = importlib.import_module("orders_for_dlt")
    return Place("dlt", {"module": "orders_for_dlt:orders"}, "orders", module.ROWS)


ALL = ['{"id":1,"name":"a"}', '{"id":2,"name":"数"}', '{"id":3,"name":null}']


def test_every_kind_is_in_this_suite() -> None:
    assert {name for name, kind in SHELF.items() if kind.gives is Gives.RECORDS} == set(KINDS)


def test_records_are_read_alike(place: Place) -> None:
    assert place.read() == ALL
    assert place.read() == ALL
    assert all(written(parsed(one)) == one for one in ALL)


def test_who_reads_may_stop_and_begin_again(place: Place) -> None:
    with place.open() as opened:
        with closing(opened.read(place.table, {}, None)) as pages:
            assert next(pages)
        assert sum(len(page) for page in opened.read(place.table, {}, None)) == 3


def test_what_is_not_there_is_told(place: Place) -> None:
    with pytest.raises(NotFound) as caught:
        place.read("order")
    assert caught.value.next is not None


def test_a_place_that_is_away_is_told(place: Place, web: Web) -> None:
    if place.kind == "dlt":
        pytest.skip("a source of dlt is on this machine")
    web.replies = {path: lambda asked: Reply(status=503) for path in web.replies}
    with pytest.raises(Unavailable):
        place.read()


def test_streams_have_options_in_common(place: Place) -> None:
    model = SHELF[place.kind].reads
    assert model is not None
    model.model_validate({"ordered": True, "cursor_is": "text"})
    for wrong in ({"colour": 1}, {"ordered": "yes"}, {"cursor_is": "number"}):
        with pytest.raises(ValidationError):
            model.model_validate(wrong)


@pytest.mark.parametrize("ordered", [False, True])
def test_what_is_new_lands_once(place: Place, node: Node, tmp_path: Path, ordered: bool) -> None:
    options = "".join(f"{name}: {value}\n" for name, value in place.options.items())
    stream = f"{{table: {place.table}, cursor: id, ordered: {str(ordered).lower()}}}"
    (tmp_path / "s.yaml").write_text(
        f"source: {place.kind}\n{options}streams:\n  shop.orders: {stream}\n"
    )
    owner = node.session()
    owner.do("source add", name="shop", file=tmp_path / "s.yaml")
    for landed in (3, 0, 1):
        (ran,) = owner.do("source run", name="shop").json["streams"]
        assert (ran["error"], ran["landed"]) == (None, landed)
        if not landed:
            place.rows.append({"id": 4, "name": "d"})
    assert rows(node, "SELECT id, name FROM shop.orders ORDER BY id") == [
        (1, "a"), (2, "数"), (3, None), (4, "d"),
    ]  # fmt: skip


def test_the_shelf_is_imported_without_what_its_kinds_need() -> None:
    said = (
        "import sys; import doumen.rooms.collect.connectors; "
        "print([m for m in ('dlt', 'rdflib', 'pyarrow', 'httpx2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
