"""Compressed files as chunks of what is in them: gzip, bzip2, xz, zstd.

Several streams that follow one another are one file. How much comes is for who reads to bound.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO, cast

CHUNK = 1 << 20
_MEMORY = 256 << 20
"""Bytes that xz may use."""


def chunks(path: Path, how: str) -> Generator[bytes]:
    """The content of a compressed file, or of a tar archive as it is.

    Raises:
        EOFError, OSError, ValueError, lzma.LZMAError, zlib.error: it is damaged.
    """
    if how in _STREAMS:
        yield from _streams(path, _STREAMS[how])
        return
    with path.open("rb") if how == "tar" else _opened(path, how) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _opened(path: Path, how: str) -> IO[bytes]:
    if how == "gzip":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and for zstd only

    return cast("IO[bytes]", pa.input_stream(str(path), compression="zstd"))


_STREAMS: dict[str, Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]] = {
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY),
}


def _streams(
    path: Path, begin: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor]
) -> Generator[bytes]:
    """Streams that follow one another; what follows and is none is damage, never ignored."""
    with path.open("rb") as file:
        data = file.read(CHUNK)
        while data:
            one = begin()
            while not one.eof:
                if one.needs_input and not data:
                    data = file.read(CHUNK)
                    if not data:
                        raise EOFError
                yield one.decompress(data, CHUNK)
                data = b""
            data = (one.unused_data or file.read(CHUNK)).lstrip(b"\0")
            data = data or file.read(CHUNK).lstrip(b"\0")
