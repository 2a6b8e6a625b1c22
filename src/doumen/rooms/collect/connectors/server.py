"""A place that is a server: where it stands, and how much TLS is asked for."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.hosts import is_loopback
from doumen.model.message import Message, msg

TlsMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]


class Server(BaseModel):
    """What a user writes.

    Attributes:
        host: Name or address of the server.
        port: Its port.
        database: Name of the database.
        user: Who may read.
        sslmode: How much TLS, as libpq names it; None: `require`, and `prefer` on this machine.
        sslrootcert: File of the authorities that are trusted, for `verify-ca` and `verify-full`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    host: str = Written(min_length=1, max_length=255, pattern=r"^[\w.:-]+$")
    port: int = Written(ge=1, le=65535)
    database: str = Written(min_length=1, max_length=64)
    user: str = Written(min_length=1, max_length=128)
    sslmode: TlsMode | None = None
    sslrootcert: str | None = None

    @property
    def tls(self) -> TlsMode:
        """How much TLS is asked for."""
        return self.sslmode or ("prefer" if is_loopback(self.host) else "require")

    @property
    def place(self) -> Message:
        """The database, as messages call it."""
        return msg(
            "The database `{database}` at {host}:{port}",
            database=self.database,
            host=self.host,
            port=self.port,
        )
