"""Files put into a folder under names that somebody else wrote.

A name is a path of plain parts below the folder. No part is `..`, empty or a device, and none leads
through a link; folders are made, and what is there is never replaced. A file appears whole: it is
written beside under a name of its own and then given its name, which fails where that is taken.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from doumen.model.files import unwritable
from doumen.model.message import Message, msg

LONGEST, DEEPEST = 255, 64
"""Bytes of a part, and parts of a path."""
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{n}{d}" for n in ("com", "lpt") for d in range(1, 10))}
)
_FORBIDDEN = frozenset('\\:*?"<>|')
_CHUNK = 1 << 20


class Unsafe(Exception):
    """A name under which nothing is written."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Place:
    """A folder.

    Attributes:
        root: It, without links on the way.
    """

    root: Path

    @classmethod
    def of(cls, folder: Path) -> Place:
        """A folder, made where it is not there.

        Raises:
            Unavailable: it cannot be made, or is none.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from None
        return cls(folder.resolve())

    def digest(self, name: str) -> str | None:
        """SHA-256 (hex) of what is in the place of a file; None: nothing is.

        Raises:
            Unsafe: it is no name of a file here, or what is there is no plain file.
        """
        path = self._path(name, make=False)
        try:
            opened = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | _NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError:
            raise Unsafe(msg("something that is no plain file is in its place")) from None
        try:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                raise Unsafe(msg("something that is no plain file is in its place"))
            found = hashlib.sha256()
            while chunk := os.read(opened, _CHUNK):
                found.update(chunk)
        finally:
            os.close(opened)
        return found.hexdigest()

    def write(self, name: str, content: bytes) -> None:
        """Write a file that is not there.

        Raises:
            Unsafe: it is no name of a file here, or its place is taken.
            OSError: the disk does not take it.
        """
        path = self._path(name, make=True)
        beside = path.parent / f".doumen-{uuid4().hex}"
        try:
            with beside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(beside, path, follow_symlinks=False)
        except FileExistsError:
            raise Unsafe(msg("another file is in its place")) from None
        finally:
            beside.unlink(missing_ok=True)

    def _path(self, name: str, *, make: bool) -> Path:
        """Where a file lies, once every part of its path is seen to be one.

        Raises:
            Unsafe: one is not, or leads through a link or a file.
        """
        *folders, last = parts(name)
        path = self.root
        for one in folders:
            path /= one
            try:
                if make:
                    path.mkdir(exist_ok=True)
                if not stat.S_ISDIR(path.lstat().st_mode):
                    raise Unsafe(msg("its path leads through a link or a file"))
            except FileNotFoundError:
                continue
            except OSError:
                raise Unsafe(msg("its path leads through a link or a file")) from None
        return path / last


def parts(name: str) -> list[str]:
    """The parts of a name.

    Raises:
        Unsafe: it would lead out of a folder, or no file of every system can bear it.
    """
    found = name.split("/")
    if not all(map(_plain, found)) or len(found) > DEEPEST:
        raise Unsafe(msg("its path is not one that is safe to write"))
    return found


def _plain(part: str) -> bool:
    """Whether a part of a path is a name and nothing else, on every system."""
    try:
        size = len(part.encode("utf-8"))
    except UnicodeEncodeError:
        return False
    return (
        0 < size <= LONGEST
        and part.isprintable()
        and not _FORBIDDEN & set(part)
        and part.strip(". ") != ""
        and part == part.rstrip(". ")
        and part.partition(".")[0].lower() not in _DEVICES
        and not part.startswith(".doumen-")
    )


_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
"""A pipe in the place of a file is not waited for."""
