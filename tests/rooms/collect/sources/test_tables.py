"""Runs: what is new lands once, in pieces that end between two values, whatever breaks."""

from __future__ import annotations

import gc
import json
import random
import sqlite3
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.rooms.collect.sources.conftest import Place, described, rows

from doumen.model.errors import Conflict, DoumenError
from doumen.model.source import STREAM
from doumen.rooms.collect import intake
from doumen.rooms.collect.sources import pieces
from doumen.session import Node

ORDERS = "  shop.orders: {table: orders, cursor: id}"


def orders(*ids: int | None) -> pa.Table:
    return pa.table({"id": pa.array(ids, pa.int64()), "what": [f"o{one}" for one in ids]})


def run(node: Node, *, name: str | None = "shop", dataset: tuple[str, ...] = ()) -> Any:
    return node.session().do("source run", name=name, dataset=dataset).json


def ids(node: Node) -> list[Any]:
    return [
        one for (one,) in rows(node, "SELECT id FROM shop.orders ORDER BY id NULLS FIRST, what")
    ]


def test_a_stream_is_read_on_from_where_it_was(node: Node, place: Place, tmp_path: Path) -> None:
    place.tables["orders"] = orders(1, 2, 3)
    described(node, tmp_path, ORDERS)
    (first,) = run(node)["streams"]
    assert (first["rows_in"], first["landed"], first["cursor"]) == (3, 3, "3")
    assert not first["unchanged"]
    (none,) = run(node)["streams"]
    assert (none["rows_in"], none["unchanged"], none["receipts"]) == (0, True, [])
    place.tables["orders"] = orders(1, 2, 3, 7, 9)
    (second,) = run(node)["streams"]
    assert (second["rows_in"], second["cursor"], len(second["receipts"])) == (2, "9", 1)
    assert ids(node) == [1, 2, 3, 7, 9]


def test_rows_without_a_cursor_come_with_the_first_run(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.tables["orders"] = orders(None, None)
    described(node, tmp_path, ORDERS)
    (first,) = run(node)["streams"]
    assert (first["landed"], first["cursor"]) == (2, None)
    place.tables["orders"] = orders(None, None, 5)
    (second,) = run(node)["streams"]
    assert second["cursor"] == "5"
    assert ids(node).count(5) == 1


def test_pieces_end_between_two_values(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 4)
    given = [1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 4, 5, 6, 6, 6]
    place.tables["orders"] = orders(*given)
    described(node, tmp_path, ORDERS)
    (done,) = run(node)["streams"]
    assert done["landed"] == len(given)
    assert ids(node) == given
    events = [json.loads(entry) for entry in node.session().desk.entries()]
    assert [one["data"]["landed"] for one in events if one["type"] == "collect"] == [9, 6]


@pytest.mark.parametrize("breaks", range(0, 16, 3))
def test_a_run_that_broke_goes_on_where_its_last_piece_ended(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, breaks: int
) -> None:
    monkeypatch.setattr(pieces, "PIECE", 2)
    draw = random.Random(breaks)
    given = sorted(draw.choices(range(9), k=16))
    place.tables["orders"] = orders(*given)
    described(node, tmp_path, ORDERS)
    place.breaks = breaks
    done = run(node)
    assert done["failed"] == 1
    assert done["streams"][0]["error"]["code"] == "unavailable.place"
    place.breaks = None
    assert run(node)["failed"] == 0
    assert ids(node) == given


def test_a_cursor_may_be_written_in_another_case(
    node: Node, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as shop:
        shop.execute("CREATE TABLE orders (Id INTEGER PRIMARY KEY, what TEXT)")
        shop.executemany("INSERT INTO orders VALUES (?, ?)", [(n, "x") for n in range(9000)])
    shop.close()
    (tmp_path / "s.yaml").write_text(
        "source: sqlite\npath: shop.db\nstreams: {shop.orders: {table: orders, cursor: ID}}\n"
    )
    owner = node.session()
    owner.do("source add", name="shop", file=tmp_path / "s.yaml")
    assert owner.do("source preview", name="shop", table="orders").json["rows"]
    gc.collect()
    assert run(node)["streams"][0]["cursor"] == "8999"
    assert run(node)["streams"][0]["unchanged"]
    assert capfd.readouterr().err == ""


def test_what_is_read_whole_takes_the_place_of_what_was_there(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.tables["orders"] = orders(1, 2)
    described(node, tmp_path, "  shop.orders: {table: orders}")
    assert run(node)["streams"][0]["landed"] == 2
    assert run(node)["streams"][0]["unchanged"]
    place.tables["orders"] = orders(2, 3, 4)
    assert run(node)["streams"][0]["landed"] == 3
    assert ids(node) == [2, 3, 4]


def test_two_runs_at_once_land_once(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.tables["orders"] = orders(1, 2)
    described(node, tmp_path, ORDERS)
    fit = intake.fit

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(intake, "fit", fit)
        assert run(node)["failed"] == 0
        return fit(*given)

    monkeypatch.setattr(intake, "fit", meanwhile)
    done = run(node)
    assert done["streams"][0]["error"]["code"] == "conflict.changed"
    assert ids(node) == [1, 2]


def test_another_cursor_needs_another_dataset(node: Node, place: Place, tmp_path: Path) -> None:
    place.tables["orders"] = orders(1)
    described(node, tmp_path, ORDERS)
    run(node)
    described(node, tmp_path, "  shop.orders: {table: orders, cursor: what}")
    assert run(node)["streams"][0]["error"]["code"] == "conflict.cursor"


def test_rows_that_break_the_contract_are_quarantined(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.tables["orders"] = orders(1, 2)
    (tmp_path / "orders.odcs.yaml").write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: o\nversion: 1.0.0\nstatus: active\n"
        "domain: shop\nschema:\n  - name: orders\n    properties:\n"
        "      - {name: id, logicalType: integer, logicalTypeOptions: {minimum: 2}}\n"
        "      - {name: what, logicalType: string}\n"
    )
    described(
        node, tmp_path, "  shop.orders: {table: orders, cursor: id, contract: orders.odcs.yaml}"
    )
    (done,) = run(node)["streams"]
    assert (done["landed"], done["quarantined"]) == (1, 1)
    assert rows(node, "SELECT _source FROM shop.orders__quarantine") == [("shop: orders",)]


def test_a_new_column_is_refused_and_the_stream_stays(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.tables["orders"] = orders(1)
    described(node, tmp_path, ORDERS)
    run(node)
    place.tables["orders"] = orders(1, 2).append_column("more", [["a", "b"]])
    (done,) = run(node)["streams"]
    assert done["error"]["code"] == "faulty.extra"
    kept = node.session().desk.facts().body(STREAM, "shop/shop.orders")
    assert kept is not None
    assert kept["mark"]["value"] == "1"
    described(node, tmp_path, "  shop.orders: {table: orders, cursor: id, accept_extra: true}")
    assert run(node)["streams"][0]["landed"] == 1
    assert ids(node) == [1, 2]


def test_what_fails_stops_no_other(node: Node, place: Place, tmp_path: Path) -> None:
    place.tables |= {"orders": orders(1), "more": orders(5)}
    described(
        node, tmp_path, f"{ORDERS}\n  shop.gone: {{table: gone}}\n  shop.more: {{table: more}}"
    )
    done = run(node, name=None)
    assert done["failed"] == 1
    assert [one["landed"] for one in done["streams"]] == [0, 1, 1]
    assert done["streams"][0]["error"]["code"] == "not-found.table"
    place.away = True
    assert [one["error"]["code"] for one in run(node)["streams"]] == ["unavailable.place"] * 3


def test_only_who_collects_runs(node: Node, place: Place, tmp_path: Path) -> None:
    described(node, tmp_path, ORDERS)
    node.session().do("actor add", name="stu", role=("steward",))
    for words, given in (
        ("source run", {}), ("source test", {"name": "shop"}), ("source remove", {"name": "shop"}),
        ("source discover", {"name": "shop"}), ("source pause", {"name": "shop"}),
        ("source preview", {"name": "shop", "table": "orders"}),
        ("source add", {"name": "x", "file": tmp_path / "shop.yaml"}),
    ):  # fmt: skip
        with pytest.raises(DoumenError) as caught:
            node.session("stu").do(words, **given)
        assert caught.value.code.startswith("refused"), words
    assert place.reads == []


def test_a_paused_source_is_left_out(node: Node, place: Place, tmp_path: Path) -> None:
    place.tables["orders"] = orders(1)
    described(node, tmp_path, ORDERS)
    owner = node.session()
    assert owner.do("source pause", name="shop").json["paused"]
    assert run(node, name=None)["streams"] == []
    with pytest.raises(Conflict):
        run(node)
    described(node, tmp_path, ORDERS)
    assert owner.do("source show", name="shop").json["paused"]
    owner.do("source resume", name="shop")
    assert run(node)["failed"] == 0


def test_late_rows_are_found_and_nothing_is_told_twice(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.tables["t"] = pa.table({"id": [1, 2, 3], "at": [10, 20, 30]})
    described(node, tmp_path, "  s.t: {table: t, key: id, cursor: at, late: 15}")
    owner = node.session()
    owner.do("source run")
    place.tables["t"] = pa.table({"id": [1, 2, 3, 4], "at": [10, 20, 30, 16]})
    (ran,) = owner.do("source run").json["streams"]
    assert (ran["rows_in"], ran["merged"]["inserted"], ran["merged"]["unchanged"]) == (3, 1, 2)
    assert ran["cursor"] == "30"
    before = len(list(owner.desk.entries()))
    for _ in range(2):
        (again,) = owner.do("source run").json["streams"]
        assert (again["unchanged"], again["receipts"]) == (True, [])
    assert len(list(owner.desk.entries())) == before
    rows = owner.query("SELECT * FROM s.t ORDER BY id").rows()
    assert rows == [(1, 10), (2, 20), (3, 30), (4, 16)]


def test_what_is_gone_is_marked_and_comes_back(node: Node, place: Place, tmp_path: Path) -> None:
    place.tables["t"] = pa.table({"id": [1, 2], "v": ["a", "b"]})
    described(node, tmp_path, "  s.t: {table: t, key: id, vanished: mark}")
    owner = node.session()
    gone = "SELECT id FROM s.t WHERE vanished_at IS NOT NULL"
    for ids, expected in (([1, 2], []), ([2], [(1,)]), ([1, 2], []), ([], []), ([1], [(2,)])):
        place.tables["t"] = pa.table({"id": pa.array(ids, pa.int64()),
                                      "v": pa.array(["x"] * len(ids), pa.string())})  # fmt: skip
        assert owner.do("source run").json["failed"] == 0
        assert owner.query(gone).rows() == expected


def test_rows_without_a_cursor_come_once(node: Node, place: Place, tmp_path: Path) -> None:
    described(node, tmp_path, "  s.t: {table: t, cursor: seq}")
    owner = node.session()
    for at in ([None, None], [None, None], [None, None, None, 5, 7], [None, None, 5, 7, 8]):
        place.tables["t"] = pa.table({"seq": pa.array(at, pa.int64())})
        assert owner.do("source run").json["failed"] == 0
    rows = owner.query("SELECT seq FROM s.t ORDER BY seq NULLS FIRST").rows()
    assert rows == [(None,), (None,), (5,), (7,), (8,)]


def test_a_table_that_is_empty_now_is_told(node: Node, place: Place, tmp_path: Path) -> None:
    described(node, tmp_path, "  s.t: {table: t}")
    owner = node.session()
    for values in ([1], []):
        place.tables["t"] = pa.table({"id": pa.array(values, pa.int64())})
        done = owner.do("source run")
    assert "gives no row; what is there stays" in str(done.said[0])
    assert owner.query("SELECT * FROM s.t").rows() == [(1,)]
