"""The ledger: events appended in order, each provable by an RFC 9162 tree over their bytes.

All writing happens inside a transaction of the caller, who signs the head before it commits.
Entries are never changed; what is derived from them (hashes, charges) is kept beside them and
can be recomputed (`audit`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from doumen.failpoint import passing
from doumen.kits.evidence import merkle
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.note import Checkpoint, sign_checkpoint
from doumen.model.errors import Conflict, NotFound
from doumen.model.event import Charge, Event
from doumen.model.message import msg
from doumen.stores.database import Database
from doumen.stores.ledger import tree
from doumen.stores.ledger.audit import audit
from doumen.stores.ledger.heads import Flaw
from doumen.stores.tables import CHARGES, CHECKPOINTS, ENTRIES, RECEIPTS

PAGE = 1000
"""Entries read at once."""
_LAST = select(func.max(ENTRIES.c.place))
_LAST_HEAD = select(func.max(CHECKPOINTS.c.number))


@dataclass(frozen=True, slots=True)
class Placed:
    """An event in its place.

    Attributes:
        index: From 0.
        event: With `previous`.
        body: The bytes that the ledger holds (RFC 8785).
        leaf: Leaf hash of `body`.
    """

    index: int
    event: Event
    body: bytes
    leaf: bytes


class Ledger:
    """The ledger of one node.

    Args:
        database: Where it is kept.
        origin: Its name in checkpoints, unique in the world.
    """

    def __init__(self, database: Database, origin: str) -> None:
        self._database = database
        self._origin = origin

    def append(self, connection: Connection, events: Sequence[Event]) -> list[Placed]:
        """Add events at the end, in a transaction that writes; `previous` is set here.

        Raises:
            Conflict: an event of the same id is there already.
            Invalid: an event cannot be written as canonical JSON.
        """
        return self._append(connection, events)[0] if events else []

    def seal(
        self, connection: Connection, events: Sequence[Event], key: Ed25519PrivateKey, name: str
    ) -> tuple[list[Placed], str, list[list[bytes]]]:
        """Add events, sign the new head, and prove each event in it: one look at the tree.

        Args:
            connection: A transaction that writes.
            events: At least one; raises as `append`.
            key: The node's working key.
            name: Name of the key in the note.

        Returns:
            The events in their places, the checkpoint, and the inclusion proof of each.
        """
        placed, known = self._append(connection, events)
        size, read = placed[-1].index + 1, tree.reader(known)
        note = sign_checkpoint(Checkpoint(self._origin, size, merkle.root(size, read)), name, key)
        self._keep_head(connection, size, note)
        passing("ledger.signed")
        return placed, note, [merkle.inclusion(p.index, size, read) for p in placed]

    def _append(
        self, connection: Connection, events: Sequence[Event]
    ) -> tuple[list[Placed], dict[tree.Node, bytes]]:
        """The events in their places, and the nodes that the proofs of these need."""
        size = self.size(connection)
        leaves = [(0, size - 1)] if size else []
        known = tree.fetch(connection, {*tree.edge(size), *leaves})
        previous = known[0, size - 1].hex() if size else None
        placed: list[Placed] = []
        grown: list[tuple[int, int, bytes]] = []
        for index, given in enumerate(events, size):
            event = replace(given, previous=previous)
            body = canonical(event.as_json())
            leaf = merkle.leaf_hash(body)
            nodes = merkle.grown(index, leaf, tree.reader(known))
            known.update({(level, place): hash_ for level, place, hash_ in nodes})
            grown += nodes
            placed.append(Placed(index, event, body, leaf))
            previous = leaf.hex()
        _insert(connection, placed)
        tree.store(connection, grown)
        passing("ledger.appended")
        return placed, known

    def size(self, connection: Connection) -> int:
        """Number of entries."""
        last = connection.execute(_LAST).scalar()
        return 0 if last is None else last + 1

    def root(self, connection: Connection, size: int) -> bytes:
        """Merkle tree hash of the first `size` entries."""
        self._within(connection, size)
        return tree.computed(connection, lambda read: merkle.root(size, read))

    def sign_head(self, connection: Connection, key: Ed25519PrivateKey, name: str) -> str:
        """Sign the head as it is now and keep it.

        Args:
            connection: A transaction that writes.
            key: The node's working key.
            name: Name of the key in the note.

        Returns:
            The checkpoint, a C2SP signed note.
        """
        size = self.size(connection)
        head = Checkpoint(self._origin, size, self.root(connection, size))
        note = sign_checkpoint(head, name, key)
        if note != self.head(connection):
            self._keep_head(connection, size, note)
        passing("ledger.signed")
        return note

    def _keep_head(self, connection: Connection, size: int, note: str) -> None:
        last = connection.execute(_LAST_HEAD).scalar()
        number = 0 if last is None else last + 1
        connection.execute(insert(CHECKPOINTS), [{"number": number, "size": size, "note": note}])

    def head(self, connection: Connection) -> str | None:
        """The latest checkpoint, or None where nothing was signed yet."""
        asked = select(CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.number.desc()).limit(1)
        return connection.execute(asked).scalar()

    def checkpoints(self, connection: Connection) -> Iterator[str]:
        """All checkpoints, oldest first."""
        asked = select(CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.number)
        yield from connection.execute(asked).scalars()

    def inclusion(self, connection: Connection, index: int, size: int) -> list[bytes]:
        """The proof that entry `index` lies in the tree of `size` entries.

        Raises:
            NotFound: the ledger has no such entry or has not come to that size.
        """
        self._within(connection, size)
        if not 0 <= index < size:
            raise _beyond(index, size)
        return tree.computed(connection, lambda read: merkle.inclusion(index, size, read))

    def consistency(self, connection: Connection, old: int, new: int) -> list[bytes]:
        """The proof that the ledger of size `old` is a prefix of that of size `new`.

        Raises:
            NotFound: the ledger has not come to these sizes.
        """
        self._within(connection, new)
        if not 0 <= old <= new:
            raise _beyond(old, new)
        return tree.computed(connection, lambda read: merkle.consistency(old, new, read))

    def entry(self, connection: Connection, index: int) -> bytes:
        """The bytes of one entry.

        Raises:
            NotFound: there is none at this place.
        """
        asked = select(ENTRIES.c.body).where(ENTRIES.c.place == index)
        body = connection.execute(asked).scalar()
        if body is None:
            raise _beyond(index, self.size(connection))
        return bytes(body)

    def find(self, connection: Connection, id: str) -> tuple[int, bytes] | None:
        """Place and bytes of the event of this id, or None."""
        asked = select(ENTRIES.c.place, ENTRIES.c.body).where(ENTRIES.c.id == id)
        row = connection.execute(asked).one_or_none()
        return None if row is None else (row.place, bytes(row.body))

    def entries(
        self, connection: Connection, start: int = 0, stop: int | None = None
    ) -> Iterator[bytes]:
        """The bytes of the entries from `start` to before `stop`, page by page."""
        end = self.size(connection) if stop is None else stop
        for first in range(start, end, PAGE):
            asked = (
                select(ENTRIES.c.body)
                .where(ENTRIES.c.place >= first, ENTRIES.c.place < min(first + PAGE, end))
                .order_by(ENTRIES.c.place)
            )
            yield from map(bytes, connection.execute(asked).scalars().all())

    def balance(self, connection: Connection, account: str, unit: str) -> int:
        """Sum of all charges on an account, in the unit's smallest part."""
        asked = select(func.sum(CHARGES.c.amount)).where(
            CHARGES.c.account == account, CHARGES.c.unit == unit
        )
        return int(connection.execute(asked).scalar() or 0)

    def charged(
        self, connection: Connection, account: str, unit: str, before: int | None = None
    ) -> Iterator[bytes]:
        """The bytes of the entries that charge an account in a unit, the latest first.

        Args:
            connection: A reading transaction.
            account: The account.
            unit: The unit.
            before: Only entries before this place; None: all.
        """
        asked = (
            select(CHARGES.c.place, ENTRIES.c.body)
            .join(ENTRIES, ENTRIES.c.place == CHARGES.c.place)
            .where(CHARGES.c.account == account, CHARGES.c.unit == unit)
            .order_by(CHARGES.c.place.desc())
            .limit(PAGE)
        )
        while True:
            page = asked if before is None else asked.where(CHARGES.c.place < before)
            rows = connection.execute(page).all()
            yield from (bytes(row.body) for row in rows)
            if len(rows) < PAGE:
                return
            before = rows[-1].place

    def charges(self, connection: Connection) -> Iterator[tuple[int, Charge]]:
        """All charges with the place of their event, in order."""
        asked = select(CHARGES).order_by(CHARGES.c.place, CHARGES.c.item)
        for row in connection.execute(asked):
            yield row.place, Charge(row.account, row.unit, row.amount)

    def keep_receipts(self, connection: Connection, sealed: Sequence[tuple[str, str]]) -> None:
        """Keep sealed receipts: id of the event and text."""
        rows = [{"id": id, "text": text} for id, text in sealed]
        connection.execute(insert(RECEIPTS), rows)

    def keep_countersigned(self, connection: Connection, id: str, text: str) -> None:
        """Keep a receipt with one more signature in place of the same without it."""
        connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == id).values(text=text))

    def receipt(self, connection: Connection, id: str) -> str | None:
        """The sealed receipt of an event, or None where there is none (any more)."""
        return connection.execute(select(RECEIPTS.c.text).where(RECEIPTS.c.id == id)).scalar()

    def audit(self, connection: Connection, publics: Mapping[str, str]) -> list[Flaw]:
        """Recompute everything from the bytes of the entries; name what does not hold.

        Args:
            connection: A reading transaction.
            publics: Key id → public key (hex) of all working keys, retired ones included.
        """
        return audit(connection, self._origin, publics)

    def _within(self, connection: Connection, size: int) -> None:
        limit = self.size(connection)
        if not 0 <= size <= limit:
            raise _beyond(size, limit)


def _insert(connection: Connection, placed: Sequence[Placed]) -> None:
    entries = [{"place": p.index, "id": p.event.id, "body": p.body} for p in placed]
    charges = [
        {
            "place": p.index,
            "item": item,
            "account": charge.account,
            "unit": charge.unit,
            "amount": charge.amount,
        }
        for p in placed
        for item, charge in enumerate(p.event.charges)
    ]
    try:
        connection.execute(insert(ENTRIES), entries)
    except IntegrityError:
        raise Conflict(
            msg("An event of the same id is in the ledger already."),
            next=msg("Run the job again: it gets a new id."),
            detail="event",
        ) from None
    if charges:
        connection.execute(insert(CHARGES), charges)


def _beyond(place: int, limit: int) -> NotFound:
    return NotFound(
        msg("There is nothing at place or size {place} of the ledger.", place=place),
        why=msg("It ends at {limit}.", limit=limit),
        detail="ledger",
    )
