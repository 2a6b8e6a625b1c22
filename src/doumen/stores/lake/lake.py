"""The lake: immutable Parquet files, a folder per dataset, seen only through the catalogue.

A job writes into a staged folder that no reader looks into (`stage`); its files are then
synced, sealed and named for ever (`settle`), and last registered in the table's Delta log
(`commit`), under the store's write lock. Until the catalogue names them nobody reads them;
what a crash leaves is swept.
"""

from __future__ import annotations

import shutil
import time
import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Literal

from doumen.failpoint import passing
from doumen.model.errors import Invalid, Tampered, Unavailable
from doumen.model.files import denied
from doumen.model.message import joined, msg, plain
from doumen.model.ref import Ref
from doumen.model.schema import Schema
from doumen.model.snapshot import DataFile, Snapshot
from doumen.stores.durable import sync
from doumen.stores.lake import entry, footer
from doumen.stores.lake.names import LOG, version_of

STAGED = "_staged-"
"""Folders with this beginning hold files of a job that has not settled them."""


class Lake:
    """The lake in the folder `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

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
            raise _unwritable(error) from None
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
                sync(path)
                final = folder / f"{stage.name.removeprefix(STAGED)}-{number:05d}.parquet"
                path.rename(final)
                name = final.relative_to(self.root).as_posix()
                settled.append(DataFile(name, final.stat().st_size, rows))
            stage.rmdir()
            for place in (folder, folder.parent, self.root, self.root.parent):
                sync(place)
        except OSError as error:
            raise _unwritable(error) from None
        passing("lake.settled")
        return tuple(settled)

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

        lost = [file.path for file in files if not self._whole(file)]
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
        for file in files:
            footer.check(self.path(file), schema)
        version = delta.register(
            self.table_dir(table), schema, files, mode, expected, removed=removed
        )
        passing("lake.committed")
        return version

    def path(self, file: DataFile) -> Path:
        """Where a file is.

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

    def surplus(self, snapshot: Snapshot) -> list[str]:
        """Columns that its files hold and that it does not have, sorted.

        Raises:
            Unavailable: a file cannot be read.
        """
        try:
            held = {n for file in snapshot.files for n in footer.columns(self.path(file))}
        except OSError as error:
            raise _unwritable(error) from None
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

    def log(self, table: str, version: int) -> list[Path]:
        """The files of the Delta log of a table, up to a version; none of them ever changes.

        Raises:
            Unavailable: the log does not come to that version.
        """
        folder = self.table_dir(table) / LOG
        found = {path.name: path for path in folder.glob("*") if path.is_file()}
        if f"{version:020d}.json" not in found:
            raise Unavailable(
                msg("The Delta log of `{table}` lacks its version {version}.",
                    table=table, version=version),
                next=plain("doumen doctor"),
                detail="delta",
            )  # fmt: skip
        return [path for name, path in sorted(found.items()) if 0 <= version_of(name) <= version]

    def agrees(self, snapshot: Snapshot) -> bool:
        """Whether the end of the Delta log names the files of the version in force.

        It names none of an attached version.

        Raises:
            Unavailable: the log cannot be read, or does not come to that version.
        """
        from doumen.stores.lake import delta  # noqa: PLC0415 (costs 60 ms that reading never needs)

        own = (file.path for file in snapshot.files if snapshot.form is None)
        names = {path.rpartition("/")[2] for path in own}
        return delta.names(self.table_dir(str(snapshot.ref)), snapshot.version) == names

    def follow(self, snapshot: Snapshot) -> None:
        """Bring a Delta log that is ahead back to the version in force, under the write lock.

        Raises:
            Unavailable: the log cannot be used, or does not come to that version.
        """
        from doumen.stores.lake import delta  # noqa: PLC0415 (costs 60 ms that reading never needs)

        if not self.agrees(snapshot):
            delta.follow(self.table_dir(str(snapshot.ref)), snapshot.version)

    def missing(self, snapshot: Snapshot) -> list[str]:
        """Paths of files that are not there, or have another size than was recorded."""
        return [file.path for file in snapshot.files if not self._whole(file)]

    def present(self, files: Sequence[DataFile]) -> tuple[DataFile, ...]:
        """Those of the files that are there."""
        return tuple(file for file in files if self.path(file).is_file())

    def freed(self, files: Sequence[DataFile]) -> int:
        """Bytes of room that these files leave once all of them are removed."""
        links = Counter[tuple[int, int]]()
        room = 0
        for file in files:
            there = self.path(file).stat()
            links[there.st_dev, there.st_ino] += 1
            if links[there.st_dev, there.st_ino] == there.st_nlink:
                room += there.st_size
        return room

    def remove(self, files: Sequence[DataFile]) -> None:
        """Remove files that no version needs any more; those that are gone are left at that.

        Raises:
            Unavailable: the lake cannot be written.
        """
        try:
            for path in map(self.path, files):
                path.unlink(missing_ok=True)
            for folder in {self.path(file).parent for file in files}:
                sync(folder)
        except OSError as error:
            raise _unwritable(error) from None

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
            for path in self._loose(frozenset(live)):
                if _changed(path) > limit:
                    continue
                found.append(path.relative_to(self.root))
                if not dry:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError as error:
            raise _unwritable(error) from None
        return found

    def _loose(self, live: frozenset[str]) -> Iterator[Path]:
        """Staged folders and Parquet files that `live` does not name."""
        for path in sorted(self.root.glob("*/*/*")):
            loose = path.suffix == ".parquet" and path.relative_to(self.root).as_posix() not in live
            if loose or path.name.startswith(STAGED):
                yield path

    def _whole(self, file: DataFile) -> bool:
        try:
            return self.path(file).stat().st_size == file.size
        except OSError:
            return False


def _changed(path: Path) -> float:
    """When anything in it last changed, its name and mode included; seconds since the epoch."""
    within = path.rglob("*") if path.is_dir() else iter(())
    return max(max(p.stat().st_mtime, p.stat().st_ctime) for p in (path, *within))


def _unwritable(error: OSError) -> Unavailable:
    return denied(
        error,
        msg("The lake cannot be read or written."),
        next=msg("Look at the disk and the rights of the folder `lake`."),
        detail="lake",
    )
