"""The second factor: codes by time (RFC 6238), and codes for when the device is lost.

SHA-1, 6 digits and steps of 30 seconds: what every authenticator app does. The code of the step
before and after holds too, and none holds twice: the step of the last is kept. A recovery code is
80 random bits, which nobody can try out, so that SHA-256 is enough to keep it by.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

STEP, DIGITS, WINDOW = 30, 6, 1
RECOVERY = 10
"""Recovery codes that are made at one time."""
BYTES = 20
"""Of a secret: the length of the hash (RFC 4226, section 4)."""


def step_of(secret: bytes, code: str, now: datetime, after: int) -> int | None:
    """The time step of a code, if it holds now and is later than the last that was used."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == DIGITS):
        return None
    here = int(now.timestamp()) // STEP
    found = None
    for step in range(max(here - WINDOW, 0), here + WINDOW + 1):
        if hmac.compare_digest(code_at(secret, step), digits) and step > after:
            found = step
    return found


def code_at(secret: bytes, step: int) -> str:
    """The code of a time step."""
    made = HOTP(secret, DIGITS, SHA1(), enforce_key_length=False)  # noqa: S303 - RFC 6238 asks it
    return made.generate(step).decode("ascii")


def address(secret: bytes, actor: str, node: str) -> str:
    """The `otpauth:` address that apps read (the Key URI format of Google Authenticator)."""
    issuer = node.replace(":", " ")
    words = {"secret": base64.b32encode(secret).decode("ascii"), "issuer": issuer}
    return f"otpauth://totp/{quote(issuer)}:{quote(actor)}?{urlencode(words, quote_via=quote)}"


def recovery(random: bytes) -> tuple[str, ...]:
    """Recovery codes out of random bytes, ten for each."""
    texts = (
        base64.b32encode(random[n : n + 10]).decode("ascii").lower()
        for n in range(0, len(random), 10)
    )
    return tuple("-".join(text[n : n + 4] for n in range(0, 16, 4)) for text in texts)


def digest(code: str) -> str:
    """By what a recovery code is kept; spaces, hyphens and case do not matter."""
    bare = "".join(c for c in code if c.isalnum()).lower()
    return hashlib.sha256(bare.encode("utf-8")).hexdigest()


def without(kept: Sequence[str], code: str) -> list[str] | None:
    """The recovery codes that are left once this one is used; None: it is none of them."""
    made = digest(code)
    left = [one for one in kept if not hmac.compare_digest(one, made)]
    return left if len(left) < len(kept) else None
