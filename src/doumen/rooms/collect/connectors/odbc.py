"""A place that a driver of ODBC reaches, found by `odbc_address`, read by `odbc_session`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from doumen.model.errors import DoumenError
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Session
from doumen.rooms.collect.connectors.odbc_address import Options, connection_string
from doumen.rooms.collect.connectors.odbc_faults import no_manager

KIND = "odbc"
SECRETS = ("password",)
EXTRA = "databases"
__all__ = ["EXTRA", "KIND", "ODBC", "SECRETS", "Options"]


@dataclass(frozen=True, slots=True)
class ODBC:
    """A place that a driver of ODBC reaches."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Reach the place and begin to read; as `Connector.open`."""
        fault: DoumenError | None = None
        try:
            from doumen.rooms.collect.connectors.odbc_session import (  # noqa: PLC0415 (an extra)
                ODBCSession,
            )
        except ModuleNotFoundError as error:
            if error.name not in {"arrow_odbc", "cffi"}:
                raise
            fault = faults.no_driver(str(error.name), EXTRA)
        except OSError:
            fault = no_manager()
        if fault is not None:
            raise fault
        text = connection_string(self.options, self.secrets)
        with closing(ODBCSession(self.options, text)) as session:
            yield session
