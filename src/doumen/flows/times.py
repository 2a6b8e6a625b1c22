"""How long something is, as people write it (`90s`, `15m`, `26h`, `7d`), and moments as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from doumen.model.errors import Invalid
from doumen.model.message import Message, msg

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_FORM = re.compile(r"([1-9]\d{0,8})([smhd])")
LONGEST = 366 * 86_400
"""Seconds of the longest that is taken."""


def duration(text: str, role: Message, *, least: int = 1) -> int:
    """Seconds.

    Args:
        text: Such as `15m`.
        role: What it is for, as messages call it.
        least: Fewest seconds that make sense.

    Raises:
        Invalid: it is none, or too short or too long.
    """
    form = _FORM.fullmatch(text.strip())
    seconds = int(form[1]) * _UNITS[form[2]] if form else 0
    if not least <= seconds <= LONGEST:
        raise Invalid(
            msg("`{text}` is not {role}.", text=text, role=role),
            why=msg(
                "A number and a unit: `90s`, `15m`, `26h` or `7d`; from {least} to {longest}.",
                least=written(least),
                longest=written(LONGEST),
            ),
            detail="duration",
        )
    return seconds


def written(seconds: int) -> str:
    """Seconds as people write them, in the largest unit that is exact.

    Examples:
        >>> written(900), written(86_400), written(90)
        ('15m', '1d', '90s')
    """
    unit = next(name for name, size in reversed(_UNITS.items()) if seconds % size == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def stamp(moment: datetime) -> str:
    """A moment as the queue keeps it: RFC 3339 in UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str) -> datetime:
    """The moment that `stamp`, or a fact, has."""
    return datetime.fromisoformat(text)


def shown(text: str | None) -> str:
    """A moment for people: to the second, and nothing where there is none."""
    return "" if text is None else moment(text).strftime("%Y-%m-%d %H:%M:%SZ")
