"""A very large table: generated, collected file by file, clustered, compacted and asked.

`DOUMEN_BENCH_ROWS` says how many rows; the memory is that of all processes of a step together, the
most that was seen (`Pss`: what they share counts once). What is done already stays in the folder
that `DOUMEN_BENCH_FOLDER` names, so a run that was ended goes on there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import psutil

from bench.measure import Measure

ROWS = int(os.environ.get("DOUMEN_BENCH_ROWS", "1_000_000_000"))
PIECE = 2_000_000
"""Rows of a file of the source."""
LIMIT = 4 << 30
"""Bytes of memory that no step may go beyond."""
SETTLED = 11
"""Seconds after which a source takes a file for one that is no longer written."""
PART = 0.02
"""Part of the files that a point may need."""
MADE = """
COPY (SELECT i AS id, (hash(i) % 100000)::INTEGER AS station,
             TIMESTAMP '2020-01-01' + (i // 20) * INTERVAL '1 second' AS moment,
             ((hash(i * 7) % 100000) / 100)::DECIMAL(9,2) AS value,
             CASE hash(i * 3) % 4 WHEN 0 THEN 'ok' WHEN 1 THEN 'late' WHEN 2 THEN 'lost'
                  ELSE 'odd' END AS state
      FROM range({start}, {end}) AS t(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""
SOURCE = """source: folder
path: {folder}
streams:
  big.readings: {{files: "*.parquet"}}
"""
POINT = "SELECT count(*), sum(value) FROM big.readings WHERE station = 4711"
WHOLE = "SELECT state, count(*), sum(value) FROM big.readings GROUP BY state ORDER BY state"
NEEDED = """
import json, sys
import doumen
from doumen.gate import query
from doumen.kits import sql
from doumen.model.job import Job, Query
with doumen.open(sys.argv[1]) as node:
    job = Job(actor="owner", step=Query(sys.argv[2]))
    planned = query.plan(node.means, job, job.step, node.means.catalog.current())
    (table,) = sql.needed_files(planned.plan, planned.ruled.known.asked.statement).tables
    (all_,) = planned.plan.tables
    print(json.dumps([len(table.files), len(all_.files)]))
"""


class Step:
    """One step: how long it took, and the most memory that was seen."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.memory = 0


@contextmanager
def watched() -> Iterator[Step]:
    """Take time and memory of what is done within, in processes that this one starts."""
    step, over, since = Step(), threading.Event(), time.perf_counter()

    def watch() -> None:
        while not over.wait(0.5):
            step.memory = max(step.memory, _memory())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield step
    finally:
        over.set()
        thread.join()
        step.seconds = time.perf_counter() - since


def _memory() -> int:
    total = 0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total


def doumen(node: Path, *line: str) -> Any:
    """What a command says as JSON."""
    command = [sys.executable, "-m", "doumen", "--node", str(node), *line, "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def generate(folder: Path) -> None:
    """The files of the source; what is there stays."""
    folder.mkdir(exist_ok=True)
    for start in range(0, ROWS, PIECE):
        path = folder / f"{start:012d}.parquet"
        if not path.exists():
            end, draft = min(start + PIECE, ROWS), path.with_suffix(".new")
            duckdb.sql(MADE.format(start=start, end=end, path=draft))
            draft.rename(path)
    time.sleep(SETTLED)


def measure(folder: Path) -> Iterator[Measure]:
    """Each step in turn."""
    source, node = folder / "source", folder / "node"
    generate(source)
    name = f"{ROWS / 1e6:g}M rows"
    if not node.exists():
        subprocess.run([sys.executable, "-m", "doumen", "init", str(node), "--name", "bench"],
                       check=True, capture_output=True)  # fmt: skip
        (folder / "big.yaml").write_text(SOURCE.format(folder=source))
        doumen(node, "source", "add", "big", str(folder / "big.yaml"))
    with watched() as step:
        doumen(node, "source", "run", "big")
    yield told(f"{name}, collected", step)
    doumen(node, "dataset", "cluster", "big.readings", "station", "moment")
    with watched() as step:
        doumen(node, "dataset", "compact", "big.readings")
    yield told(f"{name}, clustered and compacted", step)
    for what, statement in (("a point", POINT), ("all rows, grouped", WHOLE)):
        with watched() as step:
            rows = doumen(node, "query", statement)["rows"]
        assert rows == expected(source, statement), rows
        yield told(f"{name}, {what}", step)
    told_ = subprocess.run([sys.executable, "-c", NEEDED, str(node), POINT], check=True,
                           stdout=subprocess.PIPE, text=True)  # fmt: skip
    read, all_ = json.loads(told_.stdout)
    yield Measure(f"{name}, files of a point", f"{read} of {all_}", f"<= {PART:.0%}",
                  read <= PART * all_)  # fmt: skip


def expected(source: Path, statement: str) -> list[list[Any]]:
    """What DuckDB says of the source itself."""
    with duckdb.connect() as engine:
        engine.execute(f"CREATE SCHEMA big; CREATE VIEW big.readings AS "
                       f"FROM read_parquet('{source}/*.parquet')")  # fmt: skip
        found = engine.execute(statement).fetchall()
    return [[str(v) if type(v).__name__ == "Decimal" else v for v in row] for row in found]


def told(name: str, step: Step) -> Measure:
    """A line of the results."""
    figure = f"{step.seconds:.0f} s, {step.memory / 2**30:.2f} GiB"
    return Measure(name, figure, "< 4 GiB", step.memory < LIMIT)


def run() -> list[Measure]:
    """All steps, in the folder that is named, or in one that is gone at the end."""
    named = os.environ.get("DOUMEN_BENCH_FOLDER")
    if named:
        Path(named).mkdir(parents=True, exist_ok=True)
        return [*measure(Path(named))]
    with tempfile.TemporaryDirectory() as folder:
        return [*measure(Path(folder))]
