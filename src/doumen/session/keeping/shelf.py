"""A folder of backups: sealed objects, each kept once, and a sealed manifest for each backup.

    lock.json               the key of the folder, behind the passphrase
    manifests/ID            a backup; written last, so what has none is no backup
    objects/ab/ab3f…        contents, named by a keyed hash of them: a name tells nothing
    busy                    held by whoever writes

What a cut off backup left are whole objects, which the next one uses or sweeps, and files with
the ending `.new`, which it sweeps.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from doumen.failpoint import passing
from doumen.kits.evidence.canonical import canonical
from doumen.kits.sealed import Lock, read_lock, seal, sealed_size, unseal
from doumen.kits.sealed.stream import SALT
from doumen.model.errors import Conflict, NotFound, Tampered, Unavailable
from doumen.model.files import reason
from doumen.model.message import Message, msg
from doumen.session.keeping.manifest import ID, Item, Manifest, read_manifest
from doumen.stores.durable import sync, write_private

LOCK = "lock.json"
BLOCK = 1 << 20
"""Bytes that are read at once."""

Entropy = Callable[[int], bytes]


class Shelf:
    """The backups in the folder `root`, unlocked."""

    def __init__(self, root: Path, key: bytes, entropy: Entropy) -> None:
        self.root = root
        self._entropy = entropy
        self._naming, self._sealing = (
            HKDFExpand(SHA256(), 32, f"doumen backups 1 {use}".encode()).derive(key)
            for use in ("names", "contents")
        )

    @classmethod
    def open(cls, root: Path, passphrase: str, entropy: Entropy = os.urandom) -> Shelf:
        """Unlock the backups in a folder.

        Raises:
            NotFound: there are none.
            Invalid: the passphrase is another.
            Tampered: the lock was changed.
            Unavailable: the folder cannot be read.
        """
        try:
            lock = read_lock((root / LOCK).read_bytes())
        except FileNotFoundError:
            raise NotFound(
                msg("`{root}` holds no backups.", root=root),
                why=msg("It has no {lock}.", lock=LOCK),
                next=msg("Check the folder, or make a first backup: `doumen backup make DIR`."),
                detail="backup",
            ) from None
        except OSError as error:
            raise _unusable(root, error) from None
        return cls(root, lock.open(passphrase), entropy)

    @classmethod
    def make(cls, root: Path, passphrase: str, entropy: Entropy = os.urandom) -> Shelf:
        """Unlock the backups in a folder, or begin with a folder that is empty or not there.

        Raises:
            Conflict: the folder holds something else.
        """
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not (root / LOCK).exists():
                there = [p.name for p in root.iterdir() if not p.name.endswith(".new")]
                if set(there) - {"busy"}:
                    raise Conflict(
                        msg("`{root}` holds something else than backups.", root=root),
                        next=msg("Name an empty folder, or one that is not there."),
                        detail="backup",
                    )
                key = entropy(32)
                lock = Lock.make(key, passphrase, entropy)
                write_private(root / LOCK, canonical(lock.as_json()))
                sync(root.parent)
                return cls(root, key, entropy)
        except OSError as error:
            raise _unusable(root, error) from None
        return cls.open(root, passphrase, entropy)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Be the only one who writes here.

        Raises:
            Conflict: somebody else is.
        """
        try:
            descriptor = os.open(self.root / "busy", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(self.root, error) from None
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(
                    msg("Another backup is being made in `{root}`.", root=self.root),
                    next=msg("Wait for it to end."),
                    detail="backup",
                ) from None
            yield
        finally:
            os.close(descriptor)

    def ids(self) -> list[str]:
        """The ids of all backups, by their time."""
        folder = self.root / "manifests"
        try:
            return sorted(p.name for p in folder.iterdir() if ID.fullmatch(p.name))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unusable(self.root, error) from None

    def manifest(self, id: str) -> Manifest:
        """Read a manifest.

        Raises:
            NotFound: there is no such backup.
            Tampered: it was changed or cut, or is another's.
        """
        path = self.root / "manifests" / id
        try:
            if not ID.fullmatch(id) or not path.is_file():
                raise NotFound(
                    msg("There is no backup `{id}`.", id=id),
                    next=msg("See which there are: `doumen backup list DIR`."),
                    detail="backup",
                )
            packed = b"".join(unseal(_blocks(path), self._sealing, f"manifest {id}"))
        except OSError as error:
            raise _unusable(self.root, error) from None
        except Tampered:
            raise Tampered(
                msg("The manifest of the backup `{id}` does not hold.", id=id),
                why=msg("It was changed or cut, or is that of another backup."),
                next=msg("Use another backup, or another copy of the folder."),
                detail="manifest",
            ) from None
        return read_manifest(packed, id)

    def add(self, manifest: Manifest) -> None:
        """Write a manifest: from now on the backup is there."""
        folder = self.root / "manifests"
        try:
            for written in sorted((self.root / "objects").glob("*")):
                sync(written)
            sync(self.root / "objects")
            folder.mkdir(mode=0o700, exist_ok=True)
            passing("backup.stored")
            sealed = seal(
                (manifest.packed(),), self._sealing, f"manifest {manifest.id}", self._entropy(SALT)
            )
            write_private(folder / manifest.id, b"".join(sealed))
            sync(self.root)
        except OSError as error:
            raise _unusable(self.root, error) from None
        passing("backup.written")

    def holds(self, item: Item) -> bool:
        """Whether a content is there, in its full size; it is not read."""
        try:
            return self.path(item).stat().st_size == sealed_size(item.size)
        except OSError:
            return False

    def put(self, item: Item, pieces: Callable[[], Iterable[bytes]]) -> int:
        """Keep a content, unless it is there; gives the bytes that were written.

        Raises:
            Unavailable: the folder cannot be written, or the content changed meanwhile.
        """
        if self.holds(item):
            return 0
        path = self.path(item)
        fresh = path.with_name(f"{path.name}.new")
        digest = hashlib.sha256()

        def noted() -> Iterator[bytes]:
            for piece in pieces():
                digest.update(piece)
                yield piece

        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.unlink(missing_ok=True)
            sealed = seal(noted(), self._sealing, f"object {path.name}", self._entropy(SALT))
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
                to.writelines(sealed)
                to.flush()
                os.fsync(to.fileno())
            if digest.hexdigest() != item.digest:
                raise Unavailable(
                    msg("{part} changed while it was read.", part=item.told),
                    next=msg("Make the backup again."),
                    detail="changed",
                )
            fresh.replace(path)
        except OSError as error:
            raise _unusable(self.root, error) from None
        finally:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
        passing("backup.object")
        return sealed_size(item.size)

    def get(self, item: Item) -> Iterator[bytes]:
        """Read a content. Nothing of it may be used before the end is reached.

        Raises:
            Tampered: it is missing, was changed or cut, or is another's.
        """
        path, digest = self.path(item), hashlib.sha256()
        try:
            for piece in unseal(_blocks(path), self._sealing, f"object {path.name}"):
                digest.update(piece)
                yield piece
        except FileNotFoundError:
            raise _lost(item, msg("It is missing in the folder of backups.")) from None
        except OSError as error:
            raise _unusable(self.root, error) from None
        except Tampered:
            why = msg("It was changed or cut, or something else was put in its place.")
            raise _lost(item, why) from None
        if digest.hexdigest() != item.digest:
            raise _lost(item, msg("It is not what was backed up."))

    def sweep(self, kept: Iterable[Manifest]) -> int:
        """Remove what belongs to none of these backups; gives how many files that were."""
        live = {self.path(item) for manifest in kept for item in manifest.items}
        removed = 0
        try:
            for path in self.root.glob("objects/*/*"):
                if path not in live:
                    path.unlink()
                    removed += 1
            for path in (*self.root.glob("*.new"), *self.root.glob("manifests/*.new")):
                path.unlink()
                removed += 1
        except OSError as error:
            raise _unusable(self.root, error) from None
        return removed

    def drop(self, id: str) -> None:
        """Remove a backup; its objects go with the next sweep."""
        try:
            (self.root / "manifests" / id).unlink()
            sync(self.root / "manifests")
        except OSError as error:
            raise _unusable(self.root, error) from None

    def path(self, item: Item) -> Path:
        """Where a content is."""
        name = hmac.digest(self._naming, bytes.fromhex(item.digest), "sha256").hex()
        return self.root / "objects" / name[:2] / name


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _lost(item: Item, why: Message) -> Tampered:
    return Tampered(
        msg("The backup does not hold: {part}.", part=item.told),
        why=why,
        next=msg("Use another backup, or another copy of the folder."),
        detail="backup",
    )


def _unusable(root: Path, error: OSError) -> Unavailable:
    return Unavailable(
        msg("The folder of backups `{root}` cannot be used.", root=root),
        why=reason(error),
        next=msg("Look at the disk and the rights of the folder."),
        detail="backup",
    )
