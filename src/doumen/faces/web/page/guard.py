"""What guards pages: the headers that bind a browser, and the tokens of forms.

A form is taken only with a token that was made for the same browser session: an HMAC of what its
cookie holds, masked anew on each page so that compression tells nothing of it (BREACH). Browsers
also say where a request came from (`Sec-Fetch-Site`, `Origin`); a foreign one is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from doumen.model.errors import Refused
from doumen.model.message import msg

FIELD = "csrf"
"""Name of the field of a form that holds its token."""
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_SIZE = 32


def token(bound: str) -> str:
    """A token for the forms of one page.

    Args:
        bound: What the cookie of the browser holds that the form is bound to.
    """
    mask = secrets.token_bytes(_SIZE)
    return base64.urlsafe_b64encode(mask + _masked(_true(bound), mask)).decode()


def check(bound: str, given: str, headers: Mapping[str, str], host: str) -> None:
    """Check that a form was sent by a page that was shown to the same browser session.

    Args:
        bound: As `token` took it.
        given: The token that the form holds.
        headers: Of the request, their names in small letters.
        host: Name and port under which the service was reached.

    Raises:
        Refused: it was not.
    """
    site = headers.get("sec-fetch-site", "same-origin")
    origin = headers.get("origin")
    foreign = site not in {"same-origin", "none"} or (
        origin is not None and origin != "null" and _netloc(origin) != host
    )
    if foreign or origin == "null" or not bound or not _fits(bound, given):
        raise Refused(
            msg("The form was not sent by a page of this sign-in."),
            why=msg("It is old, or another site sent it."),
            next=msg("Load the page again and send the form once more."),
            detail="form",
        )


def local(address: str, otherwise: str = "/") -> str:
    """An address on this service, as somebody gave it; another place is not gone to."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    odd = any(c in address for c in "\\\r\n\t") or not address.isprintable()
    if odd or parts.scheme or parts.netloc or not address.startswith("/"):
        return otherwise
    return otherwise if address.startswith("//") else address


def _netloc(origin: str) -> str | None:
    """Name and port of an origin; None: it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _true(bound: str) -> bytes:
    return hmac.digest(bound.encode(), b"doumen form", hashlib.sha256)


def _masked(value: bytes, mask: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(value, mask, strict=True))


def _fits(bound: str, given: str) -> bool:
    try:
        held = base64.urlsafe_b64decode(given)
    except (binascii.Error, ValueError):
        return False
    if len(held) != 2 * _SIZE:
        return False
    return hmac.compare_digest(_masked(held[_SIZE:], held[:_SIZE]), _true(bound))
