"""What failures of MySQL and MariaDB mean, by their numbers; MariaDB has its own from 1900 to 1999.

Numbers to 1999 and from 3000 on are of the server (its `errmsg`), those from 2000 on of the client
(`errmsg.h`).
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping

from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import Message, msg
from doumen.rooms.collect.connectors import faults, server_faults
from doumen.rooms.collect.connectors.mysql_address import Options

NAME = "MySQL"
_GONE = {0, 1053, 1077, 1079, 1080, 1152, *range(1156, 1162), 1184, 1927, 2003, 2006, 2013, 2014}
_GONE |= {2027, 2055, 4031}
"""The connection is not there any more."""
_TAKEN = {1040, 1203, 1226}
_SLOW = {1317, 1969, 3024}
_LOCKED = {1205, 1213, 3572}
_FULL = {1021, 1037, 1038, 1041, 1114, 1135, 3019}
_DENIED = {1142, 1143, 1227, 1370}
_WRONG = {1046, 1049, 1356, 1792}
"""Numbers of a query that is none, beside those of the class 42."""
_UNKNOWN = {1045, 1698}
_KEPT_OUT: Mapping[int, Message] = {
    1044: msg("The user may not use that database, or there is none of that name."),
    1129: msg("It has closed itself to this machine, after connections that failed."),
    1130: msg("It does not let users in from this machine."),
    1251: msg("It asks for a way to log in that Doumen does not have."),
    1820: msg("The password has expired."),
    1862: msg("The password has expired."),
    2059: msg("It asks for a way to log in that Doumen does not have."),
    2061: msg("It asks for the password in the clear, and `sslmode` does not ask for TLS."),
    3118: msg("The user is locked."),
    3159: msg("It lets users in over TLS alone."),
    4151: msg("The user is locked."),
}
"""Why it does not let a user in, whatever the password."""
_NO_TABLE = 1146
_CHANGED = 1412
_BROKEN_VIEW = 1356


def unreached(options: Options, error: BaseException, *, password: bool) -> DoumenError:
    """Why a connection was not made.

    Args:
        options: Of the place.
        error: What the driver raised.
        password: Whether one was given.
    """
    code = number(error)
    if code == 2026 or isinstance(getattr(error, "original_exception", error), ssl.SSLError):
        return server_faults.no_tls(options)
    if code in _UNKNOWN:
        why = server_faults.UNKNOWN if password else server_faults.NO_PASSWORD
        return server_faults.not_let_in(options, why)
    if code == 1049:
        return server_faults.no_database(options)
    if code in _KEPT_OUT:
        return server_faults.kept_out(options, _KEPT_OUT[code])
    for codes, why in ((_TAKEN, server_faults.TAKEN), (_GONE, server_faults.BROKEN)):
        if code in codes:
            return server_faults.away(options, why)
    return server_faults.refusing(options)


def failure(options: Options, error: BaseException, *, query: bool) -> DoumenError:
    """What a failure of a statement means.

    Args:
        options: Of the place.
        error: What the driver raised; its words may quote values and are not passed on.
        query: Whether the statement was written by a user.
    """
    code = number(error)
    for codes, why in (
        (_GONE, server_faults.BROKEN),
        (_SLOW, server_faults.SLOW),
        (_LOCKED, server_faults.LOCKED),
        (_FULL, server_faults.FULL),
        ({_CHANGED}, msg("The table was altered there after this session began.")),
    ):
        if code in codes:
            return server_faults.away(options, why)
    if code in _DENIED:
        return server_faults.no_rights(options)
    if query and (code in _WRONG or (getattr(error, "sqlstate", None) or "").startswith("42")):
        return faults.no_query(options.place, str(code))
    if code == _BROKEN_VIEW:
        return Invalid(
            msg("{place} cannot make the view any more.", place=options.place),
            why=msg("It names what is not there, or who made it may not read that."),
            next=msg("Have it mended there, or read what it is made of."),
            detail="table",
        )
    return faults.not_given(options.place, str(code))


def is_denied(error: BaseException) -> bool:
    """Whether a right is missing."""
    return number(error) in _DENIED


def is_absent(error: BaseException) -> bool:
    """Whether there is no such table."""
    return number(error) == _NO_TABLE


def number(error: BaseException) -> int:
    """The number of an error of PyMySQL; 0: it has none, as where there is no connection."""
    code = error.args[0] if error.args else 0
    return code if isinstance(code, int) else 0
