"""A file of SQLite: what a user writes for it; `sqlite_session` reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Session

KIND = "sqlite"
SECRETS: tuple[str, ...] = ()


class Options(BaseModel):
    """What a user writes.

    Attributes:
        path: The file, on the machine where Doumen runs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    path: str = Written(min_length=1)


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

        path = Path(self.options.path)
        if not path.is_file():
            raise faults.no_file(self.options.path)
        session = SqliteSession(path)
        try:
            yield session
        finally:
            session.close()
