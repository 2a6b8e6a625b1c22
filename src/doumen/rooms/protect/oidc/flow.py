"""The way of a browser to a provider and back: authorization code with PKCE (RFC 9700, 2.1.1).

What must come back (state, nonce, verifier) stands sealed in a cookie of the browser that was sent,
so that nothing is kept for strangers, no other browser can end what this one began, and an answer
of one provider is not taken for that of another: each has an address of its own to come back to,
and names itself where it can (RFC 9207). A state signs in once: its digest is kept with the actor
until it could not be used any more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from doumen.gate.desk import Desk
from doumen.model.actor import OWNER
from doumen.model.errors import Invalid, Refused
from doumen.model.fact import Facts
from doumen.model.identity import PROVIDER
from doumen.model.message import msg
from doumen.model.peer import Call
from doumen.rooms.protect.oidc import claims, person
from doumen.rooms.protect.oidc.claims import Expected, Wrong
from doumen.rooms.protect.oidc.directory import MOST, Directory, Metadata, answered
from doumen.rooms.protect.oidc.document import Provider
from doumen.rooms.protect.signin.attempts import stamp
from doumen.rooms.protect.signin.entry import OIDC, Way, opened, settled
from doumen.rooms.protect.signin.sessions import LASTING, Opened

COOKIE = "doumen_flow"
WITHIN = timedelta(minutes=10)
"""From the way there to the way back."""
BACK = "/signin/from/"
"""Path to come back to, with the name of the provider."""
FLOW, SECRET = "oidc flow", "oidc secret"
_DIRECTORY = Directory()


@dataclass(frozen=True, slots=True)
class _Flow:
    """What a browser takes along."""

    provider: str
    state: str
    nonce: str
    verifier: str
    base: str
    next: str
    expires: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a browser is sent, and the cookie that it takes along."""

    where: str
    cookie: str


def provider_of(facts: Facts, name: str) -> Provider:
    """A provider by name, by the facts as the owner knows them.

    Raises:
        Refused: there is none.
    """
    body = facts.body(PROVIDER, name)
    if body is None:
        raise person.unknown()
    return Provider.of(name, body)


def providers(facts: Facts) -> list[dict[str, str]]:
    """Name and title of each provider, for the page of the sign-in."""
    return [{"name": name, "title": body["title"]} for name, body in facts.all(PROVIDER)]


def begin(
    door: Desk,
    name: str,
    base: str,
    now: datetime,
    *,
    next: str = "/",
    directory: Directory = _DIRECTORY,
) -> Sent:
    """Send a browser to a provider.

    Args:
        door: The owner at the gate.
        name: Of the provider.
        base: Where the service is reached, without a slash at its end.
        now: UTC.
        next: Path of the page that is wanted after the sign-in.
        directory: What is known of providers.

    Raises:
        Refused: there is no such provider. Unavailable, Faulty: it does not answer as it should.
    """
    claims.needed()
    provider = provider_of(door.facts(), name)
    metadata = directory.metadata(door, provider.issuer)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    flow = _Flow(name, state, nonce, verifier, base, next[:1000], stamp(now + WITHIN))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    asked = {
        "response_type": "code",
        "client_id": provider.client,
        "redirect_uri": _back(flow),
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge.rstrip(b"=").decode("ascii"),
        "code_challenge_method": "S256",
    }
    sign = "&" if "?" in metadata.authorization else "?"
    sealed = door.seal(json.dumps(asdict(flow)), OWNER, FLOW)
    return Sent(f"{metadata.authorization}{sign}{urlencode(asked)}", sealed)


def finish(
    door: Desk,
    name: str,
    cookie: str,
    query: Mapping[str, str],
    now: datetime,
    *,
    lasting: timedelta = LASTING,
    directory: Directory = _DIRECTORY,
) -> tuple[Opened, str]:
    """Take a browser that comes back from a provider; gives the page that was wanted too.

    Raises:
        Refused: the answer does not hold, or whom it is of does not come in.
        Unavailable, Faulty: the provider does not answer as it should.
    """
    claims.needed()
    flow = _taken_along(door, name, cookie, query.get("state", ""), now)
    provider = provider_of(door.facts(), name)
    metadata = directory.metadata(door, provider.issuer)
    if metadata.names_itself or "iss" in query:
        _same(query.get("iss", ""), provider.issuer)
    if "error" in query or not query.get("code"):
        raise refused()
    token, access = _exchanged(door, provider, metadata, flow, query["code"])
    expected = Expected(provider.issuer, provider.client, flow.nonce, access, now)
    try:
        keys = directory.keys(door, provider.issuer, claims.key_of(token))
        told = claims.checked(token, keys, expected)
    except Wrong:
        raise refused() from None
    used = (hashlib.sha256(flow.state.encode()).hexdigest(), flow.expires)

    def once(facts: Facts) -> Opened | None:
        who = person.person(facts, provider, told, stamp(now))
        way = Way(OIDC, lasting, name, used, who.facts)
        return opened(door, facts, who.actor, way, now)

    return settled(door, once), flow.next


def goodbye(facts: Facts, name: str, base: str, directory: Directory = _DIRECTORY) -> str | None:
    """Where a browser signs out at a provider too (RP-Initiated Logout 1.0); None: nowhere."""
    body = facts.body(PROVIDER, name)
    metadata = None if body is None else directory.known(body["issuer"])
    if body is None or metadata is None or metadata.end_session is None:
        return None
    said = {"client_id": body["client"], "post_logout_redirect_uri": f"{base}/signout"}
    sign = "&" if "?" in metadata.end_session else "?"
    return f"{metadata.end_session}{sign}{urlencode(said)}"


def refused() -> Refused:
    """The one answer to all that does not hold."""
    return Refused(
        msg("You are not signed in."),
        why=msg("What the provider answered does not hold, or is not the answer to this sign-in."),
        next=msg("Begin again at the page of the sign-in."),
        detail="provider",
    )


def _taken_along(door: Desk, name: str, cookie: str, state: str, now: datetime) -> _Flow:
    """What the browser took along, if it is that of this answer."""
    try:
        flow = _Flow(**json.loads(door.unseal(cookie, OWNER, FLOW)))
    except (Invalid, ValueError, TypeError):
        raise refused() from None
    _same(state, flow.state)
    if flow.provider != name or stamp(now) >= flow.expires:
        raise refused()
    return flow


def _same(given: str, expected: str) -> None:
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise refused()


def _exchanged(
    door: Desk, provider: Provider, metadata: Metadata, flow: _Flow, code: str
) -> tuple[str, str | None]:
    """The ID token and the access token of a code."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _back(flow),
        "code_verifier": flow.verifier,
    }
    headers = {
        "accept": "application/json",
        "content-type": "application/x-www-form-urlencoded",
    }
    secret = None
    if provider.sealed is not None:
        secret = door.unseal(provider.sealed, OWNER, f"{SECRET} {provider.name}")
    if secret is None or metadata.posts_secret:
        form["client_id"] = provider.client
    if secret is not None and metadata.posts_secret:
        form["client_secret"] = secret
    elif secret is not None:  # RFC 6749, 2.3.1: both are form-encoded first
        pair = f"{quote(provider.client, safe='')}:{quote(secret, safe='')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"
    reply = door.ask(Call("POST", metadata.token, headers, urlencode(form).encode()), MOST)
    if 400 <= reply.status < 500:
        raise refused()
    told: Mapping[str, Any] = answered(metadata.token, reply)
    token, access = told.get("id_token"), told.get("access_token")
    if not isinstance(token, str):
        raise refused()
    return token, access if isinstance(access, str) else None


def _back(flow: _Flow) -> str:
    return f"{flow.base}{BACK}{flow.provider}"
