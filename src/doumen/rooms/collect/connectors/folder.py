"""A folder on this machine, or on a disk that it has mounted: files into which others write.

Symbolic links to files are followed as long as they stay within the folder; those to folders are
not. What is no regular file is none here.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Written

from doumen.model.errors import DoumenError, Invalid, NotFound, Unavailable
from doumen.model.files import reason
from doumen.model.message import Message, msg
from doumen.model.plan import Progress
from doumen.rooms.collect.connectors import faults, names
from doumen.rooms.collect.connectors.bringing import CHUNK, brought
from doumen.rooms.collect.connectors.interface import Files, Item
from doumen.rooms.collect.labels import label

KIND = "folder"
SECRETS: tuple[str, ...] = ()
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Options(BaseModel):
    """What a user writes.

    Attributes:
        path: The folder, on the machine where Doumen runs.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    path: str = Written(min_length=1)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder."""

    options: Options
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @contextmanager
    def open(self) -> Iterator[Files]:
        """Look whether it is there; as `Connector.open`."""
        path = Path(self.options.path)
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            raise NotFound(
                msg("There is no folder `{path}`.", path=path),
                next=msg("Correct `path`; it is a path on the machine where Doumen runs."),
                detail="path",
            ) from None
        except OSError as error:
            raise faults.closed_file(
                str(path), msg("The system says: {reason}.", reason=reason(error))
            ) from None
        if not stat.S_ISDIR(mode):
            raise Invalid(
                msg("`{path}` is no folder.", path=path),
                next=msg("Name its folder in `path`, and the file in `files`."),
                detail="path",
            )
        yield FolderFiles(path)


class FolderFiles:
    """The files of a folder.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._inside = os.path.realpath(root)
        self._real: dict[str, str] = {}
        """Label → name on the disk, where that is no text."""

    @property
    def place(self) -> Message:
        """The folder, as messages call it."""
        return msg("The folder `{path}`", path=self._root)

    def items(self, pattern: str) -> Iterator[Item]:
        """As `Files.items`."""
        wanted = names.pattern(pattern)
        found = sorted(self._found(wanted), key=lambda item: item.name)
        if not found and wanted.folder and not (self._root / wanted.folder).is_dir():
            raise faults.no_folder(self.place, wanted.folder)
        yield from found

    def bring(self, item: Item, path: Path, progress: Progress) -> None:
        """As `Files.bring`."""
        try:
            opened = os.open(self._root / self._real.get(item.name, item.name), _OPEN)
        except OSError as error:
            raise self._unreadable(item.name, error) from None
        with os.fdopen(opened, "rb") as file:

            def rest(start: int) -> tuple[int, Generator[bytes]]:
                return start, self._chunks(file, item)

            brought(item, path, progress, rest)

    def _chunks(self, file: BinaryIO, item: Item) -> Generator[bytes]:
        """The content, as long as the file stays what it was when it was listed."""
        self._hold(file, item)
        try:
            while chunk := file.read(CHUNK):
                yield chunk
        except OSError as error:
            raise self._unreadable(item.name, error) from None
        self._hold(file, item)

    @staticmethod
    def _hold(file: BinaryIO, item: Item) -> None:
        seen = os.fstat(file.fileno())
        if not stat.S_ISREG(seen.st_mode) or _tag(seen) != item.tag:
            raise faults.changed(item.name)

    def _found(self, wanted: names.Pattern) -> Iterator[Item]:
        """Files that are wanted, in no order; what may not be looked into is said, not passed over.

        Raises:
            Refused, Unavailable: a folder cannot be read.
        """
        folders = [""]
        while folders:
            folder = folders.pop()
            for entry in self._entries(folder):
                name = self._named(folder, entry.name)
                if entry.is_dir(follow_symlinks=False):
                    folders += [name] if wanted.enters(name) else []
                elif wanted.matches(name):
                    yield from self._file(name, entry)

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._root / self._real.get(folder, folder)) as entries:
                return list(entries)
        except OSError as error:
            if folder and isinstance(error, FileNotFoundError):
                return []
            raise self._unreadable(folder or self._root.name, error) from None

    def _file(self, name: str, entry: os.DirEntry[str]) -> Iterator[Item]:
        """A file that is one, and within the folder."""
        inside = os.path.join(self._inside, "")  # noqa: PTH118 - ends in a separator
        if entry.is_symlink() and not os.path.realpath(entry.path).startswith(inside):
            return
        try:
            seen = entry.stat()
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ELOOP}:
                return
            raise self._unreadable(name, error) from None
        if stat.S_ISREG(seen.st_mode):
            yield Item(name, seen.st_size, _tag(seen), seen.st_mtime)

    def _named(self, folder: str, name: str) -> str:
        """Where something lies, as text; what is no text on the disk is remembered."""
        prefix = f"{folder}/" if folder else ""
        shown = label(os.fsencode(name)) if not _is_text(name) else name
        if shown != name or folder in self._real:
            self._real[prefix + shown] = f"{self._real.get(folder, folder)}/{name}".lstrip("/")
        return prefix + shown

    def _unreadable(self, name: str, error: OSError) -> DoumenError:
        if isinstance(error, PermissionError):
            return faults.closed(self.place, name)
        if isinstance(error, FileNotFoundError):
            return faults.gone(self.place, name)
        return Unavailable(
            msg("`{path}` cannot be read.", path=name),
            why=msg("The system says: {reason}.", reason=reason(error)),
            next=msg("Check the file's permissions and its disk."),
            detail="file",
        )


def _tag(seen: os.stat_result) -> str:
    return f"{seen.st_size}-{seen.st_mtime_ns}-{seen.st_ino}"


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
