"""Types and values of Delta as Arrow has them: the schema of a table, and values of partitions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

_PRIMITIVE = {
    "string": pa.string(), "long": pa.int64(), "integer": pa.int32(), "short": pa.int16(),
    "byte": pa.int8(), "float": pa.float32(), "double": pa.float64(), "boolean": pa.bool_(),
    "binary": pa.binary(), "date": pa.date32(), "timestamp": pa.timestamp("us", "UTC"),
    "timestamp_ntz": pa.timestamp("us"),
}  # fmt: skip
_DECIMAL = re.compile(r"decimal\((\d{1,2}),\s*(\d{1,2})\)")


def schema(text: str) -> pa.Schema:
    """The schema of a table.

    Args:
        text: As `schemaString` has it.

    Raises:
        ValueError: it is none, or has a type that is not known.
    """
    try:
        told = json.loads(text)
        return pa.schema([_field(one) for one in told["fields"]])
    except (KeyError, TypeError, RecursionError, pa.ArrowException):
        raise ValueError from None


def value(text: str | None, type: pa.DataType) -> pa.Scalar:
    """A value of a partition.

    Raises:
        ValueError: it is none of its type.
    """
    if text is None or text == "":
        return pa.scalar(None, type)
    try:
        return pa.scalar(_value(text, type), type)
    except (ArithmeticError, KeyError, TypeError, pa.ArrowException):
        raise ValueError from None


def _field(told: Any) -> pa.Field:
    return pa.field(told["name"], _type(told["type"]))


def _type(told: Any) -> pa.DataType:
    if isinstance(told, str):
        decimal = _DECIMAL.fullmatch(told)
        if decimal is not None:
            return pa.decimal128(int(decimal[1]), int(decimal[2]))
        return _PRIMITIVE[told]
    match told["type"]:
        case "struct":
            return pa.struct([_field(one) for one in told["fields"]])
        case "array":
            return pa.list_(_type(told["elementType"]))
        case "map":
            return pa.map_(_type(told["keyType"]), _type(told["valueType"]))
    raise ValueError


def _value(text: str, type: pa.DataType) -> Any:
    if pa.types.is_boolean(type):
        return {"true": True, "false": False}[text.lower()]
    if pa.types.is_timestamp(type):
        when = datetime.fromisoformat(text)
        return when if type.tz is None or when.tzinfo is not None else when.replace(tzinfo=UTC)
    read = next((make for holds, make in _READ if holds(type)), str)
    return read(text)


_READ: tuple[tuple[Callable[[pa.DataType], bool], Callable[[str], Any]], ...] = (
    (pa.types.is_integer, int),
    (pa.types.is_floating, float),
    (pa.types.is_decimal, Decimal),
    (pa.types.is_date, date.fromisoformat),
)
