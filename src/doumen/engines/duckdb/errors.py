"""What the engine complains of, told without any value: a code, a sentence and a place.

The engine's messages quote data (casts, dates, JSON, regular expressions) and suggest names
that the actor may not know. None of their text passes: the class of the exception chooses a
constant sentence, the position chooses a fragment of the user's own text, and a name is
repeated only where the user wrote it.
"""

from __future__ import annotations

import errno
import json
import os
import re
from dataclasses import dataclass

import duckdb

from doumen.engines.duckdb.told import out_of_memory, out_of_time
from doumen.kits.sql.splice import Splice, original_place, spliced
from doumen.model.errors import DoumenError, Faulty, Invalid, Unavailable, is_full, no_room

_SAID = {
    "Conversion": ("conversion", "A value cannot be converted to the type asked for"),
    "Out of Range": ("out-of-range", "A value is outside the range of its type"),
    "Invalid Input": ("invalid-input", "A function was given a value that it cannot take"),
    "Mismatch Type": ("conversion", "A value is not of the type asked for"),
    "Invalid type": ("conversion", "A value is not of the type asked for"),
    "Divide by Zero": ("division-by-zero", "A number was divided by zero"),
    "Decimal": ("out-of-range", "A value is outside the range of its type"),
    "Constraint": ("invalid-input", "A function was given a value that it cannot take"),
    "Syntax": ("invalid-input", "A function was given a value that it cannot take"),
    "Sequence": ("invalid-input", "A function was given a value that it cannot take"),
}
"""First words of the engine's message → second part of the code, sentence."""

CODES = frozenset({*(code for code, _ in _SAID.values()), "engine"})
"""Second parts of the codes of statements that failed on the data."""

_NEXT = {
    "conversion": "Use TRY_CAST(… AS …), which gives NULL instead.",
    "division-by-zero": "Divide by NULLIF(…, 0), which gives NULL instead.",
    "out-of-range": "Cast to a wider type first.",
}

_UNKNOWN = (
    (re.compile(r'Referenced column "(.+?)" '), "There is no column `{}` here."),
    (re.compile(r'does not have a column named "(.+?)"'), "There is no column `{}` here."),
    (re.compile(r'Referenced table "(.+?)" '), "There is no table `{}` here."),
    (re.compile(r'Table with name "?([^"\s]+)"? does not'), "There is no table `{}`."),
    (re.compile(r'Function with name "?([^"\s]+)"? does not'), "There is no function `{}`."),
    (re.compile(r'column "(.+?)" must appear in the GROUP'), "`{}` is not grouped by."),
    (re.compile(r"given name and argument types '(.+?)\("), "`{}` does not take these types."),
)
"""What a binder says → what we say, where the name is in the user's text."""

_FULL = os.strerror(errno.ENOSPC)

_BOUND = "The statement does not fit the columns and types of its tables"


@dataclass(frozen=True, slots=True)
class Written:
    """The user's own text of a statement, and what was changed in it to run.

    A place in what was put in is told as the place where it was put in; what runs may go on
    after that.
    """

    text: str
    splices: tuple[Splice, ...] = ()


def translated(error: Exception, own: Written) -> DoumenError:
    """The error for what the engine raised while it ran a statement."""
    if isinstance(error, DoumenError):
        return error
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        return out_of_memory()
    kind, _, rest = str(error).partition(" Error: ")
    if is_full(error):
        return no_room()
    if isinstance(error, OSError) and error.errno is not None:
        kind = "IO"
    message, place = _parts(rest, own)
    if kind in {"Out of Memory", "INTERRUPT", "IO", "HTTP", "Permission"}:
        return no_room() if kind == "IO" and _FULL in message else _outside(kind)
    if kind in {"Binder", "Catalog", "Parser"} or "arameter" in message[:40]:
        return _unfit(kind, message, place, own.text)
    return _failed(kind, message, place)


def _failed(kind: str, message: str, place: str) -> Faulty:
    """The statement met a value that it cannot take."""
    if message.startswith("More than one row returned by a subquery"):
        return Faulty(
            f"A subquery gave more than one row where one value is needed{place}.",
            next="Limit it to one row, or aggregate it.",
            detail="invalid-input",
        )
    if message.startswith("Division by zero"):
        kind = "Divide by Zero"
    detail, said = _SAID.get(kind, ("engine", "The statement failed on the data"))
    return Faulty(f"{said}{place}.", next=_NEXT.get(detail), detail=detail)


def _outside(kind: str) -> DoumenError:
    if kind == "Out of Memory":
        return out_of_memory()
    if kind == "INTERRUPT":
        return out_of_time()
    return Unavailable(
        "A file of the data cannot be read or written.",
        next="Run `doumen doctor`, which names files that are missing.",
        detail="files",
    )


def _unfit(kind: str, message: str, place: str, statement: str) -> Invalid:
    if kind == "Parser":
        return Invalid(f"The engine cannot read the statement{place}.", detail="syntax")
    if kind == "Invalid Input":
        return Invalid(
            "The parameters do not fit the statement.",
            next="Give one value for each `?`.",
            detail="parameters",
        )
    for pattern, sentence in _UNKNOWN:
        found = pattern.search(message)
        if found and found[1].casefold() in statement.casefold():
            return Invalid(sentence.format(found[1]), detail="bind")
    return Invalid(f"{_BOUND}{place}.", detail="bind")


def _parts(rest: str, own: Written) -> tuple[str, str]:
    """The engine's own message, for matching only, and the place in the user's text in words."""
    try:
        body = json.loads(rest)
        message = str(body["exception_message"])
    except (ValueError, KeyError, TypeError):
        return rest, ""
    try:
        start, length = json.loads(body["location"])
        text = spliced(own.text, own.splices).encode()
        first = len(text[:start].decode())
        last = first + len(text[start : start + length].decode())
        at = original_place(first, own.splices)
        before, fragment = own.text[:at], own.text[at : original_place(last, own.splices)]
    except (ValueError, KeyError, TypeError):
        return message, ""
    if not 0 <= start < len(text) or not fragment:
        return message, ""
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    shown = " ".join(fragment.split())
    shown = shown if len(shown) <= 80 else shown[:79] + "…"
    return message, f" (line {line}, column {column}: `{shown}`)"
