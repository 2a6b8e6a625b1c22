"""A file of DuckDB: what a user writes for it; `duckdb_session` reads it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Session

KIND = "duckdb"
SECRETS: tuple[str, ...] = ()


class Options(BaseModel):
    """What a user writes.

    Attributes:
        path: The file, on the machine where Doumen runs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    path: str = Written(min_length=1)


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

        path = Path(self.options.path)
        if not path.is_file():
            raise faults.no_file(self.options.path)
        with tempfile.TemporaryDirectory(prefix="doumen-source-") as spill:
            session = DuckDBSession(path, spill)
            try:
                yield session
            finally:
                session.close()
