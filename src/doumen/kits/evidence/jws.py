"""Signatures over a payload: JWS in its general JSON form, which can hold several.

RFC 7515 section 7.2.1 with EdDSA of RFC 8037. Stricter than the standard, so that a signed
text has exactly one spelling: the JSON is canonical (RFC 8785), the protected header holds
`alg` and `kid` only, base64url has no spare bits, and nothing stands outside the signatures.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from doumen.kits.evidence.canonical import canonical, parsed
from doumen.kits.evidence.keys import holds
from doumen.model.errors import Conflict, Tampered
from doumen.model.message import enumerated, msg


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: the id of its key, the protected header (base64url), the 64 bytes."""

    kid: str
    protected: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed payload as read; nothing of it is verified yet."""

    payload: bytes
    signatures: tuple[Signature, ...]


def sign(payload: bytes, key: Ed25519PrivateKey, kid: str) -> str:
    """A payload with its first signature."""
    return _written(Envelope(payload, (_signed(payload, key, kid),)))


def countersign(text: str, key: Ed25519PrivateKey, kid: str) -> str:
    """The same payload with one more signature, after those that are there.

    Raises:
        Tampered: the text is no signed payload.
        Conflict: this key has signed it already.
    """
    envelope = read(text)
    if kid in signers(text):
        raise Conflict(msg("Key `{kid}` has signed this already.", kid=kid), detail="signed")
    more = (*envelope.signatures, _signed(envelope.payload, key, kid))
    return _written(Envelope(envelope.payload, more))


def signers(text: str) -> tuple[str, ...]:
    """Ids of the keys that claim to have signed, in order; not verified."""
    return tuple(signature.kid for signature in read(text).signatures)


def verify(text: str, keys: Mapping[str, str]) -> bytes:
    """The payload, once every signature by a known key holds, and there is at least one.

    Signatures by other keys are left unjudged: ask `signers` and give their keys to judge them.

    Args:
        text: The signed text.
        keys: Key id → public key (hex).

    Raises:
        Tampered: not in the one form, no signature by a known key, or one that does not hold.
    """
    envelope = read(text)
    known = [signature for signature in envelope.signatures if signature.kid in keys]
    if not known:
        raise Tampered(
            msg("None of the keys given has signed this."),
            why=msg(
                "It names the keys {kids}.", kids=enumerated(s.kid for s in envelope.signatures)
            ),
            next=msg("Get the key file of the node that issued it."),
            detail="unknown-key",
        )
    body = encode(envelope.payload)
    for signature in known:
        message = f"{signature.protected}.{body}".encode("ascii")
        if not holds(keys[signature.kid], signature.value, message):
            raise Tampered(
                msg("The signature of key `{kid}` does not hold.", kid=signature.kid),
                why=msg("The text was changed after it was signed, or signed by another key."),
                detail="signature",
            )
    return envelope.payload


def read(text: str) -> Envelope:
    """Take a signed text apart without verifying it.

    Raises:
        Tampered: it is not in the one form that this module writes.
    """
    try:
        body = parsed(text.encode(), msg("The signed text"))
        signatures = tuple(
            Signature(_kid(entry["protected"]), entry["protected"], decode(entry["signature"]))
            for entry in body["signatures"]
        )
        envelope = Envelope(decode(body["payload"]), signatures)
        same = bool(signatures) and _written(envelope) == text
    except (KeyError, TypeError, UnicodeError) as error:
        raise _malformed() from error
    if not same:
        raise _malformed()
    return envelope


def signature(protected: str, payload: str, key: Ed25519PrivateKey) -> bytes:
    """The 64 bytes over `protected.payload`, both in base64url (RFC 7515, 5.1)."""
    return key.sign(f"{protected}.{payload}".encode("ascii"))


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """The bytes of base64url without padding, in its one spelling.

    Raises:
        Tampered: other characters, padding, or spare bits that are not zero.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise _malformed() from error
    if encode(data) != text:
        raise _malformed()
    return data


def _header(kid: str) -> str:
    return encode(canonical({"alg": "EdDSA", "kid": kid}))


def _kid(protected: str) -> str:
    kid = parsed(decode(protected), msg("The protected header"))["kid"]
    if not isinstance(kid, str) or _header(kid) != protected:
        raise _malformed()
    return kid


def _signed(payload: bytes, key: Ed25519PrivateKey, kid: str) -> Signature:
    protected = _header(kid)
    return Signature(kid, protected, signature(protected, encode(payload), key))


def _written(envelope: Envelope) -> str:
    signatures = [
        {"protected": s.protected, "signature": encode(s.value)} for s in envelope.signatures
    ]
    body = {"payload": encode(envelope.payload), "signatures": signatures}
    return canonical(body).decode("ascii")


def _malformed() -> Tampered:
    return Tampered(
        msg("The signed text does not have the form of a receipt."),
        why=msg("It was changed, cut, or written by another program."),
        next=msg("Ask the sender for the original file."),
        detail="form",
    )
