"""The cursor of records: a member by whose values they are read on, compared as what it is.

Pure. A number is compared as a number, also where it is written as a text of digits; a time with
its zone, a time without one, a date; any other text by its characters. One stream has one kind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from doumen.model.errors import Faulty
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors.interface import Mark
from doumen.rooms.collect.jsontext import Bare

_NUMBER = re.compile(r"[+-]?\d{1,100}(\.\d{1,100})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:?\d\d)?", re.ASCII
)


class Sort(Enum):
    """What the values of a cursor are."""

    NUMBER = msg("a number")
    INSTANT = msg("a time with a zone")
    TIME = msg("a time without a zone")
    DATE = msg("a date")
    TEXT = msg("a text")


class Cursor:
    """The cursor of a stream, and what it was so far.

    Args:
        name: A member, or the way to one within others: `meta.updated`.
        mark: The value up to which the stream is read; None: it never was.
        text: Whether its values are compared by their characters, whatever they look like.

    Attributes:
        mark: The greatest value so far.
    """

    def __init__(self, name: str, mark: Mark | None, *, text: bool = False) -> None:
        self.name = name
        self.mark = mark
        self._after = mark
        self._text = text
        self._sort = None if mark is None else _of_mark(mark)

    def of(self, record: Any) -> Mark | None:
        """The value of a record; None: it has none.

        Raises:
            Faulty: it is of another sort than those before, or none that has an order.
        """
        found = member(record, self.name)
        if found is None:
            return None
        sort, mark = self._read(found)
        if self._sort is None:
            self._sort = sort
        if sort is not self._sort:
            raise _unfit(
                self.name,
                msg(
                    "One of its values is {sort}, another is {other}.",
                    sort=sort.value,
                    other=self._sort.value,
                ),
            )
        return mark

    def passed(self, mark: Mark) -> bool:
        """Whether a value was read by an earlier run."""
        return self._after is not None and not later(mark, self._after)

    def see(self, mark: Mark) -> None:
        """Take a value as read."""
        if self.mark is None or later(mark, self.mark):
            self.mark = mark

    def _read(self, value: Any) -> tuple[Sort, Mark]:
        if isinstance(value, bool | Mapping | list):
            raise _unfit(self.name, msg("It holds a truth, a list or an object."))
        if self._text and not isinstance(value, str):
            return Sort.TEXT, str(value)
        if isinstance(value, str):
            return (Sort.TEXT, str(value)) if self._text else _of_text(self.name, value)
        if isinstance(value, float | Decimal):
            return _of_number(self.name, str(value))
        if isinstance(value, int | date):
            return _of_mark(value), value
        raise _unfit(self.name, msg("It is none that has an order."))


def later(one: Mark, other: Mark) -> bool:
    """Whether a value comes after another of its sort."""
    return one > other  # type: ignore[operator] # of one sort, as `Cursor.of` holds them


def member(record: Any, name: str) -> Any:
    """A member of a record, or of one within it; None: it has none.

    Examples:
        >>> member({"a": {"b": 1}, "c.d": 2}, "a.b"), member({"c.d": 2}, "c.d")
        (1, 2)
    """
    if not isinstance(record, Mapping):
        return None
    if name in record:
        return record[name]
    first, dot, rest = name.partition(".")
    return member(record.get(first), rest) if dot else None


def _of_mark(mark: Mark) -> Sort:
    if isinstance(mark, datetime):
        return Sort.TIME if mark.tzinfo is None else Sort.INSTANT
    if isinstance(mark, date):
        return Sort.DATE
    return Sort.TEXT if isinstance(mark, str) else Sort.NUMBER


def _of_text(name: str, text: str) -> tuple[Sort, Mark]:
    """What a text says; a number as JSON writes it is one too."""
    if _NUMBER.fullmatch(text):
        return Sort.NUMBER, Decimal(text) if "." in text else int(text)
    if isinstance(text, Bare):
        return _of_number(name, text)
    try:
        if _DATE.fullmatch(text):
            return Sort.DATE, date.fromisoformat(text)
        time = _TIME.fullmatch(text)
        if time is not None:
            return _of_time(name, *time.groups())
    except ValueError:
        pass
    return Sort.TEXT, str(text)


def _of_number(name: str, text: str) -> tuple[Sort, Mark]:
    try:
        number = Decimal(text)
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 100:
        raise _unfit(name, msg("One of its numbers is none to read on from."))
    return Sort.NUMBER, number


def _of_time(name: str, seconds: str, part: str | None, zone: str | None) -> tuple[Sort, Mark]:
    part = part or ""
    if part[6:].strip("0"):
        raise _unfit(name, msg("Its times are finer than a microsecond."))
    zone = (zone or "").upper().replace("Z", "+00:00")
    when = datetime.fromisoformat(f"{seconds.upper()}.{part[:6].ljust(6, '0')}{zone}")
    return (Sort.INSTANT, when.astimezone(UTC)) if zone else (Sort.TIME, when)


def _unfit(name: str, why: Message) -> Faulty:
    return Faulty(
        msg("Member `{name}` cannot be the cursor.", name=name),
        why=why,
        next=msg(
            "Name another member, or compare its values by their characters: `cursor_is: text`."
        ),
        detail="cursor",
    )
