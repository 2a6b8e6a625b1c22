"""Files written as rows, in pieces: what is held at one time is one file, or a group of small ones.

Each piece is a Parquet file whose row groups are bounded by bytes, so that whoever reads it holds
as little. A file above the bound of its dataset is a row without content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.filed.columns import NAMES
from doumen.rooms.collect.filed.signature import HEAD, media_type

GROUP, GROUP_FILES = 8 << 20, 1000
"""Bytes and files of a row group; one larger file is a group of its own."""
PIECE, PIECE_FILES = 64 << 20, 5000
"""Bytes and files after which a piece takes no further file."""
_CHUNK = 1 << 20
_SCHEMA = pa.schema(
    [("path", pa.string()), ("name", pa.string()), ("media_type", pa.string()),
     ("size", pa.int64()), ("modified", pa.timestamp("us")), ("sha256", pa.string()),
     ("content", pa.binary())]
)  # fmt: skip


def write_gone(path: Path, names: Iterable[str]) -> Path:
    """Write which files are in their place no more; gives the path."""
    table = pa.table({"path": pa.array(sorted(names), pa.string())})
    pq.write_table(table, path)
    return path


def digest(path: Path) -> str:
    """SHA-256 of a file (hex)."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


@dataclass(slots=True)
class Piece:
    """Files on their way to the gate.

    Args:
        path: Of the Parquet file; it is not there yet.
        largest: Bytes of a file whose content is taken.
        mark: A text that no other piece has: the same files may come, go and come back, and what
            came again is to be taken again.
    """

    path: Path
    largest: int
    mark: str
    files: int = 0
    size: int = 0
    _rows: list[dict[str, Any]] = field(default_factory=list)
    _held: int = 0
    _writer: Any = None

    @property
    def full(self) -> bool:
        """Whether it takes no further file."""
        return self.size >= PIECE or self.files >= PIECE_FILES

    def add(self, item: Item, path: Path, sha256: str) -> None:
        """Take a file that was brought to `path`, with its digest."""
        size = path.stat().st_size
        kept = size <= self.largest
        with path.open("rb") as file:
            content = file.read() if kept else file.read(HEAD)
        name = PurePosixPath(item.name).name
        row = {
            "path": item.name,
            "name": name,
            "media_type": media_type(content[:HEAD], name),
            "size": size,
            "modified": _moment(item.changed),
            "sha256": sha256,
            "content": content if kept else None,
        }
        self._rows.append(row)
        self.files += 1
        self.size += size if kept else 0
        self._held += len(content)
        if self._held >= GROUP or len(self._rows) >= GROUP_FILES:
            self._flush()

    def close(self) -> None:
        """Write what is held, and the end of the file."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._writer is None:
            schema = _SCHEMA.with_metadata({"doumen.piece": self.mark})
            self._writer = pq.ParquetWriter(
                self.path, schema, compression="none", use_dictionary=False,
                write_statistics=["path"],
            )  # fmt: skip
        table = pa.Table.from_pylist(self._rows, schema=_SCHEMA)
        self._writer.write_table(table.select(list(NAMES)))
        self._rows.clear()
        self._held = 0


def _moment(seconds: float | None) -> datetime | None:
    """A moment without zone, in UTC; None where it is outside of what can be written."""
    try:
        found = None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return None if found is None else found.replace(tzinfo=None)
