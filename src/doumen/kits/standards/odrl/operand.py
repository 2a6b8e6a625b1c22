"""Right operands as values that compare: days, moments, spans and numbers from their texts.

A document may give the datatype or leave it to the left operand, of which ODRL says what it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from doumen.kits.policy.odrl import Value as Plain
from doumen.kits.policy.odrl.vocabulary import RIGHT
from doumen.kits.standards.odrl.nodes import Reading
from doumen.kits.standards.odrl.values import IRI, JSON, Value
from doumen.model.message import msg

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ZONE = re.compile(r"Z|[+-]00:00")
_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?")
_SPAN = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W|(?:(?P<days>\d{1,7})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,7})M)?"
    r"(?:(?P<seconds>\d{1,7}(?:\.\d{1,6})?)S)?)?)"
)
"""Without years and months, which have no length."""


def plain(reading: Reading, value: Value, left: str) -> Plain | None:
    """The value that a right operand is; None, with a fault, where it is none of its operand.

    Args:
        reading: The document.
        value: The right operand as it stands.
        left: The left operand, spelled.
    """
    held = value.value
    if value.type == JSON:
        return json.dumps(held, sort_keys=True, ensure_ascii=False)
    if value.type == IRI:
        return reading.whole(value.place, str(held))
    if value.type == "xsd:decimal":
        return Decimal(repr(held))
    read = _READERS.get(value.type or "") or (_of_operand(left) if _open(value) else None)
    if read is None or not isinstance(held, str):
        scalar: Plain = held  # all that is left: a text, a truth or a number
        return scalar
    try:
        found = read(held)
    except (ValueError, OverflowError):
        found = None
    if found is None:
        operand = left.removeprefix("odrl:")
        words = msg("`{value}` is no value of `{left}`", value=held, left=operand)
        reading.fault(value.place, words)
    return found


def _open(value: Value) -> bool:
    """Whether the document leaves open what a text is."""
    return value.type in (None, "xsd:string")


def _of_operand(left: str) -> Callable[[str], Plain | None] | None:
    """How a text is read that stands beside this operand; None: it is a text."""
    allowed = RIGHT.get(left, ())
    return next((read for kind, read in _SORTS.items() if kind in allowed), None)


def _time(text: str) -> Plain | None:
    """A day in UTC, or a moment with its zone."""
    return _day(text) if _DAY.match(text) and "T" not in text else _moment(text)


def _day(text: str) -> date | None:
    match = _DAY.match(text)
    zone = text[match.end() :] if match else "?"
    whole = match is not None and (not zone or _ZONE.fullmatch(zone))
    return date.fromisoformat(text[:10]) if whole else None


def _moment(text: str) -> datetime | None:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else None


def _span(text: str) -> timedelta | None:
    match = _SPAN.fullmatch(text)
    parts = {} if match is None else {k: float(v) for k, v in match.groupdict().items() if v}
    return timedelta(**parts) if parts else None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


_READERS: Mapping[str, Callable[[str], Plain | None]] = {
    "xsd:date": _day,
    "xsd:dateTime": _moment,
    "xsd:duration": _span,
}
_SORTS: Mapping[type, Callable[[str], Plain | None]] = {
    Decimal: _number,
    timedelta: _span,
    date: _time,
}
