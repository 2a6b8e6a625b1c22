"""A key behind a passphrase: scrypt (RFC 7914), then AES-256-GCM over the key.

The lock is public and lies beside what it locks. Its check sum tells a damaged lock from a
wrong passphrase; whoever changes a lock on purpose can make a sum that fits, and then the
passphrase does not open it.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from doumen.kits.evidence.canonical import canonical, parsed
from doumen.model.errors import Invalid, Tampered
from doumen.model.message import msg

FORMAT = "doumen-lock-1"
COST = 17
"""Logarithm of scrypt's N: 2^17 with r = 8 take 128 MiB and about half a second."""
MOST = 20
"""Largest cost that is tried: a lock may come from somebody else."""
SHORTEST = 8
"""Characters of the shortest passphrase."""
_R, _P = 8, 1


@dataclass(frozen=True, slots=True)
class Lock:
    """A locked key.

    Attributes:
        cost: Logarithm of scrypt's N.
        salt: 16 bytes or more, random for each lock.
        nonce: 12 bytes, random.
        locked: The key under its seal.
    """

    cost: int
    salt: bytes
    nonce: bytes
    locked: bytes

    @classmethod
    def make(
        cls, key: bytes, passphrase: str, entropy: Callable[[int], bytes], cost: int | None = None
    ) -> Lock:
        """Lock a key.

        Raises:
            Invalid: the passphrase is too short.
        """
        if len(passphrase) < SHORTEST:
            raise Invalid(
                msg("The passphrase has {count} characters.", count=len(passphrase)),
                why=msg("Whoever finds it out can read everything; it takes at least {least}.",
                        least=SHORTEST),
                next=msg("Take a long one, such as five words that belong to nobody."),
                detail="passphrase",
            )  # fmt: skip
        cost = COST if cost is None else cost
        salt, nonce = entropy(32), entropy(12)
        cipher = AESGCM(_stretched(passphrase, salt, cost))
        return cls(cost, salt, nonce, cipher.encrypt(nonce, key, _bound(cost, salt)))

    def open(self, passphrase: str) -> bytes:
        """The key.

        Raises:
            Invalid: the passphrase is another.
        """
        cipher = AESGCM(_stretched(passphrase, self.salt, self.cost))
        try:
            return cipher.decrypt(self.nonce, self.locked, _bound(self.cost, self.salt))
        except InvalidTag:
            raise Invalid(
                msg("The passphrase does not open the backups."),
                why=msg("It is another one, or the lock was replaced by somebody else's."),
                next=msg("Give the passphrase with which the first backup in it was made."),
                detail="passphrase",
            ) from None

    def as_json(self) -> dict[str, Any]:
        """The lock as it is kept."""
        body: dict[str, Any] = {
            "format": FORMAT,
            "cost": self.cost,
            "salt": self.salt.hex(),
            "nonce": self.nonce.hex(),
            "locked": self.locked.hex(),
        }
        return body | {"sum": _sum(body)}


def read_lock(text: bytes) -> Lock:
    """Read a lock.

    Raises:
        Tampered: it was changed or cut.
    """
    try:
        body = dict(parsed(text, msg("The lock")))
        told = body.pop("sum")
        lock = Lock(
            int(body["cost"]), *(bytes.fromhex(body[name]) for name in ("salt", "nonce", "locked"))
        )
        proper = 1 <= lock.cost <= MOST and len(lock.nonce) == 12 and body["format"] == FORMAT
        holds = proper and told == _sum(body)
    except (Tampered, ValueError, KeyError, TypeError, AttributeError):
        holds = False
    if not holds:
        raise Tampered(
            msg("The lock of the backups was changed or cut."),
            next=msg("Put `lock.json` back from a copy of the folder."),
            detail="lock",
        )
    return lock


def _stretched(passphrase: str, salt: bytes, cost: int) -> bytes:
    text = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return Scrypt(salt, 32, 1 << cost, _R, _P).derive(text)


def _bound(cost: int, salt: bytes) -> bytes:
    return f"{FORMAT} {cost} ".encode() + salt


def _sum(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()
