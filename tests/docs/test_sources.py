"""Whoever follows the page of sources, with a shop of their own, gets to its end."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from doumen.faces.cli import app


def test_whoever_follows_the_page_gets_to_its_end(pages: dict[str, str], reader: Any) -> None:
    reader.follow("```\ndoumen init node --name Shop\ncd node\n```")
    with sqlite3.connect(Path.cwd() / "shop.db") as place:
        place.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, what TEXT)")
        place.execute("INSERT INTO orders VALUES (1, 'tea'), (2, 'rice')")
        place.execute("CREATE TABLE products (name TEXT)")
        place.execute("INSERT INTO products VALUES ('tea')")
    place.close()
    reader.follow(pages["sources.md"])
    assert reader.typed >= 10
    assert app.main(["query", "SELECT count(*) FROM shop.orders, shop.products"]) == 0
