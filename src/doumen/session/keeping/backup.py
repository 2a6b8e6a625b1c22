"""Takes a backup: one moment of the store, then the files that this moment speaks of.

The store is read in one transaction, so it holds others up in nothing and they do not change
what is seen. The files of the lake never change; what the moment names was there when it was
named. A file that was swept since belongs to a dataset that was removed since: then a later
moment, which does not name it any more, is taken. The keys are read after the moment: a key is
laid in the folder before anything is signed with it.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from doumen.gate import record
from doumen.kits.evidence.keys import read_key_file
from doumen.model.errors import Faulty, Unavailable
from doumen.model.fact import Facts, snapshot_of
from doumen.model.files import reason
from doumen.model.message import joined, msg, plain
from doumen.model.plan import Progress
from doumen.model.queued import OVER
from doumen.model.ref import Ref
from doumen.model.snapshot import ATTACHED, DataFile
from doumen.model.upkeep import given_up
from doumen.session import settings as config
from doumen.session.keeping.manifest import KEYS, LAKE, SETTINGS, SPOOL, Item, Manifest
from doumen.session.keeping.shelf import BLOCK, Entropy, Shelf
from doumen.session.lakes import lake_of
from doumen.session.node import now
from doumen.session.spool import FOLDER, UPLOAD
from doumen.stores import portable
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.lake import Lake
from doumen.stores.ledger import Ledger
from doumen.stores.ledger.keyring import RECORD
from doumen.stores.tables import JOBS, VERSION

TRIES = 4
"""Moments that are tried where the one before does not fit what lies in the folder."""
PAUSE = 0.3
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was made.

    Attributes:
        manifest: What it holds.
        written: Bytes that were new.
        swept: Files of other backups, or of none, that were removed.
    """

    manifest: Manifest
    written: int
    swept: int


class _Moved(Exception):
    """The moment does not fit what lies in the folder: another one is needed."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = names


@dataclass(slots=True)
class _Moment:
    """The store at one moment, dumped."""

    items: list[Item]
    facts: Facts
    size: int
    checkpoint: str
    history: dict[str, list[Any]] = field(default_factory=dict)
    waiting: tuple[str, ...] = ()


def take(
    folder: Path, shelf: Shelf, progress: Progress, entropy: Entropy, keep: int | None = None
) -> Taken:
    """Back the node in `folder` up.

    Args:
        folder: The node; others may work on it.
        shelf: Where to.
        progress: Told how far it is.
        entropy: For the id.
        keep: Backups that stay, this one included; None: all.

    Raises:
        Faulty: files that the node speaks of are missing: it is not whole itself.
        Unavailable: node or folder of backups cannot be read or written.
    """
    settings = config.read(folder)
    database = Database.open(settings.store_address(folder), origin=settings.origin)
    try:
        with shelf.held():
            before = [shelf.manifest(id) for id in shelf.ids()]
            before.sort(key=lambda manifest: manifest.number)
            work = _Work(folder, settings, database, shelf, progress)
            work.known = {item.name: item for m in before[-1:] for item in m.files(LAKE)}
            moment, files = work.tried()
            begun = now()
            id = f"{begun:%Y%m%dT%H%M%SZ}-{entropy(4).hex()}"
            stay = before if keep is None else before[max(0, len(before) + 1 - keep) :]
            manifest = Manifest(
                id=id,
                number=before[-1].number + 1 if before else 1,
                time=record.stamp(begun),
                name=settings.name,
                origin=settings.origin,
                version=importlib.metadata.version("doumen"),
                layout=VERSION,
                size=moment.size,
                checkpoint=moment.checkpoint,
                facts=moment.facts.version,
                kept=(*(m.id for m in stay), id),
                attached=tuple(sorted(_attached(moment.facts))),
                items=(*moment.items, *files),
            )
            shelf.add(manifest)
            for old in before[: len(before) - len(stay)]:
                shelf.drop(old.id)
            return Taken(manifest, work.written, shelf.sweep((*stay, manifest)))
    finally:
        database.close()


@dataclass(slots=True)
class _Work:
    """One backup on its way."""

    folder: Path
    settings: config.Settings
    database: Database
    shelf: Shelf
    progress: Progress
    known: dict[str, Item] = field(default_factory=dict)
    written: int = 0

    def tried(self) -> tuple[_Moment, list[Item]]:
        """A moment and all files that belong to it."""
        for left in reversed(range(TRIES)):
            moment = self.moment()
            try:
                return moment, self.files(moment, last=not left)
            except _Moved as moved:
                if not left:
                    raise _missing(moved.names) from None
                time.sleep(PAUSE)
        raise AssertionError("unreachable")

    def moment(self) -> _Moment:
        """Read the store in one transaction."""
        catalog, ledger = Catalog(self.database), Ledger(self.database, self.settings.origin)
        with self.database.read() as connection:
            total, done, items = portable.count(connection), 0, []
            for part in portable.dump(connection):
                item = _item("rows", part.table, (part.content,), rows=part.rows)
                self.written += self.shelf.put(item, partial(_whole, part.content))
                items.append(item)
                done += part.rows
                self.progress(done / max(total, 1) / 2, msg("backing up the store"))
            facts = catalog.current(connection)
            moment = _Moment(items, facts, ledger.size(connection), ledger.head(connection) or "")
            for key, _ in facts.all("dataset"):
                versions: list[Any] = []
                moment.history[key] = versions
                for row in catalog.history("dataset", key, connection):
                    if row.fact.body is None:
                        versions.clear()  # removed: its files may have been swept
                    else:
                        versions.append(row.fact.body)
            asked = select(JOBS.c.inputs).where(JOBS.c.state.not_in(OVER)).order_by(JOBS.c.id)
            moment.waiting = tuple(
                value[UPLOAD]
                for inputs in connection.execute(asked).scalars()
                for value in json.loads(inputs).values()
                if isinstance(value, Mapping)
            )
        return moment

    def files(self, moment: _Moment, *, last: bool) -> list[Item]:
        """Copy what the moment speaks of, and keys and settings.

        Raises:
            _Moved: files are missing, or the keys are newer than the moment.
        """
        wanted = [*self.data(moment)]
        keys = self.keys()
        record = read_key_file(keys[f"{KEYS}{RECORD}"].decode())
        signed = {key for key, _ in moment.facts.all("key")}
        if {c["kid"] for c in record.certificates} != signed and not last:
            raise _Moved(())  # rotated since; one that was cut off stays like this, and is kept
        keys[SETTINGS] = _read(self.folder / config.FILE)
        items = [*self.copied(wanted), *self.sent(moment, last=last)]
        for name, content in keys.items():
            item = _item("file", name, (content,))
            self.written += self.shelf.put(item, partial(_whole, content))
            items.append(item)
        return items

    def data(self, moment: _Moment) -> Iterator[_Wanted]:
        """Each file of the lake."""
        lake = lake_of(self.settings, self.folder)
        files: dict[str, DataFile] = {}
        for key, versions in moment.history.items():
            ref = Ref.parse(key)
            gone = given_up(moment.facts, ref)
            for body in filter(_in_lake, versions):
                if body["version"] in gone:
                    continue
                files |= {file.path: file for file in snapshot_of(ref, body).files}
            for name, path in lake.log(key, versions[-1]["version"]).items():
                yield _Wanted(f"{LAKE}{name}", path)
        for name, file in sorted(files.items()):
            yield _Wanted(f"{LAKE}{name}", lake.path(file), file, lake)

    def sent(self, moment: _Moment, *, last: bool) -> Iterator[Item]:
        """Files that were sent with jobs that wait; they go when the job is done.

        Raises:
            _Moved: one is gone, so its job was done since.
        """
        for name in moment.waiting:
            try:
                yield from self.copied([_Wanted(f"{SPOOL}{name}", self.folder / FOLDER / name)])
            except _Moved:
                if not last:  # else it was lost before, and the job will say so
                    raise

    def copied(self, wanted: Sequence[_Wanted]) -> Iterator[Item]:
        """Put files on the shelf; one that a backup before holds is not read again."""
        gone = []
        for number, one in enumerate(wanted):
            self.progress(0.5 + number / len(wanted) / 2, msg("backing up the lake"))
            try:
                there = one.size()
                if there is None:
                    gone.append(one.name)
                    continue
                before = self.known.get(one.name)
                if before is None or before.size != there or not self.shelf.holds(before):
                    with one.brought():
                        before = _item("file", one.name, _blocks(one.path))
                        self.written += self.shelf.put(before, partial(_blocks, one.path))
                yield before
            except (FileNotFoundError, _Moved):
                gone.append(one.name)
        if gone:
            raise _Moved(gone)

    def keys(self) -> dict[str, bytes]:
        """All keys; read until two looks show the same, since they may be rotated meanwhile."""
        before: dict[str, bytes] = {}
        for _ in range(TRIES * 2):
            found = {
                f"{KEYS}{path.name}": _read(path)
                for path in sorted((self.folder / "keys").glob("*"))
                if path.is_file() and path.suffix != ".new"
            }
            if found == before:
                return found
            before = found
        raise Unavailable(
            msg("The keys change all the time."), next=msg("Try again."), detail="keys"
        )


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A file that is to be backed up.

    Attributes:
        path: Where it can be read, a file of the lake once it was brought.
        file: Of the lake, by the facts; None for what only lies there.
    """

    name: str
    path: Path
    file: DataFile | None = None
    lake: Lake | None = None

    def size(self) -> int | None:
        """Bytes; None: it is not there, or not as the facts say.

        Raises:
            FileNotFoundError: it is not there.
        """
        if self.file is None or self.lake is None:
            return self.path.stat().st_size
        there = self.lake.size(self.file)
        return there if there == self.file.size else None

    @contextmanager
    def brought(self) -> Iterator[None]:
        """Let it be read; what had to come for it goes again, or a disk would fill."""
        if self.file is None or self.lake is None:
            yield
            return
        came = self.lake.bring([self.file])
        try:
            yield
        finally:
            self.lake.release(came)


def _in_lake(body: Any) -> bool:
    return bool(body["kind"] != ATTACHED)


def _attached(facts: Facts) -> Iterator[str]:
    return (key for key, body in facts.all("dataset") if not _in_lake(body))


def _item(kind: str, name: str, pieces: Iterable[bytes], rows: int = 0) -> Item:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return Item(kind, name, size, digest.hexdigest(), rows)


def _blocks(path: Path) -> Iterator[bytes]:
    """A file of the node in pieces; that it is gone is for the caller."""
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                yield block
    except FileNotFoundError:
        raise _Moved((path.name,)) from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _whole(content: bytes) -> tuple[bytes]:
    return (content,)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> Unavailable:
    return Unavailable(
        msg("`{path}` of the node cannot be read.", path=path),
        why=reason(error),
        next=plain("doumen doctor"),
        detail="file",
    )


def _missing(names: Sequence[str]) -> Faulty:
    more = len(names) - _SHOWN
    return Faulty(
        msg("The node is not whole, so no backup was made of it."),
        why=msg(
            "Missing, or of another size than was recorded: {names}{more}.",
            names=joined(msg(", "), names[:_SHOWN]),
            more=msg(" and {count} more", count=more) if more > 0 else "",
        ),
        next=plain("doumen doctor"),
        detail="lake",
    )
