"""Values in the filters of rules: whether a text is a value of a type, and which types compare."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum

from doumen.model.plan import Scalar

ZONED = "TIMESTAMP WITH TIME ZONE"
_MOST_DIGITS = 38
"""Digits of DuckDB's widest DECIMAL."""

_BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
_INTEGERS = {
    **{name: (-(1 << bits - 1), (1 << bits - 1) - 1) for name, bits in _BITS.items()},
    **{f"U{name}": (0, (1 << bits) - 1) for name, bits in _BITS.items()},
}
_TRUTHS = {"true": True, "t": True, "false": False, "f": False}
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_PLAIN = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Family(StrEnum):
    """Types whose values compare without a cast that may fail."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "date or time"
    TRUTH = "boolean"
    OTHER = "other"


def family(type: str) -> Family:
    """The family of a type as the engine writes it."""
    if type == "VARCHAR":
        return Family.TEXT
    if type == "BOOLEAN":
        return Family.TRUTH
    if type in _INTEGERS or type in {"DOUBLE", "FLOAT"} or _DECIMAL.fullmatch(type):
        return Family.NUMBER
    if type in {"DATE", "TIMESTAMP", ZONED}:
        return Family.TIME
    return Family.OTHER


def comparable(left: str, right: str) -> bool:
    """Whether values of two types compare, whatever they are, without an error.

    Exact numbers are compared as DECIMAL, which must have room for both: digits before the
    point of either and digits after the point of either, 38 in all.
    """
    if family(left) is not family(right):
        return False
    if family(left) is not Family.NUMBER:
        return family(left) is not Family.OTHER or left == right
    if {left, right} & {"DOUBLE", "FLOAT"}:
        return True
    if {left, right} <= set(_INTEGERS):
        return "UHUGEINT" not in {left, right} or left[0] == right[0]
    digits = [_digits(left), _digits(right)]
    return max(d[0] for d in digits) + max(d[1] for d in digits) <= _MOST_DIGITS


def _digits(type: str) -> tuple[int, int]:
    """Digits before and after the point."""
    found = _DECIMAL.fullmatch(type)
    if found:
        width, scale = int(found[1]), int(found[2])
        return width - scale, scale
    return len(str(_INTEGERS[type][1])), 0


def number_type(text: str) -> str | None:
    """The type that the engine gives to a number written in SQL; None for one too long."""
    if re.search(r"[eE]", text):
        return "DOUBLE"
    whole, _, part = text.replace("_", "").lstrip("+-").partition(".")
    if "." in text:
        width = max(1, len(whole) + len(part))
        return f"DECIMAL({width},{len(part)})" if width <= _MOST_DIGITS else None
    for name in ("INTEGER", "BIGINT", "HUGEINT"):
        low, high = _INTEGERS[name]
        if low <= int(text.replace("_", "")) <= high:
            return name
    return None


def value_of(text: str, type: str) -> Scalar:
    """A text as a value of a type, in a form that the engine casts to it without a doubt.

    Raises:
        ValueError: it is not a value of this type, or not exactly.
    """
    if type == "VARCHAR":
        return text
    found = _DECIMAL.fullmatch(type)
    read = _decimal if found else _integer if type in _INTEGERS else _READERS.get(type)
    if read is None:
        raise ValueError(type)
    return read(text.strip(), type)


def _integer(text: str, type: str) -> Scalar:
    if not re.fullmatch(r"[+-]?\d{1,40}", text, re.ASCII):
        raise ValueError(type)
    number = int(text)
    low, high = _INTEGERS[type]
    if not low <= number <= high:
        raise ValueError(type)
    return number if -(1 << 63) <= number < 1 << 63 else str(number)


def _decimal(text: str, type: str) -> Scalar:
    whole, scale = _digits(type)
    found = _PLAIN.fullmatch(text)
    if not found:
        raise ValueError(type)
    before, after = found[2].lstrip("0"), (found[3] or "").rstrip("0")
    if not (found[2] or found[3]) or len(before) > whole or len(after) > scale:
        raise ValueError(type)
    return f"{found[1]}{before or '0'}.{after or '0'}"


def _double(text: str, type: str) -> Scalar:
    if not _NUMBER.fullmatch(text):
        raise ValueError(type)
    return text


def _truth(text: str, type: str) -> Scalar:
    if text.lower() not in _TRUTHS:
        raise ValueError(type)
    return _TRUTHS[text.lower()]


def _date(text: str, type: str) -> Scalar:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(type)
    return date.fromisoformat(text).isoformat()


def _timestamp(text: str, type: str) -> Scalar:
    moment = datetime.fromisoformat(text)
    if (moment.tzinfo is not None) and type != ZONED:
        raise ValueError(type)
    zone = "+00:00" if type == ZONED and moment.tzinfo is None else ""
    return moment.isoformat(sep=" ") + zone


_READERS: dict[str, Callable[[str, str], Scalar]] = {
    "BOOLEAN": _truth,
    "DATE": _date,
    "DOUBLE": _double,
    "FLOAT": _double,
    "TIMESTAMP": _timestamp,
    ZONED: _timestamp,
}
