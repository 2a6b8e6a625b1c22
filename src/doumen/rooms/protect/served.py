"""Where the service of this node is reached, for addresses that are handed out."""

from __future__ import annotations

from urllib.parse import urlsplit

from doumen.gate.desk import Desk
from doumen.model.errors import Invalid
from doumen.model.hosts import is_loopback
from doumen.model.message import msg

HERE = "http://127.0.0.1:8470"
"""Where `doumen serve` listens unless it is told otherwise."""


def served(desk: Desk, given: str | None = None) -> str:
    """The address, without a slash at its end: as given, else of the node, else on this machine.

    Raises:
        Invalid: it is no such address, or one where others could read along.
    """
    address = given or desk.own().address.removesuffix("/dsp") or HERE
    scheme, host = _parts(address)
    if not host:
        raise Invalid(
            msg("`{address}` is not the address of a service.", address=address),
            next=msg("Give one such as https://data.example.org: `--endpoint`."),
            detail="endpoint",
        )
    if scheme == "http" and not is_loopback(host):
        raise Invalid(
            msg("Others could read along on the way to `{address}`.", address=address),
            next=msg("Give an address of https, or one of this machine."),
            detail="endpoint",
        )
    return address.rstrip("/")


def _parts(address: str) -> tuple[str, str]:
    """Scheme and host of an address that a service may have; no host where it may not."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "", ""
    more = parts.query or parts.fragment or parts.username is not None or port == 0
    sound = parts.scheme in {"http", "https"} and address.isascii() and address.isprintable()
    return parts.scheme, (parts.hostname or "") if sound and not more and " " not in address else ""
