"""A node with a shop to read, and a clock that tests set on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import shop
from tests.queued import work

import doumen
from doumen.flows.schedule import rounds
from doumen.model.queued import Queued
from doumen.model.schedule import Position
from doumen.session import Node, create
from doumen.session import worker as module
from doumen.session.node import now


@dataclass
class Stand:
    """A node whose workers see another time.

    Attributes:
        ahead: How far their clock is set on.
    """

    node: Node
    folder: Path
    ahead: timedelta = field(default_factory=timedelta)

    @property
    def now(self) -> datetime:
        return now() + self.ahead

    def do(self, words: str, **given: Any) -> Any:
        return self.node.session().do(words, **given).json

    def add(self, name: str, line: str = "source run shop", **when: Any) -> Any:
        return self.do("schedule add", name=name, command_line=line, **when)

    def attend(self) -> list[dict[str, Any]]:
        return rounds.attend(self.node.session().desk, self.now)

    def work(self) -> list[dict[str, Any]]:
        """Let a worker do all that is due."""
        return work(self.node)

    def position(self, name: str) -> Position:
        return self.node.session().desk.schedules().positions()[name]

    def runs(self, name: str) -> list[Queued]:
        """The runs of a schedule, the first first."""
        return self.node.means.queue.all(schedule=name, limit=1000)[::-1]


@pytest.fixture
def stand(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stand]:
    create(tmp_path / "node", "Shop & Sons")
    shop.sold(tmp_path, 0, 10)
    with doumen.open(tmp_path / "node") as node:
        shop.described(node, tmp_path)
        made = Stand(node, tmp_path)
        monkeypatch.setattr(module, "now", lambda: made.now)
        yield made
