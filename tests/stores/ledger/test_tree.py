"""The numbering of the tree's nodes: dense, in the order in which they become complete."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete

from doumen.kits.evidence import merkle
from doumen.model.errors import Tampered
from doumen.stores.ledger import tree
from doumen.stores.tables import NODES


def test_numbers_follow_the_order_of_completion() -> None:
    known: dict[tree.Node, bytes] = {}
    numbers: list[int] = []
    for index in range(300):
        assert tree.count(index) == len(numbers)
        leaf = merkle.leaf_hash(str(index).encode())
        for level, place, hash_ in merkle.grown(index, leaf, tree.reader(known)):
            known[level, place] = hash_
            numbers.append(tree.number(level, place))
    assert numbers == list(range(len(numbers)))


def test_the_edge_is_all_that_an_append_and_a_root_read() -> None:
    for size in range(200):
        read: set[tree.Node] = set()

        def note(level: int, index: int, read: set[tree.Node] = read) -> bytes:
            read.add((level, index))
            return bytes(32)

        merkle.root(size, note)
        assert read == set(tree.edge(size))
        merkle.grown(size, bytes(32), note)
        assert read == set(tree.edge(size))


def test_a_missing_hash_is_a_finding_not_a_crash(full: Any) -> None:
    with full.database.write() as connection:
        connection.execute(delete(NODES).where(NODES.c.number == tree.number(3, 0)))
    with full.database.read() as connection, pytest.raises(Tampered):
        full.ledger.root(connection, 11)
