"""The cookies of pages: who is signed in, how they like to see it, and what was just done.

What stands in a cookie comes from a browser and is believed as far as it can be checked: the news
of a form is signed for the sign-in that it was made for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence

from doumen.model.message import Message, packed, unpacked

SESSION = "doumen_session"
GUEST = "doumen_guest"
"""Binds the forms of somebody who is not signed in."""
LANGUAGE, THEME, PURPOSE, NEWS = "doumen_lang", "doumen_theme", "doumen_purpose", "doumen_news"
YEAR = 365 * 24 * 3600
_LONGEST = 3000


def bound(cookies: Mapping[str, str]) -> str:
    """What the forms of a browser are bound to; nothing where it has no cookie of ours yet."""
    return cookies.get(SESSION) or cookies.get(GUEST, "")


def guest() -> str:
    """For a browser that nobody is signed in with."""
    return secrets.token_urlsafe(32)


def cookie(
    name: str, value: str, *, seconds: int | None, secure: bool, hidden: bool = True
) -> tuple[str, str]:
    """The header that sets a cookie.

    Args:
        name: Of the cookie.
        value: Without `;`, blanks and quotes.
        seconds: That it lasts; None: until the browser is closed; 0: it is removed.
        secure: Whether it is for TLS only.
        hidden: Whether scripts may not read it.
    """
    parts = [f"{name}={value}", "Path=/", "SameSite=Lax"]
    parts += [] if seconds is None else [f"Max-Age={seconds}"]
    parts += ["Secure"] if secure else []
    parts += ["HttpOnly"] if hidden else []
    return "set-cookie", "; ".join(parts)


def news(said: Sequence[Message], bound: str) -> str:
    """What was just done, signed for one sign-in; nothing where it is too long to be carried."""
    body = json.dumps([packed(one) for one in said], ensure_ascii=False).encode()
    text = base64.urlsafe_b64encode(_tag(body, bound) + body).decode()
    return text if len(text) <= _LONGEST else ""


def read_news(text: str, bound: str) -> tuple[Message, ...]:
    """What `news` wrote for the same sign-in; nothing of anything else."""
    try:
        held = base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError):
        return ()
    tag, body = held[:32], held[32:]
    if not bound or not hmac.compare_digest(tag, _tag(body, bound)):
        return ()
    return tuple(filter(None, map(unpacked, json.loads(body))))


def _tag(body: bytes, bound: str) -> bytes:
    return hmac.digest(bound.encode(), b"doumen news" + body, hashlib.sha256)
