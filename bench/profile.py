"""The profile of TPC-H lineitem SF1 through the gate, beside a bare SUMMARIZE of the same file.

Both in turn, three times; ours makes receipts and looks for keys, dependencies, forms and
correlations as well. The memory is that of all processes of one run of the command, start included.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import duckdb
import psutil

import doumen
from bench.measure import Measure, seconds
from doumen.session import create

RUNS = 3
NAME = "tpch.lineitem"


def run() -> list[Measure]:
    """Time of both, and the memory of ours."""
    scripts = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        generate = [str(scripts / "tpchgen-cli"), "parquet", "-s", "1", "-T", "lineitem"]
        subprocess.run([*generate, "-o", str(path / "files")], check=True, capture_output=True)
        create(path / "node", "bench")
        with doumen.open(path / "node") as node, duckdb.connect() as bare:
            session = node.session()
            session.do("collect", path=path / "files" / "lineitem.parquet", as_dataset=NAME)
            kept = next((path / "node" / "lake").rglob("*.parquet"))
            bare.execute("SET enable_progress_bar=false; SET memory_limit='2GiB'; SET threads=2")
            ours, theirs = [], []
            for _ in range(RUNS):
                ours.append(seconds(lambda: session.do("profile", dataset=NAME)))
                statement = f"SUMMARIZE FROM read_parquet('{kept}')"
                theirs.append(seconds(lambda s=statement: bare.sql(s).fetchall()))  # type: ignore[misc]
        command, peak = _command(
            [str(scripts / "doumen"), "profile", NAME, "--json"], path / "node"
        )
    mine, other = statistics.median(ours), statistics.median(theirs)
    return [
        Measure("profile of lineitem SF1", f"{mine:.1f} s", "<= 5 s", mine <= 5,
                f"{command:.1f} s as a command"),
        Measure("the same beside SUMMARIZE", f"{other / mine:.1f}× as fast", ">= 2×",
                other / mine >= 2, f"DuckDB {other:.1f} s"),
        Measure("memory of the command", f"{peak / 2**30:.2f} GiB", "<= 1 GB", peak <= 10**9),
    ]  # fmt: skip


def _command(line: list[str], where: Path) -> tuple[float, int]:
    """Seconds of a command, and the most memory (PSS, bytes) that all its processes had."""
    peak, start = 0, time.perf_counter()
    with subprocess.Popen(line, cwd=where, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            total = 0
            with suppress(psutil.Error):
                root = psutil.Process(process.pid)
                for one in (root, *root.children(recursive=True)):
                    total += one.memory_full_info().pss
            peak = max(peak, total)
            time.sleep(0.05)
    return time.perf_counter() - start, peak
