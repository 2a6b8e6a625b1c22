"""A connection for HTTP: its name resolved once, its addresses judged, the judged one connected.

So no redirect and no second answer of a name server leads into the inner network. Proxies of the
environment are not used.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from pathlib import Path

from doumen.kits.standards.dsp import public
from doumen.model.errors import Unavailable
from doumen.model.files import reason
from doumen.model.message import msg, plain
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address
from doumen.rooms.collect.web.manners import Again

CONNECT = 10.0
"""Longest wait for one address of a host, in seconds."""
MOST = 4
"""Addresses of a host that are tried."""


def trusting(authorities: str | None) -> ssl.SSLContext:
    """What certificates are verified by: what the system trusts, and a file (PEM) beside it.

    Raises:
        Unavailable: the file cannot be read, or holds none.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities is not None:
        try:
            context.load_verify_locations(Path(authorities))
        except OSError as error:  # ssl.SSLError is one
            raise Unavailable(
                msg("The authorities in `{path}` cannot be read.", path=authorities),
                why=plain(error) if isinstance(error, ssl.SSLError) else reason(error),
                next=msg("Put certificates in PEM there, or correct `authorities`."),
                detail="path",
            ) from None
    return context


def connected(
    address: Address, context: ssl.SSLContext, seconds: float, *, private: bool
) -> http.client.HTTPConnection:
    """A connection that is open.

    Args:
        address: Where to.
        context: What certificates are verified by.
        seconds: Longest wait for the next bytes.
        private: Whether it may lead to this machine and to inner networks.

    Raises:
        NotFound: there is no such host. Refused: it is within.
        Unavailable: the certificate does not hold. Again: nobody answers.
    """
    last: OSError | None = None
    for one in _found(address, private=private)[:MOST]:
        try:
            raw = socket.create_connection((one, address.port), min(CONNECT, seconds))
        except OSError as error:
            last = error
            continue
        raw.settimeout(seconds)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = http.client.HTTPConnection(address.authority, timeout=seconds)
        connection.auto_open = 0  # it would connect by itself, to whatever the name says then
        connection.sock = _secured(address, raw, context) if address.scheme == "https" else raw
        return connection
    raise Again(faults.unanswered(address, msg("Nobody answers there."))) from last


def _secured(address: Address, raw: socket.socket, context: ssl.SSLContext) -> socket.socket:
    try:
        return context.wrap_socket(raw, server_hostname=address.host)
    except ssl.SSLCertVerificationError as error:
        raw.close()
        raise faults.unanswered(
            address, msg("Its certificate does not hold: {words}.", words=error.verify_message)
        ) from error
    except OSError as error:
        raw.close()
        raise faults.unanswered(address, msg("It does not speak TLS as is asked for.")) from error


def _found(address: Address, *, private: bool) -> list[str]:
    """The addresses of a host, all of which may be connected to."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == socket.EAI_AGAIN:
            why = msg("Its name cannot be looked up now.")
            raise Again(faults.unanswered(address, why)) from error
        raise faults.no_host(address) from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not private and not all(public(ipaddress.ip_address(one)) for one in addresses):
        raise faults.inner(address)
    return addresses
