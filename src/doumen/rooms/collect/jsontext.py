"""JSON read and written without loss: numbers keep their digits, and what is odd stays as it came.

Pure. What a parser would settle in silence (a member that comes twice, NaN, half of a surrogate
pair, bytes that are no text) is written as it was read, so that whoever loads the record finds it
and sets it aside with a reason. Text goes in and out by `decoded` and `encoded`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

DEEPEST = 200
"""Levels of nesting beyond which a value is not written."""


class Bare(str):
    """A text that stands in JSON without quotes: a number as it is written, or what is no JSON."""

    __slots__ = ()


class Twice(dict[str, Any]):
    """An object in which a member comes twice.

    Attributes:
        pairs: All of them in order.
    """

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Twice(pairs)


_WORDS = {None: "null", True: "true", False: "false"}
_DECODER = json.JSONDecoder(
    object_pairs_hook=_members, parse_float=Bare, parse_int=Bare, parse_constant=Bare
)


def decoded(data: bytes) -> str:
    """Text of UTF-8, whose other bytes come out of `encoded` again."""
    return data.decode("utf-8", "surrogateescape").removeprefix("\ufeff")


def encoded(text: str) -> bytes:
    """Text as bytes of UTF-8."""
    return text.encode("utf-8", "surrogateescape")


def parsed(text: str) -> Any:
    """A value of JSON; its numbers are `Bare`.

    Raises:
        ValueError: it is none, or too deeply nested.
    """
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise ValueError from None


def written(value: Any) -> str:
    """A value as JSON without white space.

    Args:
        value: As JSON has it, or of Python: whole numbers, decimals, dates, times, bytes.

    Raises:
        ValueError: it is of another kind, or too deeply nested.

    Examples:
        >>> written(parsed('{"a": [1.10, null, "x"]}'))
        '{"a":[1.10,null,"x"]}'
        >>> written({"n": Decimal("1.50"), "day": date(2024, 2, 29)})
        '{"n":1.50,"day":"2024-02-29"}'
    """
    return _written(value, DEEPEST)


def _written(value: Any, left: int) -> str:
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is Bare:
        return str(value)
    if kind is dict or isinstance(value, Mapping):
        return _nested(value, left)
    if isinstance(value, list | tuple):
        if not left:
            raise ValueError
        return "[" + ",".join([_written(one, left - 1) for one in value]) + "]"
    return _scalar(value)


def _nested(value: Mapping[str, Any], left: int) -> str:
    if not left:
        raise ValueError
    pairs = value.pairs if isinstance(value, Twice) else value.items()
    members = [f"{_quoted(str(key))}:{_written(one, left - 1)}" for key, one in pairs]
    return "{" + ",".join(members) + "}"


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return _WORDS[value]
    if isinstance(value, str):
        return _quoted(str(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else _quoted(_infinite(value))
    if isinstance(value, Decimal):
        return str(value) if value.is_finite() else _quoted(_infinite(float(value)))
    if isinstance(value, date | time):  # a time stamp is a date too
        return _quoted(value.isoformat())
    raise ValueError


def _infinite(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _quoted(text: str) -> str:
    """A text in quotes; half of a surrogate pair is escaped, a byte that is no text stays one."""
    quoted = encode_basestring(text)
    if quoted.isascii():
        return quoted
    try:
        quoted.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return json.dumps(text)
    return quoted
