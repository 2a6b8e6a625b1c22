"""Whether a transaction writes: said once when it begins, and read by whoever gets it."""

from __future__ import annotations

from sqlalchemy import Connection

WRITING = "doumen_writing"


def is_writing(connection: Connection) -> bool:
    """Whether the transaction of this connection may hold rows that are not committed."""
    return bool(connection.get_execution_options().get(WRITING))
