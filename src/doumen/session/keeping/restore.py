"""Makes a node of a backup: beside the place where it goes, verified, and then shown at once.

The node is built in a folder whose name begins with a dot; its store on a server bears a name
that no node has, until it is whole. Then the folder is renamed, and last the store gets its
name. What a cut off restore leaves opens as no node; the next one into the same place removes it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from pathlib import Path, PurePosixPath

from doumen.failpoint import passing
from doumen.model.errors import Conflict, Unavailable
from doumen.model.files import denied, reason
from doumen.model.message import Message, msg
from doumen.model.plan import Progress
from doumen.session import settings as config
from doumen.session.create import filled, stored
from doumen.session.keeping.manifest import KEYS, LAKE, SETTINGS, SPOOL, Item, Manifest
from doumen.session.keeping.noted import noted
from doumen.session.keeping.proof import Proof, broken, hold, key_file, readable
from doumen.session.keeping.shelf import Shelf
from doumen.session.lakes import lake_of
from doumen.session.spool import FOLDER
from doumen.stores import portable
from doumen.stores.database import Database, discard
from doumen.stores.durable import sync
from doumen.stores.ledger import Keyring

UNFINISHED = " (unfinished)"
"""Ends the name of a store on a server as long as it is being restored; no origin holds a blank."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A node that was restored.

    Attributes:
        proof: What was verified.
        event: Id of the receipt of the restoring.
        moved: Settings that were changed, for people.
    """

    proof: Proof
    event: str
    moved: tuple[Message, ...]


def restore(
    shelf: Shelf,
    manifest: Manifest,
    into: Path,
    progress: Progress,
    *,
    store: str | None = None,
    lake: str | None = None,
    at_least: str | None = None,
) -> Restored:
    """Make the node that a backup holds.

    Args:
        shelf: Where the backup is.
        manifest: The backup.
        into: Folder of the node; empty, or not there.
        progress: Told how far it is.
        store: Another store than the one in its settings.
        lake: A bucket for its lake; else that is in its folder, wherever it was.
        at_least: A checkpoint that somebody else holds: the ledger must contain it.

    Raises:
        Conflict: the folder is not empty, or the store is taken, or something is in the bucket.
        Invalid: the address of the bucket is none.
        Tampered: the backup does not hold, or does not contain the checkpoint.
        Unavailable: folder or store cannot be written, or the backup has a newer layout.
    """
    readable(manifest)
    with _building(into) as folder:
        settings, moved = _settings(shelf, manifest, folder, store, lake)
        work = _Work(shelf, manifest, folder, settings, progress)
        work.files()
        with _laid_out(settings.store_address(folder), manifest.origin) as database:
            proof = work.store(database, at_least)
            event = work.noted(database)
            passing("restore.filled")
            if settings.store_address(folder).startswith("sqlite:"):
                database.close()  # what its journal holds goes into the file
            work.show(into)
            passing("restore.shown")
            try:
                database.sign(manifest.origin)
            except BaseException:
                into.rename(folder)  # what is not wholly there is not there
                raise
    return Restored(proof, event, moved)


@dataclass(slots=True)
class _Work:
    """One restoring on its way."""

    shelf: Shelf
    manifest: Manifest
    folder: Path
    settings: config.Settings
    progress: Progress
    done: int = 0

    def files(self) -> None:
        """Write keys, lake and spool, each file with its end reached before it counts."""
        lake = lake_of(self.settings, self.folder)
        if self.settings.bucket is not None:
            lake.create(self.settings.origin)
        root = self.settings.lake_folder(self.folder)
        places = {KEYS: self.folder / "keys", LAKE: root, SPOOL: self.folder / FOLDER}
        for beginning, item in ((b, i) for b in places for i in self.manifest.files(b)):
            inside = PurePosixPath(item.name)
            place, secret = places[beginning], beginning != LAKE
            path = place / inside.relative_to(inside.parts[0])
            path.parent.mkdir(mode=0o700 if secret else 0o755, parents=True, exist_ok=True)
            self._write(item, path, _mode(item))
            if beginning == LAKE:
                lake.adopt([path.relative_to(root).as_posix()])
        passing("restore.files")
        Keyring.open(self.folder / "keys")
        root.mkdir(parents=True, exist_ok=True)

    def store(self, database: Database, at_least: str | None) -> Proof:
        """Fill the store and verify it, all in one transaction."""
        proof = Proof(files=sum(1 for _ in self.manifest.files()))
        record = key_file(self.shelf, self.manifest)
        with database.write() as connection:
            for part in portable.converted(self._rows(), self.manifest.layout):
                portable.load(connection, part)
            hold(
                connection,
                self.manifest,
                record,
                proof,
                progress=self.progress,
                at_least=at_least,
            )
            if proof.findings:
                raise broken(self.manifest, proof.findings)
        return proof

    def _rows(self) -> Iterator[bytes]:
        for item in self.manifest.rows():
            yield b"".join(self.shelf.get(item))
            self._told(item)

    def noted(self, database: Database) -> str:
        """The event by which the ledger goes its own way from here."""
        return noted(
            database,
            self.folder / "keys",
            self.manifest.origin,
            "node.restored",
            {
                "backup": self.manifest.id,
                "size": self.manifest.size,
                "layout": self.manifest.layout,
            },
        )

    def show(self, into: Path) -> None:
        """Make the node visible."""
        for path in (*self.folder.rglob("*"), self.folder):
            if path.is_dir():
                sync(path)
        try:
            self.folder.rename(into)
        except OSError as error:
            raise Unavailable(
                msg("The node cannot be put into `{into}`.", into=into),
                why=reason(error),
                next=msg("Name a folder that is not there yet, on the same disk as its parent."),
                detail="folder",
            ) from None
        sync(into.parent)

    def _write(self, item: Item, path: Path, mode: int) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.writelines(self.shelf.get(item))
            file.flush()
            os.fsync(file.fileno())
        self._told(item)

    def _told(self, item: Item) -> None:
        self.done += item.size
        self.progress(self.done / max(self.manifest.total, 1), msg("restoring the node"))


def _mode(item: Item) -> int:
    if item.name.startswith((KEYS, SPOOL)):
        return 0o600
    return 0o444 if item.name.endswith(".parquet") and "/_delta_log/" not in item.name else 0o644


def _settings(
    shelf: Shelf, manifest: Manifest, folder: Path, store: str | None, water: str | None
) -> tuple[config.Settings, tuple[Message, ...]]:
    """The settings of the node in its new place, written; and what was changed in them."""
    kept = next(manifest.files(SETTINGS))
    path = folder / config.FILE
    content = b"".join(shelf.get(kept))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    settings = config.read(folder)
    changes: dict[str, str] = {}
    if store is not None:
        changes["store"] = stored(store, manifest.origin)
    elif settings.store.startswith("sqlite:") and settings.store != config.STORE:
        changes["store"] = config.STORE
    lake = PurePosixPath(settings.lake)
    away = settings.bucket is not None  # there the node that was backed up may go on
    if water is not None:
        changes |= filled(water, manifest.origin)
    elif away or lake.is_absolute() or ".." in lake.parts or lake.parts[:1] in ((), ("keys",)):
        changes["lake"] = "lake"
    if changes:
        settings = config.Settings.model_validate(settings.model_dump() | changes)
        path.write_text(config.written(settings), encoding="utf-8")
    if not settings.holds_password():
        path.chmod(0o644)
    sync(path)
    return settings, tuple(
        msg("`{name}` is not that of the backup; see {file}.", name=name, file=config.FILE)
        for name in changes
        if {"store": store, "lake": water}[name] is None
    )


@contextmanager
def _laid_out(url: str, origin: str) -> Iterator[Database]:
    """An empty store under a name that no node has; gone again where something fails."""
    unfinished = f"{origin}{UNFINISHED}"
    discard(url, unfinished)
    try:
        database = Database.open(url, create=True, origin=unfinished)
    except Conflict as error:
        raise Conflict(
            error.what,
            why=msg("The settings in the backup name this store, or you did."),
            next=msg("Name another one, `--store URL` or `--store sqlite:store.sqlite`."),
            detail="store",
        ) from None
    try:
        yield database
    except BaseException:
        database.close()
        discard(url, unfinished)
        raise
    database.close()


@contextmanager
def _building(into: Path) -> Iterator[Path]:
    """A folder beside the node's, which is removed unless it became the node."""
    try:
        if into.is_symlink() or (into.exists() and (not into.is_dir() or any(into.iterdir()))):
            raise Conflict(
                msg("`{into}` is not an empty folder.", into=into),
                next=msg("Name one that is empty, or not there."),
                detail="folder",
            )
        into.parent.mkdir(parents=True, exist_ok=True)
        _clear(into)
        folder = into.with_name(f".{into.name}.restoring-{secrets.token_hex(4)}")
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise _unwritable(into, error) from None
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
    except OSError as error:
        raise _unwritable(into, error) from None
    finally:
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


def _clear(into: Path) -> None:
    """Remove what cut off restorings into the same place left."""
    for path in into.parent.glob(f".{escape(into.name)}.restoring-*"):
        held = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(path)
        except BlockingIOError:
            raise Conflict(
                msg("A node is being restored into `{into}`.", into=into),
                next=msg("Wait for it to end."),
                detail="folder",
            ) from None
        finally:
            os.close(held)


def _unwritable(into: Path, error: OSError) -> Unavailable:
    return denied(
        error,
        msg("The node cannot be restored into `{into}`.", into=into),
        next=msg("Look at the disk and the rights of the folder."),
        detail="folder",
    )
