"""A file of SQLite; `sqlite_session` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from doumen.rooms.collect.connectors.file import Options
from doumen.rooms.collect.connectors.interface import Session

KIND = "sqlite"
SECRETS: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sqlite:
    """A file of SQLite."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Open the file and begin to read; as `Connector.open`."""
        from doumen.rooms.collect.connectors.sqlite_session import (  # noqa: PLC0415 (Arrow is slow to start)
            SqliteSession,
        )

        with closing(SqliteSession(self.options.found())) as session:
            yield session


__all__ = ["KIND", "SECRETS", "Options", "Sqlite"]
