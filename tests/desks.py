"""A fake desk for tests of rooms: facts in memory, answers by DuckDB over tables made there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import duckdb
import pyarrow as pa
import pytest

from doumen.kits import sql as reading
from doumen.kits.standards import odcs
from doumen.model.actor import OWNER, Actor
from doumen.model.answer import Explained
from doumen.model.errors import Faulty, NotFound
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.message import Message, msg
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

CONTRACT = """\
# The flights.
apiVersion: v3.1.0
kind: DataContract
id: f-1
name: Flights
version: 1.0.0
status: active
domain: transport
schema:
  - name: flights
    description: All flights
    quality:
      - {metric: rowCount, mustBeBetween: [1, 100]}
    properties:
      - name: id
        physicalType: BIGINT
        logicalType: integer
        primaryKey: true
      - name: tailnum   # as painted
        logicalType: string
        classification: personal
        logicalTypeOptions: {pattern: 'N[0-9]+', maxLength: 6}
      - name: day
        logicalType: date
        description: Day of departure
        logicalTypeOptions: {minimum: "2013-01-01", exclusiveMaximum: "2014-01-01"}
      - name: delay
        physicalType: DECIMAL(10,2)
        logicalType: number
        customProperties: [{property: unit, value: min}]
        logicalTypeOptions: {minimum: -100, maximum: 1500}
      - name: origin
        logicalType: string
        relationships: [{to: airports.faa}]
        quality:
          - {metric: invalidValues, mustBe: 0, arguments: {validValues: [JFK, LGA, "O'H"]}}
"""
ROWS = """
    CREATE SCHEMA transport;
    CREATE TABLE transport.flights
        (id BIGINT, tailnum VARCHAR, day DATE, delay DECIMAL(10,2), origin VARCHAR);
    INSERT INTO transport.flights VALUES
        (1, 'N12', '2013-01-01', 3.50, 'JFK'),
        (2, 'N13', '2013-12-31', -2, 'LGA'),
        (3, NULL, NULL, NULL, NULL);
    CREATE SCHEMA sys;
    CREATE TABLE sys.quality (
        position BIGINT, actor VARCHAR, dataset VARCHAR, version BIGINT, contract VARCHAR,
        scope VARCHAR, rule VARCHAR, count DOUBLE, event VARCHAR, time TIMESTAMP, rows BIGINT,
        kind VARCHAR, columns VARCHAR[], dimension VARCHAR, severity VARCHAR, owner VARCHAR,
        verdict VARCHAR);
    CREATE TABLE transport.airports AS SELECT unnest(['JFK', 'LGA']) AS faa;
"""


@dataclass
class FakeAnswer:
    """Rows and a receipt.

    Attributes:
        table: Asks for the rows again, as an Arrow table: most want them but as tuples.
    """

    found: list[tuple[Any, ...]]
    receipt: str
    schema: Schema
    table: Callable[[], pa.Table]
    truncated: bool = False
    expires: date | None = None

    def arrow(self) -> pa.Table:
        """All rows as an Arrow table."""
        return self.table()

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.found

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows, batch by batch."""
        yield from self.table().to_batches()


@dataclass
class FakeDesk:
    """What the room needs of a desk. A statement must pass the reader that the gate uses."""

    actor: Actor = field(default_factory=lambda: Actor(OWNER, roles=frozenset({OWNER})))
    kept: list[FactRow] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    engine: duckdb.DuckDBPyConnection = field(default_factory=duckdb.connect)
    attested: list[tuple[Any, ...]] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    scope: str = "all"

    def facts(self) -> Facts:
        """The facts in force."""
        return Facts().extended(self.kept)

    def history(self, kind: str, key: str) -> Sequence[FactRow]:
        """All versions of a fact."""
        return [row for row in self.kept if (row.fact.kind, row.fact.key) == (kind, key)]

    def keep(self, *facts: Fact) -> None:
        """Make facts true."""
        for fact in facts:
            place = len(self.kept) + 1
            self.kept.append(FactRow(place, fact, f"e{place}", f"2026-01-{place:02}T00:00:00Z"))

    def amend(self, facts: Sequence[Fact], *, subject: str, seen: Facts | None = None) -> str:
        """Make facts true, all in one event."""
        assert subject
        self.keep(*facts)
        return self.kept[-1].event

    def query(self, sql: str, parameters: Sequence[object] = ()) -> FakeAnswer:
        """Ask the engine, when the gate's reader lets the statement pass."""
        statement = reading.parse(sql)
        known = self.facts()
        for ref in statement.tables:
            if ref.domain != "sys" and known.dataset(ref) is None:
                raise NotFound(msg("There is no dataset `{ref}`.", ref=ref))
        self.asked.append(sql)
        try:
            rows = self.engine.execute(sql, list(parameters)).fetchall()
            told = self.engine.description or ()
        except (duckdb.ConversionException, duckdb.OutOfRangeException):
            raise Faulty(msg("A value cannot be converted.")) from None
        schema = Schema(tuple(Column(str(one[0]), str(one[1])) for one in told))
        asked = (sql, list(parameters))
        return FakeAnswer(rows, f"r{len(self.asked)}", schema, lambda: self._table(*asked))

    def _table(self, sql: str, parameters: list[object]) -> pa.Table:
        return self.engine.sql(sql, params=parameters).to_arrow_table()

    def explain(self, sql: str, parameters: Sequence[object] = ()) -> Explained:
        """Every column is seen as it is, of all rows but where the test says otherwise."""
        tables = []
        for ref in reading.parse(sql).tables:
            described = self.engine.execute(f"DESCRIBE {ref}").fetchall()
            columns = [
                {"name": c[0], "type": c[1], "shown": self.shown.get(c[0], "as it is")}
                for c in described
            ]
            tables.append({"dataset": str(ref), "columns": columns, "rows": self.scope})
        return Explained(sql, tuple(tables), (), Schema(()))

    def attest(self, ref: Ref, kind: str, document: Any, data: Any, receipts: Sequence[str]) -> str:
        """Keep what was found."""
        self.attested.append((ref, kind, document, data, tuple(receipts)))
        return f"a{len(self.attested)}"

    def progress(self, fraction: float | None, doing: Message) -> None:
        """Nobody listens."""

    def land(self, name: str, rows: int, **more: Any) -> None:
        """Make a dataset fact of a table of the engine, or of a quarantine."""
        ref = Ref.parse(name)
        columns = [{"name": "_reason", "type": "VARCHAR"}]
        if not ref.is_quarantine:
            described = self.engine.execute(f"DESCRIBE {name}").fetchall()
            columns = [{"name": column[0], "type": column[1]} for column in described]
        body = {
            "kind": "quarantine" if ref.is_quarantine else "table", "columns": columns,
            "version": 0, "files": [{"path": "x", "size": 1, "rows": rows}], "derived": False,
            "creator": "owner", "sources": [], "created": "2026-01-01", "updated": "2026-01-02",
        }  # fmt: skip
        self.keep(Fact("dataset", name, {**body, **more}))

    def agree(self, name: str, text: str) -> None:
        """Make a contract true, with its labels."""
        contract = odcs.read_contract(text)
        body = {
            "version": contract.version, "description": contract.description, "text": text,
            "hash": odcs.fingerprint(contract),
        }  # fmt: skip
        labels = odcs.label_facts(contract, Ref.parse(name), self.facts())
        self.keep(Fact("contract", name, body), *labels)


@pytest.fixture
def fake() -> FakeDesk:
    """A node with flights and airports, the flights under a contract."""
    fake = FakeDesk()
    fake.engine.execute(ROWS)
    fake.land("transport.flights", 3)
    fake.land("transport.airports", 2)
    fake.agree("transport.flights", CONTRACT)
    return fake


@pytest.fixture
def desk(fake: FakeDesk) -> Desk:
    """The same, as a desk."""
    return cast("Desk", fake)


@pytest.fixture
def contract() -> str:
    """The contract of the flights."""
    return CONTRACT
