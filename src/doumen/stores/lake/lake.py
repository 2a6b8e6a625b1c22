"""The lake: immutable Parquet files, a folder per dataset, seen only through the catalogue.

A job writes into a staged folder that no reader looks into (`stage`); its files are then
sealed and named for ever (`settle`), and last registered in the table's Delta log (`commit`),
under the store's write lock. Until the catalogue names them nobody reads them; what a crash
leaves is swept. Where all this lies, on a disk or in a bucket, is for its `Place`.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from doumen.failpoint import passing
from doumen.model.errors import Invalid, Tampered, Unavailable
from doumen.model.message import joined, msg, plain
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile, Snapshot
from doumen.stores.lake import entry, footer
from doumen.stores.lake.disk import Disk, changed, unwritable
from doumen.stores.lake.names import LOG, version_of
from doumen.stores.lake.place import STAGED, Place


class Lake:
    """A lake.

    Args:
        place: Where it is; a path is that of a folder of this machine.

    Attributes:
        root: Folder of this machine where files can be read once they were brought.
    """

    def __init__(self, place: Place | Path) -> None:
        self._place: Place = Disk(place) if isinstance(place, Path) else place
        self.root = self._place.root

    def create(self, origin: str) -> None:
        """Make it, for the node whose ledger bears this name.

        Raises:
            Conflict: something is there already.
            Invalid, Unavailable: the place cannot be used.
        """
        self._place.create(origin)

    def adopt(self, names: Sequence[str]) -> None:
        """Keep files that were put below the root, as they come out of a backup.

        Raises:
            Unavailable: the place cannot be written.
        """
        self._place.adopt(names)

    def forget(self, origin: str) -> None:
        """Give up a lake that nothing is in yet, if it is that of this node."""
        self._place.forget(origin)

    def table_dir(self, table: str) -> Path:
        """Folder of a table, `domain/name`.

        Raises:
            Invalid: the name is not `domain.name`.
        """
        ref = Ref.parse(table)
        return self.root / ref.domain / ref.name

    def stage(self, table: str) -> Path:
        """A fresh folder for a job that writes to this table; nobody reads there.

        Raises:
            Unavailable: the lake cannot be written.
            Invalid: the lake lies where Delta cannot work.
        """
        if "%" in str(self.root.absolute()):
            raise Invalid(
                msg("The path of the lake holds `%`, which Delta tables cannot bear."),
                next=msg("Move the node to another folder."),
                detail="lake",
            )
        folder = self.table_dir(table) / f"{STAGED}{uuid.uuid4().hex}"
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise unwritable(error) from None
        return folder

    def settle(self, stage: Path, table: str) -> tuple[DataFile, ...]:
        """Sync and seal what a job wrote, and give it its final names; still unseen.

        Files without rows are dropped. Anything that is no Parquet file is a fault of the job.

        Raises:
            Faulty: the folder holds something else than Parquet files.
            Unavailable: the lake cannot be written.
        """
        folder = self.table_dir(table)
        settled = []
        try:
            written = sorted(stage.iterdir(), key=lambda path: (len(path.name), path.name))
            counted = [(path, footer.rows(path)) for path in written]
            for number, (path, rows) in enumerate(counted):
                if not rows:
                    path.unlink()
                    continue
                path.chmod(0o444)
                final = folder / f"{stage.name.removeprefix(STAGED)}-{number:05d}.parquet"
                name = final.relative_to(self.root).as_posix()
                settled.append((path, DataFile(name, path.stat().st_size, rows)))
            digests = self._place.keep(folder, [(path, file.path) for path, file in settled])
            stage.rmdir()
        except OSError as error:
            raise unwritable(error) from None
        passing("lake.settled")
        return tuple(
            replace(file, digest=digest) for (_, file), digest in zip(settled, digests, strict=True)
        )

    def discard(self, stage: Path) -> None:
        """Remove a staged folder with all that is in it; one that is settled is not there."""
        shutil.rmtree(stage, ignore_errors=True)

    def commit(
        self,
        table: str,
        *,
        schema: Schema,
        files: Sequence[DataFile],
        mode: Literal["append", "replace"],
        expected: int | None,
        removed: Sequence[DataFile] = (),
    ) -> int:
        """Register settled files with the table, under the store's write lock.

        What an earlier, cut off job left in the log is undone first.

        Args:
            table: `domain.name`.
            schema: Columns of the table from now on, of storable types.
            files: From `settle`; may be empty.
            mode: Beside what is there, or in its place.
            expected: The version in force by the catalogue; None: the table is new.
            removed: Files of that version in whose place these are; the others stay.

        Returns:
            The new version. It comes into force by the catalogue alone.

        Raises:
            Faulty: a file has other columns or types than `schema`.
            Conflict: another program wrote to the table, or columns changed their type.
            Invalid: a type is not storable.
            Unavailable: a file is missing, or the log cannot be used.
        """
        from doumen.stores.lake import delta  # noqa: PLC0415 (costs 60 ms that reading never needs)

        lost = self._lost(files)
        if lost:
            raise Unavailable(
                msg(
                    "Files of `{table}` are missing: {lost}.",
                    table=table,
                    lost=joined(msg(", "), lost),
                ),
                next=msg("Run the job again."),
                detail="lake",
            )
        self.bring(files)
        for file in files:
            footer.check(self.path(file), schema)
        with _told(), self._place.writing(self.table_dir(table)) as folder:
            version = delta.register(folder, schema, files, mode, expected, removed=removed)
        passing("lake.committed")
        return version

    def path(self, file: DataFile) -> Path:
        """Where a file can be read, once it was brought.

        Raises:
            Tampered: the catalogue names a place outside the lake.
        """
        relative = PurePosixPath(file.path)
        if relative.is_absolute() or ".." in relative.parts:
            raise Tampered(
                msg("The catalogue names a file outside the lake."),
                next=plain("doumen doctor"),
                detail="lake",
            )
        return self.root / relative

    def bring(self, files: Iterable[DataFile]) -> Sequence[DataFile]:
        """Make sure that files can be read where `path` says; gives those that had to come.

        Raises:
            Tampered: one is not what was kept.
            Unavailable: one is not there, or the lake cannot be read, or the disk is full.
        """
        with _told():
            return self._place.bring(files)

    def release(self, files: Sequence[DataFile]) -> None:
        """Give up the room that files took that were brought and are not read again soon."""
        self._place.release(files)

    @contextmanager
    def original(self, file: DataFile) -> Iterator[Path]:
        """A file as it is where it is kept, whatever was brought before.

        Raises:
            Tampered, Unavailable: as `bring`.
        """
        self.path(file)
        with _told(), self._place.original(file) as path:
            yield path

    def size(self, file: DataFile) -> int | None:
        """Bytes that a file has; None: it is not there.

        Raises:
            Tampered: as `path`.
        """
        self.path(file)
        return self._place.sizes([file]).get(file.path)

    def surplus(self, snapshot: Snapshot) -> list[str]:
        """Columns that its files hold and that it does not have, sorted.

        Raises:
            Tampered, Unavailable: a file cannot be read, or is not what was kept.
        """
        self.bring(snapshot.files)
        try:
            held = {n for file in snapshot.files for n in footer.columns(self.path(file))}
        except OSError as error:
            raise unwritable(error) from None
        return sorted(held.difference(snapshot.schema.names))

    def as_table(
        self, snapshot: Snapshot, files: Mapping[str, DataFile], id: str, created: str
    ) -> bytes:
        """The one entry of the Delta log of a table that holds a version and nothing else.

        Args:
            snapshot: The version.
            files: Its files, by the names that they have there.
            id: Of the table.
            created: When it was made (RFC 3339).
        """
        from doumen.stores.lake import delta  # noqa: PLC0415 (costs 60 ms that reading never needs)

        now = int(datetime.fromisoformat(created).timestamp() * 1000)
        return entry.alone(delta.delta_schema(snapshot.schema).to_json(), files, id=id, now=now)

    def log(self, table: str, version: int) -> dict[str, Path]:
        """The files of the Delta log of a table, up to a version; none of them ever changes.

        Returns:
            Where each can be read, by its name relative to the lake, in their order.

        Raises:
            Unavailable: the log does not come to that version.
        """
        folder = self.table_dir(table)
        with _told():
            found = self._place.log(folder)
        if f"{version:020d}.json" not in found:
            raise Unavailable(
                msg("The Delta log of `{table}` lacks its version {version}.",
                    table=table, version=version),
                next=plain("doumen doctor"),
                detail="delta",
            )  # fmt: skip
        below = (folder / LOG).relative_to(self.root).as_posix()
        return {
            f"{below}/{name}": path
            for name, path in sorted(found.items())
            if 0 <= version_of(name) <= version
        }

    def agrees(self, snapshot: Snapshot) -> bool:
        """Whether the end of the Delta log names the files of the version in force.

        It names none of an attached version.

        Raises:
            Unavailable: the log cannot be read, or does not come to that version.
        """
        from doumen.stores.lake import delta  # noqa: PLC0415 (costs 60 ms that reading never needs)

        own = (file.path for file in snapshot.files if snapshot.form is None)
        names = {path.rpartition("/")[2] for path in own}
        with _told(), self._place.reading(self.table_dir(str(snapshot.ref))) as folder:
            return delta.names(folder, snapshot.version) == names

    def follow(self, snapshot: Snapshot) -> None:
        """Bring a Delta log that is ahead back to the version in force, under the write lock.

        Raises:
            Unavailable: the log cannot be used, or does not come to that version.
        """
        from doumen.stores.lake import delta  # noqa: PLC0415 (costs 60 ms that reading never needs)

        if not self.agrees(snapshot):
            with _told(), self._place.writing(self.table_dir(str(snapshot.ref))) as folder:
                delta.follow(folder, snapshot.version)

    def missing(self, snapshot: Snapshot) -> list[str]:
        """Paths of files that are not there, or have another size than was recorded."""
        return self._lost(snapshot.files)

    def present(self, files: Sequence[DataFile]) -> tuple[DataFile, ...]:
        """Those of the files that are there."""
        sizes = self._place.sizes(files)
        return tuple(file for file in files if file.path in sizes)

    def freed(self, files: Sequence[DataFile]) -> int:
        """Bytes of room that these files leave once all of them are removed."""
        return self._place.freed(files)

    def remove(self, files: Sequence[DataFile]) -> None:
        """Remove files that no version needs any more; those that are gone are left at that.

        Raises:
            Unavailable: the lake cannot be written.
        """
        for file in files:
            self.path(file)
        self._place.remove(files)

    def sweep(self, live: Collection[str], older_than: float, *, dry: bool = False) -> list[Path]:
        """Remove what belongs to no dataset: staged folders, and files that nothing names.

        Args:
            live: Paths, relative to the lake, of all files of all versions that are kept.
            older_than: Seconds; younger ones may belong to a job that still runs.
            dry: Only find them.

        Returns:
            What was found, relative to the lake.

        Raises:
            Unavailable: the lake cannot be written.
        """
        limit = time.time() - older_than
        found = []
        try:
            for stage in sorted(self.root.glob(f"*/*/{STAGED}*")):
                with suppress(FileNotFoundError):  # a job that ended took it away
                    if changed(stage) <= limit:
                        found.append(stage.relative_to(self.root))
            found += [
                Path(name)
                for name, moment in self._place.kept()
                if name not in live and moment <= limit
            ]
            if not dry:
                self.drop(found)
                self.tidy(live, older_than)
        except OSError as error:
            raise unwritable(error) from None
        return sorted(found)

    def tidy(self, live: Collection[str], older_than: float) -> None:
        """Forget on this machine what nothing names any more; see `sweep`."""
        self._place.tidy(live, time.time() - older_than)

    def drop(self, loose: Sequence[Path]) -> None:
        """Remove what `sweep` found; raises as that."""
        with _told():
            for path in loose:
                if path.name.startswith(STAGED):
                    shutil.rmtree(self.root / path, ignore_errors=True)
                else:
                    self._place.drop(path.as_posix())

    def _lost(self, files: Sequence[DataFile]) -> list[str]:
        for file in files:
            self.path(file)
        sizes = self._place.sizes(files)
        return [file.path for file in files if sizes.get(file.path) != file.size]


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the system within are told as those of the lake."""
    try:
        yield
    except OSError as error:
        raise unwritable(error) from None
