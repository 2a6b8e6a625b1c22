"""Make a node: settings, keys, store, lake and the first event.

`doumen.toml` is written last: a folder without it is no node, so an interrupted `init` leaves
nothing that looks like one, and the next `init` begins anew. Until then a mark holds the name of
its ledger, by which a store that it began on a server is known for its own.
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
from doumen.model.message import enumerated, msg, plain
from doumen.model.operation import Fields, Outcome
from doumen.session import settings as config
from doumen.session.node import Node, now
from doumen.stores import address
from doumen.stores.database import Database, discard
from doumen.stores.durable import write_private
from doumen.stores.lake import Lake
from doumen.stores.ledger import Keyring

MARK = ".doumen-unfinished"
MASK_KEYS = "mask.keys"
PLACE = "DOUMEN_STORE"
"""Variable of the environment: address of the store of new nodes."""


def init(directory: Path, name: str, store: str | None = None) -> Outcome:
    """Make a node in `directory` and tell what was made."""
    directory = directory.resolve()
    create(directory, name, store)
    with Node.open(directory) as node:
        key = node.means.keys().root_public
        open_secret = node.settings.holds_password()
    warned = msg(
        "{file} holds the password of the server, for you alone to read; PGPASSWORD or "
        "~/.pgpass keep it out of the file.",
        file=config.FILE,
    )
    return Outcome(
        json={"node": str(directory), "name": name, "root_key": key},
        drawn=(
            Fields(((msg("node"), str(directory)), (msg("name"), name), (msg("root key"), key))),
        ),
        said=(
            msg("Made the node `{name}` in {directory}.", name=name, directory=directory),
            *((warned,) if open_secret else ()),
            msg("Publish the root key: with it, others verify your receipts."),
            msg(
                "Next: cd {directory} && doumen collect FILE.csv --as-dataset domain.name",
                directory=directory,
            ),
        ),
    )


def create(directory: Path, name: str, store: str | None = None) -> None:
    """Make a node.

    Args:
        directory: Its folder.
        name: Name of the organisation.
        store: Address of a PostgreSQL server for its facts and events; else `DOUMEN_STORE`,
            else a file in the folder. Without a schema in it, the node gets one of its own.

    Raises:
        Conflict: the folder holds a node, or files that a node would overwrite.
        Invalid: the name is empty, or the address none that can be used.
        Unavailable: the server cannot be used.
    """
    if not name.strip():
        raise Invalid(
            msg("The node needs a name."), next=plain("doumen init DIR --name TEXT"), detail="name"
        )
    directory = directory.resolve()
    if (directory / config.FILE).exists():
        raise Conflict(
            msg("`{directory}` is a node already.", directory=directory),
            next=msg("Use it, or choose another folder."),
            detail="node",
        )
    origin = _origin(name)
    given = store or os.environ.get(PLACE) or config.STORE
    settings = config.Settings.model_validate(
        {"name": name, "origin": origin, "store": stored(given, origin)}
    )
    directory.mkdir(parents=True, exist_ok=True)
    mark = directory / MARK
    if mark.exists():
        _clear(directory, mark.read_text(encoding="utf-8"), given)
    taken = [part for part in ("keys", "lake", "store.sqlite") if (directory / part).exists()]
    if taken:
        raise Conflict(
            msg(
                "`{directory}` already holds {taken}.", directory=directory, taken=enumerated(taken)
            ),
            next=msg("Choose an empty folder."),
            detail="node",
        )
    mark.write_text(origin, encoding="utf-8")
    _fill(directory, settings)
    written = config.written(settings)
    if settings.holds_password():
        write_private(directory / config.FILE, written.encode())
    else:
        _write_durable(directory / config.FILE, written)
    mark.unlink()


def _fill(directory: Path, settings: config.Settings) -> None:
    """Keys, store, lake and the first event."""
    url = settings.address(directory)
    stamp = record.stamp(now())
    Database.open(url, create=True, origin=settings.origin).close()
    keyring = Keyring.create(directory / "keys", settings.origin, stamp, os.urandom)
    _write_private(
        directory / "keys" / MASK_KEYS, f"{os.urandom(32).hex()}\n{os.urandom(32).hex()}\n"
    )
    Lake(directory / "lake").root.mkdir(exist_ok=True)
    with Node(directory, settings) as node:
        found(node.means, settings.name, keyring.certificate)


def stored(given: str, origin: str) -> str:
    """The address as the settings hold it: a server's with the node's own schema."""
    if given == config.STORE:
        return given
    if address.parse(given).get_backend_name() != "postgresql":
        raise Invalid(
            msg("A node is made with its store in the folder, or on a PostgreSQL server."),
            next=plain("doumen init DIR --name TEXT --store postgresql+psycopg://USER@HOST/NAME"),
            detail="store",
        )
    return address.with_schema(given, f"{address.SCHEMA}_{origin.rpartition('-')[2]}")


def _origin(name: str) -> str:
    """A name for the ledger that no other node bears, without blanks and `+` (C2SP)."""
    plain = re.sub(r"[\s+]+", "-", name.strip()).casefold()
    return f"{plain}-{secrets.token_hex(4)}"


def _clear(directory: Path, origin: str, given: str) -> None:
    """Remove what an interrupted making of a node of this origin left."""
    if given != config.STORE and origin:
        discard(stored(given, origin), origin)
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
