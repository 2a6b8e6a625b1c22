"""A real node that worlds of the laws are put into, one in the place of the other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from doumen.model.fact import Fact
from doumen.model.ref import Ref
from doumen.rooms.protect.prove.search import Search, Tally
from doumen.rooms.protect.prove.worlds import CITIES
from doumen.session import Node

_CONTRACT = """apiVersion: v3.1.0
kind: DataContract
id: {name}
name: {name}
version: 1.0.0
status: active
domain: law
schema:
  - name: {name}
    logicalType: object
    physicalType: table
    properties:
{columns}
"""


@dataclass
class Filled:
    """A node, and the rows that are in it now.

    Attributes:
        folder: Where files are written that it collects.
    """

    node: Node
    folder: Path
    tables: dict[Ref, pa.Table] = field(default_factory=dict)

    def fill(self, tables: Mapping[Ref, pa.Table], facts: Collection[Fact]) -> None:
        """Put rows, and rules, labels and actors, in the place of those that are there.

        A dataset that is not among them stays: no verb takes one away. So do actors.
        """
        for ref, table in tables.items():
            if not table.equals(self.tables.get(ref)):
                self._put(ref, table)
                self.tables[ref] = table
        desk = self.node.session().desk
        now, wanted = desk.facts(), {(f.kind, f.key) for f in facts}
        old = [
            Fact(kind, key, None)
            for kind in ("rule", "label")
            for key, _ in now.all(kind)
            if (kind, key) not in wanted
        ]
        changed = [f for f in facts if now.body(f.kind, f.key) != f.body]
        if old or changed:
            desk.amend([*old, *changed], subject="law")

    def _put(self, ref: Ref, table: pa.Table) -> None:
        path = self.folder / f"{ref.name}.parquet"
        pq.write_table(table, path)
        first = ref not in self.tables
        more = {"contract": _contract(self.folder, ref, table)} if first else {"replace": True}
        self.node.session().do("collect", path=path, as_dataset=str(ref), **more)


def searched(search: Search, cases: int, seed: int) -> Tally:
    """Search; a pair that is told apart is shown as it is."""
    verdict = search.run(cases, seed)
    found = verdict.found
    if found is not None:
        rules = [rule.body for rule in found.rules]
        pytest.fail(f"{found.what}: {found.statement.sql}\n{found.one}\n{found.two}\n{rules}")
    return verdict.tally


def _contract(folder: Path, ref: Ref, table: pa.Table) -> Path:
    """Columns with their types, and nothing that rows must keep but the key of cities."""
    path = folder / f"{ref.name}.yaml"
    lines = [
        f"      - {{name: {f.name}, {_type(f.type)}"
        + (", primaryKey: true, required: true}" if (ref, f.name) == (CITIES, "city") else "}")
        for f in table.schema
    ]
    path.write_text(_CONTRACT.format(name=ref.name, columns="\n".join(lines)))
    return path


def _type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "logicalType: array, physicalType: 'VARCHAR[]'"
    names = {
        "int64": ("integer", "BIGINT"),
        "string": ("string", "VARCHAR"),
        "double": ("number", "DOUBLE"),
        "date32[day]": ("date", "DATE"),
        "timestamp[us]": ("timestamp", "TIMESTAMP"),
    }
    return "logicalType: {}, physicalType: {}".format(*names[str(kind)])
