"""What was computed of texts, kept beside the node: a value by kind and by the digest of its text.

A value follows from its text alone, so it is right whoever asks, never goes stale, and may be lost:
it is computed again. Nothing here says which datasets there are, or who may see which. Processes of
a node share the file; each reads what the others added. What a room makes of it in memory is held
here too, so that all who ask a process share it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TypeVar, cast

from doumen.model.errors import Unavailable
from doumen.model.files import reason
from doumen.model.message import msg

FILE = "index.db"
"""Its name in the folder of the node."""
PATIENCE = 10.0
"""Seconds to wait for another process that writes."""
_MADE = """
CREATE TABLE IF NOT EXISTS computed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, digest BLOB NOT NULL, value BLOB NOT NULL,
    UNIQUE (kind, digest))
"""
T = TypeVar("T")
Stamp = tuple[tuple[int, int, int], ...]


class Index:
    """The index of one node. Safe for any number of threads and processes.

    Args:
        path: Its file; it is made when something is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._shared: dict[str, object] = {}
        self._read: dict[str, tuple[Stamp, int]] = {}

    def since(self, kind: str, after: int) -> list[tuple[int, bytes, bytes]]:
        """What was kept of a kind after a place: place, digest and value, in order.

        Raises:
            Unavailable: the file cannot be read.
        """
        stamp = self._stamp()
        if self._read.get(kind) == (stamp, after):
            return []
        query = "SELECT id, digest, value FROM computed WHERE kind = ? AND id > ? ORDER BY id"
        found = self._done(lambda file: file.execute(query, (kind, after)).fetchall())
        if not found:
            self._read[kind] = (stamp, after)
        return found

    def keep(self, kind: str, values: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep values by the digests of their texts; what is there already stays.

        Raises:
            Unavailable: the file cannot be written.
        """
        rows = [(kind, digest, value) for digest, value in values]
        if not rows:
            return
        command = "INSERT OR IGNORE INTO computed (kind, digest, value) VALUES (?, ?, ?)"

        def write(file: sqlite3.Connection) -> None:
            file.executemany(command, rows)
            file.commit()

        self._done(write)

    def shared(self, key: str, make: Callable[[], T]) -> T:
        """What this process holds under a key, made where it is not there yet."""
        with self._lock:
            if key not in self._shared:
                self._shared[key] = make()
            return cast(T, self._shared[key])

    def _stamp(self) -> Stamp:
        """What of file and log changes with every write."""
        marks = []
        for path in (self._path, self._path.with_name(f"{self._path.name}-wal")):
            try:
                status = path.stat()
            except FileNotFoundError:
                marks.append((0, 0, 0))
            else:
                marks.append((status.st_ino, status.st_size, status.st_mtime_ns))
        return tuple(marks)

    def _done(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do work at the file; one that is no index is made anew, for all of it can be."""
        try:
            try:
                return self._at(work)
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                self._path.unlink()
                return self._at(work)
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(
                msg("The index `{path}` cannot be used.", path=self._path.name),
                why=reason(error) if isinstance(error, OSError) else None,
                next=msg("Remove it: all that it holds is computed again."),
                detail="index",
            ) from None

    def _at(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as file:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            file.execute(_MADE)
            return work(file)
