"""Doumen: an open, trusted data platform.

Every movement of data is a job that passes one gate; the ledger is what remains of it.
`doumen.open(dir).session(actor="ana", purpose="research").query(sql)` asks a question.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from doumen.session import Node

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(directory: str | Path | None = None) -> Node:
    """Open a node: the folder given, else `DOUMEN_NODE`, else the nearest one upwards."""
    from doumen import session  # noqa: PLC0415 (the version must not cost the whole house)

    return session.open(directory)
