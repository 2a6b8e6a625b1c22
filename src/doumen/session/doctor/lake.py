"""The lake of a node, seen by the doctor: files, Delta logs, and what belongs to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from doumen.model.errors import DoumenError
from doumen.model.fact import snapshot_of
from doumen.model.message import msg, plain
from doumen.model.ref import Ref
from doumen.model.snapshot import ATTACHED, DataFile, Snapshot
from doumen.model.upkeep import given_up
from doumen.session.doctor.check import HOUR, Check, failed
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.lake import Lake

_BACKUP = msg(
    "Put it back from a backup: `doumen restore` into another folder, and copy it from there."
)


def files(lake: Lake, catalog: Catalog, *, full: bool) -> Iterator[Check]:
    """Whether each file of each version is there; with `full`, whether it can be read."""
    count, wrong = 0, 0
    for ref, versions in _kept(catalog):
        known = {file.path: file for snapshot in versions for file in snapshot.files}
        for file in known.values():
            count += 1
            why = _fault(lake, file, full=full)
            if why is not None:
                wrong += 1
                said = msg("`{ref}`: {why}", ref=ref, why=why)
                yield Check("lake", "fault", said, _BACKUP)
    if not wrong:
        said = (
            msg("All {count} files are there and can be read.", count=count)
            if full
            else msg("All {count} files are there, in their size.", count=count)
        )
        yield Check("lake", "ok", said)


def logs(lake: Lake, catalog: Catalog, database: Database, *, mend: bool) -> Iterator[Check]:
    """Whether other programs that read the Delta logs see what is in force."""
    count = 0
    for key, held in catalog.current().all("dataset"):
        ref = Ref.parse(key)
        try:
            if lake.agrees(snapshot_of(ref, held)):
                count += 1
                continue
            if mend:
                with database.write() as connection:
                    body = catalog.current(connection).dataset(ref)
                    if body is not None:
                        lake.follow(snapshot_of(ref, body))
        except DoumenError as error:
            yield failed("log", error)
            continue
        said = msg("The Delta log of `{ref}` is not at the version in force.", ref=ref)
        step = msg("doumen doctor --mend; the next job that writes to it mends it too.")
        yield Check("log", "warn", said, step, mended=mend)
    yield Check("log", "ok", msg("{count} Delta logs are at the version in force.", count=count))


def orphans(lake: Lake, catalog: Catalog, database: Database, *, mend: bool) -> Iterator[Check]:
    """Files that no version of a dataset names, an hour old at least.

    They are removed while nobody else writes, once more held against what is named by then.
    """
    try:
        found = lake.sweep(_live(catalog), older_than=HOUR, dry=True)
        if mend:
            with database.write():
                live = _live(catalog)
                lake.drop([path for path in found if path.as_posix() not in live])
            lake.tidy(live, older_than=HOUR)
    except DoumenError as error:
        yield failed("orphans", error)
        return
    for path in found:
        said = msg("`{path}` in the lake belongs to no dataset.", path=path)
        yield Check("orphans", "warn", said, plain("doumen doctor --mend"), mended=mend)


def _live(catalog: Catalog) -> set[str]:
    """Paths of all files of all versions that are kept."""
    return {f.path for _, versions in _kept(catalog) for s in versions for f in s.files}


def _kept(catalog: Catalog) -> Iterator[tuple[Ref, list[Snapshot]]]:
    """All datasets, each with those of its versions whose files lie in the lake."""
    facts = catalog.current()
    for key, _ in facts.all("dataset"):
        ref = Ref.parse(key)
        gone = given_up(facts, ref)
        bodies = [row.fact.body for row in catalog.history("dataset", key)]
        yield (
            ref,
            [
                snapshot_of(ref, body)
                for body in bodies
                if body and body["kind"] != ATTACHED and body["version"] not in gone
            ],
        )


def _fault(lake: Lake, file: DataFile, *, full: bool) -> str | None:
    try:
        size = lake.size(file)
        if size is not None and size != file.size:
            return msg("`{path}` has {size} bytes, not {wanted}.",
                       path=file.path, size=size, wanted=file.size)  # fmt: skip
        if size is not None and full:
            with lake.original(file) as path:
                return _unread(file, path)
    except DoumenError as error:
        return error.what
    return None if size is not None else msg("`{path}` is not there.", path=file.path)


def _unread(file: DataFile, path: Path) -> str | None:
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as parquet:
            rows = sum(batch.num_rows for batch in parquet.iter_batches())
    except (pa.ArrowException, OSError):
        return msg("`{path}` cannot be read to its end.", path=file.path)
    if rows == file.rows:
        return None
    return msg("`{path}` has {rows} rows, not {wanted}.",
               path=file.path, rows=rows, wanted=file.rows)  # fmt: skip
