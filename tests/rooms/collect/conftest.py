"""A fake desk: facts in memory, files read by Python's csv module, types judged by DuckDB."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import duckdb
import pyarrow.parquet as pq
import pytest
from tests.rooms.collect.web.serving import Web, serving

from doumen.kits.standards import odcs
from doumen.model.actor import OWNER, Actor
from doumen.model.answer import Made
from doumen.model.fact import Fact, FactRow, Facts
from doumen.model.load import (
    ColumnCounts,
    Examination,
    LoadColumn,
    LoadSpec,
    Mode,
    Reading,
    Reason,
    SourceFile,
)
from doumen.model.merge import Merge
from doumen.model.ref import Ref
from doumen.model.schema import Column, Schema

if TYPE_CHECKING:
    from doumen.gate.desk import Desk

FORMATS = {
    "DATE": ("%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y年%m月%d日"),
    "TIMESTAMP": ("%d.%m.%Y %H:%M",),
}
MARKS = {
    "BOOLEAN": r"(?i)true|false",
    "BIGINT": r"[+-]?\d+",
    "DOUBLE": r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?",
    "DATE": r"\d{4}-\d\d-\d\d.*",
    "TIMESTAMP": r"\d{4}-\d\d-\d\d.*",
}


def records(file: SourceFile, reading: Reading) -> list[list[str]]:
    """All records of a text file, as a reading says, header left out."""
    text = Path(file.path).read_bytes().decode(reading.encoding, "replace").removeprefix("\ufeff")
    lines = io.StringIO(text, newline="")
    for _ in range(reading.skip):
        lines.readline()
    doubled = reading.escape == reading.quote
    rows = [
        row
        for row in csv.reader(
            lines,
            delimiter=reading.delimiter,
            quotechar=reading.quote or None,
            escapechar=None if doubled or not reading.escape else reading.escape,
            doublequote=doubled,
            quoting=csv.QUOTE_MINIMAL if reading.quote else csv.QUOTE_NONE,
        )
        if row
    ]
    return rows[1:] if reading.header else rows


def parsed(values: Sequence[str], type_: str, formats: Sequence[str]) -> set[str]:
    """The values that parse as a type, by the reference engine."""
    holds = f"TRY_CAST(v AS {type_}) IS NOT NULL"
    if formats:
        holds = f"try_strptime(v, {list(formats)}) IS NOT NULL"
    elif type_ in MARKS:
        holds += f" AND regexp_full_match(v, '{MARKS[type_]}')"
    sql = f"SELECT v FROM (SELECT unnest(?::VARCHAR[]) AS v) WHERE {holds}"
    return {row[0] for row in duckdb.execute(sql, [list(values)]).fetchall()}


def counted(name: str, values: Sequence[str]) -> ColumnCounts:
    """The counts of one column."""
    filled = [value for value in values if value]
    keys = [(key, key, ()) for key in MARKS]
    every = keys + [(f"{t}:{f}", t, (f,)) for t, forms in FORMATS.items() for f in forms]
    digits = [value for value in filled if value.isdecimal()]
    return ColumnCounts(
        name=name,
        filled=len(filled),
        parses=tuple((k, _count(filled, parsed(filled, t, f))) for k, t, f in every),
        leading_zero=sum(1 for value in digits if value[0] == "0" and len(value) > 1),
        longest_digits=max(map(len, digits), default=0),
        longest=max(map(len, filled), default=0),
    )


@dataclass
class FakeDesk:
    """What the room needs of a desk, with the gate's rules of repetition."""

    calls: list[str]
    specs: list[LoadSpec] = field(default_factory=list)
    actor: Actor = field(default_factory=lambda: Actor(OWNER, roles=frozenset({OWNER})))
    purpose: str | None = None
    known: Facts = field(default_factory=Facts)

    def progress(self, fraction: float | None, doing: str) -> None:
        """Nobody looks."""

    def facts(self) -> Facts:
        """The facts in force."""
        return self.known

    def examine(
        self, files: Sequence[SourceFile], reading: Reading, *, first: int = 0
    ) -> Examination:
        """Count over all rows, or read the footer."""
        self.calls.append("examine")
        if reading.format == "parquet":
            (one, *_) = files
            described = duckdb.execute("DESCRIBE FROM read_parquet(?)", [one.path]).fetchall()
            schema = Schema(tuple(Column(row[0], row[1]) for row in described))
            return Examination(pq.read_metadata(one.path).num_rows, (), schema)
        rows = [row for file in files for row in records(file, reading)]
        rows = [row for row in rows if len(row) == len(reading.columns)]
        columns = [
            counted(name, [row[place] for row in rows])
            for place, name in enumerate(reading.columns)
        ]
        return Examination(len(rows), tuple(columns))

    def collect(
        self, ref: Ref, spec: LoadSpec, mode: Mode, contract: str, *, merge: Merge | None = None
    ) -> Made:
        assert merge is None
        """Count what lands and keep the facts of it."""
        self.calls.append(f"collect {mode.value} {len(spec.files)}")
        self.specs.append(spec)
        rows = [row for file in spec.files for row in _rows(file, spec.reading)]
        broken = _broken(rows, spec)
        before = self.known.dataset(ref)
        version = 0 if before is None else before["version"] + 1
        event = f"e{version}"
        meaning = odcs.fingerprint(odcs.read_contract(contract))
        columns = [{"name": c.name, "type": c.type} for c in spec.columns]
        facts = [
            Fact("dataset", str(ref), {"version": version, "columns": columns, "files": []}),
            Fact("contract", str(ref), {"text": contract, "hash": meaning}),
            *(
                Fact(
                    "source",
                    f"{ref}#{f.sha256}",
                    {"path": f.name, "contract": meaning, "event": event},
                )
                for f in spec.files
            ),
        ]
        start = self.known.version + 1
        self.known = self.known.extended(
            FactRow(start + place, fact, event, "") for place, fact in enumerate(facts)
        )
        rows_in, aside = len(rows), sum(broken.values())
        reasons = tuple(Reason(c, r, n) for (c, r), n in sorted(broken.items()))
        return Made(ref, rows_in, rows_in - aside, aside, reasons, version, event)


def _rows(file: SourceFile, reading: Reading) -> list[list[str]]:
    if reading.format == "csv":
        return records(file, reading)
    return [[""] * len(reading.columns)] * pq.read_metadata(file.path).num_rows


def _count(values: Sequence[str], good: set[str]) -> int:
    return sum(1 for value in values if value in good)


def _broken(rows: list[list[str]], spec: LoadSpec) -> Counter[tuple[str, str]]:
    """(column, reason) → rows, by the first column that does not parse."""
    wide = len(spec.reading.columns)
    even = [row for row in rows if len(row) == wide]
    broken = Counter({("", "ragged"): len(rows) - len(even)} if len(even) < len(rows) else {})
    for column in spec.columns:
        place = spec.reading.columns.index(column.source)
        good = parsed([row[place] for row in even], column.type, column.formats) | {""}
        bad = [row for row in even if row[place] not in good]
        even = [row for row in even if row[place] in good]
        if bad:
            broken[column.name, "type"] += len(bad)
    return broken


@pytest.fixture
def calls() -> list[str]:
    """What the desk was asked for, in order."""
    return []


@pytest.fixture
def fake(calls: list[str]) -> FakeDesk:
    """The desk, as a fake."""
    return FakeDesk(calls)


@pytest.fixture
def desk(fake: FakeDesk) -> Desk:
    """The desk, as a room knows it."""
    return cast("Desk", fake)


@pytest.fixture
def spec(fake: FakeDesk) -> Callable[[], LoadSpec]:
    """The last collection that the desk was asked for."""
    return lambda: fake.specs[-1]


@pytest.fixture
def contract(tmp_path: Path) -> Callable[..., str]:
    """Writes a contract for columns and gives its path."""

    def write(*columns: LoadColumn, name: str = "contract.yaml", ref: str = "test.table") -> str:
        path = tmp_path / name
        path.write_text(odcs.infer_contract(Ref.parse(ref), columns), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def web() -> Iterator[Web]:
    """A server of the web that a test fills."""
    with serving() as made:
        yield made
