"""The folder of this machine where files of a bucket are read: each is brought once.

A file that is there is what it was when it was brought, since no name is given twice; its size is
looked at each time, its digest when it comes. Where the folder grows beyond its limit, what was
asked for longest ago goes; what was asked for in the last hour stays, since a job may be at it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
import time
import uuid
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from doumen.model.errors import no_room
from doumen.stores.durable import sync

COMING = ".coming"
"""Folder of files that are on their way here."""
SPARE = 256 << 20
"""Bytes of the disk that are left free."""
HOUR = 3600.0
"""Seconds that a file stays after it was asked for, whatever the limit."""
_LOCKS = 64
_SHARE = 20
"""Part of the limit that may come before what is there is counted again."""


class Cache:
    """The folder.

    Args:
        root: Of it.
        limit: Bytes that it should not go beyond.
    """

    def __init__(self, root: Path, limit: int) -> None:
        self.root = root
        self._limit = limit
        self._came = limit
        self._counting = threading.Lock()

    def holds(self, name: str, size: int) -> bool:
        """Whether a file is there, whole; from now on it was asked for."""
        path = self.root / name
        try:
            if path.stat().st_size != size:
                return False
            os.utime(path)
        except OSError:
            return False
        return True

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Be the only one, of all processes of this machine, that brings this file."""
        folder = self.root / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder / f"{zlib.crc32(name.encode()) % _LOCKS:02d}",
                       os.O_RDWR | os.O_CREAT, 0o600)  # fmt: skip
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield
        finally:
            os.close(held)

    def take(self, path: Path, name: str) -> None:
        """Take in a file that lies in this folder already, under another name."""
        final = self.root / name
        final.parent.mkdir(parents=True, exist_ok=True)
        path.chmod(0o444)
        sync(path)
        path.rename(final)
        self.grown(name)

    def drop(self, name: str) -> None:
        """Forget a file, if it is there."""
        with suppress(OSError):
            (self.root / name).unlink()

    def grown(self, name: str) -> None:
        """Count a file that came; make room where that may be too much."""
        with self._counting:
            self._came += (self.root / name).stat().st_size
            if self._came < self._limit // _SHARE:
                return
            self._came = 0
        self._trim()

    def _trim(self) -> None:
        """Remove what was asked for longest ago until what stays is within the limit."""
        there = []
        for path in self.root.glob("*/*/*.parquet"):
            with suppress(OSError):
                found = path.stat()
                there.append((found.st_mtime, found.st_size, path))
        room = self._limit - sum(size for _, size, _ in there)
        before = time.time() - HOUR
        for asked, size, path in sorted(there):
            if room >= 0 or asked > before:
                return
            with suppress(OSError):
                if path.stat().st_mtime == asked:
                    path.unlink()
                    room += size

    def tidy(self, live: Collection[str], before: float) -> None:
        """Forget files that nothing names, and what was left of files that were coming.

        Args:
            live: Names that stay.
            before: What was touched since stays too (seconds since the epoch).
        """
        for path in (*self.root.glob("*/*/*.parquet"), *self.root.glob(f"{COMING}/*")):
            with suppress(OSError):
                loose = path.relative_to(self.root).as_posix() not in live
                if loose and path.stat().st_mtime <= before:
                    path.unlink()

    def draft(self) -> Path:
        """Where a file may be written that is coming."""
        folder = self.root / COMING
        folder.mkdir(parents=True, exist_ok=True)
        return folder / uuid.uuid4().hex

    def check_room(self, size: int) -> None:
        """See whether the disk takes so many bytes more.

        Raises:
            Unavailable: it does not.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.root).free < size + SPARE:
            raise no_room()
