"""A place of files in memory that a test fills, breaks and counts, on the shelf as `memory`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict
from tests.rooms.collect.sources.conftest import rows

from doumen.model.message import msg
from doumen.model.source import ARRIVAL
from doumen.rooms.collect import connectors
from doumen.rooms.collect.connectors import SHELF, Gives, Item, Kind, names
from doumen.rooms.collect.connectors.file_reads import FileReads
from doumen.session import Node

STREAM = '  shop.orders: {files: "*.csv*"}'
MISSING = b"id\n1\n"
"""A file that lacks a column."""


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass
class Place:
    """Files in memory.

    Attributes:
        content: Name → content.
        tags: Name → tag, where it is not that of the content; None: the place tells none.
        changed: Name → when it was changed.
        fails: Name → what happens when it is brought.
        brought: What was brought, in order.
    """

    content: dict[str, bytes] = field(default_factory=dict)
    tags: dict[str, str | None] = field(default_factory=dict)
    changed: dict[str, float] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    brought: list[str] = field(default_factory=list)

    def items(self, pattern: str) -> Iterator[Item]:
        wanted = names.pattern(pattern)
        for name, data in sorted(self.content.items()):
            if wanted.matches(name):
                tag = self.tags.get(name, str(hash(data)))
                yield Item(name, len(data), tag, self.changed.get(name))

    def bring(self, item: Item, path: Path, progress: Any) -> None:
        self.brought.append(item.name)
        if item.name in self.fails:
            raise self.fails[item.name]
        path.write_bytes(self.content[item.name])
        progress(1.0, msg("fetching {name}", name=item.name))


@pytest.fixture(name="place")
def place_of_files(monkeypatch: pytest.MonkeyPatch) -> Place:
    made = Place()

    @dataclass
    class Connector:
        @contextmanager
        def open(self) -> Iterator[Place]:
            yield made

    def make(options: Any, secrets: Mapping[str, str]) -> Any:
        return Connector()

    kind = Kind("memory", Options, (), make, Gives.FILES, FileReads)
    monkeypatch.setattr(connectors, "SHELF", {**SHELF, "memory": kind})
    return made


def orders(*ids: int, what: str = "x") -> bytes:
    return b"id,what\n" + b"".join(b"%d,%s\n" % (one, what.encode()) for one in ids)


def run(node: Node) -> Any:
    (done,) = node.session().do("source run", name="shop").json["streams"]
    return done


def said(node: Node) -> str:
    outcome = node.session().do("source run", name="shop")
    return "\n".join(str(one) for one in outcome.said)


def ids(node: Node) -> list[int]:
    return [one for (one,) in rows(node, "SELECT id FROM shop.orders ORDER BY id")]


def collections(node: Node) -> list[Any]:
    events = [json.loads(entry) for entry in node.session().desk.entries()]
    return [one["data"] for one in events if one["type"] == "collect"]


def arrivals(node: Node) -> dict[str, Any]:
    found = node.session().desk.facts().all(ARRIVAL)
    return {key.partition("#")[2]: dict(body) for key, body in found}


def stream(options: str) -> str:
    return f'  shop.orders: {{files: "*.csv*", {options}}}'
