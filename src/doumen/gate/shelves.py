"""A version of a dataset as whoever reads its files sees it: a Delta table that was just made.

What a shelf holds depends on what was granted alone; whether it may still be seen depends on the
facts, so it is kept under their version, and the UTC day on which rules end.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from doumen.model.handed import FileGrant, Item
from doumen.model.snapshot import DataFile, Snapshot

LOG = "_delta_log/00000000000000000000.json"
KEPT = 64
"""Most shelves that are kept."""

Key = tuple[str, int, str]
"""Key of the grant, version of the facts, day."""


@dataclass(frozen=True, slots=True)
class Laid:
    """What one grant holds.

    Attributes:
        log: The one entry of its Delta log.
        files: Its other files, by the names that they have here.
        items: All of them, in order of names.
    """

    snapshot: Snapshot
    log: bytes
    files: Mapping[str, DataFile]
    items: Mapping[str, Item]


def named(snapshot: Snapshot) -> dict[str, DataFile]:
    """The files of a version by names that say nothing of the lake."""
    return {f"part-{n:05d}.parquet": file for n, file in enumerate(snapshot.files)}


def laid(grant: FileGrant, snapshot: Snapshot, log: bytes) -> Laid:
    """What a grant holds, with the log that was written for it."""
    files = named(snapshot)
    items = {
        name: Item(file.size, _tag(grant.key, name, file.size)) for name, file in files.items()
    }
    items[LOG] = Item(len(log), hashlib.sha256(log).hexdigest()[:32])
    return Laid(snapshot, log, files, dict(sorted(items.items())))


def _tag(*parts: object) -> str:
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]


class Shelves:
    """Shelves that were laid before. Safe for any number of threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._laid: OrderedDict[Key, Laid] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Key) -> Laid | None:
        """The shelf under this key."""
        with self._lock:
            found = self._laid.get(key)
            if found is not None:
                self._laid.move_to_end(key)
            return found

    def keep(self, key: Key, shelf: Laid) -> None:
        """Keep one; the one that was asked for the longest ago goes."""
        with self._lock:
            self._laid[key] = shelf
            if len(self._laid) > self._kept:
                self._laid.popitem(last=False)
