"""What came, as a signed request for one thing: its form is judged here, and nothing is verified.

Stricter than S3: a header that is signed or meant for us comes once; host, digest, date and all
else of `x-amz-` is signed; there is no body, signed or not; a signature in the address is refused,
since addresses are written to the logs of others; a path is written in the one way that is signed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, unquote_to_bytes

from doumen.kits.standards.s3.signature import (
    ALGORITHM,
    EMPTY,
    Scope,
    Signed,
    canonical_path,
    canonical_request,
)
from doumen.model.errors import Invalid, Refused
from doumen.model.message import Message, msg

Headers = Sequence[tuple[bytes, bytes]]
"""Names in small letters and values, as they came."""

_UNSIGNED = "UNSIGNED-PAYLOAD"
_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} "
    r"Credential=([0-9A-Za-z]{1,128})/([0-9]{8})/([0-9a-z-]{1,64})/s3/aws4_request, ?"
    r"SignedHeaders=([0-9a-z;-]{1,2048}), ?Signature=([0-9a-f]{64})",
    re.ASCII,
)
_ONCE = frozenset({
    "authorization", "content-length", "expect", "host", "if-match", "if-none-match", "if-range",
    "range", "transfer-encoding",
})  # fmt: skip
"""Headers beside `x-amz-…` that mean something here."""
_IN_ADDRESS = "x-amz-"
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))", re.ASCII)
MOST = 64
"""Parameters of one request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    Attributes:
        bucket: The first part of its path below that of the service.
        name: What follows; empty: the bucket itself.
        signed: By whom.
    """

    bucket: str
    name: str
    signed: Signed


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of a file, both ends included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self.last - self.first + 1


def read_request(method: str, path: bytes, query: bytes, headers: Headers, below: str) -> Asked:
    """The signed request that came.

    Args:
        method: `GET` or `HEAD`.
        path: As it was sent.
        query: As it was sent, without `?`.
        headers: All of them.
        below: Path of the service.

    Raises:
        Refused: it is not signed in the one form that is taken.
        Invalid: it has a body, or a path in another form.
    """
    given = _once(headers)
    if _has_body(given):
        raise _malformed(msg("It has a body."))
    if any(name.lower().startswith(_IN_ADDRESS) for name, _ in _pairs(query)):
        raise Refused(
            msg("A signature in the address is not taken."),
            why=msg("Addresses are written to the logs of others."),
            next=msg("Sign in the header `Authorization`."),
            detail="presigned",
        )
    if "x-amz-security-token" in given:
        raise Refused(
            msg("These keys have no session token."),
            next=msg("Leave it out, and unset AWS_SESSION_TOKEN."),
            detail="session-token",
        )
    signed = _signed(method, path, query, given)
    if path != canonical_path(path) or not path.startswith(f"{below}/".encode()):
        raise _malformed(msg("Its path is not written in the one way that is signed."))
    with suppress(UnicodeDecodeError):
        text = unquote_to_bytes(path[len(below) + 1 :]).decode("utf-8")
        bucket, _, name = text.partition("/")
        return Asked(bucket, name, signed)
    raise _malformed(msg("Its path is not written in the one way that is signed."))


def read_query(query: bytes) -> dict[str, str]:
    """The parameters of a request, each once.

    Raises:
        Invalid: one comes twice, or there are too many.
    """
    pairs = _pairs(query)
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _malformed(msg("Its parameters are too many, or come twice."))
    return found


def read_range(headers: Headers, size: int, tag: str) -> Range | None:
    """The part of a file that is asked for (RFC 9110, 14); None: all of it.

    Args:
        headers: Of a request that was read.
        size: Of the file.
        tag: Of its content: a part is asked for on condition of that, if at all.

    Raises:
        Invalid: it is no range, several of them, or none of the file.
    """
    given = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers}
    text = given.get("range")
    if text is None or given.get("if-range", f'"{tag}"') != f'"{tag}"':
        return None
    found = _RANGE.fullmatch(text)
    if found is not None:
        first, last, end = found.groups()
        if end is not None:
            part = Range(max(size - int(end), 0), size - 1)
        else:
            part = Range(int(first), min(int(last or size), size - 1))
        if 0 <= part.first <= part.last:
            return part
    raise Invalid(
        msg("That part is not there."),
        why=msg("One range of bytes is taken, within {size:,} bytes.", size=size),
        detail="range",
    )


def _once(headers: Headers) -> dict[str, bytes]:
    """The headers by name; only those may come twice that mean nothing here, and are left out.

    Raises:
        Refused: another does.
    """
    found: dict[str, bytes] = {}
    for raw, value in headers:
        name = raw.decode("latin-1")
        if name in found and (name in _ONCE or name.startswith("x-amz-")):
            raise keys_unknown()
        found[name] = value
    return found


def _signed(method: str, path: bytes, query: bytes, given: Mapping[str, bytes]) -> Signed:
    found = _AUTHORIZATION.fullmatch(given.get("authorization", b"").decode("latin-1"))
    if found is None:
        raise keys_unknown()
    key, day, region, listed, signature = found.groups()
    names = listed.split(";")
    needed = {"host", "x-amz-content-sha256", "x-amz-date"}
    needed |= {name for name in given if name.startswith("x-amz-")}
    payload = given.get("x-amz-content-sha256", b"").decode("latin-1")
    moment = _moment(given.get("x-amz-date", b"").decode("latin-1"))
    sound = (
        names == sorted(set(names))
        and needed <= set(names) <= set(given)
        and payload in {EMPTY, _UNSIGNED}
        and moment is not None
        and f"{moment:%Y%m%d}" == day
    )
    if not sound or moment is None:
        raise keys_unknown()
    headers = {name: (given[name],) for name in names}
    canonical = canonical_request(
        method, path, query, headers=headers, names=names, payload=payload
    )
    return Signed(key, moment, Scope(day, region, "s3"), canonical, signature)


def _moment(text: str) -> datetime | None:
    if re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", text, re.ASCII):
        with suppress(ValueError):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return None


def _has_body(given: Mapping[str, bytes]) -> bool:
    length = given.get("content-length", b"0")
    return "transfer-encoding" in given or "expect" in given or length.strip() != b"0"


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        text = query.decode("ascii")
        if "+" not in text:  # S3 reads it as itself, forms as a space
            return parse_qsl(
                text, keep_blank_values=True, errors="strict", max_num_fields=MOST, separator="&"
            )
    except ValueError:
        pass
    raise _malformed(msg("Its parameters are too many, or come twice."))


def keys_unknown() -> Refused:
    """No key, or one that lets nobody in, or a signature that is not its own: never said which."""
    return Refused(
        msg("The request is not signed by keys that let anyone in."),
        why=msg("They are missing, malformed, unknown or revoked, or sign something else."),
        next=msg("`doumen dataset files DATASET` gives keys."),
        detail="keys",
    )


def _malformed(why: Message) -> Invalid:
    return Invalid(
        msg("The request is not one that is taken here."),
        why=why,
        next=msg("Read with GET or HEAD, without a body, by names as a listing gives them."),
        detail="request",
    )
