"""Places of every kind that hold the same tables: files made here, and a schema of a server."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb
import pytest

from doumen.rooms.collect.connectors import SHELF, Connector, Part

KINDS = ("sqlite", "duckdb", "postgresql", "mysql", "odbc")
ROWS = 200_000
SERVER = Path(__file__).parents[4] / "tools" / "mariadb.py"
_SERIES = {
    "sqlite": "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {n}) "
    "SELECT {what} FROM g",
    "duckdb": "SELECT {what} FROM range(1, {n} + 1) AS r(i)",
    "postgresql": "SELECT {what} FROM generate_series(1, {n}) AS g(i)",
    "mysql": "SELECT {what} FROM (SELECT seq AS i FROM seq_1_to_{n}) AS g",
}
_TYPES = {
    "sqlite": {"BYTES": "BLOB", "MOMENT": "TIMESTAMP", "x": "x'{}'"},
    "duckdb": {"BYTES": "BLOB", "MOMENT": "TIMESTAMP", "x": "unhex('{}')"},
    "postgresql": {"BYTES": "bytea", "MOMENT": "timestamp", "x": "decode('{}', 'hex')"},
    "mysql": {"BYTES": "BLOB", "MOMENT": "DATETIME(6)", "TEXT": "VARCHAR(200)", "x": "x'{}'"},
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
    bytes_, moment, text = types["BYTES"], types["MOMENT"], types.get("TEXT", "VARCHAR")
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
    yield f"CREATE TABLE empty (id BIGINT, amount DECIMAL(12,2), name {text})"
    yield f'CREATE TABLE "Odd ""na.me"" 表" ("Id" BIGINT, "a ""b"" c" {text}, "列" BIGINT)'
    yield 'INSERT INTO "Odd ""na.me"" 表" VALUES (1, \'x\', 10), (2, \'y\', 20)'
    yield (
        f"CREATE TABLE ticks (seq BIGINT, price DECIMAL(12,2), code {text}, day DATE, "
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
    yield (
        f"CREATE TABLE pairs (b BIGINT NOT NULL, a {text} NOT NULL, c BIGINT, PRIMARY KEY (b, a))"
    )
    yield "CREATE VIEW seen AS SELECT id, name FROM plain WHERE id < 3"
    pad = {"sqlite": "printf('%0200d', i)", "mysql": "lpad(i, 200, '0')"}.get(
        kind, "lpad(CAST(i AS VARCHAR), 200, '0')"
    )
    yield f"CREATE TABLE many (id BIGINT, pad {text})"
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


class MariaDB:
    """A server on loopback, started when it is first asked for.

    Attributes:
        server: Port, user, password and the authority of its certificate.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self.server: dict[str, Any] = json.loads(self._process.stdout.readline() or "{}")

    def close(self) -> None:
        self._process.communicate(timeout=60)

    def connect(self, database: str | None = None) -> Any:
        """A connection of who may all, which quotes names as standard SQL does."""
        import pymysql

        return pymysql.connect(
            host="127.0.0.1",
            port=self.server["port"],
            user=self.server["user"],
            password=self.server["password"],
            database=database,
            sql_mode="ANSI_QUOTES",
            autocommit=True,
        )


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """The server of this process."""
    made = MariaDB()
    if not made.server:
        made.close()
        pytest.skip("no MariaDB server on this machine: mariadbd and mariadb-install-db")
    yield made
    made.close()


@pytest.fixture(scope="session")
def mysql_place(mariadb: MariaDB) -> Place:
    """A database of a server."""
    name = f"s_{uuid.uuid4().hex[:8]}"
    with mariadb.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")

    def execute(*said: str) -> None:
        with mariadb.connect(name) as connection, connection.cursor() as cursor:
            for one in said:
                cursor.execute(one)

    execute(*statements("mysql"))
    server = mariadb.server
    options = {
        "host": "127.0.0.1",
        "database": name,
        "port": server["port"],
        "user": server["user"],
    }
    return Place("mysql", options, "", execute, {"password": server["password"]})


@pytest.fixture(scope="session")
def odbc_driver() -> str:
    """Name of MariaDB's driver."""
    if shutil.which("odbcinst") is None:
        pytest.skip("no driver manager of ODBC on this machine: unixodbc")
    listed = subprocess.run(["odbcinst", "-q", "-d"], capture_output=True, text=True, check=False)
    names = [line.strip("[]") for line in listed.stdout.splitlines()]
    found = next((name for name in names if "mariadb" in name.casefold()), None)
    if found is None:
        pytest.skip("no driver of MariaDB for ODBC on this machine: odbc-mariadb")
    return found


@pytest.fixture(scope="session")
def odbc_place(mysql_place: Place, odbc_driver: str) -> Place:
    """The database of MySQL, by ODBC."""
    given = mysql_place.options
    attributes = {"SERVER": given["host"], "PORT": given["port"], "DATABASE": given["database"]}
    options = {"driver": odbc_driver, "attributes": attributes, "user": given["user"]}
    prefix = f"{given['database']}."
    return Place("odbc", options, prefix, mysql_place.execute, mysql_place.secrets)


@pytest.fixture
def table(mysql_place: Place) -> Iterator[Callable[..., Part]]:
    """Makes tables of MySQL: `table("a INT", "(1), (2)")`."""
    made: list[str] = []

    def make(columns: str, *values: str, **part: Any) -> Part:
        name = f"t{len(made)}"
        made.append(name)
        mysql_place.execute(
            f"CREATE TABLE {name} ({columns})",
            "SET sql_mode = 'ANSI_QUOTES,ALLOW_INVALID_DATES'",
            "SET time_zone = '+00:00'",
            *(f"INSERT INTO {name} VALUES {value}" for value in values),
        )
        return Part(table=name, **part)

    yield make
    mysql_place.execute(*(f"DROP TABLE {name}" for name in made))


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Place:
    """A place of each kind."""
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found
