"""The rows of a store in a form that either kind of database can take in again.

A table is a row of parts, each the JSON of a few thousand rows in the order of its key. Where a
part ends depends on the keys in it, so rows that are added at the end, or deleted somewhere,
change the parts near them and no others: what is kept by content is kept once.
"""

from __future__ import annotations

import base64
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    StaticPool,
    Table,
    TableClause,
    column,
    create_engine,
    func,
    insert,
    inspect,
    select,
    table,
)
from sqlalchemy.exc import NoSuchTableError

from doumen.model.errors import Faulty, Tampered
from doumen.model.message import msg
from doumen.stores.migrate import step
from doumen.stores.tables import METADATA, STORE, VERSION

ENDS = 0x7FF
"""A part ends with a row whose key has these bits of its check sum unset: one in 2,048."""
MOST = 4 << 20
"""Bytes at which a part ends whatever its keys are."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some rows of a table.

    Attributes:
        table: Name of the table.
        rows: How many.
        content: JSON of them, packed by zlib.
    """

    table: str
    rows: int
    content: bytes


def tables() -> tuple[Table, ...]:
    """All tables whose rows are kept, those that others refer to first."""
    return tuple(t for t in METADATA.sorted_tables if t is not STORE)


def dump(connection: Connection) -> Iterator[Part]:
    """All rows of a store, as they stand in one transaction.

    Raises:
        Faulty: a column holds a value that has no portable form.
    """
    for one in tables():
        yield from _dumped(connection, one)


def count(connection: Connection) -> int:
    """How many rows `dump` will give."""
    return sum(
        int(connection.execute(select(func.count()).select_from(one)).scalar_one())
        for one in tables()
    )


def _dumped(connection: Connection, kept: Table) -> Iterator[Part]:
    key = [kept.columns.keys().index(part.name) for part in kept.primary_key.columns]
    asked = select(kept).order_by(*kept.primary_key.columns)
    lines: list[str] = []
    size = 0
    with connection.execute(asked.execution_options(yield_per=1000)) as found:
        for row in found:
            plain = [_plain(value, kept) for value in row]
            line = json.dumps(plain, separators=(",", ":"))
            lines.append(line)
            size += len(line) + 1
            mark = zlib.crc32(json.dumps([plain[i] for i in key]).encode())
            if not mark & ENDS or size >= MOST:
                yield _part(kept, lines)
                lines, size = [], 0
    if lines:
        yield _part(kept, lines)


def _part(kept: Table, lines: list[str]) -> Part:
    names = json.dumps(list(kept.columns.keys()), separators=(",", ":"))
    text = f'{{"table":"{kept.name}","columns":{names},"rows":[\n' + ",\n".join(lines) + "\n]}\n"
    return Part(kept.name, len(lines), zlib.compress(text.encode("ascii"), 6))


def load(connection: Connection, part: bytes) -> int:
    """Put the rows of a part into the tables, which are laid out; gives how many they are.

    Raises:
        Tampered: it is no part, or one of another layout.
    """
    try:
        body = json.loads(zlib.decompress(part))
        names = body["columns"]
        rows = [
            {name: _value(value) for name, value in zip(names, row, strict=True)}
            for row in body["rows"]
        ]
        into = _table(connection, body["table"], names)
    except (zlib.error, ValueError, KeyError, TypeError, NoSuchTableError):
        raise _no_part() from None
    connection.execute(insert(into), rows)
    return len(rows)


def converted(parts: Iterable[bytes], layout: int) -> Iterator[bytes]:
    """The parts of a store of an older layout, as they are at the present one."""
    if layout == VERSION:
        yield from parts
        return
    with scratch(layout) as connection:
        for part in parts:
            load(connection, part)
        step(connection, layout)
        yield from (part.content for part in dump(connection))


def _table(connection: Connection, name: str, names: list[str]) -> TableClause:
    """The table that has these columns, at whatever layout it is.

    Raises:
        ValueError, NoSuchTableError: there is none.
    """
    known = METADATA.tables.get(name)
    if known is STORE:
        raise ValueError(name)
    if known is not None and names == list(known.columns.keys()):
        return known
    if names != [found["name"] for found in inspect(connection).get_columns(name)]:
        raise ValueError(name)
    return table(name, *map(column, names))


@contextmanager
def scratch(layout: int = VERSION) -> Iterator[Connection]:
    """An empty store that no name leads to and that is gone at the end, even of the process."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect("", check_same_thread=False)  # "": a file already unlinked

    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool, hide_parameters=True)
    try:
        with engine.begin() as connection:
            if layout == VERSION:
                METADATA.create_all(connection)
            else:
                step(connection, None, layout)
            yield connection
    finally:
        engine.dispose()


def _plain(value: Any, kept: Table) -> Any:
    """A value as JSON has it."""
    if isinstance(value, bytes | memoryview | bytearray):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if value is None or isinstance(value, str | int | float):
        return value
    raise Faulty(
        msg(
            "The table `{table}` holds a value of the type {type}, which has no portable form.",
            table=kept.name,
            type=type(value).__name__,
        ),
        next=msg("Please report this."),
        detail="portable",
    )


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return base64.b64decode(value["bytes"], validate=True)
    return value


def _no_part() -> Tampered:
    return Tampered(
        msg("Rows of the store do not have the form of this version of Doumen."),
        why=msg("They were written by another version, or changed."),
        detail="rows",
    )
