"""How far a stream was read, as JSON: the value of a cursor with its type, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from doumen.rooms.collect.connectors.interface import Mark

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
