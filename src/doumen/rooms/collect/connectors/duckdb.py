"""A file of DuckDB; `duckdb_session` reads it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from doumen.rooms.collect.connectors.file import Options
from doumen.rooms.collect.connectors.interface import Session

KIND = "duckdb"
SECRETS: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DuckDB:
    """A file of DuckDB."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Open the file and begin to read; as `Connector.open`."""
        from doumen.rooms.collect.connectors.duckdb_session import (  # noqa: PLC0415 (the engine is slow to start)
            DuckDBSession,
        )

        path = self.options.found()
        with (
            tempfile.TemporaryDirectory(prefix="doumen-source-") as spill,
            closing(DuckDBSession(path, spill)) as session,
        ):
            yield session


__all__ = ["KIND", "SECRETS", "DuckDB", "Options"]
