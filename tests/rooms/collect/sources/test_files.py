"""Streams of files: each content lands once, whatever its name; a bad file keeps no other out."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.collect.sources.conftest import described, rows
from tests.rooms.collect.sources.filed import (
    MISSING,
    STREAM,
    Place,
    arrivals,
    collections,
    ids,
    orders,
    place_of_files,
    run,
    said,
    stream,
)

from doumen.model.errors import Conflict, Faulty, NotFound, Refused, Unavailable
from doumen.model.message import Message, msg
from doumen.rooms.collect import intake
from doumen.rooms.collect.sources import files as reader
from doumen.rooms.collect.sources import filing
from doumen.session import Node

__all__ = ["place_of_files"]

CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: o
version: 1.0.0
status: active
domain: shop
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, logicalTypeOptions: {minimum: 2}}
      - {name: what, logicalType: string}
"""


def test_new_files_are_appended_and_those_that_were_read_are_left(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2, 3), "other.txt": b"x"}
    described(node, tmp_path, STREAM)
    done = run(node)
    assert (done["landed"], done["error"], len(done["receipts"])) == (3, None, 1)
    assert run(node)["unchanged"]
    place.content["c.csv"] = orders(4)
    assert run(node)["landed"] == 1
    assert (ids(node), place.brought) == ([1, 2, 3, 4], ["a.csv", "b.csv", "c.csv"])
    found = arrivals(node)
    assert found.keys() == {"a.csv", "b.csv", "c.csv"}
    assert found["a.csv"]["event"] == done["receipts"][0]
    assert rows(node, "SELECT count(*) FROM sys.events WHERE type = 'amend'") == [(1,)]


def test_what_vanishes_changes_nothing(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    described(node, tmp_path, STREAM)
    run(node)
    del place.content["a.csv"]
    assert run(node)["unchanged"]
    place.content["a.csv"] = orders(1)
    assert run(node)["unchanged"]
    assert ids(node) == [1, 2]


def test_one_that_goes_amid_a_run_is_passed_over(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    place.fails["a.csv"] = NotFound(msg("It is gone."))
    described(node, tmp_path, STREAM)
    assert (run(node)["error"], ids(node)) == (None, [2])


def test_the_same_content_under_another_tag_lands_once(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    place.tags = {"a.csv": None, "b.csv": "old"}
    described(node, tmp_path, STREAM)
    first = run(node)
    place.tags["b.csv"] = "new"
    assert run(node)["unchanged"]
    assert run(node)["unchanged"]
    assert place.brought == ["a.csv", "b.csv", "a.csv", "b.csv", "a.csv"]
    assert [body["tag"] for body in arrivals(node).values()] == [None, "new"]
    assert {body["event"] for body in arrivals(node).values()} == set(first["receipts"])
    assert ids(node) == [1, 2]


@pytest.mark.parametrize("together", [True, False])
def test_the_same_content_under_two_names_lands_once(
    node: Node, place: Place, tmp_path: Path, together: bool
) -> None:
    place.content = {"b.csv": orders(1)}
    described(node, tmp_path, STREAM)
    if not together:
        run(node)
    place.content |= {"a.csv": orders(1), "c.csv.gz": gzip.compress(orders(1))}
    told = said(node)
    assert ids(node) == [1]
    assert "taken once" in told
    assert "c.csv.gz" in told
    assert run(node)["unchanged"]
    assert len({body["event"] for body in arrivals(node).values()}) == 1
    assert len(arrivals(node)) == 3
    del place.content["b.csv"]
    place.content["d.csv"] = orders(1)
    assert run(node)["error"] is None
    assert ids(node) == [1]


def test_another_content_under_a_name(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    streams = "\n".join(
        f'  shop.{changed}: {{files: "*.csv", changed: {changed}}}'
        for changed in ("append", "ignore", "refuse")
    )
    described(node, tmp_path, streams)

    def ran() -> list[tuple[list[int], str | None]]:
        done = node.session().do("source run", name="shop").json["streams"]
        errors = [one["error"] and one["error"]["code"] for one in done]
        there = [
            [n for (n,) in rows(node, f"SELECT id FROM {one['dataset']} ORDER BY id")]
            for one in done
        ]
        return list(zip(there, errors, strict=True))

    ran()
    place.content |= {"a.csv": orders(3), "c.csv": orders(9)}
    first = [([1, 2, 3, 9], None), ([1, 2, 9], None), ([1, 2, 9], "conflict.content")]
    assert ran() == first
    assert ran() == first
    assert "changed: append" in said(node)
    place.content["d.csv"] = orders(3)
    assert [there for there, _ in ran()] == [[1, 2, 3, 9], [1, 2, 3, 9], [1, 2, 3, 9]]


def test_a_file_that_becomes_what_another_is(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    described(node, tmp_path, STREAM)
    run(node)
    place.content["a.csv"] = orders(2)
    assert run(node)["error"] is None
    assert ids(node) == [1, 2]


def test_many_small_files_are_few_collections(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filing, "FILES", 40)
    place.content = {f"{n:03d}.csv": orders(n) for n in range(100)}
    described(node, tmp_path, STREAM)
    assert run(node)["landed"] == 100
    assert [one["landed"] for one in collections(node)] == [40, 40, 20]
    monkeypatch.setattr(filing, "BYTES", 30)
    place.content |= {f"x{n}.csv": orders(n, 500 + n) for n in range(4)}
    run(node)
    assert [one["landed"] for one in collections(node)][3:] == [4, 4]


def test_files_that_are_read_otherwise_land_in_groups(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.content = {
        "a.csv": orders(1), "b.csv": orders(2, what="门"), "c.csv": b"id;what\n3;x\n",
        "d.csv": "id,what\n4,数据\n".encode("gb18030"), "e.csv.gz": gzip.compress(orders(5)),
    }  # fmt: skip
    described(node, tmp_path, STREAM)
    assert run(node)["error"] is None
    assert ids(node) == [1, 2, 3, 4, 5]
    assert sorted(one["landed"] for one in collections(node)) == [1, 1, 3]
    assert rows(node, "SELECT what FROM shop.orders WHERE id IN (2, 4) ORDER BY id") == [
        ("门",), ("数据",),
    ]  # fmt: skip


BAD = {
    "other columns": b"x,y,z\n1,2,3\n",
    "no text": bytes(range(200)) * 10,
    "damaged": gzip.compress(orders(7))[:-5],
    "a picture": b"%PDF-1.7 nothing\n" * 10,
    "missing": MISSING,
}


def test_bad_files_keep_no_other_out(node: Node, place: Place, tmp_path: Path) -> None:
    good = {f"{n}.csv": orders(n) for n in range(1, 10)}
    place.content = good | {f"4 {name}.csv": content for name, content in BAD.items()}
    described(node, tmp_path, STREAM)
    done = run(node)
    assert done["error"]["what"] == "5 files are not taken; the others are."
    assert all(f"`4 {name}.csv`" in done["error"]["why"] for name in BAD)
    assert (done["landed"], arrivals(node).keys()) == (9, good.keys())
    place.content = good | {"4 missing.csv": MISSING}
    error = run(node)["error"]
    assert error["what"] == "`4 missing.csv` is not taken."
    assert "`what`" in error["why"]
    place.content["4 missing.csv"] = orders(44)
    assert run(node)["error"] is None
    assert ids(node) == [*range(1, 10), 44]


def test_a_group_that_does_not_fit_is_halved(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.content = {f"{n:02d}.csv": orders(n) for n in range(32)}
    described(node, tmp_path, STREAM)
    fit = intake.fit

    def picky(desk: Any, request: Any, held: Any, weighed: Any) -> Any:
        bad = [one.source.name for one in weighed if one.source.name.endswith(("07.csv", "20.csv"))]
        if bad:
            raise Faulty(msg("Row 1 is odd."), next=msg("Look at it."), detail="odd")
        return fit(desk, request, held, weighed)

    monkeypatch.setattr(intake, "fit", picky)
    done = run(node)
    assert done["landed"] == 30
    assert done["error"]["code"] == "faulty.files"
    assert done["error"]["what"] == "2 files are not taken; the others are."
    assert done["error"]["why"] == "`07.csv`: Row 1 is odd. `20.csv`: Row 1 is odd."
    assert done["error"]["next"] == "Look at it."
    assert len(collections(node)) <= 10
    monkeypatch.setattr(intake, "fit", fit)
    assert run(node)["landed"] == 2
    assert ids(node) == list(range(32))


def test_twins_of_a_file_that_does_not_fit_are_tried_again(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.content = {"a.csv": orders(1), "b.csv": MISSING, "c.csv": MISSING}
    described(node, tmp_path, STREAM)
    assert run(node)["error"] is not None
    assert arrivals(node).keys() == {"a.csv"}


def test_one_that_may_not_be_read_keeps_no_other_out(
    node: Node, place: Place, tmp_path: Path
) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    place.fails["a.csv"] = Refused(msg("No right."), detail="closed")
    described(node, tmp_path, STREAM)
    done = run(node)
    assert (done["error"]["code"], ids(node)) == ("refused.closed", [2])


def test_a_place_that_goes_away_keeps_what_came(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {"a.csv": orders(1), "b.csv": MISSING, "c.csv": orders(3),
                     "d.csv": orders(4)}  # fmt: skip
    place.fails["c.csv"] = Unavailable(msg("It went away."), detail="place")
    described(node, tmp_path, STREAM)
    outcome = node.session().do("source run", name="shop")
    (done,) = outcome.json["streams"]
    assert (done["error"]["code"], done["landed"]) == ("unavailable.place", 1)
    assert any("`b.csv` is not taken." in str(one) for one in outcome.said)
    assert place.brought == ["a.csv", "b.csv", "c.csv"]
    place.fails.clear()
    place.brought.clear()
    assert run(node)["landed"] == 2
    assert place.brought == ["b.csv", "c.csv", "d.csv"]


def test_files_that_are_being_written_wait(node: Node, place: Place, tmp_path: Path) -> None:
    now = time.time()
    place.content = {f"{name}.csv": orders(n) for n, name in enumerate("abcdef")} | {"e.csv": b""}
    place.changed = {"a.csv": now - 11, "b.csv": now - 1, "c.csv": now + 300, "d.csv": now + 1e6}
    place.fails["f.csv"] = Conflict(msg("It changes."), detail="changed")
    described(node, tmp_path, STREAM)
    told = said(node)
    assert ids(node) == [0, 3]
    assert "stayed as they are for 10 seconds: `b.csv`, `c.csv`, `f.csv`." in told
    assert "empty: `e.csv`" in told
    described(node, tmp_path, stream("settled: 0.5"))
    place.fails.clear()
    assert "`c.csv`." in said(node)
    assert ids(node) == [0, 1, 3, 5]


def test_nothing_that_matches_is_said(node: Node, place: Place, tmp_path: Path) -> None:
    described(node, tmp_path, STREAM)
    assert "No file matches `*.csv*`." in said(node)
    assert run(node)["unchanged"]


def test_archives_are_read_within_bounds_and_known_by_their_content(
    node: Node, place: Place, tmp_path: Path
) -> None:
    def tarred(mtime: int) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for name, data in (("a.csv", orders(1)), ("b.csv", orders(2)), ("read.me", b"x")):
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(data), mtime
                archive.addfile(info, io.BytesIO(data))
        return out.getvalue()

    place.content = {"in.csv.tgz": tarred(1)}
    described(node, tmp_path, STREAM + "\n    ")
    assert "in.csv.tgz/read.me" in said(node)
    place.content["in.csv.tgz"] = tarred(2)
    assert run(node)["unchanged"]
    assert ids(node) == [1, 2]


def test_names_are_told_in_the_quarantine(node: Node, place: Place, tmp_path: Path) -> None:
    (tmp_path / "orders.odcs.yaml").write_text(CONTRACT)
    place.content = {"in/a\n.csv": orders(1, 2), "in/b.csv.gz": gzip.compress(orders(0))}
    described(node, tmp_path, '  shop.orders: {files: "in/*", contract: orders.odcs.yaml}')
    done = run(node)
    assert (done["landed"], done["quarantined"]) == (1, 2)
    found = rows(node, "SELECT _source, _row FROM shop.orders__quarantine ORDER BY ALL")
    assert found == [("shop: in/a .csv", 1), ("shop: in/b.csv.gz", 1)]


def test_how_files_are_read_is_said(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {
        "a.csv": b"1;x\n2;y\n",
        "b.csv": "id,what\n1,数据\n2,门\n".encode("gb18030"),
        "c.json": b'{"rows": [{"id": 1}, {"id": 2}]}',
    }
    described(
        node, tmp_path,
        "  shop.a: {files: a.csv, delimiter: ';', header: false}\n"
        "  shop.b: {files: b.csv, encoding: gb18030}\n"
        "  shop.c: {files: c.json, json_path: $.rows}",
    )  # fmt: skip
    done = node.session().do("source run", name="shop").json["streams"]
    assert [one["landed"] for one in done] == [2, 2, 2]


@pytest.mark.parametrize("writes", ["append", "replace"])
def test_two_runs_at_once_land_once(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: str
) -> None:
    place.content = {"a.csv": orders(1), "b.csv": orders(2)}
    described(node, tmp_path, stream(f"writes: {writes}"))
    fit = intake.fit

    def meanwhile(*given: Any) -> Any:
        monkeypatch.setattr(intake, "fit", fit)
        assert run(node)["error"] is None
        return fit(*given)

    monkeypatch.setattr(intake, "fit", meanwhile)
    assert run(node)["error"]["code"] == "conflict.changed"
    assert ids(node) == [1, 2]


def test_who_stops_a_run_stops_it(node: Node, place: Place, tmp_path: Path) -> None:
    place.content = {f"{n}.csv": orders(n) for n in range(3)}
    described(node, tmp_path, STREAM)
    told: list[str] = []

    def stop(fraction: float | None, doing: Message) -> None:
        told.append(str(doing))
        if fraction is not None and fraction > 0.5:
            raise Unavailable(msg("Nobody waits."), detail="cancelled")

    session = node.session(progress=stop)
    (done,) = session.do("source run", name="shop").json["streams"]
    assert done["error"]["code"] == "unavailable.cancelled"
    assert told[0].startswith("file 1 of 3: fetching 0.csv")
    assert place.brought == ["0.csv", "1.csv"]
    assert run(node)["landed"] == 3


def test_every_arrival_is_noted_in_few_events(
    node: Node, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_AT_ONCE", 4)
    place.content = {f"{n}.csv": orders(n) for n in range(10)}
    described(node, tmp_path, STREAM)
    run(node)
    place.tags = {name: f"new {name}" for name in place.content}
    before = rows(node, "SELECT count(*) FROM sys.events WHERE type = 'amend'")[0][0]
    assert run(node)["unchanged"]
    assert rows(node, "SELECT count(*) FROM sys.events WHERE type = 'amend'") == [(before + 3,)]
    place.brought.clear()
    assert run(node)["unchanged"]
    assert place.brought == []
