"""Addresses that strangers name: which may be called, so that none leads into our own network.

A name is judged here by how it is written, an address that a name resolved to by `public`, right
before it is connected to: both are needed, since a name can resolve to anything. Hosts are
accepted in one spelling only, for programs read others differently.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import urlsplit

from doumen.kits.standards.dsp.document import shown
from doumen.model.errors import Invalid, Refused
from doumen.model.message import Message, msg

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MAX_ADDRESS = 2048
_WRITTEN = re.compile(r"[!-~]+")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]*)*")
_LEADS = re.compile(r"(?i)/(?:\.|%2e){1,2}(?=/|\Z)|%(?:2f|5c|[01][0-9a-f]|7f)|%(?![0-9a-f]{2})")
"""Segments that lead elsewhere, hidden separators, and percent signs that encode nothing."""
INNER_NAMES = (
    "localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private",
    "home.arpa", "in-addr.arpa", "ip6.arpa", "svc", "cluster", "consul", "onion",
)  # fmt: skip
"""Last labels of names that are not of the public tree (RFC 6761, RFC 6762, RFC 8375, ICANN)."""
_INNER = tuple(
    ipaddress.ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "168.63.129.16/32",
    )
)  # fmt: skip
"""IPv4 beyond the public part (IANA special-purpose registry), and the host agent of Azure."""
_GLOBAL6 = ipaddress.IPv6Network("2000::/3")
_INNER6 = tuple(
    ipaddress.IPv6Network(one) for one in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""Tunnels (Teredo, 6to4), identifiers, benchmarks and documentation within the global part."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Reach(Enum):
    """Where an address may lead.

    Attributes:
        PUBLIC: To the public network, over HTTPS.
        LOOPBACK: To this machine too, with or without TLS: for tests and demonstrations.
    """

    PUBLIC = "public"
    LOOPBACK = "loopback"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that may be called.

    Attributes:
        host: In lower case, an IPv6 address without its brackets.
        port: As given; None: that of the scheme.
        path: Without a slash at its end; empty: the root.
    """

    scheme: str
    host: str
    port: int | None = None
    path: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port is None else f":{self.port}")

    def __str__(self) -> str:
        return self.origin + self.path

    def below(self, path: str) -> Endpoint:
        """The address of a path below this one; `path` starts with a slash."""
        return replace(self, path=(self.path + path).rstrip("/"))


def public(address: Address) -> bool:
    """Whether an address is one of the public network: to be asked right before connecting.

    Example:
        >>> public(ipaddress.ip_address("::ffff:169.254.169.254"))
        False
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return public(address.ipv4_mapped)
        if address in _NAT64:
            return public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        inside = address in _GLOBAL6 and not any(address in network for network in _INNER6)
        return inside and address.scope_id is None
    return address.is_global and not any(address in network for network in _INNER)


def reached(address: Address, reach: Reach) -> bool:
    """Whether an address that a name resolved to may be connected to."""
    mapped = getattr(address, "ipv4_mapped", None) or address
    return public(address) or (reach is Reach.LOOPBACK and mapped.is_loopback)


def callback(address: str, reach: Reach = Reach.PUBLIC) -> Endpoint:
    """The base address of a counterpart that a message names.

    Raises:
        Invalid: it is not written as such an address.
        Refused: it leads where nobody from outside may send us.
    """
    if len(address) > MAX_ADDRESS or not _WRITTEN.fullmatch(address):
        raise _invalid(address, msg("It must be 1 to 2048 characters of ASCII without spaces."))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise _invalid(address, msg("Its host or port cannot be read.")) from None
    if parts.scheme not in {"https", "http"} or address[len(parts.scheme) :][:3] != "://":
        raise _invalid(address, msg("It must start with `https://`."))
    if "@" in parts.netloc:
        raise _invalid(address, msg("An address with a name or password in it is not called."))
    if "?" in address or "#" in address or "\\" in address:
        raise _invalid(address, msg("A base address has no query, fragment or backslash."))
    if port == 0 or parts.netloc.endswith(":"):
        raise _invalid(address, msg("Its host or port cannot be read."))
    if not _PATH.fullmatch(parts.path) or _LEADS.search(parts.path) or "//" in parts.path:
        raise _invalid(address, msg("Its path leads elsewhere, or holds what a path cannot."))
    host = parts.netloc.removesuffix(f":{parts.netloc.rpartition(':')[2]}" if port else "")
    local = _judged(address, host, reach)
    if parts.scheme == "http" and not local:
        raise _refused(address, msg("Only an address with TLS is called."))
    return Endpoint(parts.scheme, host.strip("[]").lower(), port, parts.path.rstrip("/"))


def _judged(address: str, host: str, reach: Reach) -> bool:
    """Whether a host is this machine, where that is allowed.

    Raises:
        Invalid: it has another spelling than the one that is read.
        Refused: it is not public.
    """
    found = _literal(address, host)
    if found is not None:
        local = found.is_loopback
        inner = not public(found)
    else:
        labels = host.lower().split(".")
        if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
            raise _invalid(address, msg("Its host is no name in ASCII, or ends with a dot."))
        local = labels[-1] == "localhost"
        inner = len(labels) == 1 or host.lower().endswith(tuple(f".{n}" for n in INNER_NAMES))
    if local and reach is Reach.LOOPBACK:
        return True
    if inner:
        raise _refused(address, msg("It is of this machine or of an inner network."))
    return False


def _literal(address: str, host: str) -> Address | None:
    """The address that a host is written as; None: it is a name."""
    try:
        if host.startswith("["):
            return ipaddress.IPv6Address(host[1:-1])
        if not _NUMBER.fullmatch(host.rpartition(".")[2]):
            return None
        return ipaddress.IPv4Address(host)
    except ValueError:
        raise _invalid(address, msg("Its host is a number in an unusual spelling.")) from None


def _invalid(address: str, why: Message) -> Invalid:
    return Invalid(
        msg("`{address}` is no address that is called.", address=shown(address)),
        why=why,
        next=msg("Give it like `https://connector.example.org/dsp`."),
        detail="dsp-address",
    )


def _refused(address: str, why: Message) -> Refused:
    return Refused(
        msg("`{address}` is no address that is called.", address=shown(address)),
        why=why,
        next=msg("Give a public address over HTTPS."),
        detail="dsp-address",
    )
