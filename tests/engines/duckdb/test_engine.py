"""The engine through its sandbox: answers, limits, cancel, and nothing left between jobs."""

from __future__ import annotations

import contextlib
import gc
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb import DuckDB
from doumen.engines.duckdb import engine as module
from doumen.model.errors import Faulty, Invalid, OverBudget, Refused, Unavailable
from doumen.model.plan import Bounds, GovernedTable, QueryPlan
from doumen.model.schema import Column, Schema

Plans = Callable[..., QueryPlan]
Rows = Callable[..., list[tuple[Any, ...]]]
Tables = Callable[..., GovernedTable]
Write = Callable[..., str]


def test_what_is_hidden_does_not_come(
    engine: DuckDB, plan: Plans, rows: Rows, table: Tables, parquet: Write
) -> None:
    file = parquet(id=[1, 2, 3, None], name=["a", "b", "c", "d"], secret=["s"] * 4)
    flights = table(
        "transport.flights",
        {"id": "BIGINT", "name": "VARCHAR", "secret": "VARCHAR"},
        file,
        show=[("id", "BIGINT"), ("name", "VARCHAR", "getvariable('mark') || name")],
        where=("id < getvariable('d0_1')", "name <> getvariable('d0_2')"),
    )
    one = plan(
        "SELECT * FROM transport.flights ORDER BY id",
        flights,
        variables={"d0_1": 3, "d0_2": "zz", "mark": "it's "},
    )
    assert rows(engine, one) == [(1, "it's a"), (2, "it's b")]
    with pytest.raises(Invalid):
        rows(engine, plan("SELECT secret FROM transport.flights", flights, variables=one.variables))


def test_types_are_the_engines_words(
    engine: DuckDB, plan: Plans, table: Tables, parquet: Write
) -> None:
    file = parquet(a=pa.array([1], pa.int64()))
    one = plan(
        "SELECT a, ? AS p, 1.50::DECIMAL(12,2) AS d, now() AS t, [a] AS l, {'x': a} AS s,"
        " NULL AS n, 1::HUGEINT AS h, a AS a FROM x.y",
        table("x.y", {"a": "BIGINT"}, file),
        parameters=("text",),
    )
    expected = (
        Column("a", "BIGINT"),
        Column("p", "VARCHAR"),
        Column("d", "DECIMAL(12,2)"),
        Column("t", "TIMESTAMP WITH TIME ZONE"),
        Column("l", "BIGINT[]"),
        Column("s", "STRUCT(x BIGINT)"),
        Column("n", "NULL"),
        Column("h", "HUGEINT"),
        Column("a", "BIGINT"),
    )
    assert engine.describe(one, "ana") == Schema(expected)
    stream = engine.query(one, "ana")
    assert stream.schema == Schema(expected)
    assert stream.arrow.names == [c.name for c in expected]
    assert sum(batch.num_rows for batch in stream) == 1
    assert (stream.trailer.rows, stream.trailer.truncated) == (1, False)


def test_an_empty_answer_has_a_schema(
    engine: DuckDB, plan: Plans, rows: Rows, table: Tables
) -> None:
    empty = table("x.y", {"a": "DECIMAL(5,1)", "b": "DATE"}, where=("a > 1",))
    stream = engine.query(plan("SELECT * FROM x.y", empty), "ana")
    assert stream.arrow.names == ["a", "b"]
    assert list(stream) == []
    assert rows(engine, plan("SELECT count(*) FROM x.y", empty)) == [(0,)]


def test_the_clock_stands_still(engine: DuckDB, plan: Plans, rows: Rows) -> None:
    words = (
        "now(), current_timestamp, get_current_timestamp(), transaction_timestamp(), current_date,"
        " current_date(), today(), localtimestamp, current_localtimestamp(), current_time,"
        " localtime, get_current_time(), current_localtime(), NOW(),"
        " date_diff('day', DATE '2021-03-03', CURRENT_DATE), age(TIMESTAMP '2021-03-01')"
    )
    stamp = datetime(2021, 3, 4, 5, 6, 7, 8)
    aware, day, tick = stamp.replace(tzinfo=UTC), date(2021, 3, 4), clock(5, 6, 7, 8)
    ((*found, age),) = rows(engine, plan(f"SELECT {words}"))
    assert found == [aware] * 4 + [day] * 3 + [stamp] * 2 + [tick] * 4 + [aware, 1]
    assert age.days == 3
    later = plan("SELECT now()", now=datetime(2022, 1, 1))
    assert rows(engine, later) == [(datetime(2022, 1, 1, tzinfo=UTC),)]


def test_the_clock_holds_in_filters_of_rules(
    engine: DuckDB, plan: Plans, rows: Rows, table: Tables, parquet: Write
) -> None:
    file = parquet(moment=[datetime(2021, 1, 1), datetime(2021, 6, 1)])
    seen = table("x.y", {"moment": "TIMESTAMP"}, file, where=("moment < now()",))
    assert rows(engine, plan("SELECT * FROM x.y", seen)) == [(datetime(2021, 1, 1),)]


def test_parameters_arrive_as_they_are(engine: DuckDB, plan: Plans, rows: Rows) -> None:
    values = (1 << 62, 1.5, "中 'x'", True, None, datetime(2020, 1, 2, 3, 4, 5, 6), float("inf"))
    one = plan("SELECT ?, ?, ?, ?, ?, ?, ?", parameters=values)
    assert rows(engine, one) == [values]
    assert rows(engine, plan("SELECT $2, $1", parameters=(1, 2))) == [(2, 1)]


def test_a_limit_cuts_the_result(engine: DuckDB, plan: Plans) -> None:
    def run(most: int, there: int) -> tuple[int, bool]:
        stream = engine.query(plan(f"SELECT * FROM range({there})", limit=most), "ana")
        return sum(batch.num_rows for batch in stream), stream.trailer.truncated

    assert run(3, 10) == (3, True)
    assert run(10, 10) == (10, False)
    assert run(0, 1) == (0, True)
    assert run(100_000, 200_000) == (100_000, True)


def test_tables_that_come_with_the_plan(
    engine: DuckDB, plan: Plans, rows: Rows, table: Tables
) -> None:
    def events(*names: str) -> GovernedTable:
        return table(
            "sys.events",
            {"name": "VARCHAR", "tags": "VARCHAR[]"},
            inline=pa.table({"name": names, "tags": [["t"]] * len(names)}),
        )

    statement = "SELECT name, tags[1] FROM sys.events ORDER BY 1"
    assert rows(engine, plan(statement, events("b", "a"))) == [("a", "t"), ("b", "t")]
    assert rows(engine, plan(statement, events("c"))) == [("c", "t")]
    with pytest.raises(Invalid):
        rows(engine, plan('SELECT * FROM "__doumen_inline".t1'))


def test_files_of_several_shapes_are_one_table(
    engine: DuckDB, plan: Plans, rows: Rows, table: Tables, parquet: Write
) -> None:
    old, new = parquet("old.parquet", a=[1]), parquet("n[e]w.parquet", b=["x"], a=[2])
    both = table("x.y", {"a": "BIGINT", "b": "VARCHAR"}, old, new)
    assert rows(engine, plan("SELECT * FROM x.y ORDER BY a", both)) == [(1, None), (2, "x")]


def test_nothing_of_a_job_is_left_for_the_next(
    engine: DuckDB, plan: Plans, rows: Rows, table: Tables, parquet: Write
) -> None:
    file = parquet(a=[1, 2, 3])
    wide = table("x.y", {"a": "BIGINT"}, file)
    narrow = table("x.y", {"a": "BIGINT"}, file, where=("a = getvariable('one')",))
    assert rows(engine, plan("SELECT sum(a) FROM x.y", wide, variables={"left": 7})) == [(6,)]
    assert rows(engine, plan("SELECT sum(a) FROM x.y", narrow, variables={"one": 2})) == [(2,)]
    assert rows(engine, plan("SELECT sum(a) FROM x.y", narrow, variables={"one": 3})) == [(3,)]
    assert rows(engine, plan("SELECT getvariable('left')", wide)) == [(None,)]
    with pytest.raises(Invalid):
        rows(engine, plan("SELECT * FROM x.y", table("x.z", {"a": "BIGINT"}, file)))
    assert rows(engine, plan("SELECT count(*) FROM duckdb_tables()", wide)) == [(0,)]


def test_an_answer_is_written_as_files(engine: DuckDB, plan: Plans, tmp_path: Path) -> None:
    def write(folder: str, **rest: Any) -> tuple[Any, Path]:
        into = tmp_path / folder
        into.mkdir()
        statement = "SELECT i, 'x' || ? AS s FROM range(10) t(i) -- end"
        one = plan(statement, parameters=("y",), into=str(into), **rest)
        stream = engine.query(one, "ana")
        assert stream.schema == Schema.of(i="BIGINT", s="VARCHAR")
        assert list(stream) == []
        return stream.trailer, into

    trailer, into = write("all")
    (file,) = trailer.files
    assert (trailer.rows, trailer.truncated, file.rows) == (10, False, 10)
    assert file.size == (into / file.path).stat().st_size
    assert pq.read_table(into / file.path).column("s").to_pylist() == ["xy"] * 10
    trailer, into = write("cut", limit=4)
    assert (trailer.rows, trailer.truncated, trailer.files[0].rows) == (4, True, 4)
    trailer, into = write("none", limit=0)
    assert (trailer.rows, trailer.truncated, trailer.files) == (0, True, ())
    assert not list(into.iterdir())


def test_one_value_larger_than_memory_ends_as_a_bound(engine: DuckDB, plan: Plans) -> None:
    for statement in (
        "SELECT length(repeat('x', 1000000000))",
        "SELECT list(i) FROM range(100000000) t(i)",
    ):
        with pytest.raises(OverBudget) as told:
            list(engine.query(plan(statement), "ana"))
        assert told.value.code == "over-budget.memory"


def test_an_answer_larger_than_its_bound_ends(
    engine: DuckDB, plan: Plans, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Bounds(memory=1 << 28, seconds=30, output=1 << 20)
    one = plan("SELECT i, 'text' || i FROM range(1000000) t(i)", bounds=small)
    with pytest.raises(OverBudget) as told:
        list(engine.query(one, "ana"))
    assert told.value.code == "over-budget.output"
    stream = engine.query(plan("SELECT * FROM range(1000000)"), "ana")
    stream._left = 1000  # type: ignore[attr-defined] # as if the worker did not count
    with pytest.raises(OverBudget):
        list(stream)
    wide = engine.query(plan("SELECT repeat('x', 3000000)"), "ana")
    wide._left = 1000  # type: ignore[attr-defined] # as above: one frame is too long already
    with pytest.raises(OverBudget):
        list(wide)


BUSY = "SELECT count(*) FROM range(100000000000) t(i) WHERE hash(i) = 1"


def test_a_job_ends_at_its_time(engine: DuckDB, plan: Plans) -> None:
    began = time.monotonic()
    with pytest.raises(OverBudget) as told:
        list(engine.query(plan(BUSY, bounds=Bounds(memory=1 << 28, seconds=0.5)), "ana"))
    assert told.value.code == "over-budget.time"
    assert time.monotonic() - began < 5


def test_a_worker_ends_itself_where_nobody_reads(engine: DuckDB, plan: Plans) -> None:
    one = plan("SELECT i, i FROM range(100000000) t(i)", bounds=Bounds(1 << 28, 2, 0.2))
    stream = engine.query(one, "ana")
    stream._talk._deadline += 60  # type: ignore[attr-defined] # as if the parent did not look
    time.sleep(3.4)
    with pytest.raises(OverBudget) as told:
        list(stream)
    assert told.value.code == "over-budget.time"


def test_a_stream_closed_early_ends_its_worker(engine: DuckDB, plan: Plans, scratch: Path) -> None:
    (root,) = scratch.iterdir()
    stream = engine.query(plan("SELECT * FROM range(100000000)"), "eve")
    number = stream._talk._worker.number  # type: ignore[attr-defined] # whose directory goes
    assert next(iter(stream)).num_rows
    assert (root / str(number)).exists()
    stream.close()
    stream.close()
    assert not (root / str(number)).exists()
    assert list(stream) == []
    dropped = engine.query(plan("SELECT * FROM range(100000000)"), "eve")
    number = dropped._talk._worker.number  # type: ignore[attr-defined] # as above
    del dropped
    gc.collect()
    assert not (root / str(number)).exists()


def test_a_worker_that_is_killed_is_out_of_memory(engine: DuckDB, plan: Plans) -> None:
    zygote = psutil.Process(engine._pool._herd._process.pid)  # type: ignore[union-attr] # warm
    before = {p.pid for p in zygote.children()}

    def kill() -> None:
        end = time.monotonic() + 10
        while time.monotonic() < end:
            for process in zygote.children():
                if process.cpu_times().user > 0.3 and process.pid not in done:
                    process.kill()
                    return
            time.sleep(0.05)

    done = {pid for pid in before if psutil.Process(pid).cpu_times().user > 0.3}
    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(OverBudget) as told:
        list(engine.query(plan(BUSY), "mallory"))
    killer.join()
    assert told.value.code == "over-budget.memory"


def test_a_statement_is_read_by_the_engine(engine: DuckDB) -> None:
    assert '"error":false' in engine.read("SELECT a FROM b")
    assert engine.read("SELECT a FROM b") is engine.read("SELECT a FROM b")
    assert '"error":true' in engine.read("DELETE FROM b")
    assert '"error":true' in engine.read("selec")
    with pytest.raises(Invalid):
        engine.read("SELECT '\ud800'")


def test_readings_are_kept_up_to_a_number(engine: DuckDB, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READINGS", 2)
    for number in range(4):
        engine.read(f"SELECT {number} AS reading")
    assert "SELECT 0 AS reading" not in engine._readings
    assert engine._reader is not None
    engine._reader.end()
    assert '"error":false' in engine.read("SELECT 'after the reader died'")


def test_a_statement_that_takes_too_long_to_read_is_refused(
    engine: DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READ_SECONDS", 0.0)
    with pytest.raises(Refused):
        engine.read("SELECT 'never read in time'")


def test_deep_nesting_gives_an_error_and_no_more(engine: DuckDB) -> None:
    deep = "SELECT " + "(" * 30_000 + "1" + ")" * 30_000
    with contextlib.suppress(Refused, Unavailable):
        assert '"error":true' in engine.read(deep)
    assert '"error":false' in engine.read("SELECT 2")


def test_text_that_is_no_text_is_invalid(engine: DuckDB, plan: Plans) -> None:
    for one in (plan("SELECT '\udc00'"), plan("SELECT ?", parameters=("\udc00",))):
        with pytest.raises(Invalid):
            engine.query(one, "ana")


def test_files_that_are_gone_are_unavailable(
    engine: DuckDB, plan: Plans, table: Tables, tmp_path: Path
) -> None:
    gone = table("x.y", {"a": "BIGINT"}, str(tmp_path / "CANARY.parquet"))
    with pytest.raises(Unavailable) as told:
        engine.query(plan("SELECT * FROM x.y", gone), "ana")
    assert "CANARY" not in f"{told.value.as_json()}"


def test_many_threads_and_actors_share_one_engine(
    engine: DuckDB, plan: Plans, rows: Rows, table: Tables, parquet: Write
) -> None:
    file = parquet(a=list(range(1000)))
    wrong: list[object] = []

    def ask(number: int) -> None:
        mine = table("x.y", {"a": "BIGINT"}, file, where=(f"a % 4 = {number}",))
        for _ in range(5):
            engine.read(f"SELECT {number}")
            found = rows(engine, plan("SELECT DISTINCT a % 4 FROM x.y", mine), f"actor{number}")
            if found != [(number,)]:
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_what_one_actor_reached_is_out_of_anothers_reach(
    engine: DuckDB, plan: Plans, rows: Rows, table: Tables, parquet: Write
) -> None:
    first, second = parquet("first.parquet", a=[1]), parquet("second.parquet", a=[2])
    for file in (first, second, first):
        asked = plan("SELECT a FROM x.y", table("x.y", {"a": "BIGINT"}, file))
        assert rows(engine, asked, "mia") == [(1 if file == first else 2,)]
    mine = table("x.y", {"a": "BIGINT"}, second)
    assert rows(engine, plan("SELECT a FROM x.y", mine), "noa") == [(2,)]
    with pytest.raises(Unavailable):
        rows(engine, plan(f"SELECT * FROM read_parquet('{first}')", mine), "noa")


def test_a_closed_engine_answers_nothing(scratch: Path, plan: Plans) -> None:
    one = DuckDB(scratch=scratch, warm=False)
    one.read("SELECT 1")
    stream = one.query(plan("SELECT * FROM range(100000000)"), "ana")
    one.close()
    one.close()
    with pytest.raises(Unavailable):
        list(stream)
    with pytest.raises(Unavailable):
        one.query(plan("SELECT 1"), "ana")


def test_a_failed_statement_costs_its_worker(engine: DuckDB, plan: Plans, rows: Rows) -> None:
    with pytest.raises(Faulty):
        rows(engine, plan("SELECT CAST('x' AS INT)"), "zoe")
    assert rows(engine, replace(plan("SELECT 1"), limit=5), "zoe") == [(1,)]
