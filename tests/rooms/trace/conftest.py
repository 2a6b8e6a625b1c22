"""A real node with one dataset, two actors and a few answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.model.operation import Outcome
from doumen.session import Node, create

RULES = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: g.people
    duties:
      - mask: {column: name, method: partial, keep_start: 1}
"""
PEOPLE = "id,name,height\n" + "".join(f"{n},Name {n},{1.5 + n / 7}\n" for n in range(50))


@dataclass
class World:
    """An open node and its folder."""

    node: Node
    folder: Path

    def do(self, words: str, actor: str | None = None, **params: Any) -> Outcome:
        """Run an operation as an actor."""
        return self.node.session(actor).do(words, **params)

    def ask(self, sql: str, actor: str | None = None, output: Path | None = None) -> str:
        """Ask and give the id of the receipt."""
        done = self.do("query", actor, sql=sql, output=output)
        if output is None:
            list(done.json["rows"])
        return str(done.json["receipt"])


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Callable[[], World]]:
    """Makes a node of the test's own, to be damaged."""
    opened: list[Node] = []

    def world(name: str = "own") -> World:
        create(tmp_path / name, name)
        node = doumen.open(tmp_path / name)
        opened.append(node)
        return World(node, tmp_path)

    yield world
    for node in opened:
        node.close()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A node that tests only add to."""
    folder = tmp_path_factory.mktemp("trace")
    create(folder / "node", "trace")
    with doumen.open(folder / "node") as node:
        world = World(node, folder)
        (folder / "people.csv").write_text(PEOPLE, "utf-8")
        (folder / "rules.yaml").write_text(RULES, "utf-8")
        world.do("collect", path=folder / "people.csv", as_dataset="g.people")
        world.do("actor add", name="ana", role=("analyst",))
        world.do("rule add", file=folder / "rules.yaml")
        yield world
