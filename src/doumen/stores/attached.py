"""Files that stay where they lie: whether they are still the content that was attached.

Size, times and inode are compared first; where they differ, the digest of the content decides.
The time of change of the inode is among them, since no program can set it back: whoever writes
to a file and restores its time of modification is noticed. A file is read no sooner after its
last change than the clock of file systems ticks, so no later change can bear the same time.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from doumen.model.errors import Conflict, DoumenError, Unavailable
from doumen.model.files import reason
from doumen.model.message import Message, msg, paragraph
from doumen.model.ref import Ref
from doumen.model.snapshot import DataFile, Identity, Snapshot

CHUNK = 1 << 20

TICK = 50_000_000
"""Nanoseconds within which a file system may give two changes one time (Linux: up to 10 ms)."""

KEPT = 65_536
"""Files whose digest is remembered."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is at one moment, without its content."""

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int

    @property
    def stamp(self) -> str:
        """The look as one word."""
        return f"{self.size}-{self.mtime_ns}-{self.ctime_ns}-{self.inode}-{self.device}"


class Attached:
    """The attached files of one node. Safe for any number of threads.

    Args:
        clock: Nanoseconds since the epoch, as file systems count them.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        clock: Callable[[], int] = time.time_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._digests: OrderedDict[tuple[str, Look], str] = OrderedDict()
        self._lock = threading.Lock()

    def seal(self, path: Path, name: str) -> DataFile:
        """A file as it is now, rows not counted.

        Args:
            path: Absolute, free of symbolic links.
            name: What people call it.

        Raises:
            Unavailable: it cannot be read. Conflict: it changed while it was read.
        """
        try:
            look = _look(path)
            digest = self._digest(path, look)
        except OSError as error:
            raise Unavailable(
                msg("`{file}` cannot be read.", file=name),
                why=msg("The system says: {reason}.", reason=reason(error)),
                next=msg("Check the file and its permissions."),
                detail="file",
            ) from None
        if digest is None:
            raise Conflict(
                msg("`{file}` was changed while it was being attached.", file=name),
                next=msg("Wait until it is written, then run the same command again."),
                detail="changed",
            )
        identity = Identity(look.mtime_ns, look.ctime_ns, look.inode, digest)
        return DataFile(path.as_posix(), look.size, 0, identity)

    def check(self, snapshot: Snapshot, *, names: bool = False) -> tuple[Look, ...]:
        """Look at the files of a version; they are the content that was attached.

        Args:
            snapshot: Of attached files.
            names: Whether whoever asks may know how files are called.

        Raises:
            Conflict: the content of one is another. Unavailable: one is not there.
        """
        return tuple(self._check(file, snapshot.ref, names=names) for file in snapshot.files)

    def unmoved(self, snapshot: Snapshot, before: tuple[Look, ...], *, names: bool = False) -> None:
        """Hold the files against what they were before a job: not even a time may differ.

        Raises:
            Conflict: one was touched while the job ran. Unavailable: one is gone.
        """
        for file, look in zip(snapshot.files, before, strict=True):
            try:
                now = _look(Path(file.path))
            except OSError as error:
                raise _gone(snapshot.ref, file, error, names=names) from None
            if now != look:
                self._check(file, snapshot.ref, names=names)
                raise Conflict(
                    msg("A file of `{ref}` was touched while the job ran.", ref=snapshot.ref),
                    why=_named(file, names=names),
                    next=msg("Ask again."),
                    detail="changed",
                )

    def missing(self, snapshot: Snapshot, *, full: bool = False) -> list[DoumenError]:
        """What is wrong with the files of a version, file by file, for who may know their names.

        Args:
            snapshot: Of attached files.
            full: Whether the content is read even where a file looks as it did.
        """
        found: list[DoumenError] = []
        for file in snapshot.files:
            try:
                self._check(file, snapshot.ref, names=True, full=full)
            except DoumenError as error:
                found.append(error)
        return found

    def _check(self, file: DataFile, ref: Ref, *, names: bool, full: bool = False) -> Look:
        assert file.identity is not None
        known = file.identity
        path = Path(file.path)
        try:
            look = _look(path)
            if look.size != file.size:
                raise _changed(ref, file, names=names)
            if (look.mtime_ns, look.ctime_ns, look.inode) == _times(known) and not full:
                return look
            if self._digest(path, look) != known.sha256:
                raise _changed(ref, file, names=names)
        except OSError as error:
            raise _gone(ref, file, error, names=names) from None
        return look

    def _digest(self, path: Path, look: Look) -> str | None:
        """The digest of the content of a file that looks so; None: it changed meanwhile."""
        key = (path.as_posix(), look)
        with self._lock:
            if key in self._digests:
                self._digests.move_to_end(key)
                return self._digests[key]
        age = self._clock() - max(look.mtime_ns, look.ctime_ns)
        if 0 <= age < TICK:
            self._sleep((TICK - age) / 1e9)
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            for chunk in iter(partial(stream.read, CHUNK), b""):
                digest.update(chunk)
            opened = _of(os.fstat(stream.fileno()))
        if not opened == look == _look(path):
            return None
        with self._lock:
            self._digests[key] = digest.hexdigest()
            if len(self._digests) > KEPT:
                self._digests.popitem(last=False)
        return digest.hexdigest()


def _look(path: Path) -> Look:
    """What lies at a path; a link that took the place of the file is not followed.

    Raises:
        OSError: nothing is there, or no file.
    """
    seen = path.lstat()
    if not stat.S_ISREG(seen.st_mode):
        raise OSError(0, msg("there is no regular file"))
    return _of(seen)


def _of(seen: os.stat_result) -> Look:
    return Look(seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_dev)


def _times(known: Identity) -> tuple[int, int, int]:
    return known.mtime_ns, known.ctime_ns, known.inode


def _named(file: DataFile, *, names: bool) -> Message | None:
    return msg("It is `{file}`.", file=file.path) if names else None


def _changed(ref: Ref, file: DataFile, *, names: bool) -> Conflict:
    return Conflict(
        msg("A file of `{ref}` is no longer the one that was attached.", ref=ref),
        why=_named(file, names=names),
        next=msg(
            "Put it back as it was; if its new content is meant, the owner attaches it: "
            "`{command}`.",
            command=f"doumen attach PATH --as-dataset {ref} --replace",
        ),
        detail="changed",
    )


def _gone(ref: Ref, file: DataFile, error: OSError, *, names: bool) -> Unavailable:
    said = msg("The system says: {reason}.", reason=reason(error)) if names else None
    told = _named(file, names=names)
    return Unavailable(
        msg("A file of `{ref}` is not where it was attached, or cannot be read.", ref=ref),
        why=paragraph((told, said)) if told is not None and said is not None else None,
        next=msg("Put it back; if it lies elsewhere now, the owner attaches it there."),
        detail="files",
    )
