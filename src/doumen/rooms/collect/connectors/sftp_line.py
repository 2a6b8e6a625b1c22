"""A connection to an SFTP server: reached, held to its host key, signed in to."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Mapping

import paramiko

from doumen.rooms.collect.connectors import sftp_faults as faults
from doumen.rooms.collect.connectors import sftp_key
from doumen.rooms.collect.connectors.bringing import Broken
from doumen.rooms.collect.connectors.sftp_address import Options
from doumen.rooms.collect.connectors.sftp_wire import WINDOW, Wire

SECONDS = 30.0
"""Longest wait for the server, at each step."""
KEEPALIVE = 20
"""Seconds between two signs of life."""
BREAKS = (EOFError, OSError, struct.error, paramiko.SSHException)
"""What paramiko raises where the connection breaks, or the server does not keep the protocol."""

logging.getLogger("paramiko").addHandler(logging.NullHandler())


class Line:
    """A connection that is open.

    Args:
        options: Where to, as whom.
        secrets: By what we are known there.

    Raises:
        Unavailable: nobody answers. Refused: it is another server, or does not let us in.
        Invalid: it is no SFTP server, or a secret is none.
        Broken: the connection broke on the way.
    """

    def __init__(self, options: Options, secrets: Mapping[str, str]) -> None:
        self._options = options
        self._raw = _connected(options)
        self._transport = paramiko.Transport(self._raw)
        try:
            self._greeted()
            self._known()
            self._signed_in(secrets)
            self.wire = self._opened()
        except BaseException:
            self.close()
            raise

    @property
    def alive(self) -> bool:
        """Whether it did not break."""
        return bool(self._transport.is_active())

    def close(self) -> None:
        """End it; the transport leaves its socket open where it did not get to greet."""
        self._transport.close()
        self._raw.close()

    def _greeted(self) -> None:
        transport = self._transport
        transport.banner_timeout = transport.auth_timeout = SECONDS
        transport.handshake_timeout = SECONDS
        types = self._types()
        if types:
            transport.get_security_options().key_types = types
        try:
            transport.start_client(timeout=SECONDS)
        except paramiko.ssh_exception.IncompatiblePeer:
            raise faults.no_algorithm(self._options) from None
        except (paramiko.SSHException, EOFError, OSError):
            raise faults.stranger(self._options) from None
        transport.set_keepalive(KEEPALIVE)

    def _types(self) -> tuple[str, ...]:
        """Types of the host keys that are known of it, so that it shows one of these."""
        known = _of_file(self._options)
        offered = self._transport.get_security_options().key_types
        wanted = {"ssh-rsa", "rsa-sha2-256", "rsa-sha2-512"} if "ssh-rsa" in known else set()
        return tuple(one for one in offered if one in wanted | known.keys())

    def _known(self) -> None:
        """Hold the server to the host key that is written down.

        Raises:
            Refused: it shows another, or none is written down.
        """
        shown = self._transport.get_remote_server_key()
        options = self._options
        if options.host_key is not None:
            if shown.fingerprint != options.host_key.rstrip("="):
                raise faults.other_key(options, shown)
            return
        known = _of_file(options)
        if not known:
            raise faults.unknown_key(options, shown)
        if known.get(shown.get_name()) != shown:
            raise faults.other_key(options, shown)

    def _signed_in(self, secrets: Mapping[str, str]) -> None:
        user, transport = self._options.user, self._transport
        ways: list[str] = []
        try:
            if "key" in secrets:
                key = sftp_key.of_user(self._options, secrets["key"], secrets.get("passphrase"))
                ways = transport.auth_publickey(user, key)
            if "password" in secrets and not transport.is_authenticated():
                ways = transport.auth_password(user, secrets["password"])
        except paramiko.BadAuthenticationType as error:
            raise faults.other_way(self._options, error.allowed_types) from None
        except paramiko.AuthenticationException:
            raise faults.not_let_in(self._options) from None
        except BREAKS:
            raise Broken(faults.away(self._options, faults.BROKEN)) from None
        if not transport.is_authenticated():
            raise faults.other_way(self._options, ways)

    def _opened(self) -> Wire:
        try:
            wire = Wire.from_transport(self._transport, window_size=WINDOW)
        except paramiko.ChannelException:
            raise faults.no_sftp(self._options) from None
        except BREAKS:
            if self.alive:
                raise faults.no_sftp(self._options) from None
            raise Broken(faults.away(self._options, faults.BROKEN)) from None
        if wire is None:
            raise faults.no_sftp(self._options)
        channel = wire.get_channel()
        if channel is not None:
            channel.settimeout(SECONDS)
        return wire


def _connected(options: Options) -> socket.socket:
    try:
        return socket.create_connection((options.host, options.port), SECONDS)
    except socket.gaierror:
        why = faults.NO_HOST
    except ConnectionRefusedError:
        why = faults.NOBODY
    except TimeoutError:
        why = faults.SILENT
    except OSError:
        why = faults.NO_WAY
    raise faults.away(options, why)


def _of_file(options: Options) -> Mapping[str, paramiko.PKey]:
    """Host keys of the server in the file that is named, by type.

    Raises:
        NotFound, Unavailable: it cannot be read.
    """
    if options.host_key is not None or options.known_hosts is None:
        return {}
    try:
        keys = paramiko.HostKeys(options.known_hosts)
    except OSError as error:
        raise faults.no_known_hosts(options.known_hosts, error) from None
    except paramiko.SSHException:
        raise faults.no_known_hosts(options.known_hosts, None) from None
    name = options.host if options.port == 22 else f"[{options.host}]:{options.port}"
    return dict(keys.lookup(name) or {})
