"""What came of a collection, as JSON for the way back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from doumen.engines.duckdb.quarantine import Quarantine


def result(
    path: Path, aside: Quarantine, rows: int, landed: int, quarantined: int
) -> dict[str, Any]:
    """What came of a collection, as JSON; an empty file of rows is dropped."""
    if not landed:
        path.unlink(missing_ok=True)
    files = [[path.name, path.stat().st_size, landed]] if landed else []
    return {
        "rows_in": rows,
        "landed": landed,
        "quarantined": quarantined,
        "reasons": aside.reasons(),
        "files": files,
        "quarantine_files": aside.files(),
    }
