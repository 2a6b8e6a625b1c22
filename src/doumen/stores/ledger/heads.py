"""What the node signed about its ledger: checkpoints and receipts, held against the entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from doumen.kits.evidence import jws, merkle
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.note import Checkpoint, open_by_any
from doumen.kits.evidence.receipt import read_receipt
from doumen.model.errors import Tampered
from doumen.model.message import Message, msg
from doumen.stores.tables import CHECKPOINTS, ENTRIES, RECEIPTS


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that does not hold.

    Attributes:
        where: `entry 7`, `node 2/1` (level/index), `checkpoint 3`, `receipt ID` …
        what: One sentence for people.
    """

    where: Message
    what: Message


@dataclass(slots=True)
class Heads:
    """All checkpoints, and what the entries say to them.

    Attributes:
        roots: Size → the numbers and root hashes of the checkpoints signed for it.
        flaws: What is wrong with the notes themselves.
        broken: Checkpoints whose root hash the entries do not give: size and number.
    """

    roots: dict[int, list[tuple[int, bytes]]] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    broken: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def read(cls, connection: Connection, origin: str, publics: Mapping[str, str]) -> Heads:
        """Read and verify all checkpoints."""
        heads = cls()
        number = last = 0
        asked = select(CHECKPOINTS.c.number, CHECKPOINTS.c.size, CHECKPOINTS.c.note)
        for row in connection.execute(asked.order_by(CHECKPOINTS.c.number)):
            where = msg("checkpoint {number}", number=row.number)
            if row.number != number:
                heads.flaws.append(
                    Flaw(msg("checkpoint {number}", number=number), msg("It is missing."))
                )
            number = row.number + 1
            head = _opened(row.note, origin, publics)
            if head is None or head.origin != origin:
                heads.flaws.append(Flaw(where, msg("It is not signed by a key of this node.")))
                continue
            if head.size != row.size or head.size < last:
                heads.flaws.append(
                    Flaw(where, msg("It is kept with another size or out of order."))
                )
            last = max(last, head.size)
            heads.roots.setdefault(head.size, []).append((row.number, head.root))
        heads.hold(0, merkle.EMPTY_ROOT)
        return heads

    def hold(self, size: int, root: bytes) -> None:
        """Hold the checkpoints of a size against the root hash that the entries give."""
        for number, signed in self.roots.get(size, ()):
            if signed != root:
                self.broken.append((size, number))

    def compared(self, size: int) -> Iterator[Flaw]:
        """All faults, once every entry was seen; `size` is their number."""
        yield from self.flaws
        if self.broken:
            first, number = self.broken[0]
            after = len(self.broken) - 1
            yield Flaw(
                msg("checkpoint {number}", number=number),
                msg(
                    "The first {first} entries do not give the root hash that was signed, and "
                    "{after} after it.",
                    first=first,
                    after=after,
                )
                if after
                else msg(
                    "The first {first} entries do not give the root hash that was signed.",
                    first=first,
                ),
            )
        for signed in sorted(self.roots):
            if signed > size:
                yield Flaw(
                    msg("checkpoint {number}", number=self.roots[signed][0][0]),
                    msg(
                        "It was signed for {signed} entries; the ledger has {size}: entries "
                        "were cut off its end.",
                        signed=signed,
                        size=size,
                    ),
                )
        latest = max(self.roots, default=0)
        if latest < size:
            yield Flaw(
                msg("entry {place}", place=latest),
                msg("The last {size} entries are under no checkpoint.", size=size - latest),
            )


def entry_bytes(body: bytes | str) -> bytes:
    """An entry as it is kept; text where somebody changed it by hand."""
    return body if isinstance(body, bytes) else body.encode()


def receipt_flaws(connection: Connection, publics: Mapping[str, str]) -> Iterator[Flaw]:
    """Receipts that are not the node's, or not those of their event."""
    asked = (
        select(RECEIPTS.c.id, RECEIPTS.c.text, ENTRIES.c.body)
        .outerjoin(ENTRIES, ENTRIES.c.id == RECEIPTS.c.id)
        .order_by(RECEIPTS.c.id)
        .execution_options(yield_per=1000)
    )
    for row in connection.execute(asked):
        where = msg("receipt {id}", id=row.id)
        if row.body is None:
            yield Flaw(where, msg("The ledger has no event of this id."))
            continue
        try:
            jws.verify(row.text, publics)
            same = canonical(read_receipt(row.text).event) == entry_bytes(row.body)
        except Tampered as error:
            yield Flaw(where, error.what)
            continue
        if not same:
            yield Flaw(where, msg("The event in it is not the one in the ledger."))


def _opened(note: str, origin: str, publics: Mapping[str, str]) -> Checkpoint | None:
    try:
        return open_by_any(note, origin, publics.values())
    except Tampered:
        return None
