"""Marks: the values of a cursor, by which a place is read on from where it was left.

They are in families, each of which every place compares alike. Between us and a place a mark is a
text that the place itself turns into its type, so that nothing is rounded on the way.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from doumen.model.errors import Faulty, Invalid
from doumen.model.message import msg
from doumen.rooms.collect.connectors.interface import Mark


class Family(StrEnum):
    """What can be a cursor, by the type to which its text is cast."""

    INTEGER = "BIGINT"
    DECIMAL = "DECIMAL"
    TEXT = "VARCHAR"
    DATE = "DATE"
    TIMESTAMP = "TIMESTAMP"
    INSTANT = "TIMESTAMP WITH TIME ZONE"


_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT"})


def family(type: str) -> Family | None:
    """The family of a type of the reference dialect; None: it is no cursor."""
    if type in _INTEGERS:
        return Family.INTEGER
    if type.startswith("DECIMAL(") and type.endswith(")"):
        return Family.DECIMAL
    return next((each for each in Family if each.value == type), None)


def written(mark: Mark, of: Family, column: str) -> str:
    """A mark as text.

    Raises:
        Invalid: it is not one of the cursor's type.
    """
    match of, mark:
        case (Family.INTEGER | Family.DECIMAL, bool()):
            pass
        case (Family.INTEGER | Family.DECIMAL, int()):
            return str(mark)
        case (Family.DECIMAL, Decimal()) if mark.is_finite():
            return format(mark, "f")
        case (Family.TEXT, str()):
            return mark
        case (Family.TIMESTAMP, datetime()) if mark.tzinfo is None:
            return mark.isoformat(" ", "microseconds")
        case (Family.INSTANT, datetime()) if mark.tzinfo is not None:
            return mark.astimezone(UTC).isoformat(" ", "microseconds")
        case (Family.DATE, date()) if not isinstance(mark, datetime):
            return mark.isoformat()
    raise Invalid(
        msg(
            "The mark from which to read on does not fit column `{column}`, which is {type}.",
            column=column,
            type=of.value,
        ),
        next=msg("Read it anew from the first row, or name the cursor it was taken from."),
        detail="mark",
    )


def read(text: str, of: Family, column: str) -> Mark:
    """The mark that a place wrote as text.

    Raises:
        Faulty: it is none after which anything could come, such as `infinity` or `NaN`.
    """
    try:
        match of:
            case Family.INTEGER:
                return int(text)
            case Family.DECIMAL:
                number = Decimal(text)
                if number.is_finite():
                    return number
            case Family.TEXT:
                return text
            case Family.DATE:
                return date.fromisoformat(text)
            case Family.TIMESTAMP:
                return datetime.fromisoformat(text)
            case Family.INSTANT:
                return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, InvalidOperation):
        pass
    raise Faulty(
        msg("The greatest value of cursor `{column}` is none to read on from.", column=column),
        why=msg("It is infinite, not a number, or a date beyond the years 1 to 9999."),
        next=msg("Correct it at the source, or leave those rows out by a query."),
        detail="mark",
    )
