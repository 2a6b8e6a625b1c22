"""By what an interface knows us: a token, a name and password, a key, or OAuth 2.0 (RFC 6749, 4.4).

A secret goes to the origin of the source alone, and one of OAuth to its `token_url` alone.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote_plus, urlencode

from doumen.model.errors import Invalid
from doumen.model.message import msg
from doumen.rooms.collect.web import faults
from doumen.rooms.collect.web.address import Address

MARGIN = 30.0
"""Seconds before its end from which a token is not used any more."""
_CODES = frozenset({
    "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
    "unsupported_grant_type", "invalid_scope",
})  # fmt: skip
"""What a server of tokens may say (RFC 6749, section 5.2)."""


class Sign(Protocol):
    """What a request carries so that it is let in."""

    def headers(self) -> Mapping[str, str]:
        """Its headers.

        Raises:
            DoumenError: a token is not to be had.
        """
        ...

    def params(self) -> Mapping[str, str]:
        """Its parameters."""
        ...

    def renewed(self) -> bool:
        """Whether there may be another, after this one was not taken."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same for every request."""

    carried: Mapping[str, str] = field(default_factory=dict, repr=False)
    asked: Mapping[str, str] = field(default_factory=dict, repr=False)

    def headers(self) -> Mapping[str, str]:
        """As `Sign.headers`."""
        return self.carried

    def params(self) -> Mapping[str, str]:
        """As `Sign.params`."""
        return self.asked

    def renewed(self) -> bool:
        """There is no other."""
        return False


def bearer(token: str) -> Fixed:
    """A token (RFC 6750).

    Raises:
        Invalid: it holds what a header cannot.
    """
    return Fixed({"Authorization": f"Bearer {fit(token, 'token')}"})


def basic(user: str, password: str) -> Fixed:
    """A name and a password (RFC 7617), in UTF-8."""
    return Fixed({"Authorization": _basic(user, password)})


@dataclass(slots=True)
class ClientCredentials:
    """A token of OAuth 2.0 that the source gets for itself, and keeps as long as it holds.

    Attributes:
        url: Where tokens are.
        post: Sends a form there; gives status and body.
        in_body: The name and the secret stand in the form, not in a header.
        monotonic: Seconds, to know when a token ends.
    """

    url: Address
    client: str
    secret: str = field(repr=False)
    scope: str | None
    in_body: bool
    post: Callable[[Mapping[str, str], bytes], tuple[int, bytes]] = field(repr=False)
    monotonic: Callable[[], float] = field(repr=False)
    _token: str = field(default="", repr=False)
    _until: float = float("-inf")

    def headers(self) -> Mapping[str, str]:
        """As `Sign.headers`."""
        if self.monotonic() >= self._until:
            self._fetch()
        return {"Authorization": f"Bearer {self._token}"}

    def params(self) -> Mapping[str, str]:
        """None."""
        return {}

    def renewed(self) -> bool:
        """There is: it is fetched for the next request."""
        self._until = float("-inf")
        return True

    def _fetch(self) -> None:
        form = {"grant_type": "client_credentials"}
        if self.scope is not None:
            form["scope"] = self.scope
        headers = {"Content-Type": "application/x-www-form-urlencoded",
                   "Accept": "application/json"}  # fmt: skip
        if self.in_body:
            form |= {"client_id": self.client, "client_secret": self.secret}
        else:
            headers["Authorization"] = _basic(quote_plus(self.client), quote_plus(self.secret))
        status, body = self.post(headers, urlencode(form).encode())
        told = _object(body)
        if status != 200:
            code = told.get("error")
            raise faults.no_token(self.url, code if code in _CODES else None)
        token, kind = told.get("access_token"), told.get("token_type")
        if not isinstance(token, str) or str(kind).lower() != "bearer":
            raise faults.not_given(self.url, msg("It gives no token of type `Bearer`."))
        self._token = fit(token, "token_url")
        self._until = self.monotonic() + _lasting(told.get("expires_in"))


def _lasting(told: object) -> float:
    """How long a token is used; where nobody says, until it is not taken any more."""
    try:
        seconds = float(told) if isinstance(told, (int, float, str)) else float("inf")
    except ValueError:
        return float("inf")
    return max(seconds - MARGIN, seconds / 2)


def _object(body: bytes) -> Mapping[str, object]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def fit(secret: str, option: str) -> str:
    """A secret as a header may hold it.

    Raises:
        Invalid: it may not.
    """
    if not secret.isascii() or not secret.isprintable() or secret != secret.strip():
        raise Invalid(
            msg("The secret of `{option}` holds characters that a header cannot.", option=option),
            next=msg("Keep it as it was given out, in one line without spaces around it."),
            detail="secret",
        )
    return secret
