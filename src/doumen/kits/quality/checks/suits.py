"""Which columns a kind of check can be at: how many, and of what types."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from doumen.kits.quality.checks.interface import Subject
from doumen.kits.sql import quoted
from doumen.kits.sql.literal import Family, family
from doumen.model.message import Message, either, msg

WHOLE = frozenset(
    f"{sign}{size}INT" for sign in ("", "U") for size in ("TINY", "SMALL", "BIG", "HUGE")
) | {"INTEGER", "UINTEGER"}
"""Types of whole numbers; as text they have no leading zeros."""
_FAMILIES = {
    Family.TEXT: msg("text"),
    Family.NUMBER: msg("number"),
    Family.TIME: msg("date or time"),
    Family.TRUTH: msg("boolean"),
}


def stands_at(subject: Subject, column: str | None) -> str:
    """The column of a check: the one that its options name, else the one that it stands at."""
    return column or subject.columns[0]


def misplaced(subject: Subject, column: str | None) -> Message | None:
    """Why there is no one column to check; None where there is."""
    if column is not None:
        return absent(subject, (column,))
    if len(subject.columns) == 1:
        return absent(subject, subject.columns)
    return msg("it is a check of one column: write it at a column, or name it by `column`")


def absent(subject: Subject, columns: Collection[str]) -> Message | None:
    """Which of these is no column of the dataset; None where all are."""
    for name in columns:
        if name not in subject.types:
            return msg("`{column}` is no column of it", column=name)
    return None


def of_other_type(
    subject: Subject, column: str, families: Collection[Family], *, whole: bool = False
) -> Message | None:
    """Why a column is of none of these families, or, if asked, no whole number; None: it suits."""
    type = subject.types[column]
    if family(type) in families or (whole and type in WHOLE):
        return None
    wanted = either(_words(families, whole=whole))
    return msg("`{column}` is {type}; it must be {wanted}", column=column, type=type, wanted=wanted)


def _words(families: Collection[Family], *, whole: bool) -> Iterator[Message]:
    yield from (_FAMILIES[each] for each in Family if each in families)
    if whole:
        yield msg("whole number")


def as_text(subject: Subject, column: str) -> str:
    """A column as text."""
    name = quoted(column)
    return name if subject.types[column] == "VARCHAR" else f"CAST({name} AS VARCHAR)"
