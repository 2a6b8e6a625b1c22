"""Secrets that are made anew whenever they are needed, of a key and of what they are for.

Nothing secret is kept for them: whoever has the key makes the same one again. It is bound to each
thing that is said of it, so that the record of a grant cannot be widened behind it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doumen.kits.evidence.canonical import canonical


def vended(key: Ed25519PrivateKey, use: str, what: Mapping[str, Any]) -> str:
    """The secret: 64 hexadecimal digits (HMAC-SHA256 under a key by HKDF, RFC 5869).

    Args:
        key: Of the node; it signs elsewhere, so a key of its own is derived from it.
        use: What kind of secret it is; another kind never gives the same.
        what: All that it stands for, as JSON.
    """
    derived = HKDF(SHA256(), 32, None, f"doumen {use}".encode()).derive(key.private_bytes_raw())
    return hmac.digest(derived, canonical(what), "sha256").hex()
