"""Places of every kind that hold the same tables: files made here, and a schema of a server."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest

from doumen.rooms.collect.connectors import SHELF, Connector

KINDS = ("sqlite", "duckdb", "postgresql")
ROWS = 200_000
_SERIES = {
    "sqlite": "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {n}) "
    "SELECT {what} FROM g",
    "duckdb": "SELECT {what} FROM range(1, {n} + 1) AS r(i)",
    "postgresql": "SELECT {what} FROM generate_series(1, {n}) AS g(i)",
}
_TYPES = {
    "sqlite": {"BYTES": "BLOB", "MOMENT": "TIMESTAMP", "x": "x'{}'"},
    "duckdb": {"BYTES": "BLOB", "MOMENT": "TIMESTAMP", "x": "unhex('{}')"},
    "postgresql": {"BYTES": "bytea", "MOMENT": "timestamp", "x": "decode('{}', 'hex')"},
}


@dataclass(frozen=True)
class Place:
    """A place of one kind.

    Attributes:
        prefix: What the names of its tables begin with.
        execute: Changes it from outside.
    """

    kind: str
    options: Mapping[str, Any]
    prefix: str
    execute: Callable[..., None]
    secrets: Mapping[str, str] = field(default_factory=dict)

    def connector(self, **options: Any) -> Connector:
        return SHELF[self.kind].connector({**self.options, **options}, self.secrets)

    def name(self, table: str) -> str:
        return f"{self.prefix}{table}"


def statements(kind: str) -> Iterator[str]:
    """The tables that every place holds."""
    types = _TYPES[kind]
    bytes_, moment = types["BYTES"], types["MOMENT"]
    yield (
        "CREATE TABLE plain (id BIGINT NOT NULL PRIMARY KEY, small SMALLINT, flag BOOLEAN, "
        f"amount DECIMAL(12,2), ratio DOUBLE PRECISION, name VARCHAR(40), raw {bytes_}, day DATE, "
        f"moment {moment})"
    )
    yield (
        "INSERT INTO plain VALUES (1, 7, TRUE, 12.34, 0.1, '数据门', "
        f"{types['x'].format('00ff')}, '2024-02-29', '2024-02-29 23:59:59.123456')"
    )
    yield (
        "INSERT INTO plain VALUES (2, -7, FALSE, -0.05, -2.5e300, '', "
        f"{types['x'].format('')}, '0001-01-01', '1969-12-31 23:59:59')"
    )
    yield "INSERT INTO plain (id) VALUES (3)"
    yield "CREATE TABLE empty (id BIGINT, amount DECIMAL(12,2), name VARCHAR)"
    yield 'CREATE TABLE "Odd ""na.me"" 表" ("Id" BIGINT, "a ""b"" c" VARCHAR, "列" BIGINT)'
    yield 'INSERT INTO "Odd ""na.me"" 表" VALUES (1, \'x\', 10), (2, \'y\', 20)'
    yield (
        "CREATE TABLE ticks (seq BIGINT, price DECIMAL(12,2), code VARCHAR, day DATE, "
        f"moment {moment})"
    )
    for seq, price, code, day, at in (
        ("1", "1.10", "'a'", "'2024-01-01'", "'2024-01-01 10:00:00'"),
        ("2", "2.20", "'b'", "'2024-01-02'", "'2024-01-01 10:00:00.5'"),
        ("2", "2.20", "'b'", "'2024-01-02'", "'2024-01-01 10:00:00.5'"),
        ("3", "10.05", "'c'", "'2024-01-03'", "'2024-01-01 10:00:01'"),
        ("NULL", "NULL", "NULL", "NULL", "NULL"),
    ):
        yield f"INSERT INTO ticks VALUES ({seq}, {price}, {code}, {day}, {at})"
    yield "CREATE TABLE pairs (b BIGINT NOT NULL, a VARCHAR NOT NULL, c BIGINT, PRIMARY KEY (b, a))"
    yield "CREATE VIEW seen AS SELECT id, name FROM plain WHERE id < 3"
    pad = {"sqlite": "printf('%0200d', i)"}.get(kind, "lpad(CAST(i AS VARCHAR), 200, '0')")
    yield "CREATE TABLE many (id BIGINT, pad VARCHAR)"
    yield "INSERT INTO many " + _SERIES[kind].format(what=f"i, {pad}", n=ROWS)


@pytest.fixture(scope="session")
def sqlite_place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A file of SQLite."""
    path = tmp_path_factory.mktemp("sqlite") / "它's a #file?.db"

    def execute(*said: str) -> None:
        connection = sqlite3.connect(path)
        with connection:
            for one in said:
                connection.execute(one)
        connection.close()

    execute(*statements("sqlite"))
    return Place("sqlite", {"path": str(path)}, "", execute)


@pytest.fixture(scope="session")
def duckdb_place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A file of DuckDB."""
    path = tmp_path_factory.mktemp("duckdb") / "它's a file.duckdb"

    def execute(*said: str) -> None:
        with duckdb.connect(str(path)) as connection:
            for one in said:
                connection.execute(one)

    execute(*statements("duckdb"))
    return Place("duckdb", {"path": str(path)}, "main.", execute)


@pytest.fixture(scope="session")
def postgresql_place(postgres: Any) -> Place:
    """A schema of a server."""
    import psycopg

    parts = urlsplit(postgres.address)
    schema = f"s_{uuid.uuid4().hex[:8]}"
    options = {
        "host": parts.hostname,
        "port": parts.port,
        "database": "postgres",
        "user": parts.username,
    }

    def execute(*said: str) -> None:
        with psycopg.connect(
            host=parts.hostname,
            port=parts.port,
            user=parts.username,
            password=postgres.password,
            dbname="postgres",
            options=f"-c search_path={schema}",
        ) as connection:
            for one in said:
                connection.execute(one)

    execute(f"CREATE SCHEMA {schema}")
    execute(*statements("postgresql"))
    secrets = {"password": postgres.password}
    return Place("postgresql", options, f"{schema}.", execute, secrets)


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Place:
    """A place of each kind."""
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found
