"""A small ledger in memory: entries, nodes, keys, checkpoints, sealed receipts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doumen.kits.evidence import keys, merkle, note, receipt
from doumen.kits.evidence.canonical import canonical
from doumen.kits.evidence.disclosure import committed, disclose
from doumen.model.event import Event
from doumen.model.receipt import Inclusion, Receipt

ORIGIN = "example.org/node"


@dataclass
class Node:
    root: Ed25519PrivateKey = field(default_factory=lambda: keys.new_key(bytes(32)))
    working: Ed25519PrivateKey = field(default_factory=lambda: keys.new_key(bytes([1] * 32)))
    entries: list[bytes] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    @property
    def root_public(self) -> str:
        return keys.public_hex(self.root)

    @property
    def certificate(self) -> dict[str, str]:
        public = keys.public_hex(self.working)
        return keys.certify(self.root, public, ORIGIN, "2026-01-01T00:00:00.000000Z")

    def read(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def append(self, event: dict[str, Any]) -> int:
        index, data = len(self.entries), canonical(event)
        self.entries.append(data)
        leaf = merkle.leaf_hash(data)
        for level, place, hash_ in merkle.grown(index, leaf, self.read):
            self.nodes[level, place] = hash_
        return index

    def checkpoint(self, size: int | None = None) -> str:
        size = len(self.entries) if size is None else size
        head = note.Checkpoint(ORIGIN, size, merkle.root(size, self.read))
        return note.sign_checkpoint(head, ORIGIN, self.working)

    def consistency(self, old: int, new: int) -> tuple[str, ...]:
        return tuple(hash_.hex() for hash_ in merkle.consistency(old, new, self.read))

    def ask(self, statement: str, time: str = "2026-05-01T12:00:00.000000Z") -> Receipt:
        """Record a query and give its receipt, unsealed."""
        disclosed = disclose(statement, (1, "Ä 陡门", None), bytes(range(16)))
        event = Event(
            id=f"e{len(self.entries)}",
            time=time,
            type="query",
            actor="ana",
            data={"statement": committed(disclosed), "result": {"rows": 1}},
        ).as_json()
        index = self.append(event)
        place = Inclusion(index, 0, (), "")
        rules = ({"id": "r1", "duties": ["rows are filtered"]},)
        return self.placed(Receipt(event["id"], event, disclosed, rules, place, self.certificate))

    def placed(self, made: Receipt) -> Receipt:
        """The receipt with its place in the ledger as it is now."""
        index, size = made.inclusion.index, len(self.entries)
        proof = tuple(hash_.hex() for hash_ in merkle.inclusion(index, size, self.read))
        return replace(made, inclusion=Inclusion(index, size, proof, self.checkpoint()))

    def sealed(self, made: Receipt) -> str:
        return receipt.seal(made, self.working)


@pytest.fixture
def node() -> Node:
    """A node whose ledger holds five entries."""
    made = Node()
    for number in range(5):
        made.ask(f"SELECT {number}")
    return made


@pytest.fixture
def other() -> Node:
    """Another node, with keys of its own."""
    return Node(root=keys.new_key(bytes([7] * 32)), working=keys.new_key(bytes([8] * 32)))
