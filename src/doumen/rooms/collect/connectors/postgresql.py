"""A database of PostgreSQL, found by `postgresql_address`, read by `postgresql_session`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Session
from doumen.rooms.collect.connectors.postgresql_address import Options, conninfo

KIND = "postgresql"
SECRETS = ("password",)
EXTRA = "databases"
__all__ = ["EXTRA", "KIND", "SECRETS", "Options", "PostgreSQL"]


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A database of PostgreSQL."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Reach the database and begin to read; as `Connector.open`."""
        missing = None
        try:
            from doumen.rooms.collect.connectors.postgresql_session import (  # noqa: PLC0415 (an extra)
                PostgreSQLSession,
            )
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("adbc"):
                raise
            missing = str(error.name)
        if missing is not None:
            raise faults.no_driver(missing, EXTRA)
        session = PostgreSQLSession(self.options, conninfo(self.options, self.secrets))
        try:
            yield session
        finally:
            session.close()
