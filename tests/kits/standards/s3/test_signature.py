"""Signature Version 4 against the figures that AWS publishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from doumen.kits.standards.s3.signature import (
    EMPTY,
    SKEW,
    Scope,
    Signed,
    canonical_request,
    check_time,
    holds,
    signature_of,
)
from doumen.model.errors import Refused

# Amazon S3 API Reference, "Signature Calculations for the Authorization Header", examples.
S3_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
S3_SCOPE = Scope("20130524", "us-east-1", "s3")
S3_MOMENT = datetime(2013, 5, 24, tzinfo=UTC)
S3_HEADERS = {
    "host": [b"examplebucket.s3.amazonaws.com"],
    "x-amz-content-sha256": [EMPTY.encode()],
    "x-amz-date": [b"20130524T000000Z"],
}
S3 = [
    (b"/test.txt", b"", {"range": [b"bytes=0-9"]},
     "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    (b"/", b"lifecycle", {},
     "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    (b"/", b"max-keys=2&prefix=J", {},
     "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
]  # fmt: skip

# The test suite of Signature Version 4 (AWS General Reference), as far as S3 signs alike.
SUITE_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
SUITE_SCOPE = Scope("20150830", "us-east-1", "service")
SUITE_MOMENT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
UNRESERVED = b"/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SUITE: dict[str, tuple[bytes, bytes, dict[str, Sequence[bytes]], str]] = {
    "get-vanilla": (b"/", b"", {},
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    "get-unreserved": (UNRESERVED, b"", {},
        "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
    "get-vanilla-query-order-key-case": (b"/", b"Param2=value2&Param1=value1", {},
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    "get-vanilla-query-order-value": (b"/", b"Param1=value2&Param1=value1", {},
        "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"),
    "get-vanilla-utf8-query": (b"/", "ሴ=bar".encode(), {},
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
    "get-header-value-order": (
        b"/", b"", {"my-header1": [b"value4", b"value1", b"value3", b"value2"]},
        "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
    "get-header-key-duplicate": (
        b"/", b"", {"my-header1": [b"value2", b"value2", b"value1"]},
        "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    "get-header-value-trim": (
        b"/", b"", {"my-header1": [b" value1"], "my-header2": [b' "a   b   c"']},
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "query", "more", "signature"), S3)
def test_examples_of_s3(
    path: bytes, query: bytes, more: dict[str, list[bytes]], signature: str
) -> None:
    headers = {**S3_HEADERS, **more}
    canonical = canonical_request(
        "GET", path, query, headers=headers, names=sorted(headers), payload=EMPTY
    )
    assert signature_of(canonical, S3_SCOPE, S3_MOMENT, S3_SECRET) == signature


@pytest.mark.parametrize("name", SUITE)
def test_suite(name: str) -> None:
    path, query, more, signature = SUITE[name]
    date = [b"20150830T123600Z"]
    headers = {"host": [b"example.amazonaws.com"], "x-amz-date": date, **more}
    canonical = canonical_request(
        "GET", path, query, headers=headers, names=sorted(headers), payload=EMPTY
    )
    assert signature_of(canonical, SUITE_SCOPE, SUITE_MOMENT, SUITE_SECRET) == signature


def signed(**changed: object) -> Signed:
    canonical = canonical_request(
        "GET", b"/a/b", b"", headers=S3_HEADERS, names=sorted(S3_HEADERS), payload=EMPTY
    )
    signature = signature_of(canonical, S3_SCOPE, S3_MOMENT, S3_SECRET)
    given = {"canonical": canonical, "signature": signature, **changed}
    return Signed("KEY", S3_MOMENT, S3_SCOPE, **given)  # type: ignore[arg-type]


def test_holds_for_its_secret_and_request_only() -> None:
    assert holds(signed(), S3_SECRET)
    assert not holds(signed(), S3_SECRET + "x")
    assert not holds(signed(canonical=b"GET\n/a/c"), S3_SECRET)
    assert not holds(signed(signature="0" * 64), S3_SECRET)


def test_the_time_of_a_signature() -> None:
    for apart in (-SKEW, SKEW):
        check_time(signed(), S3_MOMENT + apart)
    for apart in (-SKEW, SKEW):
        with pytest.raises(Refused, match="another time"):
            check_time(signed(), S3_MOMENT + apart * 1.001)
