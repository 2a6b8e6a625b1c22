"""A lake of its own for each test, and Parquet files as an engine would write them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from doumen.model.snapshot import DataFile
from doumen.stores.lake import Lake

Write = Callable[..., tuple[DataFile, ...]]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An empty lake."""
    return Lake(tmp_path / "lake")


@pytest.fixture
def put(lake: Lake) -> Write:
    """Writes each SELECT to a file, staged and settled: `put("a.b", "SELECT 1 AS x", …)`."""

    def put_(table: str, *queries: str) -> tuple[DataFile, ...]:
        stage = lake.stage(table)
        with duckdb.connect() as engine:
            for number, query in enumerate(queries):
                engine.execute(f"COPY ({query}) TO '{stage}/data_{number}.parquet'")
        return lake.settle(stage, table)

    return put_
