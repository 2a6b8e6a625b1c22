"""Twin nodes that differ only in what the analyst may not see, with canaries in every hidden place.

What the analyst is told is gathered whole: rows, names, types, errors, receipts, `--explain`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import doumen
from doumen.model.errors import DoumenError
from doumen.model.plan import Scalar
from doumen.session import Node, Session, create

CANARY = "CANARY"
_VARIES = re.compile(r"\b[0-9a-f]{64}\b|datetime\.datetime\([^)]*\)")
"""Keyed hashes and the times of events, which differ between any two nodes."""
NUMBERS = ("666013", "666014", "666015")
RULES = """
rules:
  - id: people
    permit: query
    who: {role: analyst}
    on: h.people
    duties:
      - filter: "city <> 'Lishui' AND id < 900"
      - mask: {column: name, method: partial, keep_start: 1}
      - mask: {column: salary, method: "null"}
      - mask: {column: code, method: hash}
  - {id: no-secret, deny: query, who: {role: analyst}, on: {column: h.people.secret}}
  - {id: no-trace, deny: discover, who: {role: analyst}, on: {column: h.people.unseen}}
  - {id: no-unseen, deny: query, who: {role: analyst}, on: {column: h.people.unseen}}
  - {id: visits, permit: query, who: {role: analyst}, on: h.visits}
  - {id: known, permit: discover, who: {role: analyst}, on: h.known}
  - {id: aim, permit: query, who: {role: analyst}, on: h.aimed, for: [research]}
"""
SHOWN = [
    (1, "Ann", "Wenzhou", 10, "1", "2026-01-01"),
    (2, "Bob", "Ningbo", 20, "2", "2026-02-01"),
    (4, "Dan", "Wenzhou", 40, "x", "2026-03-01"),
]


@dataclass
class World:
    """An open node and its folder."""

    node: Node
    folder: Path

    def as_(self, actor: str, purpose: str | None = None) -> Session:
        """An actor before the gate."""
        return self.node.session(actor, purpose)

    @property
    def owner(self) -> Session:
        """The owner before the gate."""
        return self.node.session()

    def put(self, dataset: str, **columns: Sequence[Any]) -> None:
        """Collect a dataset from its columns."""
        path = self.folder / f"{dataset}.parquet"
        pq.write_table(pa.table({k: list(v) for k, v in columns.items()}), path)
        self.owner.do("collect", path=path, as_dataset=dataset)

    def outcome(
        self, session: Session, statement: str, parameters: Sequence[Scalar] = ()
    ) -> tuple[str, ...]:
        """What an answer is: columns and rows as a multiset, or the error as it is told."""
        try:
            answer = session.query(statement, parameters)
            rows = sorted(_VARIES.sub("…", repr(row)) for row in answer.rows())
        except DoumenError as error:
            return ("error", json.dumps(error.as_json(), ensure_ascii=False))
        return (repr(answer.schema), *rows)

    def told(self, session: Session, statement: str, parameters: Sequence[Scalar] = ()) -> str:
        """Everything that reaches the actor: answer or error, receipt, explanation, own events."""
        parts = list(self.outcome(session, statement, parameters))
        try:
            parts.append(repr(session.explain(statement, parameters)))
        except DoumenError as error:
            parts.append(str(error.as_json()))
        last = "SELECT id, data FROM sys.events ORDER BY position DESC LIMIT 2"
        for id, data in session.query(last).rows():
            parts += [data, session.desk.receipt(id)]
        return "\n".join(parts)

    @property
    def forbidden(self) -> tuple[str, ...]:
        """What no analyst may ever read: canaries, keys, and where the files lie."""
        keys = self.node.means.mask_keys
        return (CANARY, *NUMBERS, *keys, str(self.folder), "read_parquet", "getvariable", "Lishui")


def build(folder: Path, *, hidden: bool) -> World:
    """A node; with `hidden`, one whose hidden places hold canaries, else other values."""
    create(folder / "node", "hostile")
    node = doumen.open(folder / "node")
    world = World(node, folder)
    c = CANARY if hidden else "other"
    rows = [
        (*row[:3], 666013 + n if hidden else row[3], *row[4:], f"{c}secret{n}", f"{c}unseen{n}")
        for n, row in enumerate(SHOWN)
    ]
    rows += [(3, f"{c}name", "Lishui", 666013, "0", f"{c}day", f"{c}s", f"{c}u")]
    if hidden:
        rows.append((901, "CANARYname2", "Ningbo", 666014, "CANARY", "2026-13-45", "0", "0"))
    if not hidden:
        rows = [(r[0], r[1][0] + "?" * (len(r[1]) - 1), *r[2:]) for r in rows]
    names = ("id", "name", "city", "salary", "code", "day", "secret", "unseen")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    world.put("h.people", **columns)
    world.put("h.visits", visit=[1, 2, 3], person=[1, 2, 3], cost=[5, 6, 7], note=["0", "1", "2"])
    world.put("h.known", k=[f"{c}known"])
    world.put("h.aimed", k=[f"{c}aimed"])
    for name in ("closed", "zclosed"):
        world.put(f"h.{name}" if hidden else f"h.{name}_elsewhere", k=[f"{c}closed"])
    owner = world.owner
    owner.do("actor add", name="ana", role=("analyst",), purpose=("research",))
    owner.do("actor add", name="bea", role=("analyst",))
    owner.do("actor add", name="vera", role=("auditor",))
    owner.do("actor add", name="stu", role=("steward",))
    (folder / "rules.yaml").write_text(RULES)
    owner.do("rule add", file=folder / "rules.yaml")
    return world


@pytest.fixture(scope="session")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    """The node with canaries, and the one without."""
    os.environ["HOSTILE_ENVIRONMENT"] = "CANARYenvironment"
    folders = [tmp_path_factory.mktemp(name) for name in ("canary", "other")]
    (folders[0] / "file.csv").write_text("a\nCANARYfile\n")
    worlds = [build(f, hidden=not n) for n, f in enumerate(folders)]
    yield worlds[0], worlds[1]
    del os.environ["HOSTILE_ENVIRONMENT"]
    for world in worlds:
        world.node.close()


@pytest.fixture
def world(twins: tuple[World, World]) -> World:
    """The node with canaries."""
    return twins[0]
