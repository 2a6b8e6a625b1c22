"""Keys: Ed25519 pairs, their ids, and the root key's certificates for working keys.

The root key signs certificates and nothing else. Keys are named by the thumbprint of
RFC 7638 in the form of RFC 8037 (appendix A.3), so a name cannot be given to another key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from doumen.kits.evidence.canonical import canonical
from doumen.model.errors import Invalid, Tampered
from doumen.model.message import Message, msg

_FIELDS = ("kid", "public", "origin", "issued")
_HEX = re.compile(r"[0-9a-f]{64}")
_PRIME = 2**255 - 19
_Y8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_WEAK = frozenset({0, 1, _PRIME - 1, _Y8, _PRIME - _Y8})
"""The y of the eight points of small order (RFC 8032, 5.1): by such a key anybody can sign."""


def new_key(seed: bytes) -> Ed25519PrivateKey:
    """The key of a seed: 32 random bytes, which are the private key of RFC 8032.

    Raises:
        Invalid: the seed has another length.
    """
    if len(seed) != 32:
        raise Invalid(
            msg("A key needs a seed of 32 bytes."),
            why=msg("It has {count}.", count=len(seed)),
            detail="key",
        )
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_hex(key: Ed25519PrivateKey) -> str:
    """The public half, as 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def kid(public: str) -> str:
    """The id of a public key (hex): its JWK thumbprint, SHA-256 in base64url."""
    x = base64.urlsafe_b64encode(bytes.fromhex(public)).rstrip(b"=").decode()
    thumb = hashlib.sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": x})).digest()
    return base64.urlsafe_b64encode(thumb).rstrip(b"=").decode()


def holds(public: str, signature: bytes, message: bytes) -> bool:
    """Whether the signature over the message is by the holder of this public key (hex)."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sound(public: str) -> bool:
    """Whether a stranger's public key is 64 digits in lower case, of a point that binds its holder.

    Signatures by a point of small order hold for any text, so its holder could deny them all.
    """
    if not _HEX.fullmatch(public):
        return False
    y = int.from_bytes(bytes.fromhex(public), "little") & (1 << 255) - 1
    return y < _PRIME and y not in _WEAK


def certify(root: Ed25519PrivateKey, public: str, name: str, issued: str) -> dict[str, str]:
    """The root key's word that a working key speaks for the node.

    Args:
        root: The node's root key.
        public: The working key's public half (hex).
        name: Origin of the node's ledger, as its checkpoints carry it.
        issued: RFC 3339, UTC.

    Returns:
        `kid, public, origin, issued` and `signature`: hex, over the canonical JSON of the others.
    """
    body = {"kid": kid(public), "public": public, "origin": name, "issued": issued}
    return body | {"signature": root.sign(canonical(body)).hex()}


def check_certificate(cert: Mapping[str, Any], root_public: str) -> str:
    """The working key's public half (hex), once its certificate is known to hold.

    `retired`, which a key file may add later, is not under the signature.

    Raises:
        Tampered: a field is missing, the id is not the key's, or the root key did not sign it.
    """
    texts = [cert.get(name) for name in (*_FIELDS, "signature")]
    if not all(isinstance(text, str) for text in texts):
        raise _wrong(msg("a field of it is missing"))
    body = {name: cert[name] for name in _FIELDS}
    try:
        named = kid(body["public"]) == body["kid"]
        signature = bytes.fromhex(cert["signature"])
    except ValueError as error:
        raise _wrong(msg("its key or signature is not hexadecimal")) from error
    if not named:
        raise _wrong(msg("its key is not the one that it names"))
    if not _certified(root_public, signature, canonical(body)):
        raise _wrong(msg("it was changed, or issued by another root key"))
    return str(body["public"])


_certified = lru_cache(maxsize=1024)(holds)
"""Whether a root key signed a certificate; asked with every request and receipt of a node."""


def _wrong(why: Message) -> Tampered:
    return Tampered(
        msg("The certificate of the working key does not hold."),
        why=msg("Compared with the root key given, {why}.", why=why),
        next=msg("Get the node's key file from the node itself: `doumen ledger export`."),
        detail="certificate",
    )


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a stranger needs to trust a node: its root key and the working keys it certified.

    Attributes:
        origin: Origin of the node's ledger.
        root: Public half of the root key (hex).
        certificates: As `certify` makes them; with `retired` (RFC 3339) once rotated out.
    """

    origin: str
    root: str
    certificates: tuple[Mapping[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """The file's JSON object."""
        certificates: Sequence[dict[str, Any]] = [dict(c) for c in self.certificates]
        return {"origin": self.origin, "root": self.root, "certificates": certificates}


def read_key_file(text: str) -> KeyFile:
    """Read a key file. Its certificates are not checked here.

    Raises:
        Invalid: it is no key file.
    """
    try:
        body = json.loads(text)
        file = KeyFile(body["origin"], body["root"], tuple(dict(c) for c in body["certificates"]))
        proper = isinstance(file.origin, str) and len(bytes.fromhex(file.root)) == 32
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _no_key_file() from error
    if not proper:
        raise _no_key_file()
    return file


def _no_key_file() -> Invalid:
    return Invalid(
        msg("This is not a key file."),
        why=msg(
            "A key file is JSON with `origin`, `root` (a public key in hexadecimal) and "
            "`certificates`."
        ),
        next=msg("The node writes one: `doumen ledger export`."),
        detail="key-file",
    )
