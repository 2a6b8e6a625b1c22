"""Tar archives, read as they come: POSIX (ustar, pax) and GNU with its long names.

Only regular files have content here. Links, devices and folders are passed over, and names are
labels: nothing of an archive is ever a path. A header says sizes that are not believed beyond
what follows; what an extended header may hold in memory is bounded. An archive without its end
is cut, and what follows the end is damage.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import chain

from doumen.rooms.collect.labels import label

BLOCK = 512
HEADERS = 100_000
"""Headers of one archive, those of members that are passed over too."""
_EXTENDED = 1 << 20
"""Bytes of an extended header."""
_CHUNK = 1 << 20
_REGULAR = {b"0", b"\0", b"7"}
_WITHOUT = {b"1", b"2", b"3", b"4", b"5", b"6"}
"""Links, devices, folders, pipes: what they say of their size is not meant."""


@dataclass(frozen=True, slots=True)
class Member:
    """What a header tells.

    Attributes:
        label: Its name, fit to be shown.
        regular: Whether it is a file with content.
        sparse: Whether holes of it were left out, so that its content is not the file's.
    """

    label: str
    size: int
    regular: bool
    sparse: bool


def begins(head: bytes) -> bool:
    """Whether these are the first bytes of an archive: its first header adds up."""
    return len(head) >= BLOCK and any(head[:BLOCK]) and _adds_up(head[:BLOCK])


class Tar:
    """An archive on its way; each member is read, or passed over, before the next comes.

    Args:
        chunks: Its bytes.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = memoryview(b"")
        self._left = 0
        self._padding = 0
        self._headers = 0

    def member(self) -> Member | None:
        """The next member; None: the archive is at its end.

        Raises:
            EOFError: it is cut. ValueError: it is damaged.
        """
        for _ in self.content():
            pass
        self._pass(self._padding)
        self._padding = 0
        extended: dict[bytes, bytes] = {}
        while True:
            header = self._taken(BLOCK)
            if not any(header):
                self._end()
                return None
            self._headers += 1
            if not _adds_up(header) or self._headers > HEADERS:
                raise ValueError
            kind, size = header[156:157], _number(header[124:136])
            if kind not in {b"x", b"g", b"L", b"K"}:
                return self._member(header, kind, size, extended)
            body = self._body(size)
            if kind == b"x":
                extended |= dict(_records(body))
            elif kind == b"L":
                extended[b"path"] = body.partition(b"\0")[0]

    def content(self) -> Generator[bytes]:
        """What is left of the member."""
        while self._left:
            chunk = self._some(min(self._left, _CHUNK))
            self._left -= len(chunk)
            yield chunk

    def _member(
        self, header: bytes, kind: bytes, size: int, extended: dict[bytes, bytes]
    ) -> Member:
        name = extended.get(b"path") or _name(header)
        if b"size" in extended:
            size = int(extended[b"size"])
        regular = kind in _REGULAR and not name.endswith(b"/")
        if kind in _WITHOUT:
            size = 0
        if size < 0:
            raise ValueError
        self._left, self._padding = size, -size % BLOCK
        sparse = kind == b"S" or any(key.startswith(b"GNU.sparse") for key in extended)
        return Member(label(name), size, regular or sparse, sparse)

    def _body(self, size: int) -> bytes:
        if not 0 <= size <= _EXTENDED:
            raise ValueError
        return self._taken(size + -size % BLOCK)[:size]

    def _end(self) -> None:
        """Read what follows the first block of zeros, to the last byte of what is packed.

        Raises:
            ValueError: it is not zeros.
        """
        for chunk in chain((self._held,), self._chunks):
            if bytes(chunk).strip(b"\0"):
                raise ValueError

    def _pass(self, size: int) -> None:
        while size:
            size -= len(self._some(size))

    def _taken(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            parts += self._some(size - len(parts))
        return bytes(parts)

    def _some(self, most: int) -> bytes:
        while not self._held:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise EOFError
            self._held = memoryview(chunk)
        some, self._held = bytes(self._held[:most]), self._held[most:]
        return some


def _adds_up(header: bytes) -> bool:
    """Whether the checksum of a header holds, as bytes with or without a sign."""
    try:
        told = _number(header[148:156])
    except ValueError:
        return False
    rest = header[:148] + b" " * 8 + header[156:]
    return told in {sum(rest), sum(byte - 256 if byte > 127 else byte for byte in rest)}


def _number(field: bytes) -> int:
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    return int(field.strip(b"\0 ") or b"0", 8)


def _name(header: bytes) -> bytes:
    name, prefix = (part.partition(b"\0")[0] for part in (header[:100], header[345:500]))
    return prefix + b"/" + name if prefix and header[257:263] == b"ustar\0" else name


def _records(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Records of an extended header: `length key=value`, with the length in decimal digits."""
    place = 0
    while place < len(body):
        digits = body[place : place + 8].partition(b" ")[0]
        length = int(digits)
        record = body[place + len(digits) + 1 : place + length]
        if length <= len(digits) or not record.endswith(b"\n") or b"=" not in record:
            raise ValueError
        key, _, value = record[:-1].partition(b"=")
        yield key, value
        place += length
