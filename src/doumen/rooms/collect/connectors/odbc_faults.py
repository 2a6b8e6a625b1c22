"""What failures of ODBC mean, by the state (SQLSTATE) and the number that a driver gives.

States are those of ODBC and of ISO 9075; where a driver has one for all, its own number tells more.
"""

from __future__ import annotations

import re

from doumen.model.errors import DoumenError, Faulty, NotFound, Refused, Unavailable
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import faults, server_faults
from doumen.rooms.collect.connectors.odbc_address import Options

_TOLD = re.compile(r"State: (\w{5}), Native error: (-?\d+)")
_TOO_LONG = "too large to be written into the allocated buffer"
"""What arrow-odbc says where a value is longer than the room for it."""
_TOO_WIDE = "not large enough to hold a single row"
"""What it says where one row is more than the room for a batch."""
_NO_DRIVER = ("IM", "01000")
_NOBODY = {2002, 2003, 2005}
"""Numbers of MySQL's clients."""
_NO_DATABASE = {1049, 4060, 12505, 12514}
"""Numbers of MySQL, SQL Server and Oracle."""
_DENIED = {1044, 1142, 1143, 1370, 229, 230, 1031}
"""Numbers of MySQL, SQL Server and Oracle."""
_GONE = {2006, 2013, 2055}
_AWAY: tuple[tuple[tuple[str, ...], Message], ...] = (
    (("08", "57P", "IM"), server_faults.BROKEN),
    (("HYT", "57014"), server_faults.SLOW),
    (("40001", "55P03"), server_faults.LOCKED),
    (("53", "HY001"), server_faults.FULL),
)


def no_manager() -> Unavailable:
    """There is no driver manager."""
    return Unavailable(
        msg("This machine has no driver manager of ODBC (`libodbc`)."),
        next=msg("Install unixODBC: `apt install unixodbc`, then the driver of the database."),
        detail="driver",
    )


def unreached(options: Options, said: str) -> DoumenError:
    """Why a connection was not made."""
    state, number = _told(said)
    if state.startswith(_NO_DRIVER):
        return Unavailable(
            msg(
                "This machine has no driver or data source `{name}` of ODBC, or it does not load.",
                name=options.dsn or options.driver or "",
            ),
            next=msg(
                "Install it, or write its name as `odbcinst -q -d` lists drivers, and `odbcinst -q "
                "-s` data sources."
            ),
            detail="driver",
        )
    if state.startswith("28"):
        return _refused(options, server_faults.UNKNOWN)
    if state.startswith("3D") or number in _NO_DATABASE:
        return NotFound(
            msg("{place} has no such database.", place=options.place),
            next=msg("Correct `attributes`; the server is there, and lets the user in."),
            detail="database",
        )
    if state.startswith(("08", "HYT")) or number in _NOBODY:
        return away(options, msg("Nobody answers there, or it lets nobody in: it does not tell."))
    return _refused(options, msg("It does not tell why."))


def away(options: Options, why: Message) -> Unavailable:
    """It cannot be reached, or not any more."""
    return Unavailable(
        msg("{place} cannot be reached.", place=options.place),
        why=why,
        next=msg("Start the server, or correct `attributes`; then try again."),
        detail="source",
    )


def failure(options: Options, said: str, *, query: bool) -> DoumenError:
    """What a failure of a statement means.

    Args:
        options: Of the place.
        said: What the driver said; it may quote values and is not passed on.
        query: Whether the statement was written by a user.
    """
    state, number = _told(said)
    for states, why in _AWAY:
        if state.startswith(states):
            return away(options, why)
    if number in _GONE:
        return away(options, server_faults.BROKEN)
    if state == "42501" or number in _DENIED:
        return Refused(
            msg("{place} does not let all be read that is named.", place=options.place),
            next=msg("Ask the owner for `GRANT SELECT` on each of its tables."),
            detail="source",
        )
    if _TOO_LONG in said:
        return Faulty(
            msg("{place} gives a value that is too long.", place=options.place),
            why=msg(
                "It is longer than the driver told, or than `longest`, which is {count}.",
                count=options.longest,
            ),
            next=msg("Set `longest` higher, or read by a query that casts or cuts the column."),
            detail="value",
        )
    if query and state.startswith(("42", "37", "3F", "0A", "25", "S0")):
        return faults.no_query(options.place, state)
    return faults.not_given(options.place, state or None)


def no_list(options: Options) -> Refused:
    """The place does not tell what is there."""
    return Refused(
        msg("{place} does not tell which tables it has.", place=options.place),
        why=msg("It has no INFORMATION_SCHEMA, or does not let us look."),
        next=msg("Name a table as the place calls it, or give a query."),
        detail="tables",
    )


def no_mark(options: Options, column: str) -> DoumenError:
    """The place does not give a mark back as it was given."""
    return faults.no_value(
        column,
        msg(
            "{place} turns the mark from which to read on into another, so it is not read by it.",
            place=options.place,
        ),
    )


def is_absent(said: str) -> bool:
    """Whether there is no such table."""
    return _told(said)[0] in {"42S02", "42P01", "S0002"}


def is_wide(said: str) -> bool:
    """Whether one row alone is more than the room for a batch."""
    return _TOO_WIDE in said


def _refused(options: Options, why: Message) -> Refused:
    return Refused(
        msg("{place} refuses the connection.", place=options.place),
        why=why,
        next=msg("Correct `user` and `attributes`, or what the secret `password` refers to."),
        detail="source",
    )


def _told(said: str) -> tuple[str, int]:
    """The state and the number; empty and 0: it was not the driver that failed."""
    found = _TOLD.search(said)
    return (found[1], int(found[2])) if found else ("", 0)
