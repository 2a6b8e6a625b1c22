"""The stations of a query over a world made up for a trial; nothing of it is recorded.

The functions are those of a real query, so that a fault in the gate shows here. What is the
node's own stays out: rows, ledger, mask keys. Only owner and steward may, since a trial of the
node's rules shows what their conditions do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from doumen.gate import execute, query
from doumen.gate.means import Means
from doumen.gate.ordered import bounds_of, in_order
from doumen.gate.plans import Plans
from doumen.model.actor import Actor
from doumen.model.errors import DoumenError, Refused, Unavailable
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.job import Job, Query
from doumen.model.load import LoadColumn, Reading
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.model.snapshot import ATTACHED, DataFile, Form
from doumen.model.trial import Laboratory, Lies, Seen, Stand, World
from doumen.stores.attached import Attached
from doumen.stores.catalog import Catalog
from doumen.stores.lake import Lake

SECONDS = 30.0
"""Most wall time of one question of a trial."""

Placed = Mapping[str, Any]
"""What the fact of a dataset says of its files, and how they are read where they are attached."""

PART = 5
"""Rows of a file whose rows are in order."""

KEY = 32
"""Bytes of each of the two keys of hash masks."""


@contextmanager
def laboratory(means: Means, actor: Actor) -> Iterator[Laboratory]:
    """A place for trials; its files go when it is left.

    Raises:
        Refused: the actor is neither owner nor steward.
    """
    if not actor.governs:
        raise Refused(
            msg("Only owner and steward may try the gate."),
            why=msg("A trial shows what the conditions of rules do."),
            next=msg("Ask a steward."),
            detail="role",
        )
    with TemporaryDirectory(prefix="doumen-trial-") as folder:
        yield _Laboratory(means, Path(folder))


class _WorldFacts(Catalog):
    """The catalogue of a trial: the facts of its world and nothing of the node's."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def current(self, connection: object = None) -> Facts:
        """The facts of the world."""
        return self._facts

    def history(self, kind: str, key: str, connection: object = None) -> list[FactRow]:
        """The one version that there is of a fact."""
        row = self._facts.rows.get(kind, {}).get(key)
        return [] if row is None else [row]


class _Laboratory:
    """Sets worlds up; each has facts of another version, as at a node whose facts change."""

    def __init__(self, means: Means, folder: Path) -> None:
        now = means.clock()
        outer, inner = (means.entropy(KEY).hex() for _ in range(2))
        self._means = replace(
            means,
            attached=Attached(sleep=lambda _: None),
            lake=Lake(folder),
            clock=lambda: now,
            mask_keys=(outer, inner),
            bounds=replace(means.bounds, seconds=min(means.bounds.seconds, SECONDS)),
        )
        self._folder = folder
        self._worlds = self._version = 0

    def stand(self, world: World, after: Stand | None = None) -> Stand:
        self._worlds += 1
        folder = f"w{self._worlds}"
        (self._folder / folder).mkdir()
        placed = {
            str(ref): self._write(folder, ref, table, PART if world.lies == "ordered" else None)
            if world.lies in {"lake", "ordered"}
            else self._attach(folder, ref, table, world.lies)
            for ref, table in world.tables.items()
        }
        facts = [_placed(fact, placed) for fact in world.facts]
        rows = [
            FactRow(seq, fact, "trial", "") for seq, fact in enumerate(facts, self._version + 1)
        ]
        self._version += len(rows)
        catalog = _WorldFacts(Facts().extended(rows))
        plans = after.plans if isinstance(after, _Stand) else Plans()
        return _Stand(replace(self._means, catalog=catalog, plans=plans))

    def _write(self, folder: str, ref: Ref, table: pa.Table, part: int | None) -> Placed:
        """Write the rows; what the fact of the dataset says of where they are.

        Args:
            folder: Of the world.
            ref: The dataset.
            table: Its rows.
            part: Rows of a file, all in order and with bounds; None: one file, as they come.
        """
        files = []
        ordered = table if part is None else in_order(table)
        for start in range(0, table.num_rows, part or max(1, table.num_rows)):
            rows = ordered.slice(start, part)
            path = f"{folder}/{ref.domain}.{ref.name}.{start}.parquet"
            pq.write_table(rows, self._folder / path)
            size = (self._folder / path).stat().st_size
            bounds = () if part is None else bounds_of(rows)
            files.append(DataFile(path, size, rows.num_rows, bounds=bounds).as_json())
        return {"kind": "table", "files": files}

    def _attach(self, folder: str, ref: Ref, table: pa.Table, lies: Lies) -> Placed:
        """Write the rows to a file that is attached."""
        flat = table.num_columns > 1 and not any(map(pa.types.is_nested, table.schema.types))
        kind = "csv" if lies == "csv" and flat else "parquet"
        path = (self._folder / folder / f"{ref.domain}.{ref.name}.{kind}").resolve()
        if kind == "csv":
            csv.write_csv(table, path)
        else:
            pq.write_table(table, path)
        file = replace(self._means.attached.seal(path, path.name), rows=table.num_rows)
        reading = Reading(kind, columns=tuple(table.column_names))
        return {"kind": ATTACHED, "files": [file.as_json()], "reading": reading}


class _Stand:
    """One world."""

    def __init__(self, means: Means) -> None:
        self._means = means

    @property
    def plans(self) -> Plans:
        """The plans that were made for it."""
        return self._means.plans

    def ask(
        self, actor: str, sql: str, purpose: str | None = None, *, explain: bool = False
    ) -> Seen:
        step = Query(sql)
        job = Job(actor, step, purpose)
        told = self._explained(job, step) if explain else None
        try:
            planned = query.plan(self._means, job, step, self._means.catalog.current(), until=0)
            stream = execute.execute(planned, self._means)
            rows = tuple(row for batch in stream for row in _rows(batch))
        except Unavailable:
            raise
        except DoumenError as error:
            return Seen(error=error.as_json(), explained=told)
        columns = tuple((column.name, column.type) for column in stream.schema)
        return Seen(columns, rows, stream.trailer.truncated, explained=told)

    def _explained(self, job: Job, step: Query) -> dict[str, Any]:
        try:
            return asdict(query.explain(self._means, job, step))
        except Unavailable:
            raise
        except DoumenError as error:
            return {"error": error.as_json()}


def _placed(fact: Fact, placed: Mapping[str, Placed]) -> Fact:
    """The fact, and if it is a dataset, with the files of its world."""
    if fact.kind != "dataset" or fact.body is None:
        return fact
    own = {key: value for key, value in fact.body.items() if key != "form"}
    where = dict(placed.get(fact.key, {"kind": "table", "files": []}))
    reading = where.pop("reading", None)
    if reading is not None:
        columns = tuple(LoadColumn(c["name"], c["name"], c["type"]) for c in own["columns"])
        where["form"] = Form(reading, columns).as_json()
    return replace(fact, body={**own, **where, "version": 0})


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[Any, ...]]:
    return zip(*map(_values, batch.columns), strict=True)


def _values(column: pa.Array) -> list[Any]:
    """The values of a column; as text where Python has no value for one, as for the year 300000."""
    try:
        values: list[Any] = column.to_pylist()
    except (OverflowError, ValueError):
        values = [column.slice(place, 1).to_string() for place in range(len(column))]
    return values
