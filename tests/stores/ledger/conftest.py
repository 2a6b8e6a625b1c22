"""A ledger of its own for each test, with keys made of known seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doumen.kits.evidence.keys import certify, kid, new_key, public_hex
from doumen.kits.evidence.receipt import seal
from doumen.model.event import Charge, Event
from doumen.model.receipt import Inclusion, Receipt
from doumen.stores.database import Database
from doumen.stores.ledger import Flaw, Ledger, Placed

ORIGIN = "example-ledger"
ROOT = new_key(b"\x01" * 32)
WORKING = new_key(b"\x02" * 32)


@dataclass
class Book:
    """A ledger with its database and keys, and what a job does to it."""

    database: Database
    ledger: Ledger
    publics: dict[str, str] = field(default_factory=dict)

    def commit(
        self, events: Sequence[Event], key: Ed25519PrivateKey = WORKING, *, sign: bool = True
    ) -> list[Placed]:
        """Append events, sign the head and keep a receipt of each, as a job does."""
        self.publics.setdefault(kid(public_hex(key)), public_hex(key))
        with self.database.write() as connection:
            placed = self.ledger.append(connection, events)
            if not sign:
                return placed
            note = self.ledger.sign_head(connection, key, ORIGIN)
            size = self.ledger.size(connection)
            certificate = certify(ROOT, public_hex(key), ORIGIN, "2026-01-01T00:00:00.000000Z")
            for place in placed:
                proof = self.ledger.inclusion(connection, place.index, size)
                receipt = Receipt(
                    id=place.event.id,
                    event=place.event.as_json(),
                    disclosed={},
                    rules=(),
                    inclusion=Inclusion(place.index, size, tuple(h.hex() for h in proof), note),
                    certificate=certificate,
                )
                self.ledger.keep_receipts(connection, [(receipt.id, seal(receipt, key))])
        return placed

    def audit(self) -> list[Flaw]:
        """What the audit finds."""
        with self.database.read() as connection:
            return self.ledger.audit(connection, self.publics)


def make_event(number: int, *charges: Charge) -> Event:
    """An event of known content."""
    return Event(
        id=f"E{number:06d}",
        time="2026-11-24T00:00:00.000000Z",
        type="query",
        actor="ana",
        charges=charges or (Charge("actor:ana", "queries", 1),),
        data={"数": number},
    )


@pytest.fixture
def event() -> Callable[..., Event]:
    """Makes events: `event(number, *charges)`."""
    return make_event


@pytest.fixture
def open_book() -> Iterator[Callable[..., Book]]:
    """Opens ledgers and closes them after the test: `open_book(url, create=False)`."""
    opened: list[Database] = []

    def open_(url: str, *, create: bool = False) -> Book:
        opened.append(Database.open(url, create=create))
        return Book(
            opened[-1], Ledger(opened[-1], ORIGIN), {kid(public_hex(WORKING)): public_hex(WORKING)}
        )

    yield open_
    for database in opened:
        database.close()


@pytest.fixture
def book(url: str, open_book: Callable[..., Book]) -> Book:
    """An empty ledger."""
    return open_book(url, create=True)


@pytest.fixture
def full(book: Book) -> Book:
    """A ledger of 11 events in commits of 1, 2, 3, 4 and 1."""
    number = 0
    for width in (1, 2, 3, 4, 1):
        book.commit([make_event(n) for n in range(number, number + width)])
        number += width
    return book
