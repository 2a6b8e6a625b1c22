"""The files of a folder of an SFTP server.

Links to files are followed as long as they stay below the root; those to folders are not. A
transfer that breaks goes on at its byte, on a new connection to the same host key.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from paramiko.sftp import SFTP_NO_SUCH_FILE, SFTP_PERMISSION_DENIED

from doumen.model.errors import DoumenError, Unavailable
from doumen.model.message import msg
from doumen.model.plan import Progress
from doumen.rooms.collect.connectors import faults, names, sftp_faults
from doumen.rooms.collect.connectors.bringing import TRIES, Broken, brought
from doumen.rooms.collect.connectors.interface import Item
from doumen.rooms.collect.connectors.sftp_address import Options
from doumen.rooms.collect.connectors.sftp_line import BREAKS, Line
from doumen.rooms.collect.connectors.sftp_wire import Entry, Status, Wire
from doumen.rooms.collect.labels import label

_T = TypeVar("_T")


class SftpFiles:
    """The files.

    Args:
        options: Where they are.
        secrets: By what we are known there.
    """

    def __init__(self, options: Options, secrets: Mapping[str, str]) -> None:
        self._options = options
        self._secrets = secrets
        self._line: Line | None = None
        self._root = b""
        self._real: dict[str, bytes] = {}
        """Name → as the server has it, where that is another."""

    def reach(self) -> None:
        """Sign in, and look whether the root is there.

        Raises:
            As `Connector.open`.
        """
        if not self._secrets.keys() & {"password", "key"}:
            raise sftp_faults.no_secret(self._options)
        self._root = self._persist(self._found)

    def close(self) -> None:
        """End the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def items(self, pattern: str) -> Iterator[Item]:
        """As `Files.items`."""
        wanted = names.pattern(pattern)
        found = self._persist(lambda: list(self._below(wanted)))
        if not found and wanted.folder and not self._persist(lambda: self._there(wanted.folder)):
            raise faults.no_folder(self._options.place, wanted.folder)
        yield from sorted(found, key=lambda item: item.name)

    def bring(self, item: Item, path: Path, progress: Progress) -> None:
        """As `Files.bring`."""
        brought(item, path, progress, lambda start: (start, self._rest(item, start)))

    def _rest(self, item: Item, start: int) -> Generator[bytes]:
        """The content from a byte on, as long as the file stays what it was."""
        with self._telling(item.name):
            wire = self._wire()
            handle, sound = wire.opened(self._path(item.name)), True
            try:
                _hold(wire.told(handle), item)
                yield from wire.content(handle, start, item.size)
                _hold(wire.told(handle), item)
            except BREAKS:
                sound = False
                raise
            finally:
                with suppress(Status, *BREAKS):
                    if sound:
                        wire.shut(handle)

    def _below(self, wanted: names.Pattern) -> Iterator[Item]:
        """Files that are wanted, in no order; what may not be looked into is said."""
        folders = [""]
        while folders:
            folder = folders.pop()
            for entry in self._entries(folder):
                name = self._named(folder, entry.name)
                if entry.mode is not None and stat.S_ISDIR(entry.mode):
                    folders += [name] if wanted.enters(name) else []
                elif wanted.matches(name):
                    yield from self._file(name, entry)

    def _entries(self, folder: str) -> Iterator[Entry]:
        with self._telling(folder or self._options.root):
            try:
                found = list(self._wire().entries(self._path(folder)))
            except Status as status:
                if status.code != SFTP_NO_SUCH_FILE or not folder:
                    raise
                return
        yield from (one for one in found if b"/" not in one.name)

    def _file(self, name: str, entry: Entry) -> Iterator[Item]:
        """A file that is one, and below the root."""
        if entry.mode is not None and stat.S_ISLNK(entry.mode):
            target = self._target(name)
            if target is None:
                return
            entry = target
        if entry.mode is None or stat.S_ISREG(entry.mode):
            yield Item(name, entry.size, _tag(entry), entry.mtime)

    def _target(self, name: str) -> Entry | None:
        """What a link leads to; None: nowhere, or out of the root."""
        with self._telling(name):
            wire, path = self._wire(), self._path(name)
            try:
                real = wire.real(path)
                return wire.seen(path) if real.startswith(self._path("")) else None
            except Status as status:
                if status.code == SFTP_NO_SUCH_FILE:
                    return None
                raise

    def _found(self) -> bytes:
        """The root, as the server has it."""
        with self._telling(self._options.root):
            wire = self._wire()
            try:
                root = wire.real(self._options.root.encode())
                mode = wire.seen(root).mode
            except Status as status:
                if status.code == SFTP_NO_SUCH_FILE:
                    raise sftp_faults.no_root(self._options) from None
                raise
        if mode is not None and not stat.S_ISDIR(mode):
            raise sftp_faults.no_root(self._options)
        return root

    def _there(self, folder: str) -> bool:
        with self._telling(folder):
            try:
                self._wire().seen(self._path(folder))
            except Status as status:
                if status.code == SFTP_NO_SUCH_FILE:
                    return False
                raise
        return True

    def _named(self, folder: str, name: bytes) -> str:
        """Where something lies, as text; what is no text at the server is remembered."""
        prefix = f"{folder}/" if folder else ""
        try:
            shown = name.decode()
        except UnicodeDecodeError:
            shown = label(name)
        if shown.encode() != name or folder in self._real:
            real = self._real.get(folder, folder.encode())
            self._real[prefix + shown] = (real + b"/" + name).lstrip(b"/")
        return prefix + shown

    def _path(self, name: str) -> bytes:
        return self._root.rstrip(b"/") + b"/" + self._real.get(name, name.encode())

    def _wire(self) -> Wire:
        """The connection, made anew where it broke."""
        if self._line is None or not self._line.alive:
            self.close()
            self._line = Line(self._options, self._secrets)
        return self._line.wire

    def _persist(self, once: Callable[[], _T]) -> _T:
        """Do something that may be done again where the connection breaks."""
        for _ in range(TRIES):
            try:
                return once()
            except Broken as error:
                broken = error
        raise broken.told from broken

    @contextmanager
    def _telling(self, name: str) -> Iterator[None]:
        """Say what a status or a break means for a file or a folder.

        Raises:
            Broken: the connection broke; it is given up.
        """
        try:
            yield
        except Status as status:
            raise self._meant(name, status.code) from None
        except BREAKS as error:
            self.close()
            silent = isinstance(error, TimeoutError)
            why = sftp_faults.SILENT if silent else sftp_faults.BROKEN
            raise Broken(sftp_faults.away(self._options, why)) from None

    def _meant(self, name: str, code: int) -> DoumenError:
        if code == SFTP_NO_SUCH_FILE:
            return faults.gone(self._options.place, name)
        if code == SFTP_PERMISSION_DENIED:
            return faults.closed(self._options.place, name)
        return Unavailable(
            msg("`{path}` cannot be read.", path=name),
            why=sftp_faults.REFUSES,
            next=msg("Look in the log of the server; then try again."),
            detail="file",
        )


def _tag(entry: Entry) -> str | None:
    return None if entry.size is None or entry.mtime is None else f"{entry.size}-{entry.mtime}"


def _hold(seen: Entry, item: Item) -> None:
    if _tag(seen) != item.tag:
        raise faults.changed(item.name)
