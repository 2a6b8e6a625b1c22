"""Runs the benches and writes the results."""

from __future__ import annotations

import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import psutil

BENCHES = (
    "tiny",
    "ledger",
    "intake",
    "sources",
    "billion",
    "load",
    "service",
    "exchange",
    "dataspace",
    "tpch",
    "quality",
    "identifiers",
    "profile",
    "search",
    "pages",
)
LONG = frozenset({"billion"})
"""Benches that run only where they are named: they take an hour and the room of 50 GB."""
RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Run all benches, or those named on the command line; each writes its own section."""
    for name in sys.argv[1:] or (name for name in BENCHES if name not in LONG):
        lines = ["| what | figure | goal | met | beside |", "|---|---|---|---|---|"]
        for m in import_module(f"bench.{name}").run():
            met = "yes" if m.met else "**no**"
            lines.append(f"| {m.name} | {m.figure} | {m.goal} | {met} | {m.beside} |")
            print(lines[-1], flush=True)
        written(name, lines)


def written(name: str, lines: list[str]) -> None:
    """Put the section of a bench in the place of the one that was there; others stay."""
    memory = round(psutil.virtual_memory().total / 2**30)
    taken = (
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {psutil.cpu_count()} cores, "
        f"{memory} GiB, {platform.system()}, Python {platform.python_version()}, "
        + ", ".join(f"{n} {version(n)}" for n in ("duckdb", "deltalake", "pyarrow", "sqlglot"))
        + "."
    )
    head, *sections = RESULTS.read_text("utf-8").split("\n## ")
    found = {text.partition("\n")[0]: text for text in sections}
    found[name] = "\n".join([name, "", taken, "", *lines]) + "\n"
    ordered = [found.pop(one) for one in BENCHES if one in found]
    RESULTS.write_text("\n## ".join([head, *ordered, *found.values()]), encoding="utf-8")


if __name__ == "__main__":
    main()
