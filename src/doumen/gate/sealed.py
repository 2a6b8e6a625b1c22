"""Secrets that must be kept readable: sealed for one actor and one use, under a key of the node.

The key is derived (HKDF-SHA256, RFC 5869) from the keys of masks, which lie in the folder of keys
and never change; the seal is AES-256-GCM under a random nonce, with the actor and the use as
associated data. A store without that folder holds nothing that opens it.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from doumen.gate.means import Means
from doumen.model.actor import Actor
from doumen.model.errors import Invalid, Refused
from doumen.model.message import msg

_NONCE = 12
_INFO = b"doumen sealed 1"


def seal(means: Means, actor: Actor, text: str, *, of: str, use: str) -> str:
    """A secret as text (base64url) that only this node opens.

    Raises:
        Refused: it is of another, and the actor is not the owner.
    """
    _may(actor, of)
    nonce = means.entropy(_NONCE)
    closed = _key(means).encrypt(nonce, text.encode("utf-8"), _bound(of, use))
    return base64.urlsafe_b64encode(nonce + closed).decode("ascii")


def unseal(means: Means, actor: Actor, text: str, *, of: str, use: str) -> str:
    """What was sealed for this actor and use.

    Raises:
        Refused: it is of another, and the actor is not the owner.
        Invalid: it was not sealed by this node, or for another actor or use.
    """
    _may(actor, of)
    try:
        given = base64.urlsafe_b64decode(text.encode("ascii"))
        opened = _key(means).decrypt(given[:_NONCE], given[_NONCE:], _bound(of, use))
    except (UnicodeEncodeError, binascii.Error, ValueError, InvalidTag):
        raise Invalid(
            msg("What is given was not sealed by this node for this."), detail="sealed"
        ) from None
    return opened.decode("utf-8")


def _key(means: Means) -> AESGCM:
    material = bytes.fromhex("".join(means.mask_keys))
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=_INFO).derive(material))


def _bound(of: str, use: str) -> bytes:
    return f"{use}\n{of}".encode()


def _may(actor: Actor, of: str) -> None:
    if not actor.is_owner and actor.name != of:
        raise Refused(
            msg("Actor `{actor}` may not open what is sealed for another.", actor=actor.name),
            detail="role",
        )
