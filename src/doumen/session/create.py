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
from urllib.parse import quote

from doumen.gate import record
from doumen.gate.amend import found
from doumen.kits.standards import dsp
from doumen.model.errors import Conflict, DoumenError, Invalid, Refused
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.operation import Fields, Outcome
from doumen.session import settings as config
from doumen.session.lakes import lake_of
from doumen.session.node import Node, now
from doumen.session.settings import CACHE
from doumen.stores import address
from doumen.stores.database import Database, discard
from doumen.stores.durable import write_private
from doumen.stores.lake.bucket import SCHEME, Address
from doumen.stores.ledger import Keyring

MARK = ".doumen-unfinished"
MASK_KEYS = "mask.keys"
PLACE = "DOUMEN_STORE"
"""Variable of the environment: address of the store of new nodes."""
WATER = "DOUMEN_LAKE"
"""Variable of the environment: address of the lake of new nodes."""


def init(
    directory: Path,
    name: str,
    store: str | None = None,
    address: str | None = None,
    lake: str | None = None,
) -> Outcome:
    """Make a node in `directory` and tell what was made."""
    directory = directory.resolve()
    create(directory, name, store, address, lake)
    with Node.open(directory) as node:
        key, settings = node.means.keys().root_public, node.settings
    warned = msg(
        "{file} holds the password of the server, for you alone to read; PGPASSWORD or "
        "~/.pgpass keep it out of the file.",
        file=config.FILE,
    )
    fields: list[tuple[Message, object]] = [(msg("node"), str(directory)), (msg("name"), name)]
    if settings.address:
        fields += [(msg("address"), settings.address), (msg("reach"), settings.reach)]
    return Outcome(
        json={
            "node": str(directory),
            "name": name,
            "root_key": key,
            "address": settings.address or None,
        },
        drawn=(Fields((*fields, (msg("root key"), key))),),
        said=(
            msg("Made the node `{name}` in {directory}.", name=name, directory=directory),
            *((warned,) if settings.holds_password() else ()),
            *_to_others(settings),
            msg("Publish the root key: with it, others verify your receipts."),
            msg(
                "Next: cd {directory} && doumen collect FILE.csv --as-dataset domain.name",
                directory=directory,
            ),
        ),
    )


def _to_others(settings: config.Settings) -> tuple[Message, ...]:
    """What has to run for the address to hold, and who can reach it."""
    if not settings.address:
        return ()
    if settings.reach == "public":
        return (
            msg("Other nodes reach it at {address}: let `doumen serve` answer there, over TLS.",
                address=settings.address),
        )  # fmt: skip
    endpoint = dsp.callback(settings.address, dsp.Reach.LOOPBACK)
    port = endpoint.port or {"http": 80, "https": 443}[endpoint.scheme]
    return (
        msg("Its address is on this machine, so `reach` is `loopback`: only nodes here can deal "
            "with it, for tests and demonstrations."),
        msg("They reach it while it is served: doumen serve --port {port}", port=port),
    )  # fmt: skip


def create(
    directory: Path,
    name: str,
    store: str | None = None,
    address: str | None = None,
    lake: str | None = None,
) -> None:
    """Make a node.

    Args:
        directory: Its folder.
        name: Name of the organisation.
        store: Address of a PostgreSQL server for its facts and events; else `DOUMEN_STORE`,
            else a file in the folder. Without a schema in it, the node gets one of its own.
        address: Where other nodes reach it; None: nowhere.
        lake: Address of a bucket for its data; else `DOUMEN_LAKE`, else the folder `lake`. One
            that names no folder, or ends in `/`, gets a folder of its own below.

    Raises:
        Conflict: the folder holds a node, or files that a node would overwrite, or the bucket
            has the lake of another.
        Invalid: the name is empty, or an address none that can be used.
        Refused: its address is one of an inner network, or lacks TLS.
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
    wished = lake or os.environ.get(WATER)
    water = filled(wished, origin)
    settings = config.Settings.model_validate(
        {"name": name, "origin": origin, "store": stored(given, origin)} | _reached(address) | water
    )
    directory.mkdir(parents=True, exist_ok=True)
    mark = directory / MARK
    if mark.exists():
        before = mark.read_text(encoding="utf-8")
        _clear(directory, before, given, settings.model_copy(update=filled(wished, before)))
    _free(directory, settings)
    mark.write_text(origin, encoding="utf-8")
    _fill(directory, settings)
    written = config.written(settings)
    if settings.holds_password():
        write_private(directory / config.FILE, written.encode())
    else:
        _write_durable(directory / config.FILE, written)
    mark.unlink()


def _free(directory: Path, settings: config.Settings) -> None:
    """Make sure that nothing lies where the node is going to.

    Raises:
        Conflict: something does.
    """
    parts = ("keys", CACHE if settings.bucket else "lake", "store.sqlite")
    taken = [part for part in parts if (directory / part).exists()]
    if taken:
        raise Conflict(
            msg(
                "`{directory}` already holds {taken}.", directory=directory, taken=enumerated(taken)
            ),
            next=msg("Choose an empty folder."),
            detail="node",
        )


def _fill(directory: Path, settings: config.Settings) -> None:
    """Keys, store, lake and the first event."""
    url = settings.store_address(directory)
    stamp = record.stamp(now())
    Database.open(url, create=True, origin=settings.origin).close()
    keyring = Keyring.create(directory / "keys", settings.origin, stamp, os.urandom)
    _write_private(
        directory / "keys" / MASK_KEYS, f"{os.urandom(32).hex()}\n{os.urandom(32).hex()}\n"
    )
    lake_of(settings, directory).create(settings.origin)
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


def filled(given: str | None, origin: str) -> dict[str, str]:
    """The settings for the lake: in a bucket, a folder of its own unless one is named.

    Raises:
        Invalid: it is no address of a bucket.
    """
    if given is None:
        return {}
    if not given.startswith(SCHEME):
        raise Invalid(
            msg("A node is made with its lake in the folder, or in a bucket."),
            next=plain("doumen init DIR --name TEXT --lake s3://BUCKET/PREFIX"),
            detail="lake",
        )
    place, mark, query = given.partition("?")
    if not Address.parse(given).prefix or place.endswith("/"):
        place = f"{place.rstrip('/')}/{quote(origin, safe='')}"
    return {"lake": f"{place}{mark}{query}"}


def _reached(given: str | None) -> dict[str, str]:
    """The settings for an address: on this machine it takes the reach that allows it.

    Raises:
        Invalid, Refused: no node can be reached there.
    """
    if given is None:
        return {}
    try:
        try:
            return {"address": str(dsp.callback(given)), "reach": dsp.Reach.PUBLIC.value}
        except Refused:
            local = dsp.callback(given, dsp.Reach.LOOPBACK)
            return {"address": str(local), "reach": dsp.Reach.LOOPBACK.value}
    except DoumenError as error:
        error.next = msg(
            "Give it as others reach it, like `https://port.example:8470`; to try on this machine "
            "alone, `http://127.0.0.1:8470`."
        )
        raise


def _origin(name: str) -> str:
    """A name for the ledger that no other node bears, without blanks and `+` (C2SP)."""
    plain = re.sub(r"[\s+]+", "-", name.strip()).casefold()
    return f"{plain}-{secrets.token_hex(4)}"


def _clear(directory: Path, origin: str, given: str, settings: config.Settings) -> None:
    """Remove what an interrupted making of a node of this origin left."""
    if origin:
        lake_of(settings, directory).forget(origin)
    if given != config.STORE and origin:
        discard(stored(given, origin), origin)
    for part in ("keys", "lake", CACHE):
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
