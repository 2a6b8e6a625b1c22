"""Values as keys that Python orders as the engine orders them; of types where that is certain.

Floating numbers are not among them (NaN, and casts that round), nor what is nested or binary.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from doumen.kits.sql.literal import ZONED

Key = int | Decimal | str | datetime
"""Whole numbers and truths, exact numbers, texts by code point, dates and times in UTC."""

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = r"[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?"
_MOMENT = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}({_CLOCK})?", re.ASCII)
_ZONED = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}({_CLOCK}(Z|[+-]\d{{2}}(:\d{{2}})?)?)?", re.ASCII)


def ordered(type: str) -> bool:
    """Whether values of this type have keys."""
    return _reader(type) is not None


@lru_cache(maxsize=1 << 16)
def key(text: str, type: str) -> Key | None:
    """The key of a value, as the engine casts it to text; None where there is none for certain.

    Example:
        >>> key("2026-01-02", "DATE") < key("2026-01-02 00:00:01", "TIMESTAMP")
        True
    """
    read = _reader(type)
    try:
        return None if read is None else read(text)
    except (ValueError, ArithmeticError):
        return None


def _reader(type: str) -> Callable[[str], Key] | None:
    if type in _WHOLE:
        return int
    return Decimal if type.startswith("DECIMAL(") else _READERS.get(type)


def _text(text: str) -> Key:
    return text


def _truth(text: str) -> Key:
    return ("false", "true").index(text)


def _moment(form: re.Pattern[str]) -> Callable[[str], Key]:
    """Reads dates and times of a form; what lies outside of the years 1 to 9999 has none."""

    def read(text: str) -> Key:
        if form.fullmatch(text) is None:
            raise ValueError(text)
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)

    return read


_READERS: dict[str, Callable[[str], Key]] = {
    "BOOLEAN": _truth,
    "DATE": _moment(_DAY),
    "TIMESTAMP": _moment(_MOMENT),
    "VARCHAR": _text,
    ZONED: _moment(_ZONED),
}
