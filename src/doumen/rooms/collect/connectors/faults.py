"""What goes wrong at a place, whatever its kind: each names the place, the cause and the next step.

Nothing that a driver says is passed on: it may quote values, and is in the driver's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from doumen.model.errors import Conflict, Faulty, Invalid, NotFound, Refused, Unavailable
from doumen.model.message import Message, enumerated, msg, paragraph, plain
from doumen.rooms.collect.connectors.interface import Part


def one_of(part: Part) -> None:
    """Hold a part to naming a table or a query.

    Raises:
        Invalid: it names both or neither.
    """
    if (part.table is None) == (part.query is None):
        raise Invalid(msg("Name a table or give a query, one of both."), detail="part")


def no_table(place: Message, table: str, known: Iterable[str]) -> NotFound:
    """There is no such table or view, or none that may be seen."""
    names = list(known)
    near = get_close_matches(table, names, n=3) or sorted(names)[:8]
    return NotFound(
        msg("{place} has no table or view `{table}`.", place=place, table=table),
        next=msg("Write a name as it has them: {names}.", names=enumerated(near)) if near else None,
        detail="table",
    )


def no_query(place: Message, code: str | None = None) -> Invalid:
    """The place does not take a query."""
    return Invalid(
        msg("{place} does not take the query.", place=place),
        why=None if code is None else msg("Its code for that is {code}.", code=code),
        next=msg(
            "Give one SELECT in its dialect, each column with a name of its own; try it there."
        ),
        detail="query",
    )


def twice(column: str) -> Invalid:
    """A query gives two columns one name."""
    return Invalid(
        msg("The query has two columns `{column}`.", column=column),
        next=msg("Name one of them anew: `AS`."),
        detail="query",
    )


def not_kept(column: str, type: str) -> Invalid:
    """A type cannot be kept."""
    return Invalid(
        msg("Column `{column}` is {type}, which cannot be kept.", column=column, type=type),
        next=msg("Read by a query that casts it, such as to text, or leaves it out."),
        detail="type",
    )


def not_given(place: Message, code: str | None = None) -> Faulty:
    """A value cannot be computed or kept: which one the place alone may say."""
    why = msg("A value of the part cannot be computed there, or not kept as its type.")
    if code is not None:
        why = paragraph([why, msg("Its code for that is {code}.", code=code)])
    return Faulty(
        msg("{place} failed amid the rows.", place=place),
        why=why,
        next=msg("Try the query at the source itself, and correct or cast the value."),
        detail="value",
    )


def no_value(column: str, why: Message) -> Faulty:
    """A value of a column cannot be kept as it is, and is not rounded or left out."""
    return Faulty(
        msg("Column `{column}` holds a value that cannot be kept.", column=column),
        why=why,
        next=msg("Correct it at the source, or read by a query that casts the column."),
        detail="value",
    )


def ended(place: Message) -> Conflict:
    """Another reading of the session has begun."""
    return Conflict(
        msg("Another reading of {place} has begun, which ended this one.", place=place),
        next=msg("Read one after the other, or open a session for each."),
        detail="source",
    )


def no_file(path: str) -> NotFound:
    """There is no such file."""
    return NotFound(
        msg("There is no file `{path}`.", path=path),
        next=msg("Correct `path`; it is a path on the machine where Doumen runs."),
        detail="path",
    )


def no_such_file(path: str, format: str) -> Invalid:
    """What lies there is of another kind."""
    return Invalid(
        msg("`{path}` is no file of {format}, or it is encrypted.", path=path, format=format),
        next=msg("Name another file, or the kind that it is of."),
        detail="path",
    )


def closed_file(path: str, why: Message | None) -> Unavailable:
    """A file cannot be opened now."""
    return Unavailable(
        msg("`{path}` cannot be read now.", path=path),
        why=why,
        next=msg("See who has it open, and whether Doumen's user may read it; then try again."),
        detail="path",
    )


def no_driver(package: str, extra: str) -> Unavailable:
    """A library that only this kind needs is not there."""
    return Unavailable(
        msg(
            "This kind of place needs the Python package `{name}`, which is not installed.",
            name=package,
        ),
        next=plain(f"pip install 'doumen[{extra}]'"),
        detail="driver",
    )


def no_authorities(path: str) -> Invalid:
    """A file holds no certificates of authorities."""
    return Invalid(
        msg("`{path}` holds no certificates that can be read.", path=path),
        next=msg("Put certificates in PEM there, or correct `authorities`."),
        detail="tls",
    )


def no_folder(place: Message, folder: str) -> NotFound:
    """A place of files has no such folder."""
    return NotFound(
        msg("{place} has no folder `{folder}`.", place=place, folder=folder),
        next=msg("Correct `files`; its folders are those of the place."),
        detail="folder",
    )


def closed(place: Message, name: str) -> Refused:
    """A file or a folder of a place may not be read."""
    return Refused(
        msg("`{name}` may not be read.", name=name),
        why=msg("{place} does not allow it to who reads.", place=place),
        next=msg("Ask its administrator for the right to read it, or leave it out of `files`."),
        detail="closed",
    )


def gone(place: Message, name: str) -> NotFound:
    """A file is there no more."""
    return NotFound(
        msg("{place} has no file `{name}` any more.", place=place, name=name),
        next=msg("It was there just now; see who removes files there."),
        detail="gone",
    )


def changed(name: str) -> Conflict:
    """A file is not what it was when it was listed, or becomes another while it is brought."""
    return Conflict(
        msg("`{name}` changes while it is brought.", name=name),
        next=msg("Wait until it is written, then run the source again."),
        detail="changed",
    )
