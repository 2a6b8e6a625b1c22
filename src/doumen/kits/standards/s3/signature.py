"""AWS Signature Version 4 in the header `Authorization`, as whoever is asked verifies it. Pure.

Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header (AWS
Signature Version 4)". Paths are encoded once and never normalised, as S3 has it. Which headers
must be signed, and what a request may be, `request` says.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote_to_bytes

from doumen.model.errors import Refused
from doumen.model.message import msg

ALGORITHM = "AWS4-HMAC-SHA256"
EMPTY = hashlib.sha256(b"").hexdigest()
"""The digest of no body."""
SKEW = timedelta(minutes=15)
"""By which the clock of a client may differ."""
_SPACES = re.compile(rb" +")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a key is derived for: `20130524/us-east-1/s3/aws4_request`."""

    day: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.day}/{self.region}/{self.service}/aws4_request"


@dataclass(frozen=True, slots=True)
class Signed:
    """A request with its signature; nothing is verified but its form.

    Attributes:
        key: Id of the key that it says it was signed by.
        moment: When it says that it was signed, in UTC.
        canonical: What was signed, in the one form that both sides write.
        signature: 64 hexadecimal digits.
    """

    key: str
    moment: datetime
    scope: Scope
    canonical: bytes
    signature: str


def canonical_request(
    method: str,
    path: bytes,
    query: bytes,
    *,
    headers: Mapping[str, Sequence[bytes]],
    names: Sequence[str],
    payload: str,
) -> bytes:
    """What is signed of a request.

    Args:
        method: In capitals.
        path: As it was sent.
        query: As it was sent, without `?`.
        headers: Name in small letters → its values, in the order in which they came.
        names: Of those that are signed, sorted.
        payload: Digest of the body, or the word in its place.
    """
    lines = [method.encode(), canonical_path(path), canonical_query(query)]
    for name in names:
        values = b",".join(_SPACES.sub(b" ", value.strip()) for value in headers[name])
        lines.append(name.encode() + b":" + values)
    return b"\n".join([*lines, b"", ";".join(names).encode(), payload.encode()])


def canonical_path(path: bytes) -> bytes:
    """A path as it is signed: every byte but unreserved ones and `/` as `%XX`, once.

    Example:
        >>> canonical_path("/ሴ/a b".encode())
        b'/%E1%88%B4/a%20b'
    """
    return quote(unquote_to_bytes(path) or b"/", safe="/-_.~").encode()


def canonical_query(query: bytes) -> bytes:
    """A query string as it is signed: encoded, and sorted by name, then by value.

    Example:
        >>> canonical_query(b"prefix=J&max-keys=2&acl")
        b'acl=&max-keys=2&prefix=J'
    """
    pairs = (part.partition(b"=") for part in query.split(b"&") if part)
    encoded = sorted((_encoded(name), _encoded(value)) for name, _, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded).encode()


def signature_of(canonical: bytes, scope: Scope, moment: datetime, secret: str) -> str:
    """The signature of a request, as 64 hexadecimal digits."""
    digest = hashlib.sha256(canonical).hexdigest()
    text = f"{ALGORITHM}\n{moment:%Y%m%dT%H%M%SZ}\n{scope}\n{digest}"
    key = f"AWS4{secret}".encode()
    for part in (scope.day, scope.region, scope.service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def holds(signed: Signed, secret: str) -> bool:
    """Whether a request was signed with this secret; takes as long whichever it is."""
    made = signature_of(signed.canonical, signed.scope, signed.moment, secret)
    return hmac.compare_digest(made, signed.signature)


def check_time(signed: Signed, now: datetime) -> None:
    """Let a request pass that was signed just now, or was by the clock of its client.

    Raises:
        Refused: the clocks differ too much, or it is an old one that is sent again.
    """
    if abs(now - signed.moment) > SKEW:
        raise Refused(
            msg("The request was signed at another time than it came."),
            why=msg("It says {moment}, and it is {now} (UTC).",
                    moment=f"{signed.moment:%Y-%m-%dT%H:%M:%SZ}",
                    now=f"{now:%Y-%m-%dT%H:%M:%SZ}"),
            next=msg("Set the clock of the client."),
            detail="skew",
        )  # fmt: skip


def _encoded(text: bytes) -> str:
    return quote(unquote_to_bytes(text), safe="-_.~")
