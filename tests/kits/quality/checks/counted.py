"""Checks run over rows on the reference engine, as whoever wires them does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from doumen.kits.quality.checks import BY_NAME, Judged, Options, Own, Rows, Subject, Whole
from doumen.kits.quality.expectation import holds
from doumen.model.ref import Ref

REF = Ref("d", "rows")
Values = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Table:
    """Rows of `d.rows`, beside tables that others of its domain hold."""

    types: Mapping[str, str]
    rows: Values
    others: Sequence[str] = ()

    @contextmanager
    def opened(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with duckdb.connect() as engine:
            engine.execute("SET TimeZone = 'UTC'; CREATE SCHEMA d")
            columns = ", ".join(f'"{name}" {type}' for name, type in self.types.items())
            engine.execute(f"CREATE TABLE d.rows ({columns})")
            for other in self.others:
                engine.execute(other)
            marks = ", ".join("?" for _ in self.types)
            if self.rows:
                engine.executemany(f"INSERT INTO d.rows VALUES ({marks})", list(self.rows))
            yield engine


def options(**given: Any) -> Options:
    """The form of a kind, read."""
    return BY_NAME[given["check"]].form.model_validate(given)


def number(check: Options, table: Table, columns: Sequence[str] = ()) -> Decimal | None:
    """The one number of a check."""
    kind = BY_NAME[check.model_dump()["check"]]
    subject = Subject(REF, table.types, tuple(columns))
    assert kind.misfit(subject, check) is None, kind.misfit(subject, check)
    measure = kind.measure(subject, check)
    with table.opened() as engine:
        if isinstance(measure, Judged):
            name = measure.column
            found = engine.execute(f'SELECT CAST("{name}" AS VARCHAR) FROM d.rows').fetchall()
            asked = Counter(text for (text,) in found if text is not None)
            return Decimal(sum(n for text, n in asked.items() if not measure.accepts(text)))
        if isinstance(measure, Rows):
            sql = f"SELECT coalesce(count_if({measure.condition}), 0) FROM d.rows"
        elif isinstance(measure, Whole):
            sql = f"SELECT {measure.expression} FROM d.rows"
        else:
            assert isinstance(measure, Own)
            sql = measure.statement
        ((value,),) = engine.execute(sql, list(measure.parameters)).fetchall()
    return None if value is None else Decimal(str(value))


def good(
    check: Options, table: Table, columns: Sequence[str] = (), past: Sequence[Decimal] = ()
) -> bool:
    """Whether the number is as it must be."""
    expects = BY_NAME[check.model_dump()["check"]].expects(check, past)
    found = number(check, table, columns)
    assert expects is not None
    assert found is not None
    return holds(found, expects, len(table.rows))
