"""Types of PostgreSQL, and the expression by which each is read.

A number without precision, whose scale differs from value to value, is delivered as text: nothing
is rounded, and a query may cast it (`amount::numeric(12,2)`). Times of day, intervals, UUIDs, JSON,
XML, enums, bits and addresses are text. What Arrow would have in silence in another shape, arrays
of more than one dimension and infinite dates, is looked for in each row (`faulty`).
"""

from __future__ import annotations

from dataclasses import dataclass

from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors.marks import Family, family
from doumen.rooms.collect.connectors.relation import Field, ordered, quoted

_PLAIN = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "text": "VARCHAR",
    "varchar": "VARCHAR",
    "bytea": "BLOB",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
}
"""Types that the driver reads as they are."""
_AS_TEXT = frozenset(
    {
        *("bpchar", "name", "char", "citext", "uuid", "json", "jsonb", "xml"),
        *("time", "timetz", "interval", "bit", "varbit"),
        *("inet", "cidr", "macaddr", "macaddr8"),
    }
)
"""Types that are read as their text."""
_MOMENTS = frozenset({"date", "timestamp", "timestamptz"})
_TEXTS = frozenset({"text", "varchar", "bpchar"})
_DIGITS = 38
"""Most digits of a decimal."""


@dataclass(frozen=True, slots=True)
class Told:
    """A column as PostgreSQL tells of it.

    Attributes:
        name: Its name.
        type: Name of its type, without length; of an array with `_` before it.
        modifier: `atttypmod` of a numeric; -1: it has none.
        filled: Whether it is NOT NULL.
    """

    name: str
    type: str
    modifier: int = -1
    filled: bool = False


def delivered(column: Told, enums: frozenset[str]) -> str | None:
    """What a column is delivered as; None: it cannot be kept."""
    if column.type.startswith("_"):
        of = _scalar(column.type[1:], column.modifier, enums)
        return of and f"{of}[]"
    return _scalar(column.type, column.modifier, enums)


def field(column: Told, enums: frozenset[str]) -> Field | None:
    """How a column is read; None: it cannot be kept."""
    type = delivered(column, enums)
    if type is None:
        return None
    name = quoted(column.name)
    is_array, plain = column.type.startswith("_"), column.type.removeprefix("_")
    out = name
    if plain == "oid":
        out = f"{name}::int8{'[]' if is_array else ''}"
    elif plain not in _PLAIN:
        out = f"{name}::text{'[]' if is_array else ''}"
    return Field(
        column.name,
        type,
        f"{out} AS {name}",
        _family(column, type),
        ordered(column.name),
        column.filled,
    )


def faulty(columns: tuple[Told, ...]) -> str:
    """An expression for the number of a check (`checks`) that a row fails; empty: none needed."""
    cases = [f"WHEN {check} THEN {at}" for at, (check, _, _) in enumerate(checks(columns))]
    return f"(CASE {' '.join(cases)} END)::int4 AS fault" if cases else ""


def checks(columns: tuple[Told, ...]) -> list[tuple[str, str, Message]]:
    """Conditions under which a row cannot be kept, each with its column and the reason."""
    found: list[tuple[str, str, Message]] = []
    infinite = msg("It is infinite.")
    for column in columns:
        name = quoted(column.name)
        if column.type.startswith("_"):
            many = msg("It is an array of more than one dimension.")
            found.append((f"array_ndims({name}) > 1", column.name, many))
            if column.type[1:] in _MOMENTS:
                ends = f"'infinity' = ANY ({name}) OR '-infinity' = ANY ({name})"
                found.append((ends, column.name, infinite))
        elif column.type in _MOMENTS:
            found.append((f"NOT isfinite({name})", column.name, infinite))
    return found


def _scalar(type: str, modifier: int, enums: frozenset[str]) -> str | None:
    if type == "numeric":
        return _decimal(modifier)
    if type == "oid":
        return "BIGINT"
    if type in _AS_TEXT or type in enums:
        return "VARCHAR"
    return _PLAIN.get(type)


def _decimal(modifier: int) -> str:
    """A numeric by its modifier, made of precision and scale (numeric.c, make_numeric_typmod)."""
    if modifier < 4:
        return "VARCHAR"
    precision = (modifier - 4) >> 16 & 0xFFFF
    scale = ((modifier - 4 & 0x7FF) ^ 1024) - 1024
    digits = max(precision - min(scale, 0), scale)
    return f"DECIMAL({digits},{max(scale, 0)})" if digits <= _DIGITS else "VARCHAR"


def _family(column: Told, type: str) -> Family | None:
    if column.type == "numeric":
        return Family.DECIMAL
    if type == "VARCHAR" and column.type not in _TEXTS:
        return None
    return family(type)
