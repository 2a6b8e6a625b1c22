"""Compressed files and ZIP archives unpacked into a folder of the collection, within bounds.

One layer only: what is packed twice is refused by name. Names within an archive are labels,
never paths. Bytes are counted while they come, so what an archive says of itself is not
believed. Formats: gzip, bzip2, xz and zstd (each with several members one after the other),
ZIP with any number of files.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

from doumen.model.errors import DoumenError, Faulty, Unavailable
from doumen.model.message import msg

CHUNK = 1 << 20
MOST = 64 << 30
"""Bytes that one collection may unpack."""
RATIO, FREE = 250, 256 << 20
"""Bytes unpacked for one packed, beyond the first `FREE` bytes of a file."""
RESERVE = 1 << 30
"""Bytes of disk that are left free."""
MEMBERS = 10_000
"""Files of one archive."""
_DIRECTORY = 16 << 20
"""Bytes of an archive's directory, which is read into memory."""
_MEMORY = 256 << 20
"""Bytes that xz may use."""

MAGIC = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
}
"""First bytes → kind."""
ENDINGS = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "zstd", ".zip": "zip"}
"""Endings of names → kind; what a file is, its first bytes say."""

_DAMAGED = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


@dataclass(slots=True)
class Holding:
    """Where the files of one collection are unpacked, and what of archives was left aside.

    Attributes:
        folder: Existing folder, for this collection alone.
    """

    folder: Path
    skipped: list[str] = field(default_factory=list)
    _files: int = 0
    _bytes: int = 0

    def place(self) -> Path:
        """A path for the next file."""
        self._files += 1
        return self.folder / f"{self._files:05d}"

    def count(self, size: int) -> None:
        """Count bytes about to be written.

        Raises:
            Faulty: more than a collection may unpack. Unavailable: the disk is nearly full.
        """
        self._bytes += size
        if self._bytes > MOST:
            raise Faulty(
                msg("More than {most} GiB would be unpacked.", most=MOST >> 30),
                next=msg("Unpack and collect the files in several commands."),
                detail="unpacked",
            )
        if shutil.disk_usage(self.folder).free < RESERVE:
            raise Unavailable(
                msg("The disk has no room to unpack the files."),
                why=msg(
                    "Less than {reserve} GiB would be left free where temporary files go.",
                    reserve=RESERVE >> 30,
                ),
                next=msg("Make room, or name a folder on a larger disk by TMPDIR."),
                detail="disk",
            )


@contextmanager
def holding() -> Iterator[Holding]:
    """A folder that is there for one collection."""
    with TemporaryDirectory(prefix="doumen-") as folder:
        yield Holding(Path(folder))


@dataclass(frozen=True, slots=True)
class Packed:
    """One file within a compressed one.

    Attributes:
        label: How people know it: the packed file's path, for archives with the name in it.
        name: Its own name, for its ending.
        packed: Bytes that it takes packed.
        chunks: Its content, unpacked while it is read.
    """

    label: str
    name: str
    packed: int
    chunks: Generator[bytes]


def kind(head: bytes) -> str | None:
    """How a file is packed, by its first bytes; None where it is not."""
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), None)


def workbook(path: Path) -> bool:
    """Whether a ZIP archive is a workbook (Office Open XML, OpenDocument), not files."""
    try:
        with zipfile.ZipFile(_sound(path)) as archive:
            names = set(archive.namelist()[:MEMBERS])
    except _DAMAGED:
        return False
    return "xl/workbook.xml" in names or "xl/workbook.bin" in names or "content.xml" in names


def unpacked(path: Path, how: str, endings: tuple[str, ...], into: Holding) -> Generator[Packed]:
    """The files within a compressed file, one after the other.

    Args:
        path: The file.
        how: Its kind.
        endings: Endings of names that are taken from an archive; others are left aside.
        into: Told of what is left aside.

    Raises:
        Faulty: it is damaged, encrypted, or holds nothing that can be collected.
    """
    if how == "zip":
        with _guarded(path.name):
            archive = zipfile.ZipFile(_sound(path))
        with archive:
            yield from _members(path, archive, endings, into)
        return
    name = path.name
    for ending, one in ENDINGS.items():
        if one == how:
            name = name[: -len(ending)] if name.lower().endswith(ending) else name
    chunks = _whole(path, how)
    yield Packed(path.as_posix(), name, path.stat().st_size, bounded(chunks, path, into))


def bounded(
    chunks: Generator[bytes], path: Path, into: Holding, packed: int | None = None
) -> Generator[bytes]:
    """Chunks of an unpacked file as long as they keep within the bounds.

    Raises:
        Faulty: it is a bomb, or damaged.
    """
    packed = path.stat().st_size if packed is None else packed
    size = 0
    with closing(chunks), _guarded(path.name):
        for chunk in chunks:
            size += len(chunk)
            if size > FREE and size > RATIO * packed:
                raise Faulty(
                    msg(
                        "`{path}` unpacks to more than {ratio} times its size.",
                        path=path.name,
                        ratio=RATIO,
                    ),
                    why=msg("Files of data do not; files that are made to fill a disk do."),
                    next=msg("If you trust it, unpack it yourself and collect what is in it."),
                    detail="bomb",
                )
            into.count(len(chunk))
            yield chunk


class _guarded:
    """Says of which file it is that a library found it damaged."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, NotImplementedError):
            raise Faulty(
                msg("`{name}` is packed by a method that is not read here.", name=self._name),
                next=msg("Pack it as gzip, zstd or plain ZIP (deflate)."),
                detail="packed",
            ) from error
        if isinstance(error, (*_DAMAGED, RuntimeError, struct.error, MemoryError)):
            raise Faulty(
                msg("`{name}` cannot be unpacked.", name=self._name),
                why=msg("It is cut, damaged or encrypted; nothing of it was kept."),
                next=msg("Check that it was written to its end, and get it again."),
                detail="packed",
            ) from error


def _whole(path: Path, how: str) -> Generator[bytes]:
    if how in _STREAMS:
        yield from _streams(path, _STREAMS[how])
        return
    with _opened(path, how) as stream:
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


def _sound(path: Path) -> Path:
    """A ZIP archive whose directory is small enough to be read.

    Raises:
        ValueError: it is not.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (1 << 16) - 98))
        tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile
    (length,) = struct.unpack_from("<L", tail, at + 12)
    if tail[at - 20 : at - 16] == b"PK\x06\x07" and at >= 76:
        (length,) = struct.unpack_from("<Q", tail, at - 76 + 40)
    if length > _DIRECTORY:
        raise ValueError
    return path


def _members(
    path: Path, archive: zipfile.ZipFile, endings: tuple[str, ...], into: Holding
) -> Generator[Packed]:
    taken = []
    for member in archive.infolist():
        label = _label(member)
        parts = [part for part in label.split("/") if part not in {".", ".."}]
        hidden = any(part.startswith((".", "~", "__MACOSX")) for part in parts)
        if member.is_dir() or hidden:
            continue
        if label.lower().endswith(endings) and member.file_size:
            taken.append((member, label))
        else:
            into.skipped.append(f"{path.name}/{label}")
    if not taken or len(taken) > MEMBERS:
        raise _unfit(path, len(taken))
    for member, label in sorted(taken, key=lambda one: one[1]):
        if member.flag_bits & 1:
            raise Faulty(
                msg("`{label}` in `{path}` is encrypted.", label=label, path=path.name),
                next=msg("Unpack it with its password and collect what is in it."),
                detail="encrypted",
            )
        yield Packed(
            f"{path.as_posix()}/{label}",
            label.rpartition("/")[2],
            member.compress_size,
            bounded(_member(archive, member), path, into, member.compress_size),
        )


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Generator[bytes]:
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _label(member: zipfile.ZipInfo) -> str:
    """The name of a member as its writer meant it, fit to be shown: no path is made of it."""
    name = member.filename
    if not member.flag_bits & 0x800:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    shown = "".join(c if c.isprintable() else " " for c in name.replace("\\", "/"))
    return shown[:255].strip()


def _unfit(path: Path, files: int) -> DoumenError:
    return Faulty(
        msg(
            "`{path}` holds {files:,} files; {most:,} are allowed.",
            path=path.name,
            files=files,
            most=MEMBERS,
        )
        if files
        else msg("`{path}` holds no file that can be collected.", path=path.name),
        why=None if files else msg("Names tell: `.csv`, `.json` and so on."),
        next=msg("Unpack it, and collect the files that you mean."),
        detail="archive",
    )
