"""Addresses that are asked: in one form, told without their query, which may hold a key."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_plus, urlencode, urljoin, urlsplit

from doumen.model.errors import Invalid
from doumen.model.message import msg

MAX = 16_000
"""Most characters of an address."""
_SAFE = "%/:=&?~+!$,;'@()*[]"
"""Characters that stay as they are written, in the path and the query."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the web.

    Attributes:
        host: In lower case, an IPv6 address without its brackets.
        path: With its first slash.
        query: Without the question mark.
    """

    scheme: str
    host: str
    port: int
    path: str = "/"
    query: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a secret belongs to: scheme, host and port."""
        return self.scheme, self.host, self.port

    @property
    def target(self) -> str:
        """Path and query, as a request names them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def authority(self) -> str:
        """Host and port, the latter where it is not that of the scheme."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether it is of this machine, as it is written."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    def __str__(self) -> str:
        """As it is told: without the query."""
        return f"{self.scheme}://{self.authority}{self.path}"

    @property
    def whole(self) -> str:
        """All of it."""
        return f"{self.scheme}://{self.authority}{self.target}"

    def joined(self, reference: str) -> Address:
        """Where a reference leads from here (RFC 3986, section 5).

        Raises:
            Invalid: to no address of the web.
        """
        return parsed(urljoin(self.whole, reference.strip()))

    def below(self, path: str) -> Address:
        """An address below this one, which stands for a folder; its query is left out.

        Raises:
            Invalid: it is none, or leads out of it.
        """
        folder = self.path if self.path.endswith("/") else f"{self.path}/"
        found = replace(self, path=folder, query="").joined(f"./{path.lstrip('/')}")
        if found.origin != self.origin or not found.path.startswith(folder):
            raise _none(path)
        return found

    def asking(self, params: Iterable[tuple[str, str]]) -> Address:
        """With these parameters; one that stands there already is replaced by them."""
        given = list(params)
        names = {name for name, _ in given}
        kept = [
            part
            for part in self.query.split("&")
            if part and unquote_plus(part.partition("=")[0]) not in names
        ]
        return replace(self, query="&".join([*kept, *([urlencode(given)] if given else [])]))


def parsed(text: str) -> Address:
    """An address as it is written.

    Raises:
        Invalid: it is none of the web, or holds a name or a password.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _none(text) from None
    odd = any(c.isspace() or not c.isprintable() for c in text)
    if parts.scheme not in _PORTS or not parts.hostname or odd or port == 0 or len(text) > MAX:
        raise _none(text)
    if parts.username is not None or parts.password is not None:
        raise Invalid(
            msg("The address holds a user name or a password."),
            next=msg("Give them as options: the password is a secret, and stands elsewhere."),
            detail="address",
        )
    return Address(
        parts.scheme,
        parts.hostname,
        port or _PORTS[parts.scheme],
        quote(parts.path, safe=_SAFE) or "/",
        quote(parts.query, safe=_SAFE),
    )


def _none(text: str) -> Invalid:
    return Invalid(
        msg("`{address}` is no address that can be asked.", address=text.partition("?")[0][:200]),
        next=msg("Give it like `https://example.org/data`."),
        detail="address",
    )
