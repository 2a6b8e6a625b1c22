"""The loop of a worker, run in a thread of this process."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb import wire, worker
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.engines.sandbox import Channel, Closed, confine
from doumen.model.load import LoadColumn, LoadSpec, Reading, SourceFile
from doumen.model.plan import Bounds, ExaminePlan, GovernedTable, LoadPlan, QueryPlan

Serve = Callable[[Callable[[socket.socket], None]], socket.socket]
Plans = Callable[..., QueryPlan]


class _Peer:
    """The parent's side of a worker that runs in a thread."""

    def __init__(self, end: socket.socket) -> None:
        self.channel = Channel(end)

    def ask(self, do: str, body: dict[str, Any], inline: list[pa.Buffer] | None = None) -> Any:
        self.channel.send_json(wire.JOB, {"do": do, **body})
        for table in inline or ():
            self.channel.send(wire.ARROW, memoryview(table))
        rows = 0
        while True:
            kind, payload = self.channel.receive(1 << 26)
            if kind == wire.BATCH:
                with pa.ipc.open_stream(pa.py_buffer(payload)) as reader:
                    rows += reader.read_all().num_rows
            if kind in {wire.TRAILER, wire.ERROR}:
                return kind, {**wire.read_json(payload), "seen": rows}

    def query(self, plan: QueryPlan, do: str = "query") -> Any:
        return self.ask(do, *wire.pack_query(plan))


class _Watch:
    """A watch that ends nobody."""

    def __init__(self, *_: object) -> None:
        self.until: float | None = None


@pytest.fixture
def peer(served: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Peer:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(worker, "Watch", _Watch)
    monkeypatch.setattr(confine, "memory", lambda most: None)

    def serve(end: socket.socket) -> None:
        worker.serve(Channel(end))
        end.close()

    return _Peer(served(serve))


def test_jobs_one_after_another(
    peer: _Peer,
    plan: Plans,
    table: Callable[..., GovernedTable],
    parquet: Callable[..., str],
    tmp_path: Path,
) -> None:
    seen = table("x.y", {"a": "BIGINT"}, parquet(a=[1, 2, 3]))
    for _ in range(2):
        kind, body = peer.query(plan("SELECT a FROM x.y", seen, limit=2))
        assert (kind, body["rows"], body["seen"], body["truncated"]) == (b"T", 2, 2, True)
    held = table("sys.t", {"a": "BIGINT"}, inline=pa.table({"a": [9]}))
    assert peer.query(plan("SELECT a FROM sys.t", held))[1]["rows"] == 1
    assert peer.query(plan("SELECT a FROM x.y", seen), "describe")[1]["columns"] == [
        ["a", "BIGINT"]
    ]
    (tmp_path / "into").mkdir()
    for most, there in ((None, 3), (2, 2), (0, 0)):
        one = plan("SELECT a FROM x.y", seen, limit=most, into=str(tmp_path / "into"))
        body = peer.query(one)[1]
        assert (body["rows"], body["truncated"]) == (there, most is not None)
        assert [rows for _, _, rows in body["files"]] == [there] * bool(there)
    empty = table("x.z", {"a": "BIGINT"})
    assert peer.query(plan("SELECT a FROM x.z", empty))[1]["rows"] == 0
    reading = peer.ask("read", {"statement": "SELECT 1", "bounds": asdict(Bounds())})
    assert '"error":false' in reading[1]["reading"]


def test_a_reach_that_grew_serves_what_was_read_before_and_leaves_nothing(
    peer: _Peer,
    plan: Plans,
    table: Callable[..., GovernedTable],
    parquet: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    locked: list[tuple[str, ...]] = []
    real = Instance.lock

    def lock(self: Instance, reach: Reach) -> None:
        locked.append(tuple(Path(file).stem for file in reach.files))
        real(self, reach)

    monkeypatch.setattr(Instance, "lock", lock)
    a = table("x.a", {"n": "BIGINT"}, parquet("a.parquet", n=[1]))
    b = table("x.b", {"n": "BIGINT"}, parquet("b.parquet", n=[2, 3]))
    left = "SELECT view_name, getvariable('v') FROM duckdb_views() WHERE NOT internal"
    for seen in (a, b, a, b):
        one = plan(f"SELECT n FROM {seen.ref}", seen, variables={"v": "CANARY"})
        assert peer.query(one)[0] == b"T"
        assert peer.query(plan(left))[1]["rows"] == 0
        assert peer.query(plan("SELECT 1 WHERE getvariable('v') IS NOT NULL"))[1]["rows"] == 0
    assert locked == [("a",), ("a", "b")]
    (tmp_path / "into").mkdir()
    assert peer.query(plan("SELECT n FROM x.a", a, into=str(tmp_path / "into")))[0] == b"T"
    assert peer.query(plan("SELECT n FROM x.a", a))[0] == b"T"
    assert locked[2:] == [("a",), ("a",)]


def test_a_job_that_fails_is_the_last(peer: _Peer, plan: Plans) -> None:
    kind, body = peer.query(plan("SELECT CAST('CANARY' AS INTEGER)"))
    assert (kind, body["code"]) == (b"E", "faulty.conversion")
    assert "CANARY" not in json.dumps(body).replace("CAST('CANARY' AS INTEGER)", "")
    with pytest.raises(Closed):
        peer.channel.receive(10)


@pytest.mark.parametrize("statement", ["SELECT 1; SELECT 2", "DELETE FROM x", "", "ATTACH 'x'"])
def test_only_one_select_is_run(peer: _Peer, plan: Plans, statement: str) -> None:
    assert peer.query(plan(statement))[1]["code"] in {"invalid.syntax"}


def test_a_bound_of_output_is_kept(peer: _Peer, plan: Plans) -> None:
    small = plan("SELECT * FROM range(100000)", bounds=Bounds(1 << 28, 1, 10, 1000))
    assert peer.query(small)[1]["code"] == "over-budget.output"


def test_files_are_looked_at(peer: _Peer, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    file = SourceFile(str(path), "t.csv", 4, "00")
    look = ExaminePlan((file,), Reading("csv", columns=("a",)), Bounds(1 << 28))
    assert peer.ask("examine", asdict(look))[1]["rows"] == 1
    pq.write_table(pa.table({"a": [1, 2]}), path)
    look = ExaminePlan((file, file), Reading("parquet"), Bounds(1 << 28))
    body = peer.ask("examine", asdict(look))[1]
    assert (body["rows"], body["schema"]) == (2 * 2, [["a", "BIGINT"]])


def test_files_are_loaded(peer: _Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("doumen.engines.duckdb.sources._TICK", 0.0)
    path = tmp_path / "t.csv"
    path.write_text("a\n1\nx\n")
    file = SourceFile(str(path), "t.csv", 6, "00")
    column = LoadColumn("a", "a", "BIGINT")
    for part in ("into", "aside"):
        (tmp_path / part).mkdir()
    spec = LoadSpec((file,), Reading("csv", columns=("a",)), (column,))
    plan = LoadPlan(spec, str(tmp_path / "into"), str(tmp_path / "aside"), Bounds(1 << 28))
    body = peer.ask("load", asdict(plan))[1]
    assert (body["rows_in"], body["landed"], body["quarantined"]) == (2, 1, 1)
