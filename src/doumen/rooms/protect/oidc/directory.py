"""Addresses and keys of providers, as they tell them (OpenID Connect Discovery 1.0, RFC 8414).

What was fetched is believed for ten minutes, by one process. Keys are fetched anew when a token
names one that is not known, once in half a minute at most, so that tokens with keys that are made
up cause no more. All of it is asked within the reach of the node, and bounded in size.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from doumen.gate.desk import Desk
from doumen.kits.standards.dsp import Reach, callback
from doumen.model.errors import DoumenError, Faulty, Unavailable
from doumen.model.hosts import is_loopback
from doumen.model.message import Message, msg
from doumen.model.peer import Call, Reply

MOST = 1 << 19
"""Bytes of a document."""
BELIEVED, AGAIN = 600.0, 30.0
"""Seconds that a document is believed, and after which keys may be fetched anew."""
KNOWN = 32
"""Providers that are remembered."""
WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider tells of itself.

    Attributes:
        authorization: Where browsers are sent.
        token: Where a code is exchanged.
        jwks: Where its keys are.
        end_session: Where a browser signs out there; None: nowhere.
        names_itself: Whether every answer of it names the issuer (RFC 9207).
        posts_secret: Whether the secret of a client goes into the form of a request.
    """

    authorization: str
    token: str
    jwks: str
    end_session: str | None
    names_itself: bool
    posts_secret: bool


@dataclass(slots=True)
class _Known:
    metadata: Metadata
    since: float
    keys: Mapping[str, Any] | None = None
    fetched: float = 0.0


class Directory:
    """What one process knows of providers.

    Args:
        clock: Seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def metadata(self, door: Desk, issuer: str) -> Metadata:
        """What a provider tells of itself.

        Raises:
            Unavailable: it does not answer. Refused: it leads where this node may not ask.
            Faulty: it is not the issuer, or what it tells is no metadata.
        """
        return self._of(door, issuer).metadata

    def keys(self, door: Desk, issuer: str, wanted: str | None) -> Mapping[str, Any]:
        """Its keys (a JWK set), the one of this id among them if it has it."""
        known, now = self._of(door, issuer), self._clock()
        old = known.keys is None or now - known.fetched > BELIEVED
        missing = wanted is not None and not any(
            one.get("kid") == wanted for one in (known.keys or {}).get("keys", ())
        )
        if known.keys is None or old or (missing and now - known.fetched > AGAIN):
            known.keys = _keys(door, known.metadata.jwks)
            known.fetched = now
        return known.keys

    def known(self, issuer: str) -> Metadata | None:
        """What was fetched before, without asking."""
        with self._lock:
            found = self._known.get(issuer)
        return None if found is None else found.metadata

    def forget(self, issuer: str) -> None:
        """Ask anew the next time."""
        with self._lock:
            self._known.pop(issuer, None)

    def _of(self, door: Desk, issuer: str) -> _Known:
        with self._lock:
            found = self._known.get(issuer)
        if found is not None and self._clock() - found.since <= BELIEVED:
            return found
        made = _Known(_metadata(door, issuer), self._clock())
        with self._lock:
            self._known[issuer] = made
            while len(self._known) > KNOWN:
                self._known.popitem(last=False)
        return made


def _metadata(door: Desk, issuer: str) -> Metadata:
    told = document(door, issuer.rstrip("/") + WELL_KNOWN)
    if told.get("issuer") != issuer:
        raise faulty(issuer, msg("It calls itself by another name."))
    addresses = {}
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        given = told.get(name)
        if not isinstance(given, str):
            raise faulty(issuer, msg("It does not tell `{name}`.", name=name))
        addresses[name] = given
    reach = door.reach()
    for name in ("token_endpoint", "jwks_uri"):
        callback(addresses[name], reach)
    end = told.get("end_session_endpoint")
    for shown in (addresses["authorization_endpoint"], end):
        if shown is not None and not _shown(shown, reach):
            raise faulty(issuer, msg("It sends browsers to an address without TLS."))
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return Metadata(
        authorization=addresses["authorization_endpoint"],
        token=addresses["token_endpoint"],
        jwks=addresses["jwks_uri"],
        end_session=end,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        posts_secret="client_secret_basic" not in ways and "client_secret_post" in ways,
    )


def _keys(door: Desk, address: str) -> Mapping[str, Any]:
    told = document(door, address)
    keys = told.get("keys")
    if not isinstance(keys, list) or len(keys) > 100:
        raise faulty(address, msg("It is no set of keys."))
    return {"keys": [one for one in keys if isinstance(one, dict)]}


def document(door: Desk, address: str) -> Mapping[str, Any]:
    """A JSON object at an address."""
    return answered(address, door.ask(Call("GET", address, {"accept": "application/json"}), MOST))


def answered(address: str, reply: Reply) -> Mapping[str, Any]:
    """The JSON object of an answer.

    Raises:
        Unavailable: it is an error. Faulty: it is none.
    """
    if reply.status != 200:
        raise Unavailable(
            msg("The provider does not answer at `{address}`.", address=address),
            why=msg("The server answers with status {status}.", status=reply.status),
            next=msg("Try again later, or ask whoever runs it."),
            detail="provider",
        )
    try:
        told = json.loads(reply.body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise faulty(address, msg("It is no JSON object."))
    return told


def faulty(place: str, why: Message) -> DoumenError:
    """A provider that does not answer as it should."""
    return Faulty(
        msg("The provider at `{place}` does not answer as it should.", place=place),
        why=why,
        next=msg("Check the issuer, or tell whoever runs it."),
        detail="provider",
    )


def _shown(address: Any, reach: Reach) -> bool:
    """Whether a browser may be sent to an address."""
    if not isinstance(address, str) or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.fragment or "@" in parts.netloc or not host:
        return False
    local = reach is Reach.LOOPBACK and is_loopback(host)
    return parts.scheme == "https" or (parts.scheme == "http" and local)
