"""A shop in a file of SQLite, as tests sell in it, and a source that reads it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from doumen.session import Node

STREAMS = """source: sqlite
path: shop.db
streams:
  shop.orders: {table: orders, cursor: id}
"""
PIECES = """
from doumen.rooms.collect.sources import pieces
pieces.PIECE = 40
"""
"""For processes: a source is read in small pieces."""


def sold(folder: Path, start: int, stop: int) -> None:
    """Write orders."""
    with sqlite3.connect(folder / "shop.db") as place:
        place.execute("CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, amount INTEGER)")
        place.executemany(
            "INSERT INTO orders VALUES (?, ?)", [(n, n * 2) for n in range(start, stop)]
        )
    place.close()


def described(node: Node, folder: Path, streams: str = STREAMS) -> None:
    """Describe the shop to a node."""
    (folder / "shop.yaml").write_text(streams)
    node.session().do("source add", name="shop", file=folder / "shop.yaml")


def bought(node: Node) -> list[tuple[int, int]]:
    """How many orders the node has, and how many different ones."""
    return node.session().query("SELECT count(*), count(DISTINCT id) FROM shop.orders").rows()
