"""Values of made-up tables: few of each type, so that joins meet, and extreme ones that break.

A type that Arrow has no plain twin for is kept as text, which the governed table casts.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa

CANARY = "CANARY"
"""Stands in hidden places only: wherever it shows, something leaked."""

_BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_ZONED = "TIMESTAMP WITH TIME ZONE"
_PLAIN: dict[str, pa.DataType] = {
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "FLOAT": pa.float32(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    _ZONED: pa.timestamp("us", tz="UTC"),
    "VARCHAR[]": pa.list_(pa.string()),
    "BIGINT[]": pa.list_(pa.int64()),
}
_TEXTS = ("a", "b", "n01", "n02", "n03", "7", "12", "late", "Ningbo", "x y", "")
_WILD_TEXTS = (
    CANARY, "", "x9", "999999999999", "0", "-1", "2026-13-45", "[", "(", '{"a":', "\\", "%", "é漢",
    "5", "1e400", "true", "2026-02-30 25:00", "n01", "zzz" * 40,
)  # fmt: skip
_DAY = dt.date(2026, 1, 1)


_DRAWS = 60
"""Usual values that are drawn to name some of a type."""

_HOUR = dt.timedelta(hours=1)
_USUAL: dict[str, Callable[[random.Random], Any]] = {
    **dict.fromkeys(_BITS, lambda rng: rng.randrange(0, 40)),
    **dict.fromkeys(("DOUBLE", "FLOAT"), lambda rng: rng.randrange(-20, 200) / 4),
    "BOOLEAN": lambda rng: rng.random() < 0.5,
    "DATE": lambda rng: _DAY + dt.timedelta(days=rng.randrange(0, 120)),
    "TIMESTAMP": lambda rng: dt.datetime(2026, 1, 1) + _HOUR * rng.randrange(0, 3000),
    _ZONED: lambda rng: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + _HOUR * rng.randrange(0, 3000),
    "VARCHAR[]": lambda rng: rng.choices(("a", "b", "c"), k=rng.randrange(0, 4)),
    "BIGINT[]": lambda rng: [rng.randrange(0, 9) for _ in range(rng.randrange(0, 4))],
}
_REALS = (0.0, -0.0, float("nan"), float("inf"), -1.5, 1e30, 66.6)
_WILD: dict[str, tuple[Any, ...]] = {
    "DOUBLE": _REALS,
    "FLOAT": _REALS,
    "DATE": (dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2024, 2, 29)),
    "TIMESTAMP": (dt.datetime(1900, 1, 1), dt.datetime(2262, 1, 1)),
    _ZONED: (dt.datetime(1900, 1, 1, tzinfo=dt.UTC), dt.datetime(2262, 1, 1, tzinfo=dt.UTC)),
    "VARCHAR[]": ([], [CANARY], [None, "x9"], ["a"] * 50),
    "VARCHAR": _WILD_TEXTS,
}


def arrow_type(type: str) -> pa.DataType:
    """How values of a type of the reference dialect are kept in a made-up table."""
    return _PLAIN.get(type, pa.string())


def family(type: str) -> str:
    """What kind of expression suits a type: text, int, real, date, stamp, bool, list or other."""
    if type in _BITS or type in {"HUGEINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT"}:
        return "int"
    if type in {"DOUBLE", "FLOAT"} or _DECIMAL.fullmatch(type):
        return "real"
    known = {"VARCHAR": "text", "DATE": "date", "TIMESTAMP": "stamp", "BOOLEAN": "bool"}
    return "list" if type == "VARCHAR[]" else known.get(type, "other")


def usual(rng: random.Random, type: str) -> Any:
    """A value such as data have; NULL now and then."""
    if rng.random() < 0.08:
        return None
    scale = _DECIMAL.fullmatch(type)
    if scale:
        return _decimal(rng.randrange(0, 99), int(scale[2]))
    make = _USUAL.get(type)
    return _text(rng, type) if make is None else make(rng)


def wild(rng: random.Random, type: str) -> Any:
    """A value that breaks casts, overflows, divides by zero, or is a canary."""
    if rng.random() < 0.15:
        return None
    bits, scale = _BITS.get(type), _DECIMAL.fullmatch(type)
    if bits is not None:
        most = (1 << (bits - 1)) - 1
        return rng.choice((0, -1, most, -most - 1, 66, 13, most // 2))
    if scale:
        digits, point = int(scale[1]), int(scale[2])
        return _decimal(rng.choice((0, 10 ** (digits - point) - 1, -66)), point)
    found = _WILD.get(type)
    return usual(rng, type) if found is None else rng.choice(found)


def read(text: str, type: str) -> Any:
    """The value that a text of a condition is in a type, for a column to hold; None: it is none."""
    try:
        if type in _BITS:
            value = int(text)
            return value if value.bit_length() < _BITS[type] else None
        if type in {"DOUBLE", "FLOAT"}:
            return float(text)
        if type == "DATE":
            return dt.date.fromisoformat(text)
        if type == "TIMESTAMP":
            return dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    return text if type == "VARCHAR" else None


def groupable(type: str) -> bool:
    """Whether rows may be told apart by a value of this type, one that a statement can name."""
    return type in _BITS or type in {"VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP"}


def named(type: str) -> tuple[str, ...]:
    """Usual values of a groupable type, as a statement writes them."""
    rng = random.Random(0)  # noqa: S311 - the same for every search
    drawn = (usual(rng, type) for _ in range(_DRAWS))
    return tuple(dict.fromkeys(literal(value) for value in drawn if value is not None))


def nth(number: int, type: str) -> Any:
    """Another value for each number, below 100; None where the type has not so many."""
    if type in _BITS:
        return number
    known = {"VARCHAR": f"u{number:02}", "DATE": _DAY + dt.timedelta(days=number)}
    return known.get(type)


def literal(value: Any) -> str:
    """A text, whole number, truth value, date or time as a statement writes it."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, dt.datetime):
        return f"TIMESTAMP '{value}'"
    return f"DATE '{value}'" if isinstance(value, dt.date) else str(value)


def _decimal(whole: int, scale: int) -> str:
    return str(Decimal(whole).quantize(Decimal(1).scaleb(-scale)))


def _text(rng: random.Random, type: str) -> str | None:
    """The text that a value is kept as; NULL for types that no text is known for."""
    if type == "VARCHAR":
        return rng.choice(_TEXTS)
    if family(type) == "int":
        return str(rng.randrange(0, 40))
    if type == "TIME":
        return f"{rng.randrange(0, 24):02}:00:00"
    return None
