"""Where a database of PostgreSQL is: what a user writes, and the connection as libpq takes it.

Nothing of the environment is sent there: neither `PGPASSWORD` nor a file of passwords, which are
those of the node's own store.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from pydantic import Field as Written

from doumen.rooms.collect.connectors.server import Server


class Options(Server):
    """What a user writes; names are no longer than the server keeps them."""

    port: int = Written(default=5432, ge=1, le=65535)
    database: str = Written(min_length=1, max_length=63)
    user: str = Written(min_length=1, max_length=63)


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
