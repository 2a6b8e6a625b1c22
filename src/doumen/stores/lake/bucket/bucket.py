"""A bucket as the place of a lake: files go there when they settle, and are read from the cache.

The Delta log of a table is worked on in a folder of its own, and what was added to it is put into
the bucket at the end, each version only where nobody put one: two nodes that write at once never
both win. Files of the log that were seen are kept too, by name and tag; they never change either.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from doumen.failpoint import passing
from doumen.model.errors import Conflict, Invalid, Tampered, Unavailable
from doumen.model.message import msg, plain
from doumen.model.snapshot import DataFile
from doumen.stores.durable import sync
from doumen.stores.lake.bucket.address import Address
from doumen.stores.lake.bucket.cache import Cache
from doumen.stores.lake.names import LOG, SETTLED, version_of
from doumen.stores.lake.place import STAGED

if TYPE_CHECKING:
    from doumen.stores.lake.bucket.store import Store

ORIGIN = "doumen.origin"
"""The file that says whose lake it is."""
_AT_ONCE = 8
"""Files that are brought, or put, side by side."""
_FEW = 16
"""Files that are asked for one by one; the sizes of more come from a list."""
_LOGS = ".logs"
T = TypeVar("T")
R = TypeVar("R")


class Bucket:
    """The bucket; all as of `Place`.

    Args:
        address: Where it is.
        root: Folder of the cache.
        limit: Bytes that the cache should not go beyond.
    """

    def __init__(self, address: Address, root: Path, limit: int) -> None:
        self.root = root
        self._address = address
        self._cache = Cache(root, limit)
        self._opened: Store | None = None

    def create(self, origin: str) -> None:
        """As of `Place`."""
        from doumen.stores.lake.bucket.store import Taken  # noqa: PLC0415 (an extra)

        self.root.mkdir(parents=True, exist_ok=True)
        store, content = self._store, origin.encode()
        if not self.empty():
            raise self._occupied()
        try:
            store.make(ORIGIN, content)
        except Taken:
            raise self._occupied() from None
        try:
            store.make(ORIGIN, content)
        except Taken:
            return
        raise Invalid(
            msg("{place} cannot hold a lake.", place=self._address.place),
            why=msg("The store puts a file in place of another though it was asked not to "
                    "(`If-None-Match`): two writers would undo each other."),
            next=msg("Update the store, or use another."),
            detail="lake",
        )  # fmt: skip

    def empty(self) -> bool:
        """Whether nothing is in the folder of the bucket."""
        return next(iter(self._store.listed("")), None) is None

    def _occupied(self) -> Conflict:
        return Conflict(
            msg("{place} is not empty.", place=self._address.place),
            why=msg("It belongs to another node, or somebody else's files are there."),
            next=msg("Name another folder of it: s3://BUCKET/PREFIX."),
            detail="lake",
        )

    def adopt(self, names: Sequence[str]) -> None:
        """As of `Place`."""

        def put(name: str) -> None:
            self._store.put(name, self.root / name)
            self._cache.drop(name)

        _each(put, names)

    def forget(self, origin: str) -> None:
        """As of `Place`."""
        from doumen.stores.lake.bucket.store import Lost  # noqa: PLC0415 (an extra)

        try:
            if b"".join(self._store.get(ORIGIN)) == origin.encode():
                self._store.remove([ORIGIN])
        except Lost:
            return

    def keep(self, folder: Path, staged: Sequence[tuple[Path, str]]) -> tuple[str, ...]:
        """As of `Place`."""
        return tuple(_each(self._kept, staged))

    def bring(self, files: Iterable[DataFile]) -> Sequence[DataFile]:
        """As of `Place`."""
        cold = [file for file in files if not self._cache.holds(file.path, file.size)]
        if cold:
            self._cache.check_room(sum(file.size for file in cold))
        _each(self._brought, cold)
        return cold

    def release(self, files: Sequence[DataFile]) -> None:
        """As of `Place`."""
        for file in files:
            self._cache.drop(file.path)

    @contextmanager
    def original(self, file: DataFile) -> Iterator[Path]:
        """As of `Place`: brought once more, whatever the cache has."""
        draft = self._cache.draft()
        try:
            self._checked(file, draft)
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def sizes(self, files: Sequence[DataFile]) -> Mapping[str, int]:
        """As of `Place`."""
        if len(files) <= _FEW:
            asked = zip(files, _each(lambda file: self._store.head(file.path), files), strict=True)
            return {file.path: size for file, size in asked if size is not None}
        folders = {file.path.rpartition("/")[0] for file in files}
        there = {one["path"]: one["size"] for f in folders for one in self._store.listed(f)}
        return {file.path: there[file.path] for file in files if file.path in there}

    def freed(self, files: Sequence[DataFile]) -> int:
        """As of `Place`."""
        return sum(self.sizes(files).values())

    def remove(self, files: Sequence[DataFile]) -> None:
        """As of `Place`."""
        for file in files:
            self._cache.drop(file.path)
        _each(lambda file: self._store.remove([file.path]), files)

    def kept(self) -> Iterator[tuple[str, float]]:
        """As of `Place`; files of a job are as young as its last, which may come slowly."""
        there = {
            one["path"]: one["last_modified"].timestamp()
            for one in self._store.listed("")
            if SETTLED.fullmatch(one["path"])
        }
        young: dict[str, float] = {}
        for name, moment in there.items():
            job = name.rpartition("-")[0]
            young[job] = max(moment, young.get(job, moment))
        for name in sorted(there):
            yield name, young[name.rpartition("-")[0]]

    def drop(self, name: str) -> None:
        """As of `Place`."""
        self._cache.drop(name)
        self._store.remove([name])

    def tidy(self, live: Collection[str], before: float) -> None:
        """As of `Place`."""
        self._cache.tidy(live, before)

    def log(self, table: Path) -> Mapping[str, Path]:
        """As of `Place`."""
        below = f"{table.relative_to(self.root).as_posix()}/{LOG}"
        found = {one["path"].rpartition("/")[2]: one for one in self._store.listed(below)}
        wanted = [
            (one["path"], self._seen(below, name, one["e_tag"]), one["size"])
            for name, one in found.items()
            if version_of(name) >= 0
        ]
        _each(self._noted, [one for one in wanted if not _is_whole(one[1], one[2])])
        return {path.rpartition("/")[2]: seen for path, seen, _ in wanted}

    @contextmanager
    def reading(self, table: Path) -> Iterator[Path]:
        """As of `Place`."""
        folder = table / f"{STAGED}{uuid.uuid4().hex}"
        try:
            (folder / LOG).mkdir(parents=True)
            for name, path in self.log(table).items():
                os.link(path, folder / LOG / name)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def writing(self, table: Path) -> Iterator[Path]:
        """As of `Place`."""
        with self.reading(table) as folder:
            before = _inodes(folder / LOG)
            yield folder
            after = _inodes(folder / LOG)
            gone = [name for name, inode in before.items() if after.get(name) != inode]
            added = [name for name, inode in after.items() if before.get(name) != inode]
            self._publish(table, folder, added, gone)

    def _publish(self, table: Path, folder: Path, added: list[str], gone: list[str]) -> None:
        """Put what was added to a log into the bucket: versions first, in their order."""
        from doumen.stores.lake.bucket.store import Taken  # noqa: PLC0415 (an extra)
        from doumen.stores.lake.delta import overtaken  # noqa: PLC0415 (heavy)

        below = f"{table.relative_to(self.root).as_posix()}/{LOG}"
        self._store.remove([f"{below}/{name}" for name in gone])
        for name in sorted(added, key=lambda name: (not name.endswith(".json"), name)):
            content = (folder / LOG / name).read_bytes()
            if version_of(name) < 0:
                self._store.put(f"{below}/{name}", content)
                continue
            passing("lake.publishing")
            try:
                self._store.make(f"{below}/{name}", content)
            except Taken:
                own = b"".join(self._store.get(f"{below}/{name}")) == content  # and told too late
                if name.endswith(".json") and not own:
                    raise overtaken(table.name) from None

    def _kept(self, staged: tuple[Path, str]) -> str:
        """Put a file into the bucket, and into the cache; its digest."""
        path, name = staged
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
        self._store.put(name, path)
        passing("lake.put")
        self._cache.take(path, name)
        return digest.hexdigest()

    def _brought(self, file: DataFile) -> None:
        """Bring a file, unless another process did meanwhile."""
        with self._cache.alone(file.path):
            if self._cache.holds(file.path, file.size):
                return
            draft = self._cache.draft()
            try:
                self._checked(file, draft)
                self._cache.take(draft, file.path)
            finally:
                draft.unlink(missing_ok=True)

    def _checked(self, file: DataFile, draft: Path) -> None:
        """Write a file to `draft`, held to what the facts say of it."""
        digest = self._fetched(file.path, draft)
        if file.digest not in {"", digest} or draft.stat().st_size != file.size:
            raise Tampered(
                msg("`{path}` in the bucket is not what was kept.", path=file.path),
                next=plain("doumen doctor --full"),
                detail="lake",
            )

    def _noted(self, wanted: tuple[str, Path, int]) -> None:
        """Bring a file of a log."""
        name, path, size = wanted
        draft = self._cache.draft()
        try:
            self._fetched(name, draft)
            if draft.stat().st_size != size:
                raise self._lost(name)
            sync(draft)
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def _fetched(self, name: str, into: Path) -> str:
        """Write the content of a file of the bucket; its digest."""
        from doumen.stores.lake.bucket.store import Lost  # noqa: PLC0415 (an extra)

        digest = hashlib.sha256()
        try:
            with into.open("wb") as file:
                for block in self._store.get(name):
                    digest.update(block)
                    file.write(block)
        except Lost:
            raise self._lost(name) from None
        return digest.hexdigest()

    def _lost(self, name: str) -> Unavailable:
        return Unavailable(
            msg("`{path}` is not in the bucket any more.", path=name),
            next=msg("Restore it from a backup: `doumen doctor` lists what is missing."),
            detail="lake",
        )

    def _seen(self, below: str, name: str, tag: str | None) -> Path:
        """Where a file of a log is kept, once it was seen."""
        mark = hashlib.sha256(f"{tag}".encode()).hexdigest()[:16]
        return self.root / _LOGS / below / f"{name}.{mark}"

    @property
    def _store(self) -> Store:
        """The bucket, opened when it is first asked."""
        if self._opened is None:
            missing = False
            try:
                from doumen.stores.lake.bucket.store import Store  # noqa: PLC0415 (an extra)
            except ModuleNotFoundError as error:
                if not str(error.name).startswith("obstore"):
                    raise
                missing = True
            if missing:
                raise Unavailable(
                    msg("The lake is in a bucket, and the driver is not installed."),
                    next=plain("pip install 'doumen[s3]'"),
                    detail="driver",
                )
            self._opened = Store(self._address)
        return self._opened


def _inodes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


def _is_whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def _each(work: Callable[[T], R], all: Sequence[T]) -> list[R]:
    """Do the same with each, some side by side; the first error once all have ended."""
    if len(all) < 2:
        return [work(one) for one in all]
    with ThreadPoolExecutor(min(_AT_ONCE, len(all))) as pool:
        return list(pool.map(work, all))
