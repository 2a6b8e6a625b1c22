"""Types of SQLite, which holds no column to its type: declared, then held against all values.

A column has its declared type if every value fits it. Else it has the type that its values have:
BIGINT, DOUBLE, or BLOB where some are bytes (text and numbers become the bytes of their text); and
where they are mixed, VARCHAR. So nothing fails amid the rows, and nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from doumen.rooms.collect.connectors.arrow import arrow_type

EXACT = 2**53
"""Greatest whole number up to which a double holds all."""
PRECISE = 15
"""Digits of a decimal that a double gives back."""
_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")
_TIMES = frozenset({"DATETIME", "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"})
CLASSES = ("integer", "real", "text", "blob")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the values of a column are.

    Attributes:
        unfit: Values that do not fit the declared type.
        integer: Number of whole numbers.
        real: Number of doubles.
        text: Number of texts.
        blob: Number of bytes.
        long: Whole numbers that a double does not hold.
        widest: Length of the longest text or bytes.
    """

    unfit: int
    integer: int
    real: int
    text: int
    blob: int
    long: int
    widest: int

    @property
    def loose(self) -> bool:
        """Whether values are of several classes that do not compare with each other."""
        return sum(map(bool, (self.integer + self.real, self.text, self.blob))) > 1


def declared(word: str) -> str | None:
    """The type that a declaration means; None: it leaves it to the values.

    Follows the rules of affinity (sqlite.org/datatype3.html, 3.1), with more words known.
    """
    word = " ".join(word.upper().split())
    if word in {"BOOLEAN", "BOOL"}:
        return "BOOLEAN"
    if word == "DATE":
        return "DATE"
    if word in _TIMES:
        return "TIMESTAMP"
    if decimal := _DECIMAL.fullmatch(word):
        precision, scale = int(decimal[1]), int(decimal[2] or 0)
        return (
            f"DECIMAL({precision},{scale})" if scale <= precision and 0 < precision <= 38 else None
        )
    for part, type in (
        ("INT", "BIGINT"),
        ("CHAR", "VARCHAR"),
        ("CLOB", "VARCHAR"),
        ("TEXT", "VARCHAR"),
        ("BLOB", "BLOB"),
        ("REAL", "DOUBLE"),
        ("FLOA", "DOUBLE"),
        ("DOUB", "DOUBLE"),
    ):
        if part in word:
            return type
    return None


_FITS = {
    "BIGINT": "typeof({0}) = 'integer'",
    "BOOLEAN": "(typeof({0}) = 'integer' AND {0} IN (0, 1))",
    "DOUBLE": "(typeof({0}) = 'real' OR (typeof({0}) = 'integer' "
    f"AND {{0}} BETWEEN -{EXACT} AND {EXACT}))",
    "VARCHAR": "typeof({0}) = 'text'",
    "BLOB": "typeof({0}) = 'blob'",
    "DATE": "(typeof({0}) = 'text' AND date({0}, '+0 days') IS {0} AND {0} >= '0001')",
}


def fits(type: str | None, column: str) -> str:
    """The condition under which a value, not NULL, fits a type."""
    if type is None:
        return "1"
    if type == "TIMESTAMP":
        return _is_time(column)
    return _is_decimal(column, *_parts(type)) if type not in _FITS else _FITS[type].format(column)


def _is_decimal(column: str, precision: int, scale: int) -> str:
    """A whole number, or a double that is the nearest to a number of that scale."""
    kind, below = f"typeof({column})", f"abs({column}) < 1e{precision - scale}"
    exact = f"CAST(printf('%.{scale}f', {column}) AS REAL) = {column}"
    precise = f"abs({column}) < 1e{PRECISE - scale}"
    whole = f"({kind} = 'integer' AND {column} > -9e18 AND {below})"
    return f"({whole} OR ({kind} = 'real' AND {below} AND {precise} AND {exact}))"


def _is_time(column: str) -> str:
    """A moment without a zone, with a blank or a T, of at most six digits after the second."""
    day, hour = f"substr({column}, 1, 10)", f"substr({column}, 12)"
    digits = "[0-9][0-9]"
    shapes = [f"{digits}:{digits}", f"{digits}:{digits}:{digits}"]
    shapes += [f"{shapes[1]}.{'[0-9]' * places}" for places in range(1, 7)]
    shaped = " OR ".join(f"{hour} GLOB '{shape}'" for shape in shapes)
    return (
        f"(typeof({column}) = 'text' AND date({day}, '+0 days') IS {day} AND {day} >= '0001' "
        f"AND substr({column}, 11, 1) IN (' ', 'T') AND ({shaped}) "
        f"AND datetime({column}) IS NOT NULL AND {hour} < '24')"
    )


def comparable(column: str) -> str:
    """A moment as 26 characters, however it is written: they compare as moments do."""
    padded = (
        f"CASE length({column}) WHEN 16 THEN ':00.000000' WHEN 19 THEN '.000000' ELSE '000000' END"
    )
    return f"substr(replace({column}, 'T', ' ') || {padded}, 1, 26)"


def chosen(type: str | None, seen: Seen) -> str:
    """The type of a column, by its declaration and its values."""
    if not seen.unfit and type is not None:
        return type
    if seen.blob:
        return "BLOB"
    if seen.text or not (seen.integer or seen.real):
        return "VARCHAR"
    if not seen.real:
        return "BIGINT"
    return "VARCHAR" if seen.long else "DOUBLE"


def array(values: Sequence[Any], type: str) -> pa.Array:
    """Values as SQLite gave them, as an array of a type that they fit."""
    of = arrow_type(type)
    if type.startswith("DECIMAL"):
        scale = _parts(type)[1]
        return pa.array([None if v is None else decimal(v, scale) for v in values], of)
    if type in {"DATE", "TIMESTAMP"}:
        return pa.array(values, pa.string()).cast(of)
    if type == "BOOLEAN":
        return pa.array(values, pa.int8()).cast(of)
    convert = _CONVERTED.get(type)
    if convert is None:
        return pa.array(values, of)
    return pa.array([None if v is None else convert(v) for v in values], of)


def decimal(value: float, scale: int) -> Decimal:
    """A number of a column of decimals, whose double is the nearest to it."""
    return Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{scale}f}")


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


_CONVERTED: dict[str, Callable[[Any], Any]] = {"VARCHAR": str, "BLOB": _bytes, "DOUBLE": float}


def _parts(type: str) -> tuple[int, int]:
    precision, _, scale = type[len("DECIMAL(") : -1].partition(",")
    return int(precision), int(scale)
