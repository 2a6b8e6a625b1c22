"""The Merkle tree of the ledger as RFC 9162 section 2.1 defines it, over any store of nodes.

Only hashes of *complete* subtrees are kept: node `(level, index)` covers the entries
`[index * 2^level, (index + 1) * 2^level)`. They never change, so a store may cache them for
ever; everything else is computed from O(log n) of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

Read = Callable[[int, int], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Hash of one entry: SHA-256(0x00 ‖ data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grown(index: int, leaf: bytes, read: Read) -> list[tuple[int, int, bytes]]:
    """The complete nodes that become known when an entry is appended.

    Args:
        index: Place of the new entry, from 0: the size of the tree before.
        leaf: Its leaf hash.
        read: Gives complete nodes of the entries before it.

    Returns:
        `(level, index, hash)`, the leaf first, each next one level higher.
    """
    nodes = [(0, index, leaf)]
    level, place, hash_ = 0, index, leaf
    while place & 1:
        hash_ = node_hash(read(level, place - 1), hash_)
        level, place = level + 1, place >> 1
        nodes.append((level, place, hash_))
    return nodes


def root(size: int, read: Read) -> bytes:
    """The Merkle tree hash of the first `size` entries."""
    return _subtree(0, size, read) if size else EMPTY_ROOT


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The proof that entry `index` lies in the tree of `size` entries (RFC 9162, 2.1.3.1).

    Raises:
        IndexError: `index` is not below `size`.
    """
    if not 0 <= index < size:
        raise IndexError(f"entry {index} is not in a tree of {size}")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_subtree(middle, end, read))
            end = middle
        else:
            proof.append(_subtree(start, middle, read))
            start = middle
    return proof[::-1]


def consistency(old: int, new: int, read: Read) -> list[bytes]:
    """The proof that the first `old` entries of a tree of `new` are unchanged (2.1.4.1).

    Empty where there is nothing to show: for equal sizes and for the empty tree.

    Raises:
        IndexError: `old` is not within 0..new.
    """
    if not 0 <= old <= new:
        raise IndexError(f"a tree of {old} is no beginning of a tree of {new}")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, end = 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(_subtree(middle, end, read))
            end = middle
        else:
            proof.append(_subtree(start, middle, read))
            start = middle
    if start:  # the old tree's last subtree is not the old tree itself: its hash is unknown
        proof.append(_subtree(start, end, read))
    return proof[::-1]


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof leads from a leaf hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    return _climbed(index, size - 1, leaf, leaf, proof)[1] == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the proof shows the old tree to be a beginning of the new (RFC 9162, 2.1.4.2).

    The empty tree begins every tree; a tree begins itself. Both need an empty proof.
    """
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not proof and old_root == (new_root if old == new else EMPTY_ROOT)
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    return _climbed(first, last, path[0], path[0], path[1:]) == (old_root, new_root)


def _climbed(
    first: int, last: int, older: bytes, newer: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The roots of both trees that a proof leads to; empty where it has the wrong length.

    `first` is the place climbed from and `last` the last place, both on the level of the start;
    the older tree ends at `first`, so it takes in only what stands to the left.
    """
    for step in proof:
        if last == 0:
            return b"", b""
        if first & 1 or first == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        first, last = first >> 1, last >> 1
    return (older, newer) if last == 0 else (b"", b"")


def _split(width: int) -> int:
    """The largest power of two smaller than `width`, which is at least 2."""
    return int(1 << (width - 1).bit_length() - 1)


def _subtree(start: int, end: int, read: Read) -> bytes:
    """Hash over `[start, end)`, where `start` is aligned to the width rounded up."""
    hashes: list[bytes] = []
    while start < end:
        level = (end - start).bit_length() - 1
        hashes.append(read(level, start >> level))
        start += 1 << level
    hash_ = hashes.pop()
    while hashes:
        hash_ = node_hash(hashes.pop(), hash_)
    return hash_
