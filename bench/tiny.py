"""The gate's own time on a tiny query, commit included, and the time of `doumen --help`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

import doumen
from bench.measure import Measure, median, seconds
from doumen.session import create

STATEMENT = "SELECT k, count(*) AS n FROM b.tiny WHERE v > {} GROUP BY k ORDER BY k"


def run() -> list[Measure]:
    """First: a statement not seen before, by a warm node. Repeated: the same again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "tiny.csv").write_text("k,v\n" + "".join(f"{n % 7},{n}\n" for n in range(1000)))
        create(path / "node", "bench")
        with doumen.open(path / "node") as node:
            session = node.session()
            session.do("collect", path=path / "tiny.csv", as_dataset="b.tiny")
            session.query("SELECT count(*) FROM b.tiny").rows()
            file = next((path / "node" / "lake").rglob("*.parquet"))
            bare = duckdb.connect()
            bare.execute("SET enable_progress_bar=false")
            firsts, again, plain = [], [], []
            for number in range(15):
                asked = STATEMENT.format(number)
                firsts.append(seconds(lambda a=asked: session.query(a).rows()))  # type: ignore[misc]
                again.append(seconds(lambda a=asked: session.query(a).rows()))  # type: ignore[misc]
                text = asked.replace("b.tiny", f"'{file}'")
                plain.append(seconds(lambda t=text: bare.execute(t).fetchall()))  # type: ignore[misc]
    help_time = median(
        lambda: subprocess.run(
            [str(Path(sys.executable).parent / "doumen"), "--help"], check=True, capture_output=True
        ),
        9,
    )
    base = statistics.median(plain)
    first, repeated = statistics.median(firsts) - base, statistics.median(again) - base
    beside = f"DuckDB alone {base * 1e3:.1f} ms"
    return [
        Measure("gate's own time, first", f"{first * 1e3:.1f} ms", "<= 25 ms", first <= 0.025,
                beside),
        Measure("gate's own time, repeated", f"{repeated * 1e3:.1f} ms", "<= 10 ms",
                repeated <= 0.010, beside),
        Measure("`doumen --help`", f"{help_time * 1e3:.0f} ms", "<= 150 ms", help_time <= 0.150),
    ]  # fmt: skip
