"""What a provider says of somebody: an ID token, checked as OpenID Connect Core 1.0, 3.1.3.7 asks.

Only signatures by a private key that the provider alone has are taken, so that nothing that is
public (its keys, the secret of a client) can sign. Pure: keys, time and what is expected are given.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

from doumen.model.errors import Unavailable
from doumen.model.message import msg, plain

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
    "Ed25519",
)  # fmt: skip
"""Signatures that are taken."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
OLDEST = 600
"""Seconds since a token was made: it was asked for a moment ago."""
_LONGEST = 1 << 16
_KINDS = frozenset({"RSA", "EC", "OKP"})


class Wrong(Exception):
    """An ID token that does not hold; its text is for tests and for whoever looks for faults."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must say.

    Attributes:
        nonce: That was sent with the browser.
        access: The access token that came with it; None: none did.
        now: UTC.
    """

    issuer: str
    client: str
    nonce: str
    access: str | None
    now: datetime


def key_of(token: str) -> str | None:
    """Id of the key that a token says it is signed by.

    Raises:
        Wrong: it is no token, or signed in a way that is not taken.
    """
    header = _header(token)
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def checked(token: str, keys: Mapping[str, Any], expected: Expected) -> Mapping[str, Any]:
    """The claims of an ID token that holds.

    Args:
        token: As it came.
        keys: The keys of the provider, a JWK set.
        expected: What it must say.

    Raises:
        Wrong: it does not hold, and why.
    """
    claims = _verified(token, keys)
    _addressed(claims, expected)
    _timely(claims, expected.now.timestamp())
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not hmac.compare_digest(
        nonce.encode("utf-8", "replace"), expected.nonce.encode()
    ):
        raise Wrong("nonce")
    told = claims.get("at_hash")
    if told is not None and (
        expected.access is None or told != _half(expected.access, str(_header(token)["alg"]))
    ):
        raise Wrong("at_hash")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise Wrong("sub")
    return claims


def _addressed(claims: Mapping[str, Any], expected: Expected) -> None:
    if claims.get("iss") != expected.issuer:
        raise Wrong("iss")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or expected.client not in audiences:
        raise Wrong("aud")
    party = claims.get("azp")
    if (party is None and len(audiences) > 1) or party not in {None, expected.client}:
        raise Wrong("azp")


def _timely(claims: Mapping[str, Any], now: float) -> None:
    ends, made, begins = (claims.get(name) for name in ("exp", "iat", "nbf"))
    if not _number(ends) or ends + LEEWAY <= now:
        raise Wrong("exp")
    if not _number(made) or not now - OLDEST - LEEWAY <= made <= now + LEEWAY:
        raise Wrong("iat")
    if begins is not None and (not _number(begins) or begins > now + LEEWAY):
        raise Wrong("nbf")


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _header(token: str) -> Mapping[str, Any]:
    from joserfc import jws  # noqa: PLC0415 - an extra
    from joserfc.errors import JoseError  # noqa: PLC0415

    if len(token) > _LONGEST or token.count(".") != 2:
        raise Wrong("form")
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError, UnicodeEncodeError):
        raise Wrong("form") from None
    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise Wrong("alg")
    return header


def _verified(token: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims of a token that one of the keys signed.

    A key is tried where its kind fits, and where its id does if the token names one.
    """
    from joserfc import jwt  # noqa: PLC0415 - an extra
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import JWKRegistry  # noqa: PLC0415

    header = _header(token)
    for one in keys["keys"]:
        fits = one.get("kty") in _KINDS and one.get("use", "sig") == "sig"
        named = header.get("kid") is None or one.get("kid") == header["kid"]
        if not fits or not named or one.get("alg", header["alg"]) != header["alg"]:
            continue
        try:
            key = JWKRegistry.import_key({k: v for k, v in one.items() if k != "d"})
            claims = jwt.decode(token, key, algorithms=[str(header["alg"])]).claims
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(claims, dict):
            return claims
    raise Wrong("signature")


def _half(access: str, algorithm: str) -> str:
    """`at_hash`: the left half of the digest that goes with the signature (Core, 3.1.3.6)."""
    name = "sha512" if algorithm == "Ed25519" else f"sha{algorithm[2:]}"
    digest = hashlib.new(name, access.encode("utf-8")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode("ascii")


def needed() -> None:
    """Check that what reads tokens is installed.

    Raises:
        Unavailable: it is not.
    """
    try:
        import joserfc  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise Unavailable(
            msg("Providers of identity need a library that is not installed."),
            next=plain("pip install 'doumen[service]'"),
            detail="extra",
        ) from None
