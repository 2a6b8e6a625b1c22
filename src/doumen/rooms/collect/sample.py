"""What a format sees of a file: its first bytes, and what was found on the way through all.

Pure. A sample is bounded, whatever the size of the file: `HEAD` bytes from the beginning and
`WINDOW` bytes from where the file first stops being UTF-8. `Scan` is fed with every byte
once, while the file is hashed, so that a Chinese name in the last line is not overlooked.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

HEAD = 1 << 20
"""Bytes from the beginning of a file that a format may look at."""

WINDOW = 1 << 16
"""Bytes kept from where a file first breaks the rules of UTF-8."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A bounded look at one file.

    Attributes:
        name: The file's name, for its ending only.
        head: The first bytes, `HEAD` at most.
        whole: Whether `head` is the whole file.
        utf8: Whether every byte of the file, not only of the head, is valid UTF-8.
        window: Bytes from about where the file first is not UTF-8; empty where it always is.
        ascii: Whether every byte of the file is ASCII.
    """

    name: str
    head: bytes
    whole: bool = True
    utf8: bool = True
    window: bytes = b""
    ascii: bool = False


class Scan:
    """Reads a file chunk by chunk and remembers what a sample needs."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._size = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._broken = False
        self._window = bytearray()
        self._ascii = True
        self._pending = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        if len(self._head) < HEAD:
            self._head += chunk[: HEAD - len(self._head)]
        self._size += len(chunk)
        plain = chunk.isascii()
        self._ascii = self._ascii and plain
        if self._broken:
            self._keep(chunk)
        elif self._pending or not plain:
            self._decode(chunk, final=False)

    def sample(self, name: str) -> Sample:
        """What was seen, once the last chunk was fed."""
        if not self._broken and self._pending:
            self._decode(b"", final=True)
        return Sample(
            name=name,
            head=bytes(self._head),
            whole=self._size == len(self._head),
            utf8=not self._broken,
            window=bytes(self._window),
            ascii=self._ascii,
        )

    def _decode(self, chunk: bytes, *, final: bool) -> None:
        """Feed the decoder; it holds at most three bytes of a character that is cut."""
        before = self._pending
        try:
            self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self._broken = True
            data = before + chunk
            fault = min(error.start, len(data))
            line = data.rfind(b"\n", max(0, fault - 4096), fault) + 1
            self._keep(data[line or fault :])
        else:
            self._pending = self._decoder.getstate()[0]

    def _keep(self, chunk: bytes) -> None:
        room = WINDOW - len(self._window)
        if room > 0:
            self._window += chunk[:room]


def sample_of(name: str, content: bytes) -> Sample:
    """The sample of a file whose whole content is at hand.

    Examples:
        >>> sample_of("a.csv", "名".encode("gb18030")).utf8
        False
    """
    scan = Scan()
    scan.feed(content)
    return scan.sample(name)
