"""Types of MySQL and MariaDB, and the expression by which each is read.

All comes as text, which the server writes exactly but for floating numbers, of which it writes a
few digits: those are read as doubles. Bits are read as text of their digits; what is `tinyint(1)`
or `bit(1)`, as the server calls a BOOLEAN, is one. A decimal of more than 38 digits, times of day,
enums, sets, JSON, UUIDs and addresses are text.

A text is compared by the bytes of its UTF-8, so that order, marks and what is read agree, whatever
its collation; so it is a cursor only up to the length that the server sorts by.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pymysql.constants import FIELD_TYPE, FLAG

from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors.marks import Family, family
from doumen.rooms.collect.connectors.relation import Field, ordered, quoted

SORTED = 4096
"""Bytes of a text by which the server sorts: `max_sort_length`."""
_BINARY = 63
"""The collation of bytes."""
_DIGITS = 38
"""Most digits of a decimal."""
_FREE = 31
"""The scale of a floating number that has none."""
_INTEGERS = {
    "tinyint": ("TINYINT", "SMALLINT"),
    "smallint": ("SMALLINT", "INTEGER"),
    "mediumint": ("INTEGER", "INTEGER"),
    "int": ("INTEGER", "BIGINT"),
    "bigint": ("BIGINT", "DECIMAL(20,0)"),
}
"""What whole numbers are delivered as: with a sign, and without."""
_PLAIN = {
    "float": "FLOAT",
    "double": "DOUBLE",
    "year": "SMALLINT",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "binary": "BLOB",
    "varbinary": "BLOB",
    "tinyblob": "BLOB",
    "blob": "BLOB",
    "mediumblob": "BLOB",
    "longblob": "BLOB",
}
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})
_AS_TEXT = frozenset({"time", "enum", "set", "json", "uuid", "inet4", "inet6", "null"})
"""Types that are read as their text, and that the server orders otherwise."""
_CODES = {
    FIELD_TYPE.TINY: "tinyint",
    FIELD_TYPE.SHORT: "smallint",
    FIELD_TYPE.INT24: "mediumint",
    FIELD_TYPE.LONG: "int",
    FIELD_TYPE.LONGLONG: "bigint",
    FIELD_TYPE.DECIMAL: "decimal",
    FIELD_TYPE.NEWDECIMAL: "decimal",
    FIELD_TYPE.FLOAT: "float",
    FIELD_TYPE.DOUBLE: "double",
    FIELD_TYPE.BIT: "bit",
    FIELD_TYPE.YEAR: "year",
    FIELD_TYPE.DATE: "date",
    FIELD_TYPE.NEWDATE: "date",
    FIELD_TYPE.DATETIME: "datetime",
    FIELD_TYPE.TIMESTAMP: "timestamp",
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.JSON: "json",
    FIELD_TYPE.NULL: "null",
    FIELD_TYPE.GEOMETRY: "geometry",
}
_BYTES = {
    FIELD_TYPE.STRING: ("char", "binary"),
    FIELD_TYPE.VAR_STRING: ("varchar", "varbinary"),
    FIELD_TYPE.VARCHAR: ("varchar", "varbinary"),
    FIELD_TYPE.TINY_BLOB: ("text", "blob"),
    FIELD_TYPE.BLOB: ("text", "blob"),
    FIELD_TYPE.MEDIUM_BLOB: ("text", "blob"),
    FIELD_TYPE.LONG_BLOB: ("text", "blob"),
}
"""What is of characters, or of bytes."""


@dataclass(frozen=True, slots=True)
class Told:
    """A column as the server tells of it.

    Attributes:
        name: Its name.
        type: Name of its type, without length.
        width: Digits of a decimal, bits of a `bit`, width of a `tinyint` as it is shown, bytes of
            a text in UTF-8.
        scale: Digits of a decimal or a floating number behind the point.
        unsigned: Whether it is UNSIGNED.
        filled: Whether it is NOT NULL.
    """

    name: str
    type: str
    width: int = 0
    scale: int = 0
    unsigned: bool = False
    filled: bool = False


def told(field: Any) -> Told:
    """A column of an answer, by what `pymysql.protocol.FieldDescriptorPacket` has of it."""
    unsigned = bool(field.flags & FLAG.UNSIGNED)
    type, width = _CODES.get(field.type_code, f"type {field.type_code}"), field.length
    if field.type_code in _BYTES:
        type = _BYTES[field.type_code][field.charsetnr == _BINARY]
    if field.flags & (FLAG.ENUM | FLAG.SET):
        type = "enum" if field.flags & FLAG.ENUM else "set"
    if type == "decimal":  # its length is that of its text (my_decimal_precision_to_length)
        width -= (field.scale > 0) + (not unsigned)
    filled = bool(field.flags & FLAG.NOT_NULL)
    return Told(field.name, type, width, field.scale, unsigned, filled)


def delivered(column: Told) -> str | None:
    """What a column is delivered as; None: it cannot be kept."""
    if column.type in {"tinyint", "bit"} and column.width == 1 and not _is_natural(column):
        return "BOOLEAN"
    if column.type in _INTEGERS:
        return _INTEGERS[column.type][column.unsigned]
    if column.type == "decimal" and column.width <= _DIGITS:
        return f"DECIMAL({column.width},{column.scale})"
    if column.type in _TEXTS or column.type in _AS_TEXT or column.type in {"decimal", "bit"}:
        return "VARCHAR"
    return _PLAIN.get(column.type)


def field(column: Told) -> Field | None:
    """How a column is read; None: it cannot be kept."""
    type = delivered(column)
    if type is None:
        return None
    name = quoted(column.name)
    out = _out(column, name)
    of, order, why = _cursor(column, type)
    return Field(
        column.name,
        type,
        name if out == name else f"{out} AS {name}",
        of,
        order,
        column.filled,
        why,
    )


def cast(column: Told, of: Family) -> str:
    """What makes of the text `{}` a mark of a column."""
    match of:
        case Family.INTEGER:
            return "CAST({} AS SIGNED)"
        case Family.DECIMAL:  # 65 digits, of which 38 or more are before the point
            scale = column.scale if column.type == "decimal" else 0
            return (
                f"CAST({{}} AS DECIMAL(65,{scale if column.width > _DIGITS else max(scale, 27)}))"
            )
        case Family.TEXT:
            return "CAST({} AS BINARY)"
        case Family.DATE:
            return "CAST({} AS DATE)"
        case Family.TIMESTAMP | Family.INSTANT:
            return "CAST({} AS DATETIME(6))"


def _is_natural(column: Told) -> bool:
    """Whether it is a number without a sign; a `bit` is told so too, and is none."""
    return column.type == "tinyint" and column.unsigned


def _out(column: Told, name: str) -> str:
    if column.type == "float" or (column.type == "double" and column.scale != _FREE):
        return f"{name} + 0e0"
    if column.type == "bit":
        return f"{name} + 0" if column.width == 1 else f"lpad(bin({name} + 0), {column.width}, '0')"
    return name


def _cursor(column: Told, type: str) -> tuple[Family | None, str, Message | None]:
    """What the marks of a column are, by what it is compared, and why it is no cursor."""
    order = ordered(column.name)
    if column.type in _TEXTS:
        if column.width > SORTED:
            why = msg(
                "Its texts may be longer than the {size} bytes by which it sorts.", size=SORTED
            )
            return None, order, why
        return Family.TEXT, f"CAST(CONVERT({order} USING utf8mb4) AS BINARY)", None
    if column.type in _AS_TEXT or column.type == "bit":
        return (
            None,
            order,
            msg("It is {type}, which is read as text and ordered otherwise.", type=column.type),
        )
    return Family.DECIMAL if column.type == "decimal" else family(type), order, None
