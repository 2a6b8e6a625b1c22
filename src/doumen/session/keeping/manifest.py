"""What one backup holds: the moment of the ledger, and every part with size and digest."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any

from doumen.model.errors import Tampered
from doumen.model.message import Message, msg

FORMAT = 1
SETTINGS = "doumen.toml"
KEYS, LAKE, SPOOL = "keys/", "lake/", "spool/"
"""Beginnings of the names of files, whatever the folders of the node are called."""
ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Item:
    """One part of a backup.

    Attributes:
        kind: `rows` of a table of the store, or a `file`.
        name: The table, or the file as `lake/domain/name/FILE`, `keys/FILE`, `doumen.toml`.
        size: Bytes of the content.
        digest: SHA-256 of the content (hex).
        rows: Rows, of rows.
    """

    kind: str
    name: str
    size: int
    digest: str
    rows: int = 0

    @property
    def told(self) -> Message:
        """The part, for people."""
        if self.kind == "rows":
            return msg("rows of the table `{name}`", name=self.name)
        return msg("the file `{name}`", name=self.name)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One backup.

    Attributes:
        id: Time and a random end; names the backup.
        number: Counts the backups in the folder, from 1.
        time: When it was begun: RFC 3339, UTC.
        name: The organisation of the node.
        origin: Name of its ledger.
        version: Version of Doumen that made it.
        layout: Layout of the store.
        size: Entries in the ledger.
        checkpoint: Its head, signed.
        facts: Version of the catalogue.
        kept: Ids of all backups in the folder with it, oldest first, itself included.
        attached: Datasets whose files lie elsewhere and are not in the backup.
        items: The parts: rows in the order in which they are to be put back.
    """

    id: str
    number: int
    time: str
    name: str
    origin: str
    version: str
    layout: int
    size: int
    checkpoint: str
    facts: int
    kept: tuple[str, ...]
    attached: tuple[str, ...]
    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        """Bytes of all parts."""
        return sum(item.size for item in self.items)

    def rows(self) -> Iterator[Item]:
        """The parts of the store."""
        return (item for item in self.items if item.kind == "rows")

    def files(self, beginning: str = "") -> Iterator[Item]:
        """The files whose names begin so."""
        return (i for i in self.items if i.kind == "file" and i.name.startswith(beginning))

    def packed(self) -> bytes:
        """The manifest in bytes."""
        body = asdict(self) | {
            "format": FORMAT,
            "items": [[i.kind, i.name, i.size, i.digest, i.rows] for i in self.items],
        }
        return zlib.compress(json.dumps(body, separators=(",", ":")).encode("ascii"), 6)


def read_manifest(packed: bytes, id: str) -> Manifest:
    """Read a manifest that was unsealed.

    Raises:
        Tampered: it is that of another backup, or of another version of Doumen.
    """
    try:
        body: Mapping[str, Any] = json.loads(zlib.decompress(packed))
        given = {name: body[name] for name in Manifest.__dataclass_fields__}
        given |= {
            "kept": tuple(body["kept"]),
            "attached": tuple(body["attached"]),
            "items": tuple(Item(*fields) for fields in body["items"]),
        }
        manifest = Manifest(**given)
        proper = body["format"] == FORMAT and manifest.id == id
        proper = proper and all(map(_within, manifest.files()))
    except (zlib.error, ValueError, KeyError, TypeError):
        proper = False
    if not proper:
        raise Tampered(
            msg("The manifest of the backup `{id}` does not have the form of this version.", id=id),
            why=msg("It was written by another version of Doumen."),
            next=msg("Use the version of Doumen that made the backup."),
            detail="manifest",
        )
    return manifest


def _within(item: Item) -> bool:
    """Whether a file has a place in a node."""
    path = PurePosixPath(item.name)
    known = item.name == SETTINGS or item.name.startswith((KEYS, LAKE, SPOOL))
    return known and not path.is_absolute() and ".." not in path.parts and "\0" not in item.name
