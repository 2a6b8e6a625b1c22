"""Holds branch coverage: 90 % of the whole, 100 % of gate, policy, evidence and ledger."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

OVERALL = 90.0
WHOLE = (
    "src/doumen/gate/",
    "src/doumen/kits/policy/",
    "src/doumen/kits/evidence/",
    "src/doumen/stores/ledger/",
)
COVERAGE = [sys.executable, "-m", "coverage"]


def report() -> dict[str, object]:
    """The combined coverage of all processes, late ones too, as coverage.py's JSON."""
    subprocess.run([*COVERAGE, "combine", "--append", "--quiet"], check=False, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "coverage.json"
        subprocess.run([*COVERAGE, "json", "--quiet", "-o", str(target)], check=True)
        body: dict[str, object] = json.loads(target.read_text())
    return body


def main() -> int:
    """Compare with the floor; print every file that is below it."""
    body = report()
    total = body["totals"]["percent_covered"]  # type: ignore[index]
    below = []
    files: dict[str, dict[str, dict[str, float]]] = body["files"]  # type: ignore[assignment]
    for name, file in sorted(files.items()):
        covered = file["summary"]["percent_covered"]
        if name.startswith(WHOLE) and covered < 100:
            below.append(f"{name}: {covered:.1f} %, 100 % asked; missing {file['missing_lines']}")
    print(f"Branch coverage {total:.1f} % (floor {OVERALL:.0f} %).")
    print("\n".join(below))
    return 1 if below or total < OVERALL else 0


if __name__ == "__main__":
    sys.exit(main())
