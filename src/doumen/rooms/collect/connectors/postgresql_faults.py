"""What failures of PostgreSQL mean: by the code of the server, or by what libpq says before it.

A server may speak another language than English before it gives a code; where its words are not
known, it is said that it refused, without the cause.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from doumen.model.errors import DoumenError, Refused
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import faults, server_faults
from doumen.rooms.collect.connectors.postgresql_address import Options
from doumen.rooms.collect.connectors.server_faults import away

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
    "08": server_faults.BROKEN,
    "57014": server_faults.SLOW,
    "57P": server_faults.BROKEN,
    "55P03": server_faults.LOCKED,
    "53": server_faults.FULL,
}
"""Why it does not go on, by the beginning of the code of the server."""
_NEW: Mapping[str, Message] = {
    "could not translate host name": server_faults.NO_HOST,
    "Connection refused": server_faults.NOBODY,
    "timeout expired": server_faults.SILENT,
    "timed out": server_faults.SILENT,
    "No route to host": server_faults.NO_WAY,
    "Network is unreachable": server_faults.NO_WAY,
    "starting up": msg("It is starting."),
    "shutting down": server_faults.STOPPING,
    "too many": server_faults.TAKEN,
    "remaining connection slots": server_faults.TAKEN,
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
        return server_faults.no_tls(options)
    if "FATAL" in said:
        return server_faults.refusing(options)
    return away(options, server_faults.BROKEN)


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
        return away(options, server_faults.BROKEN)
    if state == "42501" or (not state and _DENIED.search(said)):
        return _denied(options, said)
    for prefix, why in _STATES.items():
        if state.startswith(prefix):
            return away(options, why)
    if query and state.startswith(("42", "3F", "0A", "26")):
        return faults.no_query(options.place, state)
    return faults.not_given(options.place, state or None)


def _denied(options: Options, said: str) -> Refused:
    """A query reaches for something that may not be read."""
    denied = _DENIED.search(said)
    if denied is None:
        return server_faults.no_rights(options)
    kind, name = denied[1], denied[2]
    right = {"schema": "USAGE", "function": "EXECUTE", "sequence": "SELECT"}.get(kind, "SELECT")
    what = f"{kind.upper()} {name}" if kind in {"schema", "function", "sequence"} else name
    return server_faults.no_right(options, name, f'GRANT {right} ON {what} TO "{options.user}"')


def _unknown_user(options: Options, said: str) -> DoumenError:
    none = "no password supplied" in said
    why = server_faults.NO_PASSWORD if none else server_faults.UNKNOWN
    return server_faults.not_let_in(options, why)


def _no_database(options: Options, _: str) -> DoumenError:
    return server_faults.no_database(options)


def _kept_out(options: Options, _: str) -> DoumenError:
    why = msg("Its pg_hba.conf has no line for user and host, or the role may not connect.")
    return server_faults.kept_out(options, why)


def _stranger(options: Options, _: str) -> DoumenError:
    return server_faults.stranger(options, "PostgreSQL")


_UNREACHED: tuple[tuple[str, Callable[[Options, str], DoumenError]], ...] = (
    ("password authentication failed|no password supplied|认证失败", _unknown_user),
    ("database .* does not exist|数据库.*不存在", _no_database),
    ("pg_hba|permission denied for database|not permitted to log in", _kept_out),
    ("invalid response|expected authentication request", _stranger),
)
"""What libpq or the server says, as a pattern, and what it means."""
