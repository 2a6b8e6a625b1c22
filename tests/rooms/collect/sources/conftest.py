"""A place in memory that a test fills, breaks and counts, on the shelf as kind `memory`."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pydantic import BaseModel, ConfigDict

import doumen
from doumen.model.errors import NotFound, Unavailable
from doumen.model.message import msg
from doumen.model.schema import Column, Schema
from doumen.rooms.collect import connectors
from doumen.rooms.collect.connectors import SHELF, Kind
from doumen.rooms.collect.connectors.interface import Mark, Part, There
from doumen.session import Node, create

_TYPES = {"int64": "BIGINT", "string": "VARCHAR", "timestamp[us]": "TIMESTAMP"}


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "here"


@dataclass
class Place:
    """What is there.

    Attributes:
        batch: Rows that come at a time.
        breaks: Rows after which a reading breaks off.
        secrets: Those that it was opened with, last.
        reads: What was read.
    """

    tables: dict[str, pa.Table] = field(default_factory=dict)
    batch: int = 3
    breaks: int | None = None
    away: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict)
    reads: list[Part] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[Place]:
        if self.away:
            raise Unavailable(msg("Nobody answers there."), detail="place")
        yield self

    def tables_there(self) -> Sequence[There]:
        return [There(name, "table", _schema(table), rows=table.num_rows)
                for name, table in self.tables.items()]  # fmt: skip

    def _table(self, part: Part) -> pa.Table:
        name = part.table or str(part.query)
        if name not in self.tables:
            raise NotFound(msg("There is no table `{name}`.", name=name), detail="table")
        return self.tables[name]

    def _rows(self, part: Part) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._table(part).to_pylist()
        cursor = part.cursor
        if cursor is None:
            return rows

        def wanted(value: Any) -> bool:
            if value is None:
                return part.after is None
            return (part.after is None or value > part.after) and (
                part.upto is None or value <= part.upto
            )

        found = [row for row in rows if wanted(row[cursor])]
        return sorted(found, key=lambda row: (row[cursor] is not None, row[cursor] or 0))

    def describe(self, part: Part) -> Schema:
        return _schema(self._table(part))

    def last(self, part: Part) -> Mark | None:
        assert part.cursor is not None
        return max(
            (v for row in self._rows(part) if (v := row[part.cursor]) is not None), default=None
        )

    def read(self, part: Part) -> Generator[pa.RecordBatch, None, None]:
        self.reads.append(part)
        table = pa.Table.from_pylist(self._rows(part), schema=self._table(part).schema)
        given = 0
        for batch in table.to_batches(max_chunksize=self.batch):
            if self.breaks is not None and given >= self.breaks:
                raise Unavailable(msg("The place went away."), detail="place")
            given += batch.num_rows
            yield batch


@dataclass(frozen=True)
class _Session:
    place: Place

    def __getattr__(self, name: str) -> Any:
        return getattr(self.place, "tables_there" if name == "tables" else name)


def _schema(table: pa.Table) -> Schema:
    return Schema(tuple(Column(f.name, _TYPES[str(f.type)]) for f in table.schema))


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place on the shelf."""
    made = Place()

    @dataclass
    class Connector:
        @contextmanager
        def open(self) -> Iterator[Any]:
            with made.open():
                yield _Session(made)

    def make(options: Any, secrets: Mapping[str, str]) -> Any:
        made.secrets = secrets
        return Connector()

    kind = Kind("memory", Options, ("password",), make)
    monkeypatch.setattr(connectors, "SHELF", {**SHELF, "memory": kind})
    return made


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node with nothing in it."""
    create(tmp_path / "node", "sources")
    with doumen.open(tmp_path / "node") as made:
        yield made


def described(node: Node, folder: Path, streams: str, name: str = "shop", more: str = "") -> Any:
    """Describe a source of the place."""
    file = folder / f"{name}.yaml"
    file.write_text(f"source: memory\n{more}\nstreams:\n{streams}\n")
    return node.session().do("source add", name=name, file=file).json


def rows(node: Node, sql: str) -> list[Any]:
    """What the owner is answered."""
    return node.session().query(sql).rows()
