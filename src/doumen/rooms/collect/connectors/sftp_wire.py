"""What SFTP needs beyond paramiko's client: names as bytes, and reads that overlap.

Names come as servers have them, which is not always UTF-8. A file is read by many requests that
are under way at once, in this thread; paramiko's own reading ahead does it in another, which
breaks where nobody sees it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import paramiko
from paramiko.message import Message
from paramiko.sftp import (
    CMD_CLOSE,
    CMD_FSTAT,
    CMD_HANDLE,
    CMD_NAME,
    CMD_OPEN,
    CMD_OPENDIR,
    CMD_READ,
    CMD_READDIR,
    CMD_REALPATH,
    CMD_STAT,
    CMD_STATUS,
    SFTP_EOF,
    SFTP_FLAG_READ,
    SFTP_OK,
    int64,
)
from paramiko.sftp_attr import SFTPAttributes

WINDOW = 16 << 20
"""Bytes that may be under way."""
_SIZE = 32_768
"""Bytes of a request: what every server gives."""
_AHEAD = WINDOW // _SIZE


class Status(Exception):
    """The server does not do what it is asked.

    Args:
        code: Its code, as the protocol (draft-ietf-secsh-filexfer-02, section 7) has it.
    """

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies in a folder: its name as it came, and what the server tells of it."""

    name: bytes
    mode: int | None
    size: int | None
    mtime: int | None


class Wire(paramiko.SFTPClient):
    """A client whose names are bytes."""

    def _convert_status(self, msg: Message) -> None:
        """Raise what a status says; its words, in whatever encoding, are left unread."""
        code = msg.get_int()
        if code != SFTP_OK:
            raise Status(code)

    def entries(self, folder: bytes) -> Iterator[Entry]:
        """What lies in a folder.

        Raises:
            Status: it may not be looked into, or is none.
        """
        handle = self._handle(CMD_OPENDIR, folder)
        while True:
            try:
                kind, answer = self._asked(CMD_READDIR, handle)
            except Status as status:
                if status.code != SFTP_EOF:
                    raise
                break
            if kind != CMD_NAME:
                raise paramiko.SFTPError
            for _ in range(answer.get_int()):
                name, _long = answer.get_string(), answer.get_string()
                entry = _entry(name, answer)
                if name not in {b".", b".."}:
                    yield entry
        self._asked(CMD_CLOSE, handle)

    def opened(self, path: bytes) -> bytes:
        """The handle of a file that is to be read.

        Raises:
            Status: it may not be read, or is not there.
        """
        return self._handle(CMD_OPEN, path, SFTP_FLAG_READ, SFTPAttributes())

    def real(self, path: bytes) -> bytes:
        """Where a path leads, whole.

        Raises:
            Status: nowhere.
        """
        kind, answer = self._asked(CMD_REALPATH, path)
        if kind != CMD_NAME or answer.get_int() != 1:
            raise paramiko.SFTPError
        return answer.get_string()

    def seen(self, path: bytes) -> Entry:
        """What lies at a path; links are followed.

        Raises:
            Status: nothing, or it may not be known.
        """
        _, answer = self._asked(CMD_STAT, path)
        return _entry(b"", answer)

    def told(self, handle: bytes) -> Entry:
        """What the server tells of a file that is open."""
        _, answer = self._asked(CMD_FSTAT, handle)
        return _entry(b"", answer)

    def shut(self, handle: bytes) -> None:
        """Close a file."""
        self._asked(CMD_CLOSE, handle)

    def content(self, handle: bytes, start: int, end: int | None) -> Iterator[bytes]:
        """What is in a file from a byte on, up to another, or to its end.

        Raises:
            Status: it cannot be read.
        """
        return _Reads(self, handle, start, end).chunks()

    def _handle(self, command: Any, *given: Any) -> bytes:
        kind, answer = self._asked(command, *given)
        if kind != CMD_HANDLE:
            raise paramiko.SFTPError
        return answer.get_string()

    def _asked(self, command: Any, *given: Any) -> tuple[Any, Message]:
        found: tuple[Any, Message] = cast("Any", self)._request(command, *given)
        return found


class _Reads:
    """Requests for the bytes of a file, many of them under way."""

    def __init__(self, wire: Wire, handle: bytes, start: int, end: int | None) -> None:
        self._wire: Any = wire
        self._handle = handle
        self._next = start
        self._end = end
        self._ahead = 4
        self._asked: deque[tuple[int, int, int]] = deque()
        self._came: dict[int, tuple[Any, Message]] = {}

    def chunks(self) -> Iterator[bytes]:
        while True:
            self._ask_on()
            if not self._asked:
                return
            number, start, size = self._asked.popleft()
            while number not in self._came:
                self._wire._read_response()
            kind, answer = self._came.pop(number)
            if kind == CMD_STATUS:
                code = answer.get_int()
                if code != SFTP_EOF:
                    raise Status(code)
                return
            self._ahead = min(self._ahead * 2, _AHEAD)
            data = answer.get_string()
            if len(data) < size:
                self._asked.appendleft(self._ask(start + len(data), size - len(data)))
            yield data

    def _async_response(self, kind: Any, answer: Message, number: int) -> None:
        """Called by the client with an answer that is ours."""
        self._came[number] = (kind, answer)

    def _ask_on(self) -> None:
        ahead = self._ahead if self._end is not None else 1
        while len(self._asked) < ahead and (self._end is None or self._next < self._end):
            size = _SIZE if self._end is None else min(_SIZE, self._end - self._next)
            self._asked.append(self._ask(self._next, size))
            self._next += size

    def _ask(self, start: int, size: int) -> tuple[int, int, int]:
        number: int = self._wire._async_request(self, CMD_READ, self._handle, int64(start), size)
        return number, start, size


def _entry(name: bytes, answer: Message) -> Entry:
    told = cast("Any", SFTPAttributes)._from_msg(answer)
    return Entry(name, told.st_mode, told.st_size, told.st_mtime)
