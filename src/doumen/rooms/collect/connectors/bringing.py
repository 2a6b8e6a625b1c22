"""A file on its way from a place: written as it comes, taken up where it broke, held to what it is.

Who brings says how the rest is asked for; how often, how much, and what is too much is said here.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from doumen.model.errors import DoumenError, Unavailable
from doumen.model.message import msg
from doumen.model.plan import Progress
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.unpack import RESERVE

TRIES = 4
"""Times in a row that a file is taken up again, where nothing more of it came."""
PAUSE = 0.5
"""Seconds before the second of them; twice as long before each further one."""
CHUNK = 1 << 18
_LOOKED = 64 << 20
"""Bytes between two looks at the room that is left."""


class Broken(Exception):
    """The connection broke, so the file may be taken up again.

    Args:
        told: What is said where it breaks for good.
    """

    def __init__(self, told: DoumenError) -> None:
        super().__init__(told)
        self.told = told


Rest = Callable[[int], tuple[int, Generator[bytes]]]
"""Asks for a file from a byte on; gives the byte from which it comes (that, or 0), and the bytes.

Raises `Broken` where the connection breaks, before or among the bytes."""


def brought(item: Item, path: Path, progress: Progress, rest: Rest) -> None:
    """Write a file, whole.

    Args:
        item: The file.
        path: Where it is written; nothing is there.
        progress: Told how much of it came.
        rest: How it is asked for.

    Raises:
        Conflict: it is longer or shorter than it was told.
        Unavailable: the connection breaks again and again, or the disk is nearly full.
        DoumenError: as `rest`.
    """
    with path.open("xb") as out:
        arriving = _Arriving(item, out, progress)
        failures = 0
        while True:
            before = arriving.have
            arriving.room()
            try:
                start, chunks = rest(before)
                with closing(chunks):
                    arriving.taken(start, chunks)
                return
            except Broken as broken:
                if item.size is not None and arriving.have == item.size:
                    return
                failures = 1 if arriving.have > before else failures + 1
                if failures > TRIES:
                    raise broken.told from broken
            time.sleep(PAUSE * 2 ** (failures - 1))


class _Arriving:
    """What is there of a file."""

    def __init__(self, item: Item, out: BinaryIO, progress: Progress) -> None:
        self._item = item
        self._out = out
        self._progress = progress
        self._looked = 0
        self.have = 0

    def taken(self, start: int, chunks: Iterator[bytes]) -> None:
        """Write what comes from a byte on."""
        if start != self.have:
            self._out.seek(start)
            self._out.truncate()
            self.have = start
        for chunk in chunks:
            self.have += len(chunk)
            if self._item.size is not None and self.have > self._item.size:
                raise faults.changed(self._item.name)
            self._out.write(chunk)
            if self.have >= self._looked:
                self.room()
            part = min(1.0, self.have / self._item.size) if self._item.size else None
            self._progress(part, msg("fetching {name}", name=self._item.name))
        if self._item.size not in {None, self.have}:
            raise faults.changed(self._item.name)

    def room(self) -> None:
        """Look whether there is room for more.

        Raises:
            Unavailable: the disk is nearly full.
        """
        self._looked = self.have + _LOOKED
        if shutil.disk_usage(Path(self._out.name).parent).free < RESERVE + _LOOKED:
            raise Unavailable(
                msg("The disk has no room for `{name}`.", name=self._item.name),
                why=msg(
                    "Less than {reserve} GiB would be left free where temporary files go.",
                    reserve=RESERVE >> 30,
                ),
                next=msg("Make room, or name a folder on a larger disk by TMPDIR."),
                detail="disk",
            )
