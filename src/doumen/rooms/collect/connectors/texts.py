"""Values that a place writes as texts, made into their exact types, a column at a time.

Nothing is rounded, cut or left out on the way: where one value does not fit its type, the column is
named, and the value is not.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.arrow import arrow_type

_FIRST = {"DATE": -719_162, "TIMESTAMP": -62_135_596_800_000_000}
"""The first of January of the year 1, in days and in microseconds."""
_MOMENT = "TIMESTAMP"
_INSTANT = "TIMESTAMP WITH TIME ZONE"
_FINEST = len("2024-02-29 23:59:59.123456")
_IDLE = r"(\.\d{6})0+$"
"""Noughts beyond the microsecond."""


def exact(texts: pa.Array, type: str, column: str) -> pa.Array:
    """A column of texts as an array of its type, which is none of lists.

    Args:
        texts: Of `pa.binary()`, in UTF-8, or of `pa.string()`; moments with a zone are in UTC.
        type: As a connector delivers it.
        column: Its name.

    Raises:
        Faulty: a value does not fit the type.
    """
    if type == "BLOB":
        return texts
    read = _read(texts, "VARCHAR")
    if read is None:
        raise faults.no_value(column, msg("It is a text that is not UTF-8."))
    made = _read(read, type)
    if made is None:
        raise faults.no_value(column, _why(type))
    return made


def _read(texts: pa.Array, type: str) -> pa.Array | None:
    """The array; None: a value does not fit."""
    of = arrow_type(type)
    try:
        if type in {_MOMENT, _INSTANT}:
            if (pc.max(pc.binary_length(texts)).as_py() or 0) > _FINEST:
                texts = pc.replace_substring_regex(texts, _IDLE, r"\1")
            made = texts.cast(arrow_type(_MOMENT))
        else:
            made = texts.cast(of)
    except pa.ArrowInvalid:
        return None
    first = _FIRST.get(_MOMENT if type == _INSTANT else type)
    if first is not None:
        least = pc.min(made).cast(pa.int64() if type != "DATE" else pa.int32()).as_py()
        if least is not None and least < first:
            return None
    return made.cast(of)


def _why(type: str) -> Message:
    if type == "BOOLEAN":
        return msg("It is neither 0 nor 1, neither true nor false.")
    if type in {"DATE", _MOMENT, _INSTANT}:
        return msg(
            "It is no date or time of the calendar, such as one with a month or day of 0, or one "
            "beyond the years 1 to 9999, or it is finer than a microsecond."
        )
    return msg("It is no {type}.", type=type)
