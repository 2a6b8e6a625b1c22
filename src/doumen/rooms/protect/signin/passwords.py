"""Passwords: what one may be, and the hash by which it is known again.

Prepared as RFC 8265 (OpaqueString) asks, then hashed by argon2id with the second choice of
RFC 9106, section 4: 3 passes over 64 MiB, 4 lanes, a salt of 16 bytes and a tag of 32. That is
above the least that the OWASP cheat sheet of password storage names (19 MiB, 2 passes, 1 lane). A
hash made by other parameters still holds, and is made anew at the next sign-in.
"""

from __future__ import annotations

import threading
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from doumen.model.errors import Invalid, Unavailable
from doumen.model.message import msg, plain, sentence

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""
TOGETHER = 4
"""Hashes that one process makes at one time: each takes 64 MiB."""
_TURNS = threading.BoundedSemaphore(TOGETHER)
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def checked(password: str, name: str) -> str:
    """A password that somebody chose, prepared.

    Raises:
        Invalid: it is too short or too long, is their name, is made of few characters, or holds
            characters that no keyboard is sure to give again; all of it is told at once.
    """
    faults = []
    made = prepared(password)
    if made is None:
        faults.append(msg("it holds control characters or such as have no meaning yet"))
        made = ""
    elif not SHORTEST <= len(made) <= LONGEST:
        faults.append(
            msg("it does not have {least} to {most} characters", least=SHORTEST, most=LONGEST)
        )
    folded = made.casefold()
    if made and len(folded.replace(name.casefold(), "")) < SHORTEST - 4:
        faults.append(msg("it is hardly more than the name"))
    if made and len(set(folded)) < 5:
        faults.append(msg("it is made of few characters"))
    if faults:
        raise Invalid(
            msg("This cannot be the password."),
            why=sentence(faults),
            next=msg("Take several words that do not belong together."),
            detail="password",
        )
    return made


def prepared(password: str) -> str | None:
    """As OpaqueString has it: spaces are U+0020, characters composed (NFC), case as it is.

    None: it has characters that are not allowed, or none at all. Joiners are refused too, which
    RFC 8265 allows in some places.
    """
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in password)
    made = unicodedata.normalize("NFC", spaced)
    if not made or any(unicodedata.category(c) in _REFUSED for c in made):
        return None
    return made


def hashed(password: str) -> str:
    """Hash of a prepared password, with its salt and parameters (PHC form)."""
    with _TURNS:
        return _hasher().hash(password)


def same(hash: str | None, password: str) -> bool:
    """Whether a password as it was typed is the one of a hash.

    Without a hash it costs the same time, and is False: nobody learns who has an account.
    """
    from argon2.exceptions import Argon2Error, InvalidHashError  # noqa: PLC0415 - an extra

    made = prepared(password[: LONGEST + 1])
    with _TURNS:
        try:
            found = _hasher().verify(hash or _nobody(), made or "-")
        except (Argon2Error, InvalidHashError):
            return False
    return found and hash is not None and made is not None and len(made) <= LONGEST


def stale(hash: str) -> bool:
    """Whether a hash was made by other parameters than are asked for today."""
    return _hasher().check_needs_rehash(hash)


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher, profiles  # noqa: PLC0415 - an extra
    except ImportError:
        raise Unavailable(
            msg("Passwords need a library that is not installed."),
            next=plain("pip install 'doumen[service]'"),
            detail="extra",
        ) from None
    return PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)


@cache
def _nobody() -> str:
    """A hash that no password has: of what `prepared` never gives."""
    return _hasher().hash("\x00")
