"""Where the files of a lake lie: what `Lake` asks of a folder of this machine and of a bucket."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from doumen.model.snapshot import DataFile

STAGED = "_staged-"
"""Folders with this beginning hold files of a job that has not settled them."""


class Place(Protocol):
    """A place that keeps files under names that are given once.

    Errors of the system and of the store come out as `Unavailable`; a file that is not what it
    was when it was kept as `Tampered`.

    Attributes:
        root: Folder of this machine that jobs stage their files in, and where a file can be read
            once it was brought: below it, each has its name.
    """

    root: Path

    def create(self, origin: str) -> None:
        """Make the place ready for the node whose ledger bears this name.

        Raises:
            Conflict: something is there, of another node or of somebody else.
            Invalid: the store does not hold what a lake needs.
        """

    def adopt(self, names: Sequence[str]) -> None:
        """Keep files that were put below the root under their names, those of logs too."""

    def forget(self, origin: str) -> None:
        """Undo `create` for this node; what others made stays."""

    def keep(self, folder: Path, staged: Sequence[tuple[Path, str]]) -> tuple[str, ...]:
        """Give sealed files their names, all of one table, for good.

        Args:
            folder: Of the table.
            staged: Where each file is now, and its name relative to the root.

        Returns:
            The digest (SHA-256, hex) of each where it goes away from here, else "".
        """

    def bring(self, files: Iterable[DataFile]) -> Sequence[DataFile]:
        """Make sure that files can be read below the root; gives those that were brought for it."""

    def release(self, files: Sequence[DataFile]) -> None:
        """Give up the room that files take here, if they are kept elsewhere."""

    def original(self, file: DataFile) -> AbstractContextManager[Path]:
        """A file as it is where it is kept."""

    def sizes(self, files: Sequence[DataFile]) -> Mapping[str, int]:
        """Bytes of each of the files that is there, by its path."""

    def freed(self, files: Sequence[DataFile]) -> int:
        """Bytes of room that these files leave once all of them are removed."""

    def remove(self, files: Sequence[DataFile]) -> None:
        """Remove files; those that are gone are left at that."""

    def kept(self) -> Iterator[tuple[str, float]]:
        """Parquet files in tables: name, and when it last changed (seconds since the epoch)."""

    def drop(self, name: str) -> None:
        """Remove one of those that `kept` named."""

    def tidy(self, live: Collection[str], before: float) -> None:
        """Forget here what was not touched since `before`, and is none of the names that live."""

    def log(self, table: Path) -> Mapping[str, Path]:
        """The files of the Delta log of the table in this folder, by name, each to be read."""

    def reading(self, table: Path) -> AbstractContextManager[Path]:
        """A folder with the Delta log of a table, as it is now."""

    def writing(self, table: Path) -> AbstractContextManager[Path]:
        """A folder with the Delta log of a table, to write to: at the end of it that lasts.

        Raises:
            Conflict: another program wrote the log meanwhile.
        """
