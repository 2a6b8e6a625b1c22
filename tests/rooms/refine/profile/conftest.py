"""Tables behind the fake desk, and nodes with tables that differ in what is hidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.desks import FakeDesk

import doumen
from doumen.gate.desk import Desk
from doumen.session import Session, create

RULES = """
rules:
  - {{id: all, permit: query, who: {{role: analyst}}, on: a.*}}
  - id: t
    permit: query
    who: {{role: analyst}}
    on: a.t
    duties:
      - {duty}
  - {{id: no-secret, deny: query, who: {{role: analyst}}, on: {{column: a.t.secret}}}}
"""
Landed = Callable[[pa.Table], Desk]


class Guarded(Protocol):
    """Makes a node."""

    def __call__(self, table: pa.Table, duty: str, *, steward: bool = False) -> Session:
        """The session of an analyst, who may be a steward too."""
        ...


@pytest.fixture
def landed() -> Landed:
    """Gives a fake desk with a table under the name `a.t`."""

    def land(table: pa.Table) -> Desk:
        fake = FakeDesk()
        fake.engine.register("given", table)
        fake.engine.execute("CREATE SCHEMA a; CREATE TABLE a.t AS FROM given")
        fake.land("a.t", table.num_rows)
        return cast("Desk", fake)

    return land


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    """Gives an analyst at a node of its own, whose table `a.t` is under a duty."""
    with ExitStack() as stack:
        made: list[Any] = []

        def guard(table: pa.Table, duty: str, *, steward: bool = False) -> Session:
            folder = tmp_path / f"node{len(made)}"
            folder.mkdir()
            made.append(folder)
            pq.write_table(table, folder / "t.parquet")
            (folder / "rules.yaml").write_text(RULES.format(duty=duty))
            create(folder / "node", "laws")
            node = stack.enter_context(doumen.open(folder / "node"))
            owner = node.session()
            owner.do("collect", path=folder / "t.parquet", as_dataset="a.t")
            owner.do("actor add", name="ana", role=("analyst", *["steward"] * steward))
            owner.do("rule add", file=folder / "rules.yaml")
            return node.session("ana")

        yield guard
