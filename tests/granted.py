"""Readers of granted files that sign as they like: by the keys of a grant, or by what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlsplit

from doumen.kits.standards.s3.signature import (
    EMPTY,
    Scope,
    Signed,
    canonical_request,
    signature_of,
)


def scope_of(moment: datetime) -> Scope:
    return Scope(f"{moment:%Y%m%d}", "us-east-1", "s3")


def signed(key: str, secret: str, moment: datetime | None = None) -> Signed:
    """A request for nothing in particular."""
    moment, canonical = (moment or datetime.now(UTC)).replace(microsecond=0), b"GET\n/s3/a.b/c"
    made = signature_of(canonical, scope_of(moment), moment, secret)
    return Signed(key, moment, scope_of(moment), canonical, made)


def headers(
    url: str,
    key: str,
    secret: str,
    *,
    method: str = "GET",
    moment: datetime | None = None,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers of a signed request for an address."""
    parts, moment = urlsplit(url), moment or datetime.now(UTC)
    given = {
        "host": parts.netloc,
        "x-amz-content-sha256": EMPTY,
        "x-amz-date": f"{moment:%Y%m%dT%H%M%SZ}",
        **(more or {}),
    }
    names = sorted(given)
    canonical = canonical_request(
        method, parts.path.encode(), parts.query.encode(),
        headers={name: [value.encode()] for name, value in given.items()},
        names=names, payload=given["x-amz-content-sha256"],
    )  # fmt: skip
    made = signature_of(canonical, scope_of(moment), moment, secret)
    credential = f"{key}/{scope_of(moment)}"
    text = (
        f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={';'.join(names)}, "
        f"Signature={made}"
    )
    return {**given, "authorization": text}
