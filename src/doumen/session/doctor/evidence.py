"""The store of a node, seen by the doctor: ledger, receipts, keys and clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from doumen.kits.evidence import merkle
from doumen.kits.evidence.note import Checkpoint, open_by_any
from doumen.model.errors import DoumenError, Tampered
from doumen.model.fact import Facts
from doumen.model.message import Message, msg
from doumen.session.doctor.check import Check, failed
from doumen.session.node import now
from doumen.stores.ledger import Keyring, Ledger, tree
from doumen.stores.ledger.audit import audit
from doumen.stores.tables import ENTRIES, RECEIPTS

LAST = 100
"""Entries at the end of the ledger that are recomputed when not all are asked for."""
AHEAD = timedelta(minutes=1)
"""How far the clock may be behind the last event."""


def ledger(connection: Connection, ledger: Ledger, keys: Keyring, *, full: bool) -> Iterator[Check]:
    """Whether the ledger is what the node signed; its end, or all of it."""
    if full:
        flaws = audit(connection, keys.origin, keys.publics)
        for flaw in flaws:
            yield _touched(msg("{where}: {what}", where=flaw.where, what=flaw.what))
        if not flaws:
            said = msg("All {size} entries and all receipts hold.", size=ledger.size(connection))
            yield Check("ledger", "ok", said)
        return
    try:
        yield from _end(connection, ledger, keys)
    except DoumenError as error:
        yield failed("ledger", error)


def _end(connection: Connection, ledger: Ledger, keys: Keyring) -> Iterator[Check]:
    """Head, tree and the last entries."""
    size = ledger.size(connection)
    head = _opened(ledger.head(connection), keys)
    if head is None:
        yield _touched(msg("Its head is not signed by a key of this node."))
        return
    if head.size != size or ledger.root(connection, size) != head.root:
        yield _touched(msg("It is not the one that its head was signed for."))
        return
    start = max(0, size - LAST)
    known = tree.fetch(connection, [(0, place) for place in range(max(0, start - 1), size)])
    for place, body in enumerate(ledger.entries(connection, start, size), start):
        before = known[0, place - 1].hex() if place else None
        if merkle.leaf_hash(body) != known[0, place] or json.loads(body)["previous"] != before:
            yield _touched(msg("Entry {place} was changed.", place=place))
            return
    said = msg("Head, tree and the last {count} of {size} entries hold.",
               count=size - start, size=size)  # fmt: skip
    yield Check("ledger", "ok", said)


def receipts(connection: Connection) -> Iterator[Check]:
    """Whether each event has its receipt; one may have been shredded on purpose."""
    asked = select(func.count()).select_from(ENTRIES.outerjoin(
        RECEIPTS, ENTRIES.c.id == RECEIPTS.c.id)).where(RECEIPTS.c.id.is_(None))  # fmt: skip
    lacking = connection.execute(asked).scalar_one()
    if lacking:
        said = msg("{count} events have no receipt any more.", count=lacking)
        yield Check("receipts", "warn", said, msg("Their holders have copies, unless shredded."))
    else:
        yield Check("receipts", "ok", msg("Every event has its receipt."))


def signers(keys: Keyring, facts: Facts) -> Iterator[Check]:
    """Whether each certificate came into force by an event."""
    known = {key for key, _ in facts.all("key")}
    for certificate in keys.record.certificates:
        if certificate["kid"] not in known:
            yield Check(
                "keys",
                "fault",
                msg("Key {kid} has no event in the ledger.", kid=certificate["kid"]),
                msg("If a rotation was cut off, `doumen key rotate` ends it."),
                tampered=True,
            )


def clock(connection: Connection) -> Iterator[Check]:
    """Whether the last event is in the past."""
    asked = select(ENTRIES.c.body).order_by(ENTRIES.c.place.desc()).limit(1)
    body = connection.execute(asked).scalar()
    try:
        last = datetime.fromisoformat(json.loads(bytes(body or b""))["time"])
        ahead = last > now() + AHEAD
    except (ValueError, KeyError, TypeError):
        return  # no event that could be read: the ledger's check tells it
    if ahead:
        said = msg("The last event is of {time}, which is yet to come.", time=f"{last:%F %T}Z")
        yield Check("clock", "fault", said, msg("Set the clock of the machine."))
    else:
        yield Check("clock", "ok", msg("The clock is not behind the last event."))


def _opened(note: str | None, keys: Keyring) -> Checkpoint | None:
    try:
        return open_by_any(note or "", keys.origin, keys.publics.values())
    except Tampered:
        return None


def _touched(said: Message) -> Check:
    step = msg("Keep everything as it is, and compare with a backup: `doumen backup verify DIR`.")
    return Check("ledger", "fault", said, step, tampered=True)
