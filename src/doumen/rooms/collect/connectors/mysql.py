"""A database of MySQL or MariaDB, found by `mysql_address`, read by `mysql_session`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Session
from doumen.rooms.collect.connectors.mysql_address import Options

KIND = "mysql"
SECRETS = ("password",)
EXTRA = "databases"
__all__ = ["EXTRA", "KIND", "SECRETS", "MySQL", "Options"]


@dataclass(frozen=True, slots=True)
class MySQL:
    """A database of MySQL or MariaDB."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Reach the database and begin to read; as `Connector.open`."""
        missing = None
        try:
            from doumen.rooms.collect.connectors.mysql_session import (  # noqa: PLC0415 (an extra)
                MySQLSession,
            )
        except ModuleNotFoundError as error:
            if error.name != "pymysql":
                raise
            missing = str(error.name)
        if missing is not None:
            raise faults.no_driver(missing, EXTRA)
        session = MySQLSession(self.options, self.secrets.get("password", ""))
        try:
            yield session
        finally:
            session.close()
