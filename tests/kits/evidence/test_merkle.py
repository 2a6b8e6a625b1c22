"""The Merkle tree against published vectors and against the text of the RFC."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.evidence import merkle

# Entries and roots of the Certificate Transparency reference implementation, sizes 0 to 8.
ENTRIES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSIONS = [
    (0, 1, []),
    (0, 8, ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"]),
    (5, 8, ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]  # fmt: skip
CONSISTENCIES = [
    (1, 1, []),
    (6, 8, ["0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"]),
    (2, 5, ["5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"]),
]  # fmt: skip


class Tree:
    """Nodes in a dictionary; counts reads."""

    def __init__(self, entries: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.reads = 0
        for index, entry in enumerate(entries):
            for level, place, hash_ in merkle.grown(index, merkle.leaf_hash(entry), self.read):
                self.nodes[level, place] = hash_
        self.reads = 0

    def read(self, level: int, index: int) -> bytes:
        self.reads += 1
        return self.nodes[level, index]


def mth(entries: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return hashlib.sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 9162, 2.1.4.1: SUBPROOF(m, D, b)."""
    n = len(entries)
    if m == n:
        return [] if whole else [mth(entries)]
    k = split(n)
    if m <= k:
        return [*proof(m, entries[:k], whole), mth(entries[k:])]
    return [*proof(m - k, entries[k:], False), mth(entries[:k])]


def test_published_roots() -> None:
    tree = Tree(ENTRIES)
    assert [merkle.root(size, tree.read).hex() for size in range(9)] == ROOTS


@pytest.mark.parametrize(("index", "size", "hashes"), INCLUSIONS)
def test_published_inclusion_proofs(index: int, size: int, hashes: list[str]) -> None:
    made = merkle.inclusion(index, size, Tree(ENTRIES).read)
    assert [hash_.hex() for hash_ in made] == hashes
    leaf, root = merkle.leaf_hash(ENTRIES[index]), bytes.fromhex(ROOTS[size])
    assert merkle.verify_inclusion(index, size, leaf, made, root)


@pytest.mark.parametrize(("old", "new", "hashes"), CONSISTENCIES)
def test_published_consistency_proofs(old: int, new: int, hashes: list[str]) -> None:
    made = merkle.consistency(old, new, Tree(ENTRIES).read)
    assert [hash_.hex() for hash_ in made] == hashes
    roots = bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new])
    assert merkle.verify_consistency(old, new, *roots, made)


@settings(derandomize=True, deadline=None, max_examples=count(60))
@given(st.lists(st.binary(max_size=3), min_size=1, max_size=40), st.data())
def test_proofs_are_those_of_the_rfc_and_no_other_verifies(
    entries: list[bytes], data: st.DataObject
) -> None:
    size = len(entries)
    tree = Tree(entries)
    root = merkle.root(size, tree.read)
    assert root == mth(entries)
    index = data.draw(st.integers(0, size - 1))
    leaf = merkle.leaf_hash(entries[index])
    made = merkle.inclusion(index, size, tree.read)
    assert made == path(index, entries)
    assert merkle.verify_inclusion(index, size, leaf, made, root)
    old = data.draw(st.integers(1, size))
    shown = merkle.consistency(old, size, tree.read)
    assert shown == proof(old, entries)
    old_root = mth(entries[:old])
    assert merkle.verify_consistency(old, size, old_root, root, shown)
    # broken ones
    other = bytes(32)
    assert not merkle.verify_inclusion(index, size, other, made, root)
    assert not merkle.verify_inclusion(index, size, leaf, made, other)
    assert not merkle.verify_inclusion(index, size, leaf, [*made, other], root)
    assert not merkle.verify_inclusion(size, size, leaf, made, root)
    assert not merkle.verify_inclusion(-1, size, leaf, made, root)
    assert not merkle.verify_consistency(old, size, other, root, shown)
    assert not merkle.verify_consistency(old, size, old_root, other, shown)
    assert not merkle.verify_consistency(old, size, old_root, root, [*shown, other])
    for place in range(len(made)):
        assert not merkle.verify_inclusion(
            index, size, leaf, [*made[:place], other, *made[place + 1 :]], root
        )
        assert not merkle.verify_inclusion(index, size, leaf, made[:place], root)
    for place in range(len(shown)):
        changed = [*shown[:place], other, *shown[place + 1 :]]
        assert not merkle.verify_consistency(old, size, old_root, root, changed)
        assert not merkle.verify_consistency(old, size, old_root, root, shown[:place])


def test_the_empty_tree_begins_every_tree_and_a_tree_itself() -> None:
    tree = Tree(ENTRIES)
    empty, full = merkle.root(0, tree.read), merkle.root(8, tree.read)
    assert merkle.consistency(0, 8, tree.read) == []
    assert merkle.verify_consistency(0, 8, empty, full, [])
    assert merkle.verify_consistency(8, 8, full, full, [])
    assert not merkle.verify_consistency(0, 8, full, full, [])
    assert not merkle.verify_consistency(8, 8, full, empty, [])
    assert not merkle.verify_consistency(8, 8, full, full, [full])
    assert not merkle.verify_consistency(9, 8, full, full, [])
    assert not merkle.verify_consistency(3, 8, full, full, [])


def test_what_is_outside_the_tree_cannot_be_proved() -> None:
    tree = Tree(ENTRIES)
    for index, size in ((8, 8), (-1, 8), (0, 0)):
        with pytest.raises(IndexError):
            merkle.inclusion(index, size, tree.read)
    for old, new in ((9, 8), (-1, 8)):
        with pytest.raises(IndexError):
            merkle.consistency(old, new, tree.read)


def test_reads_grow_with_the_logarithm() -> None:
    tree = Tree([b"x"] * 5000)
    for ask in (
        lambda: merkle.root(4999, tree.read),
        lambda: merkle.inclusion(1234, 4999, tree.read),
        lambda: merkle.inclusion(4998, 4999, tree.read),
        lambda: merkle.consistency(2345, 4999, tree.read),
        lambda: merkle.grown(5000, b"", tree.read),
    ):
        tree.reads = 0
        ask()
        assert tree.reads <= 2 * 13


def test_a_proof_of_the_wrong_length_does_not_verify() -> None:
    leaf, more, most = (bytes([n]) * 32 for n in range(3))
    short = merkle.node_hash(leaf, more)
    assert merkle.verify_inclusion(0, 2, leaf, [more], short)
    assert not merkle.verify_inclusion(0, 4, leaf, [more], short)
    long = merkle.node_hash(most, merkle.node_hash(more, leaf))
    assert merkle.verify_inclusion(3, 4, leaf, [more, most], long)
    assert not merkle.verify_inclusion(0, 1, leaf, [more, most], long)
    assert not merkle.verify_inclusion(1, 2, leaf, [more, most], long)
    assert merkle.verify_consistency(1, 2, leaf, short, [more])
    assert not merkle.verify_consistency(1, 4, leaf, short, [more])
    right = merkle.node_hash(short, most)
    assert merkle.verify_consistency(1, 4, leaf, right, [more, most])
    assert not merkle.verify_consistency(1, 2, leaf, right, [more, most])
