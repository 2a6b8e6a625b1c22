"""From what a user names to files with their hashes: a file, a pattern or a folder.

The order is that of the names, so the same folder gives the same collection. Every byte of
every file passes here once: for its SHA-256 and for the sample that formats look at.
"""

from __future__ import annotations

import glob
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from doumen.model.errors import Conflict, DoumenError, Faulty, Invalid, NotFound, Unavailable
from doumen.model.files import no_file, reason
from doumen.model.load import SourceFile
from doumen.model.message import joined, msg
from doumen.model.plan import Progress
from doumen.rooms.collect import tar, unpack
from doumen.rooms.collect.faults import together
from doumen.rooms.collect.formats import SHELF
from doumen.rooms.collect.sample import Sample, Scan
from doumen.rooms.collect.unpack import Holding, Packed

CHUNK = 1 << 20
MOST = 10_000
"""Files of one collection."""

PLAIN = tuple(ending for kind in SHELF for ending in kind.endings)
ENDINGS = (
    *PLAIN,
    *(plain + packed for plain in PLAIN for packed in unpack.ENDINGS if packed != ".zip"),
    *unpack.ARCHIVES,
)


@dataclass(frozen=True, slots=True)
class Found:
    """Files that a path names.

    Attributes:
        files: In the order in which they are collected.
        skipped: Names in a folder that end in no way that is known.
    """

    files: tuple[Path, ...]
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """A file as it was when it was hashed.

    Attributes:
        origin: The file that the user named; the source may be unpacked from it.
        identity: Size, time of change and inode of the origin: what `unmoved` compares.
    """

    source: SourceFile
    sample: Sample
    origin: Path
    identity: tuple[int, int, int]


def find(path: str) -> Found:
    """The files that a path names.

    Args:
        path: A file, a folder (searched with its subfolders for known endings; names that
            begin with a dot or `~` are left out) or a pattern (`*`, `?`, `[…]`, `**`).

    Raises:
        NotFound: nothing is there.
        Invalid: more files than one collection may have.
    """
    named = Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100 - keeps symbolic links
    if named.is_dir():
        found = _folder(named)
    elif named.exists() or named.is_symlink():
        found = Found((named,))
    elif glob.has_magic(path):
        matches = sorted(glob.glob(str(named), recursive=True))  # noqa: PTH207 - absolute pattern
        found = Found(tuple(Path(one) for one in matches if not Path(one).is_dir()))
    else:
        raise no_file(path)
    if not found.files:
        raise NotFound(
            msg("`{path}` names no file that can be collected.", path=path),
            why=msg(
                "Looked for names that end in {plain}, packed or not, and for archives (ZIP, tar).",
                plain=joined(msg(", "), PLAIN),
            ),
            next=msg("Name the files, or a pattern such as `folder/*.csv`."),
            detail="file",
        )
    if len(found.files) > MOST:
        raise Invalid(
            msg(
                "`{path}` names {count:,} files; one collection may have {most:,}.",
                path=path,
                count=len(found.files),
                most=MOST,
            ),
            next=msg("Collect them in several commands."),
            detail="files",
        )
    return found


def weigh(files: Sequence[Path], progress: Progress, into: Holding) -> tuple[Weighed, ...]:
    """Read every file once: its hash, its size and its sample; packed ones are unpacked.

    Raises:
        DoumenError: files that are no regular files, empty or unreadable; all at once.
    """
    faults: list[DoumenError] = []
    sizes: list[int] = []
    for file in files:
        try:
            sizes.append(_size(file))
        except DoumenError as error:
            faults.append(error)
    if faults:
        raise together(faults)
    total, done = sum(sizes), 0
    weighed: list[Weighed] = []
    for file, size in zip(files, sizes, strict=True):
        try:
            weighed += _weigh(file, into, partial(_told, progress, file.name, done, total))
        except DoumenError as error:
            faults.append(error)
        done += size
    if faults:
        raise together(faults)
    return tuple(weighed)


def labelled(weighed: Sequence[Weighed], path: Path, label: str) -> tuple[Weighed, ...]:
    """Files whose path says nothing to people, called what they are known as."""
    return tuple(
        replace(one, source=replace(one.source, name=one.source.name.replace(str(path), label)))
        for one in weighed
    )


def unmoved(weighed: Sequence[Weighed]) -> None:
    """Hold every file against what was hashed.

    Raises:
        Conflict: a file was changed in between.
    """
    faults: list[DoumenError] = [
        Conflict(
            msg("`{source}` was changed while it was being collected.", source=one.source.name),
            next=msg("Wait until it is written, then run the same command again."),
            detail="changed",
        )
        for one in weighed
        if _identity(one.origin) != one.identity
    ]
    if faults:
        raise together(faults)


def _folder(folder: Path) -> Found:
    files: list[Path] = []
    skipped: list[str] = []
    for parent, folders, names in os.walk(folder, onerror=_refused):
        folders[:] = sorted(one for one in folders if not one.startswith((".", "~")))
        for name in names:
            path = Path(parent) / name
            if name.startswith((".", "~")):
                continue
            if name.lower().endswith(ENDINGS):
                files.append(path)
            else:
                skipped.append(path.relative_to(folder).as_posix())
    return Found(
        tuple(sorted(files, key=lambda file: file.relative_to(folder).as_posix())),
        tuple(sorted(skipped)),
    )


def _refused(error: OSError) -> None:
    """A folder that cannot be read is said, or its files would be missed in silence."""
    raise _unreadable(Path(error.filename), error) from error


def _identity(path: Path) -> tuple[int, int, int] | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_size, seen.st_mtime_ns, seen.st_ino


def _size(path: Path) -> int:
    try:
        seen = path.stat()
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(seen.st_mode):
        raise Invalid(
            msg("`{path}` is no regular file.", path=path.name),
            next=msg("Name a file or a folder."),
            detail="file",
        )
    if seen.st_size == 0:
        raise Faulty(
            msg("`{path}` is empty.", path=path.name),
            next=msg("Check that this is the right file."),
            detail="empty",
        )
    return seen.st_size


def _told(progress: Progress, name: str, done: int, total: int, size: int) -> None:
    progress(min(1.0, (done + size) / total), msg("reading {name}", name=name))


def _weigh(path: Path, into: Holding, moved: Callable[[int], None]) -> list[Weighed]:
    """A file, or the files that are packed in it."""
    try:
        with path.open("rb") as stream:
            opened = os.fstat(stream.fileno())
            identity = (opened.st_size, opened.st_mtime_ns, opened.st_ino)
            how = unpack.kind(stream.read(tar.BLOCK))
            stream.seek(0)
            if how is None or (how == "zip" and unpack.workbook(path)):
                chunks = iter(partial(stream.read, CHUNK), b"")
                seen = _seen(path.as_posix(), path.name, path, chunks, moved)
                return [Weighed(*seen, path, identity)]
    except OSError as error:
        raise _unreadable(path, error) from error
    with closing(unpack.unpacked(path, how, PLAIN, into)) as files:
        return [Weighed(*_held(one, into, moved), path, identity) for one in files]


def _held(packed: Packed, into: Holding, moved: Callable[[int], None]) -> tuple[SourceFile, Sample]:
    """A packed file, unpacked into the folder of the collection."""
    place = into.place()
    with closing(packed.chunks), place.open("xb") as out:

        def kept() -> Iterator[bytes]:
            for chunk in packed.chunks:
                out.write(chunk)
                yield chunk

        source, sample = _seen(packed.label, packed.name, place, kept(), moved)
    if not source.size:
        raise Faulty(
            msg("`{name}` is empty when it is unpacked.", name=Path(packed.label).name),
            next=msg("Check that this is the right file."),
            detail="empty",
        )
    return source, sample


def _seen(
    label: str, name: str, path: Path, chunks: Iterator[bytes], moved: Callable[[int], None]
) -> tuple[SourceFile, Sample]:
    digest, scan, size = hashlib.sha256(), Scan(), 0
    for chunk in chunks:
        digest.update(chunk)
        scan.feed(chunk)
        size += len(chunk)
        moved(size)
    return SourceFile(str(path), label, size, digest.hexdigest()), scan.sample(name)


def _unreadable(path: Path, error: OSError) -> DoumenError:
    if isinstance(error, FileNotFoundError):
        return NotFound(
            msg("`{path}` leads to no file.", path=path.name),
            next=msg("Check the path."),
            detail="file",
        )
    return Unavailable(
        msg("`{path}` cannot be read.", path=path.name),
        why=msg("The system says: {reason}.", reason=reason(error)),
        next=msg("Check the file's permissions and its disk."),
        detail="file",
    )
