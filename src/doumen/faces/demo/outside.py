"""The files and databases of the city in a folder, as if others had them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

from doumen.faces.demo import city
from doumen.faces.demo.papers import RULES, SOURCES, TERMS


def put(folder: Path) -> None:
    """Put all of it into a folder in one step, unless it is there."""
    if folder.exists():
        return
    begun = folder.with_name(f"{folder.name}.begun")
    shutil.rmtree(begun, ignore_errors=True)
    for name, content in city.files():
        path = begun / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    described = {name: source.described for name, source in SOURCES.items()}
    for name, text in {**described, "rules": RULES, "terms": TERMS}.items():
        (begun / f"{name}.yaml").write_text(text, "utf-8")
    _visitors(begun / "visitors.db")
    _grid(begun / "grid.duckdb")
    begun.replace(folder)


def _visitors(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(
            "CREATE TABLE visitors (id INTEGER PRIMARY KEY, day DATE, sight TEXT, visitors INT)"
        )
        file.executemany("INSERT INTO visitors VALUES (?, ?, ?, ?)", city.visitors())


def _grid(path: Path) -> None:
    columns = [list(column) for column in zip(*city.load(), strict=True)]
    with duckdb.connect(path) as file:
        file.execute("CREATE TABLE load (hour TIMESTAMP, substation VARCHAR, mw DOUBLE)")
        file.execute("INSERT INTO load SELECT unnest(?), unnest(?), unnest(?)", columns)
