"""The folder of a node: keys that only their owner reads, and what cut off work left lying."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Iterator
from datetime import timedelta
from glob import escape
from pathlib import Path

from cryptography import x509

from doumen.model.errors import DoumenError
from doumen.model.message import msg
from doumen.session.doctor.check import HOUR, Check, State, failed
from doumen.session.node import now
from doumen.stores.ledger import Keyring
from doumen.stores.ledger.keyring import ROOT

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
SOON = timedelta(days=30)
"""How long before its end a certificate for TLS is told of."""


def keys(folder: Path, *, mend: bool) -> Iterator[Check]:
    """Whether the keys can be read, by their owner alone, and belong together."""
    place = folder / "keys"
    for path in (place, *sorted(place.glob("*"))):
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except OSError:
            continue  # what is needed and not there is told below
        if mode & _OTHERS and (path == place or path.suffix in {".key", ".keys"}):
            right = 0o700 if path == place else 0o600
            said = msg("`{path}` is open to others: its mode is {mode}.",
                       path=path, mode=f"{mode:o}")  # fmt: skip
            step = msg("chmod {mode} {path}", mode=f"{right:o}", path=path)
            if mend:
                path.chmod(right)
            yield Check("keys", "fault", said, step, mended=mend)
    try:
        ring = Keyring.open(place)
    except DoumenError as error:
        yield failed("keys", error)
    else:
        since = ring.certificate["issued"][:10]
        where = msg("it is here") if (place / ROOT).exists() else msg("it is kept elsewhere")
        yield Check("keys", "ok", msg("The working key is in force since {since}; the root key: "
                                      "{where}.", since=since, where=where))  # fmt: skip
    yield from _certificates(folder)


def _certificates(folder: Path) -> Iterator[Check]:
    """Certificates for TLS that lie in the folder: how long they are valid."""
    found = sorted({p for part in (folder, folder / "keys") for p in part.glob("*")
                    if p.suffix in {".pem", ".crt"} and p.is_file()})  # fmt: skip
    for path in found:
        try:
            ends = min(c.not_valid_after_utc
                       for c in x509.load_pem_x509_certificates(path.read_bytes()))  # fmt: skip
        except (ValueError, OSError):
            continue  # a key, or something else in PEM
        left = ends - now()
        said = msg("The certificate `{path}` is valid until {end}.",
                   path=path, end=f"{ends:%Y-%m-%d}")  # fmt: skip
        state: State = "ok" if left > SOON else "warn" if left > timedelta(0) else "fault"
        step = None if state == "ok" else msg("Have it renewed.")
        yield Check("certificates", state, said, step)


def leftovers(folder: Path, *, mend: bool) -> Iterator[Check]:
    """What cut off work left beside the files of the node; an hour old at least."""
    limit = time.time() - HOUR
    found = [
        *folder.glob("*.new"),
        *(folder / "keys").glob("*.new"),
        *folder.glob("*.trial*"),
        *folder.parent.glob(f".{escape(folder.name)}.restoring-*"),
    ]
    for path in sorted(found):
        try:
            if path.stat().st_mtime > limit or (path.is_dir() and _held(path)):
                continue
            if mend:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError:
            continue  # somebody else was faster
        yield Check(
            "leftovers", "warn", msg("`{path}` was left by work that was cut off.", path=path),
            msg("doumen doctor --mend"), mended=mend,
        )  # fmt: skip


def _held(folder: Path) -> bool:
    """Whether somebody is restoring into it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
