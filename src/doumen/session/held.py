"""Answers that are being looked at: held as files for a while, each for whoever asked.

A page shows some rows of an answer, in an order, and gives it out as a file: all of it is the one
answer that was given and that the receipt is of. It is held in the folder of the node, so that any
process of the service finds it, under a name made of its receipt and its actor. What was not looked
at for a while goes; then the question can be asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc

from doumen.model.answer import Answer
from doumen.model.schema import Column, Schema
from doumen.model.values import json_rows
from doumen.rooms.analyse.forms import Form

FOLDER = "held"
SECONDS = 15 * 60.0
"""How long an answer is held since it was last looked at."""
LONGEST = 8 * 3600.0
"""How long one is held at most, however often it is looked at: rights may have changed since."""
LARGEST = 256 << 20
"""Bytes of Arrow data up to which an answer is held; of a larger one the first rows are."""
ALL = 2 << 30
"""Bytes that all of them may take; the oldest go first."""
_META = b"doumen.held"


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that is held.

    Attributes:
        rows: How many rows it has.
        complete: Whether all of them are held.
        asked: What it was asked with, as the page wrote it.
    """

    schema: Schema
    table: pa.Table
    receipt: str
    rows: int
    complete: bool
    truncated: bool
    expires: str | None
    notices: tuple[Mapping[str, Any], ...]
    asked: Mapping[str, Any]

    def page(self, offset: int, step: int, sort: int | None, *, down: bool) -> list[list[Any]]:
        """Some of the rows that are held, as JSON arrays; NULL stands last in an order.

        Args:
            offset: Rows before them.
            step: At most so many.
            sort: Place of the column that they are in the order of; None: as they came.
            down: Whether the order is from high to low.
        """
        if sort is None:
            return self._json(self.table.slice(offset, step))
        order = pc.array_sort_indices(
            self.table.column(sort).combine_chunks(), order="descending" if down else "ascending"
        )
        return self._json(self.table.take(order.slice(offset, step)))

    def all(self) -> Iterator[list[Any]]:
        """All rows that are held, as JSON arrays."""
        for batch in self.table.to_batches():
            yield from json_rows(batch, self.schema)

    def sorts(self, place: int) -> bool:
        """Whether rows can be put in the order of a column; not of intervals or lists."""
        none = self.table.column(place).slice(0, 0).combine_chunks()
        try:
            pc.array_sort_indices(none)
        except pa.ArrowNotImplementedError:
            return False
        return True

    def written(self, form: Form, file: BinaryIO) -> None:
        """Write the answer in a form, its receipt with it."""
        for _ in form(file, cast("Answer", _Again(self))):
            pass

    def _json(self, table: pa.Table) -> list[list[Any]]:
        return [row for batch in table.to_batches() for row in json_rows(batch, self.schema)]


class _Again:
    """What is held, as the answer that it was."""

    def __init__(self, held: Held) -> None:
        self.schema, self.receipt, self.truncated = held.schema, held.receipt, held.truncated
        self.expires = None if held.expires is None else date.fromisoformat(held.expires)
        self.notices = ()
        self._table = held.table

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows."""
        yield from self._table.to_batches()

    def arrow(self) -> pa.Table:
        """The rows as a table."""
        return self._table


class Shelf:
    """The answers that a node holds.

    Args:
        node: Folder of the node.
        actor: Whose answers.
    """

    def __init__(self, node: Path, actor: str) -> None:
        self._folder = node / FOLDER
        self._actor = actor

    def keep(
        self, told: Mapping[str, Any], batches: Iterable[pa.RecordBatch], asked: Mapping[str, Any]
    ) -> None:
        """Hold an answer.

        Args:
            told: What the verb `query` told of it.
            batches: Its rows.
            asked: What it was asked with.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        sweep(self._folder.parent)
        kept, size, complete = [], 0, True
        for batch in batches:
            size += batch.nbytes
            complete = complete and size <= LARGEST
            if not complete:
                break
            kept.append(batch)
        meta = {
            "since": time.time(),
            "columns": told["columns"],
            "rows": len(told["rows"]),
            "complete": complete,
            "truncated": told["truncated"],
            "expires": told.get("expires"),
            "notices": told.get("notices", []),
            "asked": dict(asked),
        }
        names = [column["name"] for column in told["columns"]]
        arrow = kept[0].schema if kept else pa.schema([(name, pa.string()) for name in names])
        arrow = arrow.with_metadata({_META: json.dumps(meta).encode()})
        path = self._path(told["receipt"])
        made = path.with_suffix(f".{secrets.token_hex(8)}")
        descriptor = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file, pa.ipc.new_file(file, arrow) as sink:
            for batch in kept:
                sink.write_batch(batch)
        made.replace(path)

    def find(self, receipt: str) -> Held | None:
        """The answer of this receipt that was given to the actor; None: it is not held any more."""
        path = self._path(receipt)
        try:
            if path.stat().st_mtime < time.time() - SECONDS:
                return None
            with pa.memory_map(str(path)) as file:
                table = pa.ipc.open_file(file).read_all()
            meta = json.loads(table.schema.metadata[_META])
            if not 0 <= time.time() - meta.get("since", 0.0) < LONGEST:
                return None
            os.utime(path)
        except (OSError, pa.ArrowInvalid):  # swept, or half written when the machine went down
            return None
        return Held(
            schema=Schema(tuple(Column(c["name"], c["type"]) for c in meta["columns"])),
            table=table.replace_schema_metadata(None),
            receipt=receipt,
            rows=meta["rows"],
            complete=meta["complete"],
            truncated=meta["truncated"],
            expires=meta["expires"],
            notices=tuple(meta["notices"]),
            asked=meta["asked"],
        )

    def _path(self, receipt: str) -> Path:
        name = hashlib.sha256(json.dumps([self._actor, receipt]).encode()).hexdigest()
        return self._folder / f"{name}.arrow"


def sweep(node: Path) -> None:
    """Remove what was not looked at for a while, and the oldest where all take too much.

    Args:
        node: Folder of the node.
    """
    there = sorted(
        ((stat.st_mtime, stat.st_size, path) for path, stat in _stats(node / FOLDER)),
        reverse=True,
    )
    total, last = 0, time.time() - SECONDS
    for moment, size, path in there:
        total += size
        if moment < last or total > ALL:
            path.unlink(missing_ok=True)


def _stats(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            yield path, path.stat()
        except FileNotFoundError:  # another process swept it
            continue
