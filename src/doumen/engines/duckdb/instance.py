"""A DuckDB that can reach nothing but the files of one set of jobs.

Order of locking (measured): configuration; then the paths, memory and threads of the job;
then no external access; then no configuration. All but the second is done ahead, so that a
job waits for little. An instance serves later jobs of the same actor within its reach; each
job has a connection of its own, so variables and temporary objects end with it, and exactly
the governed tables of the job are there. Footers of files stay: those of the lake never change,
and where an attached one does, an instance that knows it serves no more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import duckdb

from doumen.engines.duckdb import governed
from doumen.engines.duckdb.text import literals, name, type_name
from doumen.model.plan import Bounds, GovernedTable, QueryPlan, Value

_UNSOUND = "type_pushdown"
"""In DuckDB 2.0.1 it moves TRY_CAST into the CSV scan as a cast that fails."""


_SETTINGS = ("SET GLOBAL TimeZone = 'UTC'", "SET GLOBAL parquet_metadata_cache = true")

_COPY = "CREATE TABLE "

_NONE: Mapping[str, str] = {}
_Make = Callable[..., str]
"""Writes a statement over the files of a table; `filled`: as of `governed.view`."""

MOST_FILES = 4096
"""Most files in the reach of an instance that serves several jobs."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What an instance may open, and its limits.

    Attributes:
        files: Paths that it may open.
        directories: Folders in which it may read and write.
        stamps: Of files that may change (attached ones), path and stamp of what lies there: what
            is kept of a file is of no use for another stamp.
    """

    files: tuple[str, ...]
    directories: tuple[str, ...]
    memory: int
    threads: int
    stamps: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(
        cls,
        bounds: Bounds,
        files: Sequence[str],
        directories: Sequence[str] = (),
        stamps: Mapping[str, str] = _NONE,
    ) -> Reach:
        """The reach of one job."""
        return cls(
            tuple(sorted(set(files))),
            tuple(directories),
            bounds.memory,
            bounds.threads,
            tuple(sorted(stamps.items())),
        )

    def covers(self, other: Reach) -> bool:
        """Whether a job of the other reach may run within this one: neither may write."""
        limits = (self.memory, self.threads) == (other.memory, other.threads)
        reads = not self.directories and not other.directories
        same = set(self.stamps) >= set(other.stamps)
        return limits and reads and same and set(self.files) >= set(other.files)

    def joined(self, before: Reach) -> Reach:
        """This reach with the files of the actor's jobs before, so that the next one is served."""
        files = {*self.files, *before.files}
        stamps = {**dict(before.stamps), **dict(self.stamps)}
        if self.directories or before.directories or len(files) > MOST_FILES:
            return self
        return replace(self, files=tuple(sorted(files)), stamps=tuple(sorted(stamps.items())))


class Instance:
    """One engine in the worker's own directory, locked once its reach is known."""

    def __init__(self, directory: Path) -> None:
        self.reach: Reach | None = None
        self._made: dict[str, str] = {}
        self._counts: dict[object, int] = {}
        self._schemas: set[str] = set()
        self._inline = 0
        self._root = duckdb.connect(
            ":memory:",
            config={
                "threads": 1,
                "temp_directory": str(directory / "spill"),
                "home_directory": str(directory),
                "extension_directory": str(directory / "extensions"),
                "secret_directory": str(directory / "secrets"),
                "allow_persistent_secrets": False,
                "allow_community_extensions": False,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
                "errors_as_json": True,
                "disabled_optimizers": _UNSOUND,
            },
        )
        for statement in (*_SETTINGS, *governed.CLOCK):
            self._root.execute(statement)

    def lock(self, reach: Reach) -> None:
        """Fix for good what it may open. Can be called once."""
        assert self.reach is None
        for statement in (
            f"SET memory_limit = '{reach.memory}B'",
            f"SET max_temp_directory_size = '{reach.memory * 16}B'",
            f"SET threads = {reach.threads}",
            f"SET allowed_paths = {literals(reach.files)}",
            f"SET allowed_directories = {literals(reach.directories)}",
            "SET enable_external_access = false",
            "SET lock_configuration = true",
        ):
            self._root.execute(statement)
        self.reach = reach

    def session(self, plan: QueryPlan) -> duckdb.DuckDBPyConnection:
        """A connection on which the plan's tables and variables are there."""
        connection = self._root.cursor()
        self._bind(connection, governed.NOW, governed.moment(plan.now))
        for variable, value in plan.variables.items():
            self._bind(connection, variable, value)
        self._show(plan, connection)
        return connection

    def connection(self) -> duckdb.DuckDBPyConnection:
        """A connection without governed tables."""
        return self._root.cursor()

    def clear(self) -> None:
        """Drop what was copied for the last plan or came with it, and the views on that."""
        for target in [t for t, text in self._made.items() if text.startswith(_COPY)]:
            self._drop(self._root, target)
        if self._inline:
            for target in [t for t, text in self._made.items() if governed.INLINE in text]:
                self._drop(self._root, target)
            self._root.execute(f"DROP SCHEMA {name(governed.INLINE)} CASCADE")
            self._schemas.discard(governed.INLINE)
            self._inline = 0

    def close(self) -> None:
        """End the engine."""
        self._root.close()

    @staticmethod
    def _bind(connection: duckdb.DuckDBPyConnection, variable: str, value: Value) -> None:
        bound = list(value) if isinstance(value, tuple) else value
        connection.execute(f"SET VARIABLE {name(variable)} = ?", [bound])

    def _show(self, plan: QueryPlan, connection: duckdb.DuckDBPyConnection) -> None:
        """Make exactly the governed tables of a plan; views that are the same stay.

        They are made on the job's own connection, where its variables have their types.
        """
        wanted = {}
        for table in plan.tables:
            inline = "" if table.inline is None else self._keep(table)
            if table.where and (plan.copied or (plan.sized and _counts_bytes(table))):
                make: _Make = partial(governed.copy, table, inline)
            else:
                sized = plan.sized and table.where and table.files
                rows = self._count(table, plan, connection) if sized else None
                make = partial(governed.view, table, inline, rows)
            wanted[governed.target(table)] = (table, make)
        texts = {target: make() for target, (_, make) in wanted.items()}
        for target in [t for t, text in self._made.items() if texts.get(t) != text]:
            self._drop(connection, target)
        for target, (table, make) in wanted.items():
            if target not in self._made:
                self._open(table.ref.domain, connection)
                _done(connection, table, make)
                self._made[target] = texts[target]

    def _count(
        self, table: GovernedTable, plan: QueryPlan, connection: duckdb.DuckDBPyConnection
    ) -> int:
        """How many rows a table shows; counted once for the same files, conditions and values."""
        values = tuple(sorted(plan.variables.items()))
        key = (table.files, table.stamps, table.where, values, plan.now.date())
        if key not in self._counts:
            found = _done(connection, table, partial(governed.count, table, "")).fetchall()
            self._counts[key] = int(found[0][0])
        return self._counts[key]

    def _keep(self, table: GovernedTable) -> str:
        """Copy a table that came with the plan into the engine; its name there."""
        self._open(governed.INLINE, self._root)
        self._inline += 1
        kept = f"t{self._inline}"
        self._root.register("__doumen_arrow", table.inline)
        columns = ", ".join(
            f"CAST({name(c.name)} AS {type_name(c.type)}) AS {name(c.name)}" for c in table.schema
        )
        self._root.execute(
            f"CREATE TABLE {name(governed.INLINE)}.{name(kept)} AS "  # noqa: S608 - quoted
            f"SELECT {columns} FROM __doumen_arrow"
        )
        self._root.unregister("__doumen_arrow")
        return kept

    def _open(self, schema: str, connection: duckdb.DuckDBPyConnection) -> None:
        if schema not in self._schemas:
            connection.execute(f"CREATE SCHEMA {name(schema)}")
            self._schemas.add(schema)

    def _drop(self, connection: duckdb.DuckDBPyConnection, target: str) -> None:
        kind = "TABLE" if self._made[target].startswith(_COPY) else "VIEW"
        connection.execute(f"DROP {kind} {target}")
        del self._made[target]


def _counts_bytes(table: GovernedTable) -> bool:
    """Whether the optimiser takes the number of rows from the size of files, and cannot be told."""
    return table.form is not None and table.form.reading.format == "csv"


def _done(
    connection: duckdb.DuckDBPyConnection, table: GovernedTable, make: _Make
) -> duckdb.DuckDBPyConnection:
    """Execute a statement over the files of a table; once more where they lack a column of it.

    Files are older than a column, and those that had it may have lost all of their rows.
    """
    try:
        return connection.execute(make())
    except duckdb.BinderException:
        if table.form is not None or not table.files:
            raise
    return connection.execute(make(filled=True))
