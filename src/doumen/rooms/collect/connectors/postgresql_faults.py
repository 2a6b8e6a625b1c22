"""What failures of PostgreSQL mean: by the code of the server, or by what libpq says before it.

A server may speak another language than English before it gives a code; where its words are not
known, it is said that it refused, without the cause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from doumen.model.errors import DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import faults
from doumen.rooms.collect.connectors.postgresql_address import Options

_STATE = re.compile(r"SQLSTATE: (\w{5})")
_DENIED = re.compile(r"ERROR:  permission denied for (\w[\w ]*?) (\S+)$", re.MULTILINE)
_GONE = (
    "server closed the connection",
    "terminating connection",
    "could not receive data",
    "could not send data",
    "no connection to the server",
    "connection has been closed",
    "connection not open",
    "SSL SYSCALL",
    "SSL error",
    "timed out",
)
"""What libpq says where the connection breaks."""
_STATES: Mapping[str, Message] = {
    "08": msg("The connection broke."),
    "57014": msg("The server cancelled the statement: it took too long for it."),
    "57P": msg("The connection broke."),
    "55P03": msg("Somebody holds a lock on the table."),
    "53": msg("The server has no memory, disk or connection left."),
}
"""Why it does not go on, by the beginning of the code of the server."""
_NEW: Mapping[str, Message] = {
    "could not translate host name": msg("There is no host of that name."),
    "Connection refused": msg("Nobody answers at that port."),
    "timeout expired": msg("It does not answer in time."),
    "timed out": msg("It does not answer in time."),
    "No route to host": msg("No way leads there."),
    "Network is unreachable": msg("No way leads there."),
    "starting up": msg("It is starting."),
    "shutting down": msg("It is shutting down."),
    "too many": msg("It takes no more connections."),
    "remaining connection slots": msg("It takes no more connections."),
}
"""Why it cannot be reached, by what libpq or the server says."""


def unreached(options: Options, said: str) -> DoumenError:
    """Why a connection was not made."""
    for words, made in _UNREACHED:
        if re.search(words, said):
            return made(options, said)
    for part, why in _NEW.items():
        if part in said:
            return away(options, why)
    if re.search("SSL|certificate|TLS", said):
        return _no_tls(options)
    if "FATAL" in said:
        return _refusing(options)
    return away(options, msg("The connection broke."))


def away(options: Options, why: Message) -> Unavailable:
    """It cannot be reached, or not any more."""
    return Unavailable(
        msg("{place} cannot be reached.", place=options.place),
        why=why,
        next=msg("Start the server, or correct `host` and `port`; then try again."),
        detail="source",
    )


def failure(options: Options, error: BaseException, *, query: bool) -> DoumenError:
    """What a failure of a statement means.

    Args:
        options: Of the place.
        error: What the driver raised; its words may quote values and are not passed on.
        query: Whether the statement was written by a user.
    """
    said = str(error)
    found = _STATE.search(said)
    state = getattr(error, "sqlstate", None) or (found[1] if found else "")
    if not state and any(each in said for each in _GONE):
        return away(options, msg("The connection broke."))
    if state == "42501" or (not state and _DENIED.search(said)):
        return _denied(options, said)
    for prefix, why in _STATES.items():
        if state.startswith(prefix):
            return away(options, why)
    if query and state.startswith(("42", "3F", "0A", "26")):
        return faults.no_query(options.place, state)
    return faults.not_given(options.place, state or None)


def no_right(options: Options, table: str, grant: str) -> Refused:
    """A right is missing."""
    return Refused(
        msg("`{user}` may not read `{table}`.", user=options.user, table=table),
        why=msg("A right is missing there."),
        next=msg("Ask its owner for it: `{grant}`", grant=grant),
        detail="source",
    )


def _denied(options: Options, said: str) -> Refused:
    """A query reaches for something that may not be read."""
    denied = _DENIED.search(said)
    if denied is None:
        return Refused(
            msg("`{user}` may not read all that the query names.", user=options.user),
            next=msg("Ask the owner for `GRANT SELECT` on each of its tables."),
            detail="source",
        )
    kind, name = denied[1], denied[2]
    right = {"schema": "USAGE", "function": "EXECUTE", "sequence": "SELECT"}.get(kind, "SELECT")
    what = f"{kind.upper()} {name}" if kind in {"schema", "function", "sequence"} else name
    return no_right(options, name, f'GRANT {right} ON {what} TO "{options.user}"')


def _unknown_user(options: Options, said: str) -> DoumenError:
    why = msg("It does not know the user, or the password is wrong: it does not tell which.")
    if "no password supplied" in said:
        why = msg("It wants a password, and none is given.")
    return Refused(
        msg("{place} does not let `{user}` in.", place=options.place, user=options.user),
        why=why,
        next=msg("Correct `user`, or what the secret `password` refers to."),
        detail="source",
    )


def _no_database(options: Options, _: str) -> DoumenError:
    return NotFound(
        msg("{place} does not exist.", place=options.place),
        next=msg("Correct `database`; the server is there, and lets the user in."),
        detail="database",
    )


def _kept_out(options: Options, _: str) -> DoumenError:
    return Refused(
        msg("{place} does not let `{user}` in.", place=options.place, user=options.user),
        why=msg("Its pg_hba.conf has no line for user and host, or the role may not connect."),
        next=msg("Ask its administrator; if it asks for TLS, set `sslmode`."),
        detail="source",
    )


def _stranger(options: Options, _: str) -> DoumenError:
    return Invalid(
        msg(
            "What answers at {host}:{port} is no PostgreSQL.", host=options.host, port=options.port
        ),
        next=msg("Correct `host` and `port`."),
        detail="source",
    )


def _no_tls(options: Options) -> DoumenError:
    return Unavailable(
        msg("{place} and Doumen do not agree on TLS.", place=options.place),
        why=msg(
            "`sslmode` is {mode}: the server has no TLS, or its certificate is not trusted.",
            mode=options.tls,
        ),
        next=msg(
            "Turn TLS on there, name its authorities in `sslrootcert`, or set `sslmode`: "
            "`disable` sends data in the clear."
        ),
        detail="tls",
    )


def _refusing(options: Options) -> DoumenError:
    return Refused(
        msg("{place} refuses the connection.", place=options.place),
        next=msg("Look in its log, and correct user, password or database."),
        detail="source",
    )


_UNREACHED: tuple[tuple[str, Callable[[Options, str], DoumenError]], ...] = (
    ("password authentication failed|no password supplied|认证失败", _unknown_user),
    ("database .* does not exist|数据库.*不存在", _no_database),
    ("pg_hba|permission denied for database|not permitted to log in", _kept_out),
    ("invalid response|expected authentication request", _stranger),
)
"""What libpq or the server says, as a pattern, and what it means."""
