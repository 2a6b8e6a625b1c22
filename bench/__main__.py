"""Runs the benches and writes the results."""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import psutil

BENCHES = ("tiny", "ledger", "intake", "load", "service", "exchange", "dataspace", "tpch")
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Run all, or those named on the command line; only a full run is written down."""
    named = sys.argv[1:] or list(BENCHES)
    lines = ["| what | figure | goal | met | beside |", "|---|---|---|---|---|"]
    for name in named:
        for m in import_module(f"bench.{name}").run():
            met = "yes" if m.met else "**no**"
            lines.append(f"| {m.name} | {m.figure} | {m.goal} | {met} | {m.beside} |")
            print(lines[-1], flush=True)
    if named == list(BENCHES):
        memory = round(psutil.virtual_memory().total / 2**30)
        head = [
            "# Results of `make bench`",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {psutil.cpu_count()} cores, "
            f"{memory} GiB, {platform.system()}, Python {platform.python_version()}, "
            + ", ".join(f"{n} {version(n)}" for n in ("duckdb", "deltalake", "pyarrow", "sqlglot"))
            + ". Medians, both sides in one run.",
            "",
        ]
        RESULTS.write_text("\n".join([*head, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
