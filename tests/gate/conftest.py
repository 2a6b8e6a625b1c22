"""A node with one dataset and three actors, and an engine whose streams can be made to fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests import linked
from tests.gate.settling import TERMS
from tests.linked import Linked

import doumen
from doumen.gate import Counter, Gate
from doumen.model.errors import DoumenError
from doumen.model.plan import QueryPlan, Stream, Trailer
from doumen.model.schema import Schema
from doumen.session import Node, Session, create
from doumen.session.node import silent

RULES = """
rules:
  - id: read
    permit: query
    who: {role: analyst}
    on: g.people
    duties:
      - filter: "city <> 'Lishui'"
      - mask: {column: name, method: partial, keep_start: 1}
      - limit: 3
  - id: no-age
    deny: query
    who: {role: analyst}
    on: {column: g.people.age}
"""
PEOPLE = """id,name,city,age
1,Ann,Wenzhou,31
2,Bob,Ningbo,42
3,Cyn,Lishui,53
4,Dan,Wenzhou,64
5,Eve,Ningbo,20
"""
ROWS = "id,city,v\n1,Wenzhou,7\n2,Lishui,x9\n3,Ningbo,40\n"
ATTACHED = """
rules:
  - id: att
    permit: query
    who: {role: analyst}
    on: att.*
    duties: [{filter: "city <> 'Lishui'"}]
  - {id: open, permit: query, who: {role: reader}, on: att.*}
"""


@dataclass
class World:
    """An open node, its folder, and what `attach` writes."""

    node: Node
    folder: Path
    rows: str = ROWS

    @property
    def owner(self) -> Session:
        """The owner before the gate."""
        return self.node.session()

    def as_(self, actor: str, purpose: str | None = None) -> Session:
        """An actor before the gate."""
        return self.node.session(actor, purpose)

    def collect(self, name: str, text: str, dataset: str, **options: object) -> Session:
        """Write a CSV file and collect it."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        self.owner.do("collect", path=path, as_dataset=dataset, **options)
        return self.owner

    def attach(self, name: str, text: str = ROWS, **options: object) -> Path:
        """Write a CSV file and attach it as `att.name`."""
        path = self.folder / f"{name}.csv"
        path.write_text(text)
        self.owner.do("attach", path=path, as_dataset=f"att.{name}", **options)
        return path

    def last_event(self) -> dict[str, Any]:
        """The event at the end of the ledger."""
        event: dict[str, Any] = json.loads(list(self.owner.desk.entries())[-1])
        return event

    def refused(self, actor: str, statement: str) -> str:
        """The code of the error that a query comes to."""
        with pytest.raises(DoumenError) as caught:
            self.as_(actor).query(statement)
        return caught.value.code

    def before(self, engine: object, actor: str = "owner") -> Counter:
        """A counter of the same gate over another engine."""
        means = replace(self.node.means, engine=engine)  # type: ignore[arg-type]
        return Counter(Gate(means), actor, None, silent)


@pytest.fixture(scope="module")
def world(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("gate")
    create(folder / "node", "gate")
    with doumen.open(folder / "node") as node:
        world = World(node, folder)
        owner = world.collect("people.csv", PEOPLE, "g.people")
        owner.do("actor add", name="ana", role=("analyst",), purpose=("research",))
        owner.do("actor add", name="vera", role=("auditor",))
        owner.do("actor add", name="stu", role=("steward",))
        (folder / "rules.yaml").write_text(RULES)
        owner.do("rule add", file=folder / "rules.yaml")
        yield world


@pytest.fixture(scope="module")
def att(world: World) -> None:
    """Rules for the domain of attached datasets, and a reader of all their rows."""
    (world.folder / "att.yaml").write_text(ATTACHED)
    world.owner.do("rule add", file=world.folder / "att.yaml")
    world.owner.do("actor add", name="rea", role=("reader",))


@dataclass
class Broken:
    """A stream that gives its batches, then fails or ends."""

    batches: list[pa.RecordBatch]
    error: DoumenError | None = None
    schema: Schema = field(default_factory=lambda: Schema.of(n="BIGINT"))
    arrow: pa.Schema = field(default_factory=lambda: pa.schema([("n", pa.int64())]))
    trailer: Trailer = field(default_factory=Trailer)
    closed: bool = False

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        yield from self.batches
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self.closed = True


@dataclass
class BrokenEngine:
    """An engine that answers everything with one stream, or fails before it."""

    real: object
    stream: Stream | None = None
    error: DoumenError | None = None

    def read(self, statement: str) -> str:
        text: str = self.real.read(statement)  # type: ignore[attr-defined]
        return text

    def query(self, plan: QueryPlan, actor: str) -> Stream:
        if self.error is not None:
            raise self.error
        assert self.stream is not None
        return self.stream


@pytest.fixture
def broken() -> type[Broken]:
    return Broken


@pytest.fixture
def broken_engine() -> type[BrokenEngine]:
    return BrokenEngine


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    rows = {"w.hourly": "city\nRome\nOslo\n"}
    with linked.linked(tmp_path_factory.mktemp("both"), rows) as found:
        yield found


@pytest.fixture
def two(both: Linked) -> Iterator[Linked]:
    yield both
    both.settle()
    both.restore()


@pytest.fixture
def key(two: Linked, request: pytest.FixtureRequest) -> str:
    return two.agree(request.node.name, TERMS)
