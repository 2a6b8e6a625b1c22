"""The composition root: opens a node, puts an actor before its gate."""

from __future__ import annotations

import os
from pathlib import Path

from doumen.session.create import create, init
from doumen.session.node import Node, locate
from doumen.session.session import Session

__all__ = ["Node", "Session", "create", "init", "locate", "open"]


def open(directory: str | Path | None = None, *, warm: bool = False) -> Node:
    """Open a node: the folder given, else `DOUMEN_NODE`, else the nearest one upwards.

    Args:
        directory: Its folder, or None.
        warm: Start the sandbox of the engine now: a query follows at once.
    """
    given = None if directory is None else Path(directory)
    return Node.open(locate(given, os.environ, Path.cwd()), warm=warm)
