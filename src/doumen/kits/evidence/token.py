"""Tokens by which one node signs a request to another, and a reply to it.

In the shape of the Self-Issued ID Tokens of the Decentralized Claims Protocol 1.0: a JWT in the
compact form of JWS (RFC 7515) with EdDSA, whose issuer is its subject. Beside what that asks for,
it names method and path (`htm`, `htu`: names of RFC 9449) and the digest of the body, so it says
nothing about any other request, and carries the certificate by which the pinned root key answers
for the working key. Stricter than the standards: canonical JSON, no member more or less.
That an id comes once only is held by whoever keeps a state.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doumen.kits.evidence.canonical import canonical, parsed
from doumen.kits.evidence.jws import decode, encode, signature
from doumen.kits.evidence.keys import check_certificate, holds, sound
from doumen.model.errors import Refused, Tampered
from doumen.model.message import Message, msg
from doumen.model.participant import Participant

MAX_BYTES = 8192
LIFE = 60
"""Seconds that a token lasts, as we issue it."""
LONGEST = 300
SKEW = 60
"""Seconds by which the clocks of two nodes may differ."""
_ID = re.compile(r"[0-9A-Za-z._:-]{16,64}")
_CERTIFICATE = frozenset({"kid", "public", "origin", "issued", "signature"})


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says.

    Attributes:
        issuer: DID of who signs.
        audience: DID of whom it is for.
        id: Never twice from one issuer (`jti`).
        issued: Seconds since 1970, UTC (`iat`).
        expires: The same (`exp`).
        method: Of the request (`htm`).
        path: Of the request, below the base address of whom it was sent to (`htu`).
        digest: `digest_of` the body.
        certificate: Of the working key, by the root key.
        re: Of a reply: the id of the request.
        status: Of a reply.
    """

    issuer: str
    audience: str
    id: str
    issued: int
    expires: int
    method: str
    path: str
    digest: str
    certificate: Mapping[str, str]
    re: str | None = None
    status: int | None = None

    @property
    def until(self) -> int:
        """The second from which it is refused wherever it comes to; ids are kept until then."""
        return self.expires + SKEW


def digest_of(body: bytes) -> str:
    """SHA-256 of a body in base64url; of the empty one where there is none.

    Example:
        >>> digest_of(b"")
        '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'
    """
    return encode(hashlib.sha256(body).digest())


def issue(claims: Claims, key: Ed25519PrivateKey) -> str:
    """The token: compact JWS, by the working key that the certificate is for."""
    header = encode(canonical(_header(claims)))
    payload = encode(canonical(_payload(claims)))
    return f"{header}.{payload}.{encode(signature(header, payload, key))}"


def claimed(token: str) -> Claims:
    """What a token claims; nothing of it is verified, but its form.

    Raises:
        Tampered: it is not in the one form that `issue` writes.
    """
    if len(token) > MAX_BYTES or token.count(".") != 2:
        raise _malformed()
    header, payload, signed = token.split(".")
    try:
        head, body = (parsed(decode(part), msg("The token")) for part in (header, payload))
        claims = _claims(body)
        same = head == _header(claims) and body == _payload(claims) and len(decode(signed)) == 64
    except (KeyError, TypeError, Tampered) as error:
        raise _malformed() from error
    if not same or not _proper(claims):
        raise _malformed()
    return claims


def check(
    token: str,
    *,
    participant: Participant,
    audience: str,
    method: str,
    path: str,
    body: bytes | None,
    now: datetime,
    answers: tuple[str, int] | None = None,
) -> Claims:
    """What a token says, once it is known to be by a participant about this very request.

    Args:
        token: As it came.
        participant: Who is thought to have signed it, with the root key that was pinned.
        audience: Our own DID.
        method: Of the request, or of the one that is replied to.
        path: Of the same, below the base address.
        body: Of the request, or of the reply; None: it has not come yet, and all else is checked.
        now: In UTC.
        answers: Of a reply: the id of the request's token, and the status that came.

    Raises:
        Tampered: form, certificate or signature do not hold, or the body is another.
        Refused: it is about another request, by or for somebody else, or at another time.
    """
    claims = claimed(token)
    if claims.issuer != participant.id:
        raise _refused(msg("Another participant issued it."), "token-issuer")
    working = check_certificate(claims.certificate, participant.root)
    if claims.certificate["origin"] != participant.origin or not sound(working):
        raise _tampered(msg("The certificate in it is for another ledger."), "certificate")
    signed, _, value = token.rpartition(".")
    if not holds(working, decode(value), signed.encode("ascii")):
        raise _tampered(msg("Its signature does not hold."), "signature")
    if claims.audience != audience:
        raise _refused(msg("It is for another participant."), "token-audience")
    _timely(claims, now.timestamp())
    answered = None if claims.re is None else (claims.re, claims.status)
    if (claims.method, claims.path, answered) != (method, path, answers):
        raise _refused(msg("It is for another request."), "token-request")
    if body is not None:
        check_body(claims, body)
    return claims


def check_body(claims: Claims, body: bytes) -> None:
    """Hold the body of a request that came after its token was checked to what was signed.

    Raises:
        Tampered: it is another.
    """
    if not hmac.compare_digest(claims.digest, digest_of(body)):
        raise _tampered(msg("The body is not the one that was signed."), "token-body")


def _timely(claims: Claims, now: float) -> None:
    if claims.issued > now + SKEW:
        raise _refused(msg("It was issued in the future."), "token-early")
    if not claims.issued < claims.expires <= claims.issued + LONGEST:
        raise _refused(
            msg("It lasts longer than {seconds} seconds, or not at all.", seconds=LONGEST),
            "token-long",
        )
    if now >= claims.until:
        raise _refused(msg("It has expired."), "token-expired")


def _header(claims: Claims) -> dict[str, str]:
    kid = f"{claims.issuer}#{claims.certificate['kid']}"
    return {"alg": "EdDSA", "kid": kid, "typ": "JWT"}


def _payload(claims: Claims) -> dict[str, Any]:
    body = {
        "iss": claims.issuer,
        "sub": claims.issuer,
        "aud": claims.audience,
        "jti": claims.id,
        "iat": claims.issued,
        "exp": claims.expires,
        "htm": claims.method,
        "htu": claims.path,
        "digest": claims.digest,
        "certificate": dict(claims.certificate),
    }
    return body if claims.re is None else body | {"re": claims.re, "status": claims.status}


def _claims(body: Mapping[str, Any]) -> Claims:
    return Claims(
        issuer=body["iss"],
        audience=body["aud"],
        id=body["jti"],
        issued=body["iat"],
        expires=body["exp"],
        method=body["htm"],
        path=body["htu"],
        digest=body["digest"],
        certificate=body["certificate"],
        re=body.get("re"),
        status=body.get("status"),
    )


def _proper(claims: Claims) -> bool:
    """Whether each claim is of its kind."""
    texts = [claims.issuer, claims.audience, claims.id, claims.method, claims.path, claims.digest]
    numbers = [claims.issued, claims.expires]
    if claims.re is not None:
        texts, numbers = [*texts, claims.re], [*numbers, claims.status or 0]
    return (
        all(type(text) is str for text in (*texts, *claims.certificate.values()))
        and all(type(number) is int and number > 0 for number in numbers)
        and frozenset(claims.certificate) == _CERTIFICATE
        and all(_ID.fullmatch(text) for text in (claims.id, claims.re or claims.id))
    )


def _malformed() -> Tampered:
    return _tampered(msg("It is not in the one form of such tokens."), "token-form")


def _tampered(why: Message, detail: str) -> Tampered:
    return Tampered(
        msg("The signed request or reply does not hold."),
        why=why,
        next=msg("Ask the other participant; do not act on it."),
        detail=detail,
    )


def _refused(why: Message, detail: str) -> Refused:
    return Refused(
        msg("The token is not for this."),
        why=why,
        next=msg("Send one that is signed anew for this request; compare the clocks."),
        detail=detail,
    )
