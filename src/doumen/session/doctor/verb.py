"""The verb `doctor`: all checks in order, as a table and an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from doumen.model.errors import DoumenError, Tampered
from doumen.model.message import Message, msg
from doumen.model.operation import Outcome, Table
from doumen.model.plan import Progress
from doumen.session import settings as config
from doumen.session.doctor import attached, evidence, folder, lake, machine
from doumen.session.doctor.check import NAMES, Check, failed
from doumen.session.lakes import lake_of
from doumen.stores.catalog import Catalog
from doumen.stores.database import Database
from doumen.stores.ledger import Keyring, Ledger


def doctor(
    directory: Path, *, full: bool = False, mend: bool = False, progress: Progress
) -> Outcome:
    """Look at everything; exit 5 where evidence is touched, 1 on other faults."""
    checks = tuple(examined(directory, full=full, mend=mend, progress=progress))
    mended = [check for check in checks if check.mended]
    faults = [check for check in checks if check.state == "fault" and not check.mended]
    said = [msg("Mended: {what}", what=check.said) for check in mended]
    if any(c.state == "warn" and not c.mended for c in checks) or faults:
        said.append(
            msg("{faults} faults, {warnings} warnings.", faults=len(faults),
                warnings=sum(c.state == "warn" and not c.mended for c in checks))
        )  # fmt: skip
    else:
        said.append(msg("All is well."))
    columns = (msg("check"), msg("state"), msg("found"), msg("next"))
    rows = tuple((NAMES.get(c.name, c.name), _state(c), c.said, c.next or "") for c in checks)
    return Outcome(
        json={
            "well": not faults,
            "checks": [
                {
                    "check": c.name,
                    "state": c.state,
                    "said": c.said,
                    "next": c.next,
                    "tampered": c.tampered,
                    "mended": c.mended,
                }
                for c in checks
            ],
        },
        drawn=(Table(columns, rows),),
        said=tuple(said),
        exit=_exit(faults),
    )


def examined(directory: Path, *, full: bool, mend: bool, progress: Progress) -> Iterator[Check]:
    """All checks. What needs a part that is not well is left out: the part is told."""
    yield from machine.python()
    yield from folder.keys(directory, mend=mend)
    yield from folder.leftovers(directory, mend=mend)
    try:
        settings = config.read(directory)
    except DoumenError as error:
        yield failed("settings", error)
        yield from machine.disk(directory)
        return
    yield Check("settings", "ok", msg("{file} can be read.", file=config.FILE))
    server = not settings.store.startswith("sqlite:")
    needed = {"postgresql": server, "s3": settings.bucket is not None}
    yield from machine.extras(frozenset(name for name, is_ in needed.items() if is_))
    yield from machine.disk(directory, settings.lake_folder(directory))
    yield from machine.memory(settings.bounds().memory)
    progress(None, msg("looking at the store"))
    try:
        database = Database.open(settings.store_address(directory), origin=settings.origin)
    except DoumenError as error:
        yield failed("store", error)
        return
    try:
        yield Check("store", "ok", msg("It can be reached, and has the layout of this version."))
        yield from _standing(directory, settings, database, full=full, mend=mend)
    except DoumenError as error:
        yield failed("store", error)
    finally:
        database.close()


def _standing(
    directory: Path, settings: config.Settings, database: Database, *, full: bool, mend: bool
) -> Iterator[Check]:
    """What the store says, held against the keys, the lake and attached files."""
    catalog = Catalog(database)
    try:
        keys: Keyring | None = Keyring.open(directory / "keys")
    except DoumenError:
        keys = None  # told before
    with database.read() as connection:
        if keys is not None:
            book = Ledger(database, settings.origin)
            yield from evidence.ledger(connection, book, keys, full=full)
            yield from evidence.signers(keys, catalog.current(connection))
        yield from evidence.receipts(connection)
        yield from evidence.clock(connection)
    data = lake_of(settings, directory)
    yield from lake.files(data, catalog, full=full)
    yield from lake.logs(data, catalog, database, mend=mend)
    yield from lake.orphans(data, catalog, database, mend=mend)
    yield from attached.files(catalog, full=full)


def _state(check: Check) -> Message:
    states = {"ok": msg("ok"), "warn": msg("warning"), "fault": msg("FAULT")}
    return msg("mended") if check.mended else states[check.state]


def _exit(faults: list[Check]) -> int:
    if any(check.tampered for check in faults):
        return Tampered.exit
    return 1 if faults else 0
