"""Bounds of a column: read against its type, so that what does not compare is a fault."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from doumen.kits.standards.odcs.types import logical_type

Value = Decimal | date | datetime | time


def number_text(value: object) -> str:
    """A number of a document as plain decimal text; other scalars as they read in YAML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def bound_value(text: str, type: str) -> Value | None:
    """A bound as a value that compares; None where the text is none of the type."""
    readers: dict[str, Callable[[str], Value]] = {
        "integer": _number,
        "number": _number,
        "date": date.fromisoformat,
        "timestamp": datetime.fromisoformat,
        "time": time.fromisoformat,
    }
    reader = readers.get(logical_type(type) or "")
    if reader is None:
        return None
    try:
        return reader(text.strip())
    except ValueError:
        return None


def iso_bound(text: str, type: str, formats: tuple[str, ...]) -> str | None:
    """A bound as ISO 8601 text or a number; one in the column's own format is turned.

    None where it is neither.
    """
    if bound_value(text, type) is not None:
        return text
    for format in formats:
        try:
            read = datetime.strptime(text.strip(), format.replace("%-", "%"))
        except ValueError:
            continue
        kind = logical_type(type)
        if kind == "date":
            return read.date().isoformat()
        return read.isoformat(sep=" ") if kind == "timestamp" else read.time().isoformat()
    return None


def reversed_bounds(lower: str, upper: str, type: str) -> bool:
    """Whether no value can lie between two bounds; bounds with and without zone do not compare."""
    low, high = bound_value(lower, type), bound_value(upper, type)
    try:
        return bool(low > high)  # type: ignore[operator]  # both are of one type, or TypeError
    except TypeError:
        return False


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not number.is_finite():
        raise ValueError(text)
    return number
