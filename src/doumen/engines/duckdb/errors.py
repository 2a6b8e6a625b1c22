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
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb

from doumen.engines.duckdb.told import out_of_memory, out_of_time
from doumen.kits.sql.splice import Splice, original_place, spliced
from doumen.model.errors import DoumenError, Faulty, Invalid, Unavailable, is_full, no_room
from doumen.model.message import Message, msg, plain

_SAID: Mapping[str, tuple[str, Message]] = {
    "Conversion": ("conversion", msg("A value cannot be converted to the type asked for")),
    "Out of Range": ("out-of-range", msg("A value is outside the range of its type")),
    "Invalid Input": ("invalid-input", msg("A function was given a value that it cannot take")),
    "Mismatch Type": ("conversion", msg("A value is not of the type asked for")),
    "Invalid type": ("conversion", msg("A value is not of the type asked for")),
    "Divide by Zero": ("division-by-zero", msg("A number was divided by zero")),
    "Decimal": ("out-of-range", msg("A value is outside the range of its type")),
    "Constraint": ("invalid-input", msg("A function was given a value that it cannot take")),
    "Syntax": ("invalid-input", msg("A function was given a value that it cannot take")),
    "Sequence": ("invalid-input", msg("A function was given a value that it cannot take")),
}
"""First words of the engine's message → second part of the code, sentence."""

CODES = frozenset({*(code for code, _ in _SAID.values()), "engine"})
"""Second parts of the codes of statements that failed on the data."""

_NEXT: Mapping[str, Message] = {
    "conversion": msg("Use TRY_CAST(… AS …), which gives NULL instead."),
    "division-by-zero": msg("Divide by NULLIF(…, 0), which gives NULL instead."),
    "out-of-range": msg("Cast to a wider type first."),
}

_UNKNOWN: tuple[tuple[re.Pattern[str], Callable[[str], Message]], ...] = (
    (
        re.compile(r'Referenced column "(.+?)" '),
        lambda name: msg("There is no column `{name}` here.", name=name),
    ),
    (
        re.compile(r'does not have a column named "(.+?)"'),
        lambda name: msg("There is no column `{name}` here.", name=name),
    ),
    (
        re.compile(r'Referenced table "(.+?)" '),
        lambda name: msg("There is no table `{name}` here.", name=name),
    ),
    (
        re.compile(r'Table with name "?([^"\s]+)"? does not'),
        lambda name: msg("There is no table `{name}`.", name=name),
    ),
    (
        re.compile(r'Function with name "?([^"\s]+)"? does not'),
        lambda name: msg("There is no function `{name}`.", name=name),
    ),
    (
        re.compile(r'column "(.+?)" must appear in the GROUP'),
        lambda name: msg("`{name}` is not grouped by.", name=name),
    ),
    (
        re.compile(r"given name and argument types '(.+?)\("),
        lambda name: msg("`{name}` does not take these types.", name=name),
    ),
)
"""What a binder says → what we say, where the name is in the user's text."""

_FULL = os.strerror(errno.ENOSPC)

_BOUND: Message = msg("The statement does not fit the columns and types of its tables")


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


def _failed(kind: str, message: str, place: Message) -> Faulty:
    """The statement met a value that it cannot take."""
    if message.startswith("More than one row returned by a subquery"):
        return Faulty(
            msg("A subquery gave more than one row where one value is needed{place}.", place=place),
            next=msg("Limit it to one row, or aggregate it."),
            detail="invalid-input",
        )
    if message.startswith("Division by zero"):
        kind = "Divide by Zero"
    detail, said = _SAID.get(kind, ("engine", msg("The statement failed on the data")))
    return Faulty(
        msg("{said}{place}.", said=said, place=place), next=_NEXT.get(detail), detail=detail
    )


def _outside(kind: str) -> DoumenError:
    if kind == "Out of Memory":
        return out_of_memory()
    if kind == "INTERRUPT":
        return out_of_time()
    return Unavailable(
        msg("A file of the data cannot be read or written."),
        next=msg("Run `doumen doctor`, which names files that are missing."),
        detail="files",
    )


def _unfit(kind: str, message: str, place: Message, statement: str) -> Invalid:
    if kind == "Parser":
        return Invalid(
            msg("The engine cannot read the statement{place}.", place=place), detail="syntax"
        )
    if kind == "Invalid Input":
        return Invalid(
            msg("The parameters do not fit the statement."),
            next=msg("Give one value for each `?`."),
            detail="parameters",
        )
    for pattern, said in _UNKNOWN:
        found = pattern.search(message)
        if found and found[1].casefold() in statement.casefold():
            return Invalid(said(found[1]), detail="bind")
    return Invalid(msg("{said}{place}.", said=_BOUND, place=place), detail="bind")


def _parts(rest: str, own: Written) -> tuple[str, Message]:
    """The engine's own message, for matching only, and the place in the user's text in words."""
    try:
        body = json.loads(rest)
        message = str(body["exception_message"])
    except (ValueError, KeyError, TypeError):
        return rest, plain("")
    try:
        start, length = json.loads(body["location"])
        text = spliced(own.text, own.splices).encode()
        first = len(text[:start].decode())
        last = first + len(text[start : start + length].decode())
        at = original_place(first, own.splices)
        before, fragment = own.text[:at], own.text[at : original_place(last, own.splices)]
    except (ValueError, KeyError, TypeError):
        return message, plain("")
    if not 0 <= start < len(text) or not fragment:
        return message, plain("")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    shown = " ".join(fragment.split())
    shown = shown if len(shown) <= 80 else shown[:79] + "…"
    place = msg(" (line {line}, column {column}: `{text}`)", line=line, column=column, text=shown)
    return message, place
