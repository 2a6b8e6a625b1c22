"""A connection to MySQL or MariaDB, made of what a user wrote.

A password goes out only as the server's ways to log in hide it; in the clear it goes over TLS that
was asked for, and not else. No file of this machine is read for a connection, nor sent over it.
"""

from __future__ import annotations

import socket
import time
from typing import Any, NoReturn

from pymysql import err
from pymysql.connections import Connection
from pymysql.constants import CR

from doumen.model.errors import DoumenError
from doumen.rooms.collect.connectors import server_faults
from doumen.rooms.collect.connectors.mysql_address import Options, context
from doumen.rooms.collect.connectors.mysql_faults import NAME, unreached
from doumen.rooms.collect.connectors.mysql_wire import FAILED, spoken

PATIENCE = 10.0
"""Seconds in which a server answers, and greets."""
_ALIVE = {
    "TCP_KEEPIDLE": 15,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 30_000,
}
"""What tells a machine that is gone from one that computes, as far as this system has it."""
_HEAD = 5
"""Bytes of a greeting up to the one that tells it is one."""
_GREETS = {0x0A, 0xFF}
"""That byte: version 10 of the protocol, or an error."""


def connect(options: Options, password: str) -> Connection[Any]:
    """Reach a server and log in.

    Raises:
        DoumenError: as `Connector.open`.
    """
    fault: DoumenError | None = None
    try:
        made = _connection(options, password)
    except OSError:
        fault = server_faults.no_tls(options)
    if fault is not None:
        raise fault
    reached = _reached(options)
    try:
        with spoken():
            made.connect(reached)
    except FAILED as error:
        fault = unreached(options, error, password=bool(password))
    if fault is not None:
        reached.close()
        raise fault
    return made


def _connection(options: Options, password: str) -> Connection[Any]:
    """A connection that is not made yet."""
    plain = options.tls in {"disable", "prefer"}
    ways = {"mysql_old_password": _Unknown, "client_ed25519": _Unknown}
    if plain:
        ways |= {"mysql_clear_password": _InTheClear, "dialog": _InTheClear}
    return Connection(
        host=options.host,
        port=options.port,
        user=options.user,
        password=password.encode(),
        database=options.database,
        charset="utf8mb4",
        conv={},
        autocommit=None,
        local_infile=False,
        ssl=None if plain else context(options),
        ssl_disabled=options.tls == "disable",
        auth_plugin_map=dict(ways),
        program_name="doumen",
        defer_connect=True,
    )


def _reached(options: Options) -> socket.socket:
    """A connection to what greets as a server of MySQL."""
    try:
        made = socket.create_connection((options.host, options.port), PATIENCE)
    except socket.gaierror:
        why = server_faults.NO_HOST
    except ConnectionRefusedError:
        why = server_faults.NOBODY
    except TimeoutError:
        why = server_faults.SILENT
    except OSError:
        why = server_faults.NO_WAY
    else:
        for name, value in _ALIVE.items():
            if hasattr(socket, name):
                made.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fault = _ungreeted(options, made)
        if fault is None:
            return made
        made.close()
        raise fault
    raise server_faults.away(options, why)


def _ungreeted(options: Options, reached: socket.socket) -> DoumenError | None:
    """What is wrong with who answers; its greeting is looked at, and left for PyMySQL."""
    end = time.monotonic() + PATIENCE
    head = b""
    try:
        while len(head) < _HEAD and time.monotonic() < end:
            last, head = head, reached.recv(_HEAD, socket.MSG_PEEK)
            if not head:
                return server_faults.away(options, server_faults.BROKEN)
            if head == last:
                time.sleep(0.01)
    except TimeoutError:
        return server_faults.away(options, server_faults.SILENT)
    except OSError:
        return server_faults.away(options, server_faults.BROKEN)
    if len(head) < _HEAD or head[3] != 0 or head[4] not in _GREETS:
        return server_faults.stranger(options, NAME)
    return None


class _Unknown:
    """A way to log in that is not gone."""

    number = CR.CR_AUTH_PLUGIN_CANNOT_LOAD

    def __init__(self, connection: Connection[Any]) -> None:
        pass

    def authenticate(self, packet: Any) -> NoReturn:
        """Refuse it; the password has not been sent."""
        raise err.OperationalError(self.number, "")


class _InTheClear(_Unknown):
    """A way to log in that sends the password as it is."""

    number = CR.CR_AUTH_PLUGIN_ERR
