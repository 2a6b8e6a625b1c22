"""A lake in a folder of this machine: a file is renamed into its place and synced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from doumen.model.errors import Unavailable
from doumen.model.files import denied
from doumen.model.message import msg
from doumen.model.snapshot import DataFile
from doumen.stores.durable import sync
from doumen.stores.lake.names import LOG


class Disk:
    """The folder `root`; all as of `Place`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self, origin: str) -> None:
        """As of `Place`."""
        self.root.mkdir(exist_ok=True)

    def adopt(self, names: Sequence[str]) -> None:
        """As of `Place`: they are here."""

    def forget(self, origin: str) -> None:
        """As of `Place`: the folder goes with the node."""

    def keep(self, folder: Path, staged: Sequence[tuple[Path, str]]) -> tuple[str, ...]:
        """As of `Place`."""
        for path, name in staged:
            sync(path)
            path.rename(self.root / name)
        for place in (folder, folder.parent, self.root, self.root.parent):
            sync(place)
        return ("",) * len(staged)

    def bring(self, files: Iterable[DataFile]) -> Sequence[DataFile]:
        """As of `Place`: they are here."""
        return ()

    def release(self, files: Sequence[DataFile]) -> None:
        """As of `Place`: they are kept here."""

    @contextmanager
    def original(self, file: DataFile) -> Iterator[Path]:
        """As of `Place`."""
        yield self.root / file.path

    def sizes(self, files: Sequence[DataFile]) -> Mapping[str, int]:
        """As of `Place`."""
        found = {}
        for file in files:
            try:
                found[file.path] = (self.root / file.path).stat().st_size
            except OSError:
                continue
        return found

    def freed(self, files: Sequence[DataFile]) -> int:
        """As of `Place`: one that has a second name leaves none."""
        links = Counter[tuple[int, int]]()
        room = 0
        for file in files:
            there = (self.root / file.path).stat()
            links[there.st_dev, there.st_ino] += 1
            if links[there.st_dev, there.st_ino] == there.st_nlink:
                room += there.st_size
        return room

    def remove(self, files: Sequence[DataFile]) -> None:
        """As of `Place`."""
        try:
            paths = [self.root / file.path for file in files]
            for path in paths:
                path.unlink(missing_ok=True)
            for folder in {path.parent for path in paths}:
                sync(folder)
        except OSError as error:
            raise unwritable(error) from None

    def kept(self) -> Iterator[tuple[str, float]]:
        """As of `Place`."""
        for path in sorted(self.root.glob("*/*/*.parquet")):
            yield path.relative_to(self.root).as_posix(), changed(path)

    def drop(self, name: str) -> None:
        """As of `Place`."""
        (self.root / name).unlink()

    def tidy(self, live: Collection[str], before: float) -> None:
        """As of `Place`: nothing is here but what is kept."""

    def log(self, table: Path) -> Mapping[str, Path]:
        """As of `Place`."""
        return {path.name: path for path in (table / LOG).glob("*") if path.is_file()}

    @contextmanager
    def reading(self, table: Path) -> Iterator[Path]:
        """As of `Place`."""
        yield table

    writing = reading


def changed(path: Path) -> float:
    """When anything in it last changed, its name and mode included; seconds since the epoch."""
    within = path.rglob("*") if path.is_dir() else iter(())
    return max(max(p.stat().st_mtime, p.stat().st_ctime) for p in (path, *within))


def unwritable(error: OSError) -> Unavailable:
    """The error for a lake that the system does not let be read or written."""
    return denied(
        error,
        msg("The lake cannot be read or written."),
        next=msg("Look at the disk and the rights of the folder `lake`."),
        detail="lake",
    )
