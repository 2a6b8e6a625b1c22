"""The 22 TPC-H queries behind the gate beside one warm plain connection on the same files.

Each query runs on both sides in turn; the figure is the geometric mean of the 22 ratios of
median times. Twice: as the owner, without any duty, and as an analyst under a filter on
`l_shipdate`, `c_name` hashed and `l_shipmode` shown empty.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

import doumen
from bench.measure import Measure, seconds
from doumen.session import Session, create

QUERIES = Path(__file__).parent.parent / "tests" / "kits" / "sql" / "tpch"
TABLES = ("customer", "lineitem", "nation", "orders", "part", "partsupp", "region", "supplier")
GOALS = {"10": (1.03, 1.12), "1": (1.12, 1.20)}
"""Scale factor → goals without and with duties."""

RULES = """
rules:
  - {id: tpch, permit: query, who: {role: analyst}, on: tpch.*}
  - id: lineitem
    permit: query
    who: {role: analyst}
    on: tpch.lineitem
    duties:
      - filter: "l_shipdate >= DATE '1992-03-01'"
      - mask: {column: l_shipmode, method: null}
  - id: customer
    permit: query
    who: {role: analyst}
    on: tpch.customer
    duties:
      - mask: {column: c_name, method: hash}
"""


@contextmanager
def prepared(scale: str) -> Iterator[tuple[Session, Session, duckdb.DuckDBPyConnection]]:
    """Owner, analyst and plain connection over the same files of one scale factor."""
    kept = os.environ.get("DOUMEN_BENCH_FILES")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        files = Path(kept) / f"tpch{scale}" if kept else path / "files"
        generate = [str(Path(sys.executable).parent / "tpchgen-cli"), "parquet", "-s", scale]
        subprocess.run([*generate, "-o", str(files)], check=True, capture_output=True)
        create(path / "node", "bench")
        (path / "rules.yaml").write_text(RULES)
        with doumen.open(path / "node") as node, duckdb.connect() as bare:
            owner = node.session()
            bare.execute("SET enable_progress_bar=false")
            bare.execute("SET memory_limit='2GiB'")
            bare.execute("SET threads=2")
            bare.execute("CREATE SCHEMA tpch")
            for table in TABLES:
                owner.do("collect", path=files / f"{table}.parquet", as_dataset=f"tpch.{table}")
                kept_file = next((path / "node" / "lake").rglob(f"*{table}*/**/*.parquet"))
                bare.execute(f"CREATE VIEW tpch.{table} AS FROM read_parquet('{kept_file}')")
            owner.do("actor add", name="ana", role=("analyst",))
            owner.do("rule add", file=path / "rules.yaml")
            yield owner, node.session("ana"), bare


def ratios(session: Session, bare: duckdb.DuckDBPyConnection, runs: int) -> dict[str, float]:
    """Median time behind the gate over median time without, per query."""
    found = {}
    for number in range(1, 23):
        text = (QUERIES / f"q{number:02}.sql").read_text()
        ours, theirs = [], []
        for _ in range(runs):
            ours.append(seconds(lambda t=text: session.query(t).arrow()))  # type: ignore[misc]
            theirs.append(seconds(lambda t=text: bare.sql(t).to_arrow_table()))  # type: ignore[misc]
        found[f"q{number:02}"] = statistics.median(ours) / statistics.median(theirs)
        if os.environ.get("DOUMEN_BENCH_VERBOSE"):
            pair = f"{statistics.median(ours) * 1e3:.0f} {statistics.median(theirs) * 1e3:.0f}"
            print(f"q{number:02} {found[f'q{number:02}']:.2f} ({pair} ms)", file=sys.stderr)
    return found


def run() -> list[Measure]:
    """Both scale factors, or that of DOUMEN_BENCH_SCALE."""
    chosen = os.environ.get("DOUMEN_BENCH_SCALE")
    measures = []
    for scale in (chosen,) if chosen else tuple(GOALS):
        with prepared(scale) as (owner, analyst, bare):
            runs = 3 if scale == "10" else 5
            goals = GOALS.get(scale, GOALS["1"])
            names = ("no duties", "filter and masks")
            for name, session, goal in zip(names, (owner, analyst), goals, strict=True):
                found = ratios(session, bare, runs)
                mean = math.exp(statistics.mean(math.log(r) for r in found.values()))
                worst = max(found, key=lambda q: found[q])
                measures.append(
                    Measure(f"TPC-H SF{scale}, {name}", f"{mean:.3f}×", f"<= {goal}×", mean <= goal,
                            f"worst {worst}: {found[worst]:.2f}×")
                )  # fmt: skip
    return measures
