"""Compressed files and archives unpacked into a folder of the collection, within bounds.

One layer only: what is packed twice is refused by name; a compressed tar is one. Names within an
archive are labels, never paths. Bytes are counted while they come, so what an archive says of
itself is not believed. Formats: gzip, bzip2, xz and zstd (each with several members one after the
other), ZIP and tar with any number of files.
"""

from __future__ import annotations

import lzma
import shutil
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from doumen.model.errors import DoumenError, Faulty, Unavailable
from doumen.model.message import msg
from doumen.rooms.collect import compressed, labels, tar

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
_TARS = (".gz", ".bz2", ".xz", ".zst")
ARCHIVES = (".zip", ".tar", *(f".tar{one}" for one in _TARS), ".tgz", ".tbz2", ".txz", ".tzst")
"""Endings of names of archives."""

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
    """How a file is packed, by its first `tar.BLOCK` bytes; None where it is not."""
    if tar.begins(head):
        return "tar"
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
    chunks = within(compressed.chunks(path, how), path, path.stat().st_size)
    head = _head(chunks)
    if tar.begins(head):
        yield from _tarred(path, _again(head, chunks), endings, into)
        return
    name = path.name
    for ending, one in ENDINGS.items():
        if one == how:
            name = name[: -len(ending)] if name.lower().endswith(ending) else name
    whole = counted(_again(head, chunks), into)
    yield Packed(path.as_posix(), name, path.stat().st_size, whole)


def within(chunks: Generator[bytes], path: Path, packed: int) -> Generator[bytes]:
    """Chunks of an unpacked file as long as they are not much more than what is packed.

    Raises:
        Faulty: it is a bomb, or damaged.
    """
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
            yield chunk


def counted(chunks: Generator[bytes], into: Holding) -> Generator[bytes]:
    """Chunks that are about to be written, as long as there is room for them.

    Raises:
        Faulty, Unavailable: there is none; see `Holding.count`.
    """
    with closing(chunks):
        for chunk in chunks:
            into.count(len(chunk))
            yield chunk


def _head(chunks: Iterator[bytes]) -> bytes:
    """What comes first, as much as tells an archive; less where there is no more."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= tar.BLOCK:
            break
    return head


def _again(head: bytes, chunks: Generator[bytes]) -> Generator[bytes]:
    with closing(chunks):
        yield head
        yield from chunks


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
        if member.is_dir() or labels.hidden(label):
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
        chunks = within(_member(archive, member), path, member.compress_size)
        name = label.rpartition("/")[2]
        yield Packed(
            f"{path.as_posix()}/{label}", name, member.compress_size, counted(chunks, into)
        )


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Generator[bytes]:
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _label(member: zipfile.ZipInfo) -> str:
    """The name of a member as its writer meant it."""
    if member.flag_bits & 0x800:
        return labels.shown(member.filename)
    return labels.label(member.filename.encode("cp437", "replace"))


def _tarred(
    path: Path, chunks: Generator[bytes], endings: tuple[str, ...], into: Holding
) -> Generator[Packed]:
    """Files of a tar archive, in its order: it is read once, from its first byte to its last."""
    taken = 0
    with closing(chunks):
        archive = tar.Tar(chunks)
        while True:
            with _guarded(path.name):
                member = archive.member()
            if member is None:
                break
            if not member.label or member.label.endswith("/") or labels.hidden(member.label):
                continue
            if not (member.regular and member.size and member.label.lower().endswith(endings)):
                into.skipped.append(f"{path.name}/{member.label}")
                continue
            taken += 1
            if taken > MEMBERS:
                raise _unfit(path, taken)
            name = member.label.rpartition("/")[2]
            content = counted(_entire(path, archive, member), into)
            yield Packed(f"{path.as_posix()}/{member.label}", name, member.size, content)
    if not taken:
        raise _unfit(path, 0)


def _entire(path: Path, archive: tar.Tar, member: tar.Member) -> Generator[bytes]:
    with _guarded(path.name):
        if member.sparse:
            raise NotImplementedError
        yield from archive.content()


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
