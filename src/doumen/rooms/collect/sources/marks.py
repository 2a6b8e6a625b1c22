"""How far a stream was read: the value of a cursor, as JSON exactly, and what is before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.rooms.collect.connectors.interface import Mark

_SPAN = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*([smhdw]?)")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_READ: Mapping[str, Callable[[str], Mark]] = {
    "integer": int,
    "decimal": Decimal,
    "text": str,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def as_json(mark: Mark) -> dict[str, str]:
    """A mark as it is kept: `{"type": "integer", "value": "42"}`."""
    return {"type": _type(mark), "value": shown(mark)}


def from_json(body: Mapping[str, Any]) -> Mark:
    """A mark as it was kept."""
    return _READ[body["type"]](body["value"])


def later(one: Mark | None, other: Mark | None) -> Mark | None:
    """The greater of two marks of one cursor."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def earlier(mark: Mark | None, late: str | None) -> Mark | None:
    """A mark as far before another as rows may be late.

    Args:
        mark: Up to which a stream was read; None: it never was.
        late: A number, or a time such as `36h`; None: rows are not late.

    Raises:
        Invalid: the mark is of another kind, or has nothing before it.
    """
    if mark is None or late is None:
        return mark
    span = _span(late)
    try:
        match mark, span:
            case int() | Decimal(), Decimal():
                return type(mark)(mark - span)
            case date(), timedelta():
                return mark - span
    except OverflowError:
        pass
    raise Invalid(
        msg("`late: {late}` does not go with the cursor.", late=late),
        why=msg("Of a number it is a number, of a date or time a time; a text has none."),
        next=msg("Examples: `late: 1000`, `late: 36h`, `late: 7d`."),
        detail="late",
    )


def is_span(late: str) -> bool:
    """Whether a text says how late rows may be."""
    return _SPAN.fullmatch(late) is not None


def _span(late: str) -> Decimal | timedelta:
    found = _SPAN.fullmatch(late)
    assert found is not None
    amount = Decimal(found[1])
    return timedelta(seconds=float(amount) * _UNITS[found[2]]) if found[2] else amount


def shown(mark: Mark) -> str:
    """A mark as text."""
    return mark.isoformat() if isinstance(mark, date) else str(mark)


def _type(mark: Mark) -> str:
    if isinstance(mark, datetime):
        return "timestamp"
    if isinstance(mark, date):
        return "date"
    if isinstance(mark, Decimal):
        return "decimal"
    return "integer" if isinstance(mark, int) else "text"
