"""Arrow values as JSON values, column by column: nothing is rounded and nothing is lost.

Decimals, integers beyond 2^53, dates, times and timestamps become text, NaN and infinities
too; binary becomes base64; lists, structs and maps are turned inside as well. A timestamp
with a zone is UTC and ends with `Z`. A map becomes a list of pairs, for its keys need not
be text. Durations are written as ISO 8601 has them.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pyarrow as pa

from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.model.schema import Schema

EXACT = 1 << 53
"""Integers up to here are the same in every JSON reader (RFC 8259, section 6)."""

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
_DAY = 86_400
_LAST_DATE = 2**31 - 1
_LAST_INSTANT = 2**63 - 1

Convert = Callable[[pa.Array], list[Any]]


def json_rows(batch: pa.RecordBatch, schema: Schema) -> Iterator[list[Any]]:
    """The rows of a batch as JSON arrays; `schema` tells the types in the reference dialect."""
    if batch.num_columns == 0:
        return iter([] for _ in range(batch.num_rows))
    columns = [
        json_values(array, column.type) for array, column in zip(batch.columns, schema, strict=True)
    ]
    return (list(row) for row in zip(*columns, strict=True))


def json_values(array: pa.Array, type: str) -> list[Any]:
    """The values of one column of the given type in the reference dialect.

    The type matters where Arrow has no name for it: the 128-bit integers, which `sum` of
    integers gives, travel as decimals.

    Raises:
        Invalid: values of this type have no form in JSON.
    """
    whole = "HUGEINT" in type and "DECIMAL(38,0)" not in type
    return _values(array, whole=whole)


def _values(array: pa.Array, *, whole: bool) -> list[Any]:
    kind = array.type
    if pa.types.is_dictionary(kind):
        return _values(array.dictionary_decode(), whole=whole)
    if isinstance(kind, pa.BaseExtensionType):
        return _values(array.storage, whole=whole)
    if pa.types.is_nested(kind):
        return _nested(array, whole=whole)
    if pa.types.is_decimal(kind):
        return [_decimal(v, whole=whole and kind.scale == 0) for v in array.to_pylist()]
    for applies, convert in _SCALARS:
        if applies(kind):
            return convert(array)
    raise _formless(kind)


def _nested(array: pa.Array, *, whole: bool) -> list[Any]:
    kind = array.type
    if pa.types.is_map(kind):
        keys, items = _values(array.keys, whole=whole), _values(array.items, whole=whole)
        return _slices(array, [list(pair) for pair in zip(keys, items, strict=True)])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _slices(array, _values(array.values, whole=whole))
    if pa.types.is_fixed_size_list(kind):
        size, inner = kind.list_size, _values(array.flatten(), whole=whole)
        chunks = iter(range(0, len(inner), size))
        return [inner[(at := next(chunks)) : at + size] if v else None for v in _valid(array)]
    if pa.types.is_struct(kind) or pa.types.is_union(kind):
        children = [_values(array.field(i), whole=whole) for i in range(kind.num_fields)]
        return _chosen(array, children) if pa.types.is_union(kind) else _objects(array, children)
    raise _formless(kind)


def _objects(array: pa.Array, children: Sequence[list[Any]]) -> list[Any]:
    names = [field.name for field in array.type]
    return [
        dict(zip(names, row, strict=True)) if valid else None
        for valid, row in zip(_valid(array), zip(*children, strict=True), strict=True)
    ]


def _chosen(array: pa.Array, children: Sequence[list[Any]]) -> list[Any]:
    """The member of each row; `type_codes` forgets the offset of a slice, a scalar does not."""
    return [children[array[row].type_code][row] for row in range(len(array))]


def _valid(array: pa.Array) -> list[bool]:
    valid: list[bool] = array.is_valid().to_pylist()
    return valid


def _slices(array: pa.Array, inner: Sequence[Any]) -> list[Any]:
    ends = array.offsets.to_pylist()
    return [
        list(inner[ends[row] : ends[row + 1]]) if valid else None
        for row, valid in enumerate(_valid(array))
    ]


def _formless(kind: pa.DataType) -> Invalid:
    return Invalid(
        msg("A column of type {kind} cannot be written as JSON.", kind=kind),
        next=msg("Cast it to VARCHAR in the statement."),
        detail="type",
    )


def _each(convert: Callable[[Any], Any]) -> Convert:
    return lambda array: [None if v is None else convert(v) for v in array.to_pylist()]


def _plain(array: pa.Array) -> list[Any]:
    values: list[Any] = array.to_pylist()
    return values


def _integer(value: int) -> int | str:
    return value if -EXACT <= value <= EXACT else str(value)


def _decimal(value: Decimal | None, *, whole: bool) -> int | str | None:
    if value is None:
        return None
    return _integer(int(value)) if whole else format(value, "f")


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _dates(array: pa.Array) -> list[Any]:
    return _each(_date)(array.cast(pa.date32()).cast(pa.int32()))


@lru_cache(maxsize=4096)
def _date(days: int) -> str:
    """Days since 1970-01-01 as ISO 8601, the proleptic Gregorian calendar without end.

    Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    """
    if abs(days) == _LAST_DATE:
        return "infinity" if days > 0 else "-infinity"
    era, day = divmod(days + 719_468, 146_097)
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    day -= 365 * year + year // 4 - year // 100
    month = (5 * day + 2) // 153
    day -= (153 * month + 2) // 5 - 1
    month += 3 if month < 10 else -9
    year += era * 400 + (month <= 2)
    written = f"{year:04d}" if 0 <= year <= 9999 else f"{year:+05d}"
    return f"{written}-{month:02d}-{day:02d}"


def _times(array: pa.Array) -> list[Any]:
    unit = array.type.unit
    width = pa.int32() if array.type.bit_width == 32 else pa.int64()
    return _each(lambda value: _clock(value, unit))(array.view(width))


def _timestamps(array: pa.Array) -> list[Any]:
    unit, mark = array.type.unit, "Z" if array.type.tz else ""
    day = _DAY * _PER_SECOND[unit]

    def convert(value: int) -> str:
        if abs(value) == _LAST_INSTANT:
            return "infinity" if value > 0 else "-infinity"
        days, rest = divmod(value, day)
        return f"{_date(days)}T{_clock(rest, unit)}{mark}"

    return _each(convert)(array.view(pa.int64()))


def _clock(value: int, unit: str) -> str:
    seconds, fraction = divmod(value, _PER_SECOND[unit])
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:0{_DIGITS[unit]}d}" if fraction else text


def _durations(array: pa.Array) -> list[Any]:
    unit = _PER_SECOND["ns"] // _PER_SECOND[array.type.unit]
    return _each(lambda value: _period(0, 0, value * unit))(array.view(pa.int64()))


def _period(months: int, days: int, nanoseconds: int) -> str:
    seconds, fraction = divmod(abs(nanoseconds), 10**9)
    sign = "-" if nanoseconds < 0 else ""
    text = f"{seconds}.{fraction:09d}".rstrip("0").rstrip(".")
    parts = (f"{months}M" if months else "") + (f"{days}D" if days else "")
    clock = f"T{sign}{text}S" if nanoseconds or not parts else ""
    return f"P{parts}{clock}"


_SCALARS: tuple[tuple[Callable[[pa.DataType], bool], Convert], ...] = (
    (pa.types.is_null, _plain),
    (pa.types.is_boolean, _plain),
    (pa.types.is_string, _plain),
    (pa.types.is_large_string, _plain),
    (pa.types.is_string_view, _plain),
    (pa.types.is_integer, _each(_integer)),
    (pa.types.is_floating, _each(_float)),
    (pa.types.is_date, _dates),
    (pa.types.is_time, _times),
    (pa.types.is_timestamp, _timestamps),
    (pa.types.is_duration, _durations),
    (pa.types.is_interval, _each(lambda v: _period(v.months, v.days, v.nanoseconds))),
    (pa.types.is_binary, _each(lambda v: b64encode(v).decode("ascii"))),
    (pa.types.is_large_binary, _each(lambda v: b64encode(v).decode("ascii"))),
    (pa.types.is_binary_view, _each(lambda v: b64encode(v).decode("ascii"))),
    (pa.types.is_fixed_size_binary, _each(lambda v: b64encode(v).decode("ascii"))),
)
