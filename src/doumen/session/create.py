"""Make a node: settings, keys, store, lake and the first event.

`doumen.toml` is written last: a folder without it is no node, so an interrupted `init` leaves
nothing that looks like one, and the next `init` begins anew.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from pathlib import Path

from doumen.gate import record
from doumen.gate.amend import found
from doumen.model.errors import Conflict, Invalid
from doumen.model.operation import Fields, Outcome
from doumen.session import settings as config
from doumen.session.node import Node, now
from doumen.stores.database import Database
from doumen.stores.lake import Lake
from doumen.stores.ledger import Keyring

MARK = ".doumen-unfinished"
MASK_KEYS = "mask.keys"


def init(directory: Path, name: str) -> Outcome:
    """Make a node in `directory` and tell what was made."""
    directory = directory.resolve()
    create(directory, name)
    with Node.open(directory) as node:
        key = node.means.keys().root_public
    return Outcome(
        json={"node": str(directory), "name": name, "root_key": key},
        drawn=(Fields((("node", str(directory)), ("name", name), ("root key", key))),),
        said=(
            f"Made the node `{name}` in {directory}.",
            "Publish the root key: with it, others verify your receipts.",
            f"Next: cd {directory} && doumen collect FILE.csv --as-dataset domain.name",
        ),
    )


def create(directory: Path, name: str) -> None:
    """Make a node.

    Raises:
        Conflict: the folder holds a node, or files that a node would overwrite.
        Invalid: the name is empty.
    """
    if not name.strip():
        raise Invalid("The node needs a name.", next="doumen init DIR --name TEXT", detail="name")
    directory = directory.resolve()
    if (directory / config.FILE).exists():
        raise Conflict(
            f"`{directory}` is a node already.",
            next="Use it, or choose another folder.",
            detail="node",
        )
    directory.mkdir(parents=True, exist_ok=True)
    mark = directory / MARK
    if mark.exists():
        _clear(directory)
    taken = [part for part in ("keys", "lake", "store.sqlite") if (directory / part).exists()]
    if taken:
        raise Conflict(
            f"`{directory}` already holds {', '.join(f'`{part}`' for part in taken)}.",
            next="Choose an empty folder.",
            detail="node",
        )
    mark.touch()
    settings = config.Settings.model_validate({"name": name, "origin": _origin(name)})
    moment = now()
    keyring = Keyring.create(directory / "keys", settings.origin, record.stamp(moment), os.urandom)
    _write_private(
        directory / "keys" / MASK_KEYS, f"{os.urandom(32).hex()}\n{os.urandom(32).hex()}\n"
    )
    Database.open(f"sqlite:///{directory / 'store.sqlite'}", create=True).close()
    Lake(directory / "lake").root.mkdir(exist_ok=True)
    with Node(directory, settings) as node:
        found(node.means, name, keyring.certificate)
    _write_durable(directory / config.FILE, config.written(settings))
    mark.unlink()


def _origin(name: str) -> str:
    """A name for the ledger that no other node bears, without blanks and `+` (C2SP)."""
    plain = re.sub(r"[\s+]+", "-", name.strip()).casefold()
    return f"{plain}-{secrets.token_hex(4)}"


def _clear(directory: Path) -> None:
    for part in ("keys", "lake"):
        shutil.rmtree(directory / part, ignore_errors=True)
    for path in directory.glob("store.sqlite*"):
        path.unlink()


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _write_durable(path: Path, text: str) -> None:
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
