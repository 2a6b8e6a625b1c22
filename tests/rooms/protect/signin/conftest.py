"""A real node with its people, and desks of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doumen.gate.desk import Desk
from doumen.session import Node, create


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node with ana, bob and a steward."""
    create(tmp_path / "node", "Port")
    with Node.open(tmp_path / "node") as node:
        owner = node.session()
        for name in ("ana", "bob"):
            owner.do("actor add", name=name)
        owner.do("actor add", name="sue", role=("steward",))
        yield node


@pytest.fixture
def at(node: Node) -> Callable[[str], Desk]:
    """The desk of an actor; of the owner without a name."""

    def desk(name: str) -> Desk:
        return node.session(name).desk

    return desk


@pytest.fixture
def door(at: Callable[[str], Desk]) -> Desk:
    """The desk at which sign-ins are."""
    return at("owner")
