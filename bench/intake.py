"""1 GB of CSV into a dataset, with a contract and inferred, beside DuckDB's CSV → Parquet."""

from __future__ import annotations

import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measure import Measure, seconds

RUNS = 5
COLLECT = """
import sys
from pathlib import Path
import doumen
with doumen.open(sys.argv[1]) as node:
    contract = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    node.session().do("collect", path=Path(sys.argv[2]), as_dataset=sys.argv[3], contract=contract)
"""
PLAIN = """
import sys, duckdb
c = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
c.execute("SET enable_progress_bar=false")
c.execute(f"COPY (FROM read_csv('{sys.argv[1]}')) TO '{sys.argv[2]}' (FORMAT parquet)")
"""


def write_csv(path: Path, gigabytes: float = 1.0) -> None:
    """TPC-H lineitem as CSV, cut at the size asked."""
    binary = Path(sys.executable).parent / "tpchgen-cli"
    scale = str(math.ceil(gigabytes * 1.4))
    subprocess.run(
        [binary, "csv", "-s", scale, "-T", "lineitem", "-o", path.parent],
        check=True,
        capture_output=True,
    )
    with path.open("rb+") as file:
        file.seek(round(gigabytes * 1e9))
        file.readline()
        file.truncate()


def run() -> list[Measure]:
    """Whole processes, start included; peak memory of the children."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        csv = path / "lineitem.csv"
        write_csv(csv)
        node = path / "node"
        command = [sys.executable, "-m", "doumen"]
        subprocess.run([*command, "init", node, "--name", "bench"], check=True, capture_output=True)
        contract = path / "lineitem.odcs.yaml"
        plain, inferred, given = [], [], []
        for number in range(RUNS):
            out = path / f"plain-{number}.parquet"
            plain.append(_child(PLAIN, csv, out))
            inferred.append(_child(COLLECT, node, csv, f"b.inferred{number}"))
            shown = subprocess.run(
                [*command, "--node", node, "--json", "contract", "show", f"b.inferred{number}"],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            contract.write_text(_yaml(shown.stdout))
            given.append(_child(COLLECT, node, csv, f"b.given{number}", contract))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    base = statistics.median(plain)
    beside = f"DuckDB {base:.1f} s"
    figures = []
    for name, times, goal in (("contract given", given, 1.5), ("inferred", inferred, 2.5)):
        ratio = statistics.median(times) / base
        figures.append(
            Measure(f"1 GB CSV, {name}", f"{statistics.median(times):.1f} s = {ratio:.2f}×",
                    f"<= {goal}×", ratio <= goal, beside)
        )  # fmt: skip
    return [*figures, Measure("memory of it", f"{peak:.2f} GB", "<= 2 GB", peak <= 2)]


def _child(code: str, *arguments: object) -> float:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return seconds(lambda: subprocess.run(command, check=True))


def _yaml(text: str) -> str:
    contract: str = json.loads(text)["contract"]
    return contract.replace("b.inferred", "b.given")
