"""Where a database of PostgreSQL is: what a user writes, and the connection as libpq takes it.

Nothing of the environment is sent there: neither `PGPASSWORD` nor a file of passwords, which are
those of the node's own store.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.hosts import is_loopback
from doumen.model.message import Message, msg

TlsMode = Literal["disable", "prefer", "require", "verify-ca", "verify-full"]


class Options(BaseModel):
    """What a user writes.

    Attributes:
        host: Name or address of the server.
        port: Its port.
        database: Name of the database.
        user: Role that may read.
        sslmode: How much TLS, as libpq names it; None: `require`, and `prefer` on this machine.
        sslrootcert: File of the authorities that are trusted, for `verify-ca` and `verify-full`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    host: str = Written(min_length=1, max_length=255, pattern=r"^[\w.:-]+$")
    port: int = Written(default=5432, ge=1, le=65535)
    database: str = Written(min_length=1, max_length=63)
    user: str = Written(min_length=1, max_length=63)
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


def conninfo(options: Options, secrets: Mapping[str, str]) -> str:
    """The connection as libpq takes it; what is empty keeps the environment out."""
    settings = {
        "host": options.host,
        "hostaddr": "",
        "port": options.port,
        "dbname": options.database,
        "user": options.user,
        "password": secrets.get("password", ""),
        "passfile": f"{os.devnull}/none",
        "options": "",
        "sslmode": options.tls,
        "gssencmode": "disable",
        "client_encoding": "UTF8",
        "application_name": "doumen",
        "connect_timeout": 10,
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
    if options.sslrootcert is not None:
        settings["sslrootcert"] = options.sslrootcert
    return " ".join(f"{name}={_quoted(str(value))}" for name, value in settings.items())


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
