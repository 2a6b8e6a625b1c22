"""Many small queries from eight clients, ten million rows at once, and memory over ten thousand.

The clients are eight analysts, each a thread with a session of its own; the rows are five
columns of two integers, a number, a date and a text.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import duckdb
import psutil

import doumen
from bench.measure import Measure, seconds
from doumen.session import Node, Session, create

CLIENTS = 8
QUERIES = 1000
ROWS = 10_000_000
STEADY = int(os.environ.get("DOUMEN_BENCH_STEADY", "10000"))
SMALL = "SELECT k, count(*) AS n, sum(v) AS s FROM b.tiny WHERE v > {} GROUP BY k ORDER BY k"
BIG = "SELECT id, part, amount, day, word FROM b.big"
RULES = """
rules:
  - id: tiny
    permit: query
    who: {role: analyst}
    on: b.tiny
    duties: [{filter: "k <> 3"}]
"""


@contextmanager
def prepared() -> Iterator[tuple[Node, Path]]:
    """A node with a small and a big table and eight analysts; the file of the big one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "tiny.csv").write_text("k,v\n" + "".join(f"{n % 7},{n}\n" for n in range(1000)))
        (path / "rules.yaml").write_text(RULES)
        big = path / "big.parquet"
        duckdb.sql(
            f"COPY (SELECT i AS id, i % 1000 AS part, (i % 7919) / 100 AS amount, "
            f"DATE '2020-01-01' + CAST(i % 2000 AS INTEGER) AS day, 'word ' || i % 500 AS word "
            f"FROM range({ROWS}) t(i)) TO '{big}'"
        )
        create(path / "node", "bench")
        with doumen.open(path / "node") as node:
            owner = node.session()
            owner.do("collect", path=path / "tiny.csv", as_dataset="b.tiny")
            owner.do("collect", path=big, as_dataset="b.big")
            for number in range(CLIENTS):
                owner.do("actor add", name=f"ana{number}", role=("analyst",))
            owner.do("rule add", file=path / "rules.yaml")
            yield node, next((path / "node" / "lake").rglob("*big*/**/*.parquet"))


def ask(session: Session, number: int) -> None:
    """One small query."""
    session.query(SMALL.format(number % 50)).rows()


def clients(node: Node, queries: int) -> float:
    """Queries per second of all clients together."""
    sessions = [node.session(f"ana{number}") for number in range(CLIENTS)]
    each = queries // CLIENTS

    def work(session: Session) -> None:
        for number in range(each):
            ask(session, number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(work, sessions))  # warm
        took = seconds(lambda: list(pool.map(work, sessions)))
    return each * CLIENTS / took


def memory() -> int:
    """Bytes resident in this process and all its workers."""
    own = psutil.Process()
    return sum(p.memory_info().rss for p in (own, *own.children(recursive=True)))


def run() -> list[Measure]:
    """All three."""
    with prepared() as (node, file):
        rate = clients(node, QUERIES)
        bare = duckdb.connect()
        bare.execute("SET enable_progress_bar=false")
        text = BIG.replace("b.big", f"'{file}'")
        owner = node.session()
        ours, theirs, settled = [], [], 0.0
        for _ in range(3):
            theirs.append(seconds(lambda: bare.sql(text).to_arrow_table()))
            ours.append(seconds(lambda: owner.query(BIG).arrow()))
            settled = ours[-1] + seconds(node.means.settling.wait)
        ratio = statistics.median(ours) / statistics.median(theirs)
        before = after = 0
        for number in range(STEADY):
            ask(owner, number)
            if number == STEADY // 10:
                before = memory()
        after = memory()
    grown = (after - before) / before
    return [
        Measure(f"{QUERIES} small queries from {CLIENTS} clients", f"{rate:.0f}/s", ">= 100/s",
                rate >= 100),
        Measure("10M rows to Arrow", f"{ratio:.2f}×", "<= 1.3×", ratio <= 1.3,
                f"DuckDB {statistics.median(theirs):.2f} s; receipt after {settled:.1f} s"),
        Measure(f"memory over {STEADY:,} queries", f"{grown:+.1%}", "flat (<= 5 %)", grown <= 0.05,
                f"{before / 2**20:.0f} MB, then {after / 2**20:.0f} MB"),
    ]  # fmt: skip
