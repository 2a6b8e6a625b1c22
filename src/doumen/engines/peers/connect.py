"""A line to another node: its name resolved once, its addresses judged, the judged one connected.

So no second answer of a name server, no redirect and no proxy of the environment leads into the
inner network. TLS is verified by what the system trusts, and by further authorities.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import select
import socket
import ssl
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from doumen.kits.standards.dsp import Endpoint, Reach, reached
from doumen.model.errors import DoumenError, Refused, Unavailable
from doumen.model.files import reason
from doumen.model.message import Message, msg, plain

CONNECT = 5.0
"""Longest wait for one address of a host, in seconds."""
MOST_ADDRESSES = 4
"""Addresses of a host that are tried."""


def trusting(authorities: Path | None) -> ssl.SSLContext:
    """What a certificate is verified by.

    Args:
        authorities: File (PEM) of certificates beside those that the system trusts.

    Raises:
        Unavailable: the file cannot be read, or holds none.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if authorities is not None:
        try:
            context.load_verify_locations(authorities)
        except OSError as error:  # ssl.SSLError is one
            raise Unavailable(
                msg("The authorities in `{path}` cannot be read.", path=authorities),
                why=plain(error) if isinstance(error, ssl.SSLError) else reason(error),
                next=msg("Put certificates in PEM there, or change `authorities` in doumen.toml."),
                detail="settings",
            ) from None
    return context


class Line:
    """One connection, which may carry several requests, one after another.

    Attributes:
        http: What speaks HTTP on it.
        since: When it was last used (monotonic seconds).
    """

    def __init__(self, place: Endpoint, raw: socket.socket) -> None:
        self._raw = raw
        self._silence = self._until = 0.0
        self._lock = threading.Lock()
        self._open = True
        self.since = time.monotonic()
        self.http = http.client.HTTPConnection(place.origin.partition("://")[2])
        self.http.auto_open = 0  # it would connect by itself, to whatever the name says then
        self.http.sock = _Timed(self)

    def begin(self, silence: float, whole: float) -> None:
        """Let a request wait this long for the next bytes, and this long as a whole (seconds)."""
        self._silence, self._until = silence, time.monotonic() + whole

    def rest(self) -> None:
        """Keep it for another request."""
        self.since = time.monotonic()

    def wait(self) -> socket.socket:
        """The socket, with the time that is left for its next step.

        Raises:
            TimeoutError: none is left.
        """
        left = min(self._silence, self._until - time.monotonic())
        if left <= 0:
            raise TimeoutError
        self._raw.settimeout(left)
        return self._raw

    def usable(self, within: float) -> bool:
        """Whether it is still open as far as one can see, and was used a moment ago."""
        if time.monotonic() - self.since > within:
            return False
        watched = select.poll()  # select() takes no number above 1023
        watched.register(self._raw, select.POLLIN)
        return not watched.poll(0)  # an end, or what nobody asked for

    def cut(self) -> None:
        """End it from another thread: who waits for it stops waiting."""
        with self._lock:
            if self._open:
                # Of the plain socket: that of TLS would let its reader go on without TLS.
                with suppress(OSError):  # the other side ended it before
                    socket.socket.shutdown(self._raw, socket.SHUT_RDWR)

    def close(self) -> None:
        """End it."""
        with self._lock:
            self._open = False
            self._raw.close()


class _Timed(io.RawIOBase):
    """A socket as `http.client` uses one, whose every step has a time to end by."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def makefile(self, mode: str) -> io.BufferedReader:
        """What an answer is read from."""
        return io.BufferedReader(_Timed(self._line), 1 << 16)

    def sendall(self, data: Any) -> None:
        """Send all of it."""
        self._line.wait().sendall(data)

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Take what comes next."""
        return self._line.wait().recv_into(buffer)


def connect(place: Endpoint, reach: Reach, context: ssl.SSLContext) -> Line:
    """Open a line to a host.

    Raises:
        Refused: one of its addresses is none that may be connected to.
        Unavailable: nobody answers, or the certificate does not hold.
    """
    port = place.port or (443 if place.scheme == "https" else 80)
    last: OSError | None = None
    for address in _addresses(place, port, reach)[:MOST_ADDRESSES]:
        try:
            raw = socket.create_connection((address, port), CONNECT)
        except OSError as error:
            last = error
            continue
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # a host that is gone is noticed
        if place.scheme == "https":
            raw = _secured(place, raw, context)
        return Line(place, raw)
    raise unanswered(place, msg("Nobody answers there.")) from last


def _secured(place: Endpoint, raw: socket.socket, context: ssl.SSLContext) -> socket.socket:
    raw.settimeout(CONNECT)
    try:
        return context.wrap_socket(raw, server_hostname=place.host)
    except ssl.SSLCertVerificationError as error:
        raw.close()
        raise unanswered(
            place, msg("Its certificate does not hold: {words}.", words=error.verify_message)
        ) from error
    except OSError as error:
        raw.close()
        raise unanswered(place, msg("It does not speak TLS as is asked for.")) from error


def _addresses(place: Endpoint, port: int, reach: Reach) -> list[str]:
    """Addresses of a host, all of which may be connected to."""
    try:
        found = socket.getaddrinfo(place.host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise unanswered(place, msg("There is no host `{host}`.", host=place.host)) from error
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not all(reached(ipaddress.ip_address(address), reach) for address in addresses):
        raise Refused(
            msg("`{host}` is an address of this machine or of an inner network.", host=place.host),
            why=msg("What others name must not lead to what only this machine may see."),
            next=msg("Nodes on one machine meet with `reach` in doumen.toml as `loopback`."),
            detail="peer-address",
        )
    return addresses


def unanswered(place: Endpoint, why: Message) -> DoumenError:
    """A node that cannot be reached now."""
    return Unavailable(
        msg("The node at `{origin}` cannot be reached.", origin=place.origin),
        why=why,
        next=msg("Try again later, or ask whoever runs it."),
        detail="peer",
    )
