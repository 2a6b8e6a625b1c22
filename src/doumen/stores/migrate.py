"""Brings a store of an older layout to the present one: tried first, then done, then the same.

SQLite is tried on a copy beside it; there the trial also finds out whether the disk has room.
PostgreSQL is tried in a transaction that is rolled back: its changes of tables are part of the
transaction, and a copy would need twice the room and rights that a user may lack. In both the
real run is one transaction too: it ends with the ledger verified and every entry, checkpoint,
receipt and fact as before, or it leaves no trace. Other writers wait meanwhile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select, text, update
from sqlalchemy.engine import URL

from doumen.model.errors import Faulty, Tampered
from doumen.model.message import msg
from doumen.stores import address, faults, postgresql, sqlite
from doumen.stores.database import PATIENCE, Database, layout
from doumen.stores.tables import CHECKPOINTS, ENTRIES, FACTS, RECEIPTS, STORE, VERSION

PLACES: tuple[Path, ...] = (Path(__file__).parent / "layouts",)
"""Folders with the steps from each layout to the next."""

Verify = Callable[[Connection], Sequence[Any]]
"""Finds what does not hold in the ledger; empty: nothing."""

_KEPT = (
    (ENTRIES.c.place, ENTRIES.c.id, ENTRIES.c.body),
    (CHECKPOINTS.c.number, CHECKPOINTS.c.size, CHECKPOINTS.c.note),
    (RECEIPTS.c.id, RECEIPTS.c.text),
    (FACTS.c.seq, FACTS.c.kind, FACTS.c.key, FACTS.c.body, FACTS.c.event, FACTS.c.time),
)
"""What no migration may change, in the columns that it has had since layout 1."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was done, or would be.

    Attributes:
        old: Layout before.
        new: Layout after; the same where there was nothing to do.
        rows: Entries, checkpoints, receipts and facts that were held against each other.
    """

    old: int
    new: int
    rows: int = 0


def migrate(url: str, verify: Verify, *, trial: bool = False) -> Migrated:
    """Bring a store to the present layout.

    Args:
        url: As `Database.open` takes it.
        verify: Verifies the ledger, before and after.
        trial: Try only, and change nothing.

    Raises:
        Unavailable: the store cannot be used, is none, or has a newer layout.
        Tampered: the ledger does not hold as it is.
        Faulty: a step changed what it must not; nothing was kept of it.
    """
    place = address.parse(url)
    server = place.get_backend_name() == "postgresql"
    if not server:
        sqlite.find(place, create=False)
    database = Database(_engine(place))
    try:
        with database.read() as connection:
            found = layout(connection)
        if found is None or found > VERSION:
            raise faults.layout(found, VERSION)
        if found == VERSION:
            return Migrated(found, found)
        done = _run(database, verify, keep=False) if server else _tried(place, verify)
        return done if trial else _run(database, verify, keep=True)
    finally:
        database.close()


def _engine(place: URL) -> Engine:
    if place.get_backend_name() == "postgresql":
        return postgresql.engine(place, PATIENCE)
    return sqlite.engine(place, PATIENCE, keys=False)


def _tried(place: URL, verify: Verify) -> Migrated:
    """Do it to a copy."""
    with sqlite.copied(place) as copy:
        database = Database(_engine(copy))
        try:
            return _run(database, verify, keep=True)
        finally:
            database.close()


class _Undone(Exception):
    """Ends a transaction of which nothing is to be kept."""


def _run(database: Database, verify: Verify, *, keep: bool) -> Migrated:
    done: Migrated | None = None
    try:
        with database.alter() as connection:
            done = _migrated(connection, verify)
            if not keep:
                raise _Undone
    except _Undone:
        pass
    assert done is not None
    return done


def _migrated(connection: Connection, verify: Verify) -> Migrated:
    found = layout(connection)
    if found is None or found >= VERSION:  # somebody else was faster
        return Migrated(VERSION, VERSION)
    before = _kept(connection)
    if verify(connection):
        raise Tampered(
            msg("The ledger does not hold as it is; nothing was migrated."),
            next=msg(
                "See what is wrong with the version of Doumen that wrote it: `doumen doctor`."
            ),
            detail="ledger",
        )
    step(connection, found)
    if _kept(connection) != before or verify(connection) or _dangling(connection):
        raise Faulty(
            msg(
                "The step from layout {found} to {version} changes what it must keep.",
                found=found,
                version=VERSION,
            ),
            why=msg("Nothing was changed: it was tried, and taken back."),
            next=msg("Keep the version of Doumen that wrote the store, and report this."),
            detail="migration",
        )
    return Migrated(found, VERSION, before[0])


def step(connection: Connection, old: int | None, new: int | None = None) -> None:
    """Take the steps from a layout to a later one, whatever is in the tables.

    Args:
        connection: Of a database that nobody else uses meanwhile.
        old: Its layout; None: it is empty.
        new: The layout wanted; None: the present one.
    """
    from alembic.operations import Operations  # noqa: PLC0415 (only who migrates pays for it)
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(str(PLACES[0]), version_locations=[str(p) for p in PLACES])
    new = VERSION if new is None else new
    steps = list(scripts.iterate_revisions(_revision(new), _revision(old) if old else "base"))
    with Operations.context(MigrationContext.configure(connection)):
        for one in reversed(steps):
            one.module.upgrade()
            connection.execute(update(STORE).values(version=int(one.revision)))


def _revision(number: int) -> str:
    return f"{number:04d}"


def _kept(connection: Connection) -> tuple[int, str]:
    """How many rows there are that must stay, and a digest over them."""
    count, digest = 0, hashlib.sha256()
    for columns in _KEPT:
        asked = select(*columns).order_by(columns[0]).execution_options(yield_per=1000)
        for row in connection.execute(asked):
            count += 1
            digest.update(repr(tuple(map(_plain, row))).encode("utf-8", "surrogatepass"))
    return count, digest.hexdigest()


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview | bytearray) else value


def _dangling(connection: Connection) -> bool:
    """Whether a row refers to one that is not there; SQLite did not hold it meanwhile."""
    if connection.dialect.name != "sqlite":
        return False
    return connection.execute(text("PRAGMA foreign_key_check")).first() is not None
