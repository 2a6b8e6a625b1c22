"""The Merkle tree in the store: hashes of complete subtrees, in the order of completion.

Node `(level, index)` becomes complete with the entry at its right end, after all that became
complete before, so its number is known without looking: the tree only grows at its end, and
the nodes of a range of entries are a range of numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection, bindparam, insert, select

from doumen.kits.evidence import merkle
from doumen.model.errors import Tampered
from doumen.model.message import msg
from doumen.stores.tables import NODES

Node = tuple[int, int]
"""Level and index of a complete subtree."""

_T = TypeVar("_T")
_HASHES = select(NODES).where(NODES.c.number.in_(bindparam("wanted", expanding=True)))


def number(level: int, index: int) -> int:
    """Number of a node: how many nodes are complete before it.

    Before entry e there are 2e − popcount(e) complete nodes; entry e then completes its leaf
    and one node for each trailing 1 bit of e.
    """
    last = ((index + 1) << level) - 1
    return 2 * last - last.bit_count() + level


def count(size: int) -> int:
    """How many nodes are complete in a tree of `size` entries."""
    return 2 * size - size.bit_count()


def edge(size: int) -> list[Node]:
    """The complete subtrees that a tree of `size` entries is made of, largest first."""
    levels = (level for level in reversed(range(size.bit_length())) if size >> level & 1)
    return [(level, (size >> level) - 1) for level in levels]


def fetch(connection: Connection, nodes: Iterable[Node]) -> dict[Node, bytes]:
    """Hashes of nodes, in one look.

    Raises:
        Tampered: the store lacks one of them.
    """
    wanted = {number(*node): node for node in nodes}
    rows = connection.execute(_HASHES, {"wanted": sorted(wanted)})
    found = {wanted[number]: bytes(hash_) for number, hash_ in rows}
    if len(found) < len(wanted):
        raise Tampered(
            msg("The ledger lacks hashes of its own tree."),
            next=msg("Find out what is missing: `doumen doctor`."),
            detail="ledger",
        )
    return found


def computed(connection: Connection, compute: Callable[[merkle.Read], _T]) -> _T:
    """A root or a proof over the stored nodes.

    It is computed twice: first to learn which nodes it reads, which depends on sizes alone,
    then with their hashes, fetched in one look.
    """
    wanted: list[Node] = []

    def note(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return merkle.EMPTY_ROOT

    compute(note)
    return compute(reader(fetch(connection, wanted)))


def reader(nodes: Mapping[Node, bytes]) -> merkle.Read:
    """The nodes as the tree's arithmetic reads them."""
    return lambda level, index: nodes[level, index]


def store(connection: Connection, nodes: Sequence[tuple[int, int, bytes]]) -> None:
    """Add nodes that became complete."""
    rows = [{"number": number(level, index), "hash": hash_} for level, index, hash_ in nodes]
    connection.execute(insert(NODES), rows)
