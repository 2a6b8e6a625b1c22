"""Rows of a trial in order and with bounds, as a compaction would leave them.

Columns whose values are not known for certain are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from doumen.model.snapshot import Bound

_ORDERED = (
    pa.types.is_integer, pa.types.is_decimal, pa.types.is_boolean, pa.types.is_date,
    pa.types.is_timestamp, pa.types.is_string,
)  # fmt: skip


def in_order(table: pa.Table) -> pa.Table:
    """The rows in the order of the first column that has one; as they are where none has."""
    names = [field.name for field in table.schema if _has_order(field.type)]
    return table.sort_by(names[0]) if names else table


def bounds_of(table: pa.Table) -> tuple[Bound, ...]:
    """What the values of each column that has an order lie between."""
    return tuple(_bounds(table))


def _bounds(table: pa.Table) -> Iterator[Bound]:
    for field in table.schema:
        if not _has_order(field.type):
            continue
        column = table.column(field.name)
        ends = pc.min_max(column)
        try:
            low, high = (_text(ends[end].as_py()) for end in ("min", "max"))
        except (OverflowError, ValueError):  # Python has no value for it, as for the year 300000
            continue
        yield Bound(field.name, low, high, column.null_count)


def _has_order(type: pa.DataType) -> bool:
    return any(is_one(type) for is_one in _ORDERED)


def _text(value: Any) -> str | None:
    """A value as the engine casts it to text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)
