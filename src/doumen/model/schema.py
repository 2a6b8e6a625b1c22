"""Columns and their types.

A type is written as the reference engine (DuckDB) writes it: `BIGINT`, `VARCHAR`,
`DECIMAL(12,2)`, `TIMESTAMP`. Column names keep their case and are looked up without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name as written and its type in the reference dialect."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a dataset or an answer, in order."""

    columns: tuple[Column, ...]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def find(self, name: str) -> Column | None:
        """The column of this name, without regard to case."""
        folded = name.casefold()
        return next((c for c in self.columns if c.name.casefold() == folded), None)

    @classmethod
    def of(cls, **types: str) -> Schema:
        """A schema from keyword arguments: `Schema.of(id="BIGINT", name="VARCHAR")`."""
        return cls(tuple(Column(name, type) for name, type in types.items()))
