"""The audit: everything the ledger keeps, recomputed from the bytes of its entries.

Each fault is named with its place, and the walk goes on behind it with the hash that the rest
of the ledger vouches for, so that one changed row is one finding and not a thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, Row, func, or_, select

from doumen.kits.evidence import merkle
from doumen.kits.evidence.canonical import parsed
from doumen.model.errors import Tampered
from doumen.model.event import Event
from doumen.model.message import Message, msg
from doumen.stores.ledger import tree
from doumen.stores.ledger.heads import Flaw, Heads, entry_bytes, receipt_flaws
from doumen.stores.tables import CHARGES, ENTRIES, NODES

PAGE = 1024
"""Entries looked at at once."""

_UNKNOWN = "00" * 32
_ENTRIES = (ENTRIES.c.place, ENTRIES.c.id, ENTRIES.c.body)
_CHARGES = tuple(CHARGES.c[name] for name in ("place", "item", "account", "unit", "amount"))
# named one by one: a store of an older layout, which lacks later columns, is audited too


def audit(connection: Connection, origin: str, publics: Mapping[str, str]) -> list[Flaw]:
    """Everything in the ledger that does not hold; empty: it is what the node signed.

    Args:
        connection: A reading transaction.
        origin: Name of the ledger, which also names the key in its checkpoints.
        publics: Key id → public key (hex) of all working keys.
    """
    heads = Heads.read(connection, origin, publics)
    last = connection.execute(select(func.max(ENTRIES.c.place))).scalar()
    size = 0 if last is None else max(last + 1, 0)
    walk = _Walk(connection, heads)
    for start in range(0, size, PAGE):
        walk.page(start, min(start + PAGE, size))
    return [
        *walk.flaws,
        *_strays(connection, size),
        *heads.compared(size),
        *receipt_flaws(connection, publics),
    ]


@dataclass(slots=True)
class _Page:
    """What the store keeps about a range of entries."""

    entries: Mapping[int, Row[Any, Any, Any]]
    nodes: Mapping[int, bytes]
    charges: Mapping[int, Sequence[tuple[int, str, str, int]]]

    @classmethod
    def read(cls, connection: Connection, start: int, stop: int) -> _Page:
        within = (ENTRIES.c.place >= start, ENTRIES.c.place < stop)
        first, end = tree.count(start), tree.count(stop)
        hashes = select(NODES.c.number, NODES.c.hash).where(
            NODES.c.number >= first, NODES.c.number < end
        )
        asked = select(*_CHARGES).where(CHARGES.c.place >= start, CHARGES.c.place < stop)
        charges: dict[int, list[tuple[int, str, str, int]]] = {}
        for row in connection.execute(asked.order_by(CHARGES.c.place, CHARGES.c.item)):
            item = (row.item, row.account, row.unit, row.amount)
            charges.setdefault(row.place, []).append(item)
        return cls(
            {row.place: row for row in connection.execute(select(*_ENTRIES).where(*within))},
            {row.number: bytes(row.hash) for row in connection.execute(hashes)},
            charges,
        )


@dataclass(slots=True)
class _Walk:
    """The way through all entries, from the first to the last."""

    connection: Connection
    heads: Heads
    flaws: list[Flaw] = field(default_factory=list)
    known: dict[tree.Node, bytes] = field(default_factory=dict)
    previous: str | None = None

    def page(self, start: int, stop: int) -> None:
        """Look at the entries from `start` to before `stop`."""
        page = _Page.read(self.connection, start, stop)
        for place in range(start, stop):
            leaf = self._leaf(page, place)
            self._grow(page, place, leaf)
            self.previous = leaf.hex()
            if place + 1 in self.heads.roots:
                self.heads.hold(place + 1, merkle.root(place + 1, tree.reader(self.known)))
        self.known = {node: self.known[node] for node in tree.edge(stop)}

    def _leaf(self, page: _Page, place: int) -> bytes:
        """The leaf hash of an entry, as far as it can be known; faults are noted."""
        kept = page.nodes.get(tree.number(0, place))
        row = page.entries.get(place)
        if row is None:
            self._note(place, msg("It is missing."))
            return kept or bytes.fromhex(self._vouched(place + 1) or _UNKNOWN)
        body = entry_bytes(row.body)
        leaf = merkle.leaf_hash(body)
        self._event(page, place, row, body)
        if kept is None or kept == leaf:
            return leaf
        if leaf.hex() == self._vouched(place + 1):
            self.flaws.append(
                Flaw(msg("node {place}", place=f"0/{place}"), msg("The leaf hash was changed."))
            )
            return leaf
        self._note(place, msg("It was changed: its bytes do not give the leaf hash kept for it."))
        return kept

    def _event(self, page: _Page, place: int, row: Row[Any, Any, Any], body: bytes) -> None:
        """Compare an entry with its columns, its charges and the entry before it."""
        event = _read(body)
        if event is None:
            self._note(place, msg("It is not an event in canonical JSON."))
            return
        if event.id != row.id:
            self._note(
                place,
                msg(
                    "It is kept as `{row}`, but is the event `{event}`.", row=row.id, event=event.id
                ),
            )
        if event.previous != self.previous:
            self._note(place, msg("Its `previous` is not the leaf hash of the entry before it."))
        charges = [(i, c.account, c.unit, c.amount) for i, c in enumerate(event.charges)]
        if charges != list(page.charges.get(place, ())):
            self._note(place, msg("The charges kept for it are not those of the event."))

    def _grow(self, page: _Page, place: int, leaf: bytes) -> None:
        """Compare the nodes that become complete with an entry."""
        nodes = merkle.grown(place, leaf, tree.reader(self.known))
        for level, index, hash_ in nodes:
            self.known[level, index] = hash_
            kept = page.nodes.get(tree.number(level, index))
            if kept is None:
                self.flaws.append(
                    Flaw(msg("node {place}", place=f"{level}/{index}"), msg("It is missing."))
                )
            elif level and kept != hash_:
                self.flaws.append(
                    Flaw(
                        msg("node {place}", place=f"{level}/{index}"),
                        msg("It is not the hash of the two below it."),
                    )
                )

    def _vouched(self, place: int) -> str | None:
        """The leaf hash that the entry at `place` states for the one before it."""
        asked = select(ENTRIES.c.body).where(ENTRIES.c.place == place)
        body = self.connection.execute(asked).scalar()
        event = None if body is None else _read(bytes(body))
        return None if event is None else event.previous

    def _note(self, place: int, what: Message) -> None:
        self.flaws.append(Flaw(msg("entry {place}", place=place), what))


def _read(body: bytes) -> Event | None:
    try:
        return Event.from_json(parsed(body, msg("The entry")))
    except (Tampered, KeyError, TypeError):
        return None


def _strays(connection: Connection, size: int) -> Iterator[Flaw]:
    """Rows that belong to no entry."""
    named: tuple[tuple[Callable[[int], Message], Column[int], int], ...] = (
        (lambda place: msg("entry {place}", place=place), ENTRIES.c.place, size),
        (
            lambda place: msg("node number {place}", place=place),
            NODES.c.number,
            tree.count(size),
        ),
        (lambda place: msg("charge of entry {place}", place=place), CHARGES.c.place, size),
    )
    for where, column, end in named:
        asked = select(column).where(or_(column < 0, column >= end)).distinct().order_by(column)
        for place in connection.execute(asked).scalars():
            yield Flaw(where(place), msg("It belongs to no entry of the ledger."))
