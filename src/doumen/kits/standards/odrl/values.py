"""Right operands of constraints: numbers, texts, dates and durations, IRIs, JSON literals."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from doumen.kits.standards.odrl.nodes import Item, Reading
from doumen.model.message import msg

_EXACT = 2**53
"""JSON numbers up to here are the same in every reader (RFC 8259, section 6)."""
_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_DAYS = re.compile(r"P([0-9]{1,9})D")
IRI, JSON = "@id", "@json"
_KEYS = frozenset({IRI, "@value", "@type"})


@dataclass(frozen=True, slots=True)
class Value:
    """A right operand.

    Attributes:
        value: A plain value; of an IRI its spelling.
        type: `@id`, `@json`, the datatype that the document gives (`xsd:date`), or None.
    """

    place: str
    value: Any
    type: str | None = None


def write_value(value: Any) -> Any:
    """A plain JSON value as JSON-LD: lists as one JSON literal, since a set has no order."""
    if isinstance(value, list | tuple | dict):
        return {"@type": JSON, "@value": value}
    if isinstance(value, int) and abs(value) > _EXACT:
        return {"@type": "xsd:integer", "@value": str(value)}
    return value


def read_value(reading: Reading, item: Item) -> Value | None:
    """The right operand of any form; None, with a fault, where it is none."""
    place, raw = item
    if not isinstance(raw, Mapping):
        if isinstance(raw, list):
            reading.fault(place, msg("a list inside a list is not understood here"))
            return None
        return Value(place, raw)
    fields = reading.node(raw, place, _KEYS)
    if set(fields) == {IRI}:
        spelled = reading.reference((place, fields[IRI]))
        return None if spelled is None else Value(place, spelled, IRI)
    if "@value" not in fields or IRI in fields:
        reading.fault(place, msg("a value has `@value`, perhaps with `@type`, or `@id`"))
        return None
    value, type = fields["@value"], fields.get("@type")
    if type is None and not isinstance(value, Mapping | list):
        return Value(place, value)
    spelled = reading.spell(type, vocabulary=True) if isinstance(type, str) else str(type)
    return _typed(reading, place, value, spelled)


def _typed(reading: Reading, place: str, value: Any, type: str) -> Value | None:
    if type == JSON:
        return Value(place, value, JSON)
    if isinstance(value, Mapping | list) or type not in _READERS:
        reading.fault(place, msg("`@type` {type} is not understood here", type=type))
        return None
    try:
        return Value(place, _READERS[type](value), type)
    except ValueError:
        reading.fault(place, msg("`{value}` is no {type}", value=value, type=type))
        return None


def write_days(days: int) -> dict[str, Any]:
    """So many days as a right operand."""
    return {"@type": "xsd:duration", "@value": f"P{days}D"}


def days(value: Value) -> int | None:
    """The number of days of a duration such as `P30D`; None where it is another."""
    match = _DAYS.fullmatch(value.value) if isinstance(value.value, str) else None
    return int(match[1]) if match and value.type in (None, "xsd:string", "xsd:duration") else None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not _INTEGER.fullmatch(str(value)):
        raise ValueError(value)
    return int(value)


def _number(value: Any) -> float:
    if isinstance(value, bool) or len(str(value)) > 400 or "_" in str(value):
        raise ValueError(value)
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(value)
    return number


def _truth(value: Any) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False}
    if isinstance(value, bool):
        return value
    if value not in words:
        raise ValueError(value)
    return words[value]


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "xsd:string": _text,
    "xsd:anyURI": _text,
    "xsd:date": _text,
    "xsd:dateTime": _text,
    "xsd:duration": _text,
    "xsd:integer": _integer,
    "xsd:int": _integer,
    "xsd:long": _integer,
    "xsd:nonNegativeInteger": _integer,
    "xsd:positiveInteger": _integer,
    "xsd:decimal": _number,
    "xsd:double": _number,
    "xsd:float": _number,
    "xsd:boolean": _truth,
}
