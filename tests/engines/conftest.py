"""What the tests of engines share: an engine, files, plans, and a worker in a thread."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.engines.duckdb import DuckDB
from doumen.engines.duckdb.instance import Instance, Reach
from doumen.model.load import SourceFile
from doumen.model.plan import Bounds, GovernedColumn, GovernedTable, QueryPlan
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema

MIB = 1 << 20
NOW = datetime(2021, 3, 4, 5, 6, 7, 8)
BOUNDS = Bounds(memory=256 * MIB, threads=2, seconds=30)


@pytest.fixture(scope="module", autouse=True)
def engines() -> None:
    """Engines are tested as they are: each with a zygote of its own."""


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the session's engine keeps its workers."""
    return tmp_path_factory.mktemp("scratch")


@pytest.fixture(scope="session")
def engine(scratch: Path) -> Iterator[DuckDB]:
    """One engine for all tests that do not break it."""
    one = DuckDB(BOUNDS, scratch=scratch)
    yield one
    one.close()


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[..., str]:
    """Writes columns as a Parquet file and gives its path."""

    def write(file: str = "t.parquet", /, **columns: Any) -> str:
        path = tmp_path / file
        pq.write_table(pa.table(columns), path)
        return str(path)

    return write


@pytest.fixture
def table() -> Callable[..., GovernedTable]:
    """Makes a governed table; `columns` may hold (name, type, expression)."""

    def make(
        name: str, schema: dict[str, str], *files: str, show: Any = None, **rest: Any
    ) -> GovernedTable:
        raw = Schema(tuple(Column(n, t) for n, t in schema.items()))
        columns = tuple(GovernedColumn(*c) for c in (show or schema.items()))
        return GovernedTable(Ref.parse(name), raw, columns, files, **rest)

    return make


@pytest.fixture
def plan() -> Callable[..., QueryPlan]:
    """Makes a plan with the tests' bounds and time."""

    def make(statement: str, *tables: GovernedTable, **rest: Any) -> QueryPlan:
        return QueryPlan(statement, tables, rest.pop("now", NOW), **{"bounds": BOUNDS, **rest})

    return make


@pytest.fixture
def rows() -> Callable[..., list[tuple[Any, ...]]]:
    """Runs a plan and gives its rows."""

    def run(engine: DuckDB, plan: QueryPlan, actor: str = "ana") -> list[tuple[Any, ...]]:
        return [
            row
            for batch in engine.query(plan, actor)
            for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)
        ]

    return run


@pytest.fixture
def source() -> Callable[[Path], SourceFile]:
    """Describes a file from outside."""

    def describe(path: Path) -> SourceFile:
        body = path.read_bytes()
        return SourceFile(str(path), path.name, len(body), hashlib.sha256(body).hexdigest())

    return describe


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    """An engine in this process that can reach the test's folder only."""
    one = Instance(tmp_path)
    one.lock(Reach.of(BOUNDS, (), (str(tmp_path),)))
    yield one
    one.close()


@pytest.fixture
def served() -> Iterator[Callable[[Callable[[socket.socket], None]], socket.socket]]:
    """Runs a server on a socket in a thread; gives the other end."""
    ends: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(serve: Callable[[socket.socket], None]) -> socket.socket:
        mine, theirs = socket.socketpair()
        ends.extend((mine, theirs))
        threads.append(threading.Thread(target=serve, args=(theirs,), daemon=True))
        threads[-1].start()
        return mine

    yield start
    for end in ends[::2]:
        end.close()
    for thread in threads:
        thread.join(10)
    for end in ends:
        end.close()
