"""Loads of texts in this process, read back from the files that they wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb.instance import Instance
from doumen.engines.duckdb.load import load
from doumen.model.load import LoadColumn, LoadSpec, Reading, Reason, SourceFile
from doumen.model.plan import LoadPlan

Describe = Callable[[Path], SourceFile]
READING = Reading("csv", columns=("a", "b", "c"))
COLUMNS = (
    LoadColumn("a", "a", "BIGINT"),
    LoadColumn("b", "b", "VARCHAR"),
    LoadColumn("c", "c", "DATE"),
)


def silent(fraction: float | None, doing: str) -> None:
    assert fraction is None or 0 <= fraction <= 1
    assert doing


class Outcome:
    """What came of a load, read back from its files."""

    def __init__(self, body: dict[str, Any], into: Path, aside: Path) -> None:
        self.counts = (body["rows_in"], body["landed"], body["quarantined"])
        self.reasons = [Reason(*one) for one in body["reasons"]]
        self.rows = [r for f, _, _ in body["files"] for r in pq.read_table(into / f).to_pylist()]
        self.bad = [
            row
            for file, _, _ in body["quarantine_files"]
            for row in pq.read_table(aside / file).to_pylist()
        ]
        for folder, files in ((into, body["files"]), (aside, body["quarantine_files"])):
            assert sorted(p.name for p in folder.iterdir()) == sorted(f for f, _, _ in files)
            for name, size, rows in files:
                assert (folder / name).stat().st_size == size
                assert pq.read_metadata(folder / name).num_rows == rows > 0
        assert len(self.rows) == self.counts[1]
        assert len(self.bad) == self.counts[2]
        assert sum(r.rows for r in self.reasons) == self.counts[2]

    @property
    def faults(self) -> list[tuple[int, str | None, str]]:
        return sorted((r["_row"], r["_column"], r["_reason"]) for r in self.bad)


Run = Callable[..., Outcome]


@pytest.fixture
def run(instance: Instance, tmp_path: Path, source: Describe) -> Run:
    """Loads texts under columns in this process."""
    number = 0

    def go(
        *texts: str | bytes,
        columns: Sequence[LoadColumn] = COLUMNS,
        reading: Reading = READING,
        name: str = "f{}.csv",
    ) -> Outcome:
        nonlocal number
        number += 1
        folders = [tmp_path / f"{number}-{part}" for part in ("in", "into", "aside", "text")]
        for folder in folders:
            folder.mkdir()
        files = []
        for place, text in enumerate(texts):
            path = folders[0] / name.format(place)
            path.write_bytes(text.encode(reading.encoding) if isinstance(text, str) else text)
            files.append(source(path))
        spec = LoadSpec(tuple(files), reading, tuple(columns))
        with instance.connection() as connection:
            plan = LoadPlan(spec, str(folders[1]), str(folders[2]))
            return Outcome(load(connection, plan, folders[3], silent), folders[1], folders[2])

    return go
