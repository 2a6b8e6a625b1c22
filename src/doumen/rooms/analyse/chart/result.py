"""A result as charts see it: each column with its role, which its type alone decides.

Values are those of the answer as JSON has them, made fit for drawing: numbers that JSON writes
as text are numbers again (beyond 2^53 the nearest that a browser has), and what cannot be
drawn (NaN, infinities, dates that no calendar axis has) is a gap, as NULL is.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from doumen.model.schema import Schema

Value = str | int | float | None

EXACT = 1 << 53
_NUMBER = re.compile(r"DECIMAL\(\d+,\d+\)|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE")
_WHOLE = re.compile(r"DECIMAL\(\d+,0\)|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER")
_TIME = re.compile(r"DATE|TIMESTAMP( WITH TIME ZONE|_S|_MS|_NS)?")
_CATEGORY = re.compile(r"VARCHAR|BOOLEAN|ENUM\(.*\)", re.DOTALL)
_CALENDAR = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?Z?)?", re.ASCII)


class Role(StrEnum):
    """What a column can stand for in a chart."""

    TIME = "time"
    NUMBER = "number"
    CATEGORY = "category"
    OTHER = "other"


def role_of(type: str) -> Role:
    """The role of a type of the reference dialect.

    Examples:
        >>> [role_of(t).value for t in ("DATE", "DECIMAL(10,2)", "VARCHAR", "BLOB")]
        ['time', 'number', 'category', 'other']
    """
    for form, role in ((_TIME, Role.TIME), (_NUMBER, Role.NUMBER), (_CATEGORY, Role.CATEGORY)):
        if form.fullmatch(type):
            return role
    return Role.OTHER


@dataclass(frozen=True, slots=True)
class Seen:
    """One column.

    Attributes:
        values: One per row; None where there is nothing to draw.
        whole: Whether it is a number without a fraction.
    """

    name: str
    role: Role
    values: tuple[Value, ...]
    whole: bool = False

    @property
    def gaps(self) -> int:
        """How many rows have nothing to draw here."""
        return sum(value is None for value in self.values)

    @property
    def numbers(self) -> list[int | float]:
        """The values that are there, of a column of numbers, in the order of the rows."""
        return [value for value in self.values if isinstance(value, (int, float))]

    @property
    def texts(self) -> list[str]:
        """The values that are there, of any other column, in the order of the rows."""
        return [value for value in self.values if isinstance(value, str)]

    @property
    def unique(self) -> bool:
        """Whether no value is there twice."""
        there = [value for value in self.values if value is not None]
        return len(set(there)) == len(there)


@dataclass(frozen=True, slots=True)
class Result:
    """The columns of an answer and how many rows it has."""

    columns: tuple[Seen, ...]
    rows: int

    @classmethod
    def of(cls, schema: Schema, rows: Iterable[Sequence[Any]]) -> Result:
        """Read an answer.

        Args:
            schema: Its columns.
            rows: Its rows as JSON arrays.
        """
        held = [tuple(row) for row in rows]
        across = zip(*held, strict=True) if held else ((),) * len(schema.names)
        columns = tuple(
            _seen(column.name, column.type, values)
            for column, values in zip(schema, across, strict=True)
        )
        return cls(columns, len(held))

    def of_role(self, role: Role) -> tuple[Seen, ...]:
        """The columns of a role, in their order."""
        return tuple(column for column in self.columns if column.role is role)


def _seen(name: str, type: str, values: Sequence[Any]) -> Seen:
    role = role_of(type)
    draw = {Role.NUMBER: _number, Role.TIME: _time, Role.CATEGORY: _text}.get(role)
    made = tuple(map(draw, values)) if draw else (None,) * len(values)
    return Seen(name, role, made, _WHOLE.fullmatch(type) is not None)


def _number(value: Any) -> int | float | None:
    if value is None:
        return None
    if isinstance(value, str):
        value = float(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) <= EXACT else value
    return int(value)


def _time(value: Any) -> str | None:
    return value if isinstance(value, str) and _CALENDAR.fullmatch(value) else None


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if value is None else str(value)
