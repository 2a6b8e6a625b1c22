"""Reruns the commands of docs/acceptance.md and says which lines hold.

A line of the tables is `| line | command | figure | state | date |`; the command stands in
backticks. Only lines whose state is `holds` are rerun; one that fails makes the exit code 1.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| (?P<line>[^|]+) \| `(?P<command>[^`]+)` \| [^|]* \| holds \|")


def main() -> int:
    """Run every command once, in the order of the tables."""
    rows = [ROW.match(line) for line in (ROOT / "docs/acceptance.md").read_text().splitlines()]
    failed = 0
    seen: dict[str, int] = {}
    for row in filter(None, rows):
        command = row["command"]
        start = time.monotonic()
        if command not in seen:
            print(f"$ {command}", flush=True)
            seen[command] = subprocess.run(
                ["bash", "-c", command], cwd=ROOT, check=False, stdout=subprocess.DEVNULL
            ).returncode
        held = seen[command] == 0
        failed += not held
        print(f"{'holds' if held else 'FAILS'}  {row['line']}  {time.monotonic() - start:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
