"""What came as a request of S3: only one form is taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from doumen.kits.standards.s3 import Range, holds, read_query, read_range, read_request
from doumen.kits.standards.s3.signature import EMPTY, Scope, canonical_request, signature_of
from doumen.model.errors import DoumenError, Invalid, Refused

MOMENT = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
SCOPE = Scope("20261130", "us-east-1", "s3")
KEY, SECRET = "01KBA0J3V8Q2N6Y4T5R7W9X1ZC", "secret"
DATE = b"20261130T020000Z"
BASE = [
    (b"host", b"127.0.0.1:8470"),
    (b"x-amz-date", DATE),
    (b"x-amz-content-sha256", b"UNSIGNED-PAYLOAD"),
]
SIGNED = ("host", "x-amz-content-sha256", "x-amz-date")


def headers(
    path: bytes = b"/s3/d.t/x",
    query: bytes = b"",
    base: list[tuple[bytes, bytes]] = BASE,
    names: tuple[str, ...] = SIGNED,
    day: str = "20261130",
) -> list[tuple[bytes, bytes]]:
    given = {k.decode(): [v] for k, v in base}
    payload = given["x-amz-content-sha256"][0].decode()
    canonical = canonical_request("GET", path, query, headers=given, names=names, payload=payload)
    made = signature_of(canonical, SCOPE, MOMENT, SECRET)
    text = (
        f"AWS4-HMAC-SHA256 Credential={KEY}/{day}/us-east-1/s3/aws4_request, "
        f"SignedHeaders={';'.join(names)}, Signature={made}"
    )
    return [*base, (b"authorization", text.encode())]


def test_what_is_signed_in_the_one_form_is_read() -> None:
    asked = read_request("GET", b"/s3/d.t/x", b"", headers(), "/s3")
    assert (asked.bucket, asked.name, asked.signed.key) == ("d.t", "x", KEY)
    assert asked.signed.moment == MOMENT
    assert holds(asked.signed, SECRET)
    assert not holds(asked.signed, "another")


def test_names_in_any_script() -> None:
    path = b"/s3/" + b"%E4%BA%A4%E9%80%9A.a/_delta_log/0"
    asked = read_request("GET", path, b"", headers(path), "/s3")
    assert (asked.bucket, asked.name) == ("交通.a", "_delta_log/0")


@pytest.mark.parametrize(
    "path",
    [
        b"/s3/d.t/%78", b"/s3/d.t%2Fx", b"/s3/d.t/a%2fb", b"/s3", b"/dsp/x", b"/%733/d.t/x",
        b"/s3/d.t/a b", b"/s3/%FF/x", b"http://host/s3/d.t/x", b"",
    ],
)  # fmt: skip
def test_paths_in_another_form_are_refused(path: bytes) -> None:
    with pytest.raises(Invalid):
        read_request("GET", path, b"", headers(path), "/s3")


def changed(**given: bytes | None) -> list[tuple[bytes, bytes]]:
    """Headers that are signed, of which some say something else, or are not there."""
    named = {k.replace("_", "-").encode(): v for k, v in given.items()}
    kept = [(k, named.get(k, v)) for k, v in headers()]
    more = [(k, v) for k, v in named.items() if k not in {one for one, _ in headers()}]
    return [(k, v) for k, v in [*kept, *more] if v is not None]


AUTHORIZATION = dict(headers())[b"authorization"]


@pytest.mark.parametrize(
    "given",
    [
        [],
        changed(authorization=None),
        changed(authorization=b"Bearer doumen_0_0"),
        changed(authorization=AUTHORIZATION.replace(b"-HMAC-", b"-ECDSA-P256-")),
        changed(authorization=AUTHORIZATION.replace(b"/s3/", b"/sts/")),
        changed(authorization=AUTHORIZATION.replace(b"20261130", b"20261129")),
        changed(authorization=AUTHORIZATION + b"0"),
        changed(authorization=AUTHORIZATION.replace(b"host;", b"")),
        changed(authorization=AUTHORIZATION.replace(b"host;", b"host;host;")),
        changed(authorization=AUTHORIZATION.replace(b"host;x", b"x-other;x")),
        changed(x_amz_date=None),
        changed(x_amz_date=b"20261330T000000Z"),
        changed(x_amz_date=b"yesterday"),
        changed(x_amz_content_sha256=None),
        changed(x_amz_content_sha256=b"STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        changed(x_amz_content_sha256=b"STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        changed(x_amz_content_sha256=b"0" * 64),
        changed(x_amz_copy_source=b"/other/x"),
        [*headers(), (b"authorization", AUTHORIZATION)],
        [*headers(), (b"host", b"other")],
        [*headers(), (b"x-amz-date", DATE)],
        [*headers(), (b"range", b"bytes=0-1"), (b"range", b"bytes=0-9")],
    ],
)  # fmt: skip
def test_what_is_not_signed_so_is_refused_alike(given: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(Refused) as caught:
        read_request("GET", b"/s3/d.t/x", b"", given, "/s3")
    assert caught.value.code == "refused.keys"


@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        (b"", [(b"content-length", b"5")], "invalid.request"),
        (b"", [(b"transfer-encoding", b"chunked")], "invalid.request"),
        (b"", [(b"expect", b"100-continue")], "invalid.request"),
        (b"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0", [], "refused.presigned"),
        (b"x-amz-signature=0", [], "refused.presigned"),
        (b"", [(b"x-amz-security-token", b"t")], "refused.session-token"),
        (b"prefix=a+b", [], "invalid.request"),
        (b"prefix=%FF", [], "invalid.request"),
        (b"&".join([b"a=1"] * 65), [], "invalid.request"),
    ],
)  # fmt: skip
def test_bodies_presigned_addresses_and_session_tokens(
    query: bytes, more: list[tuple[bytes, bytes]], code: str
) -> None:
    with pytest.raises(DoumenError) as caught:
        read_request("GET", b"/s3/d.t/x", query, [*headers(query=query), *more], "/s3")
    assert caught.value.code == code


def test_parameters_come_once() -> None:
    assert read_query(b"list-type=2&prefix=a%2Fb&delimiter=") == {
        "list-type": "2", "prefix": "a/b", "delimiter": "",
    }  # fmt: skip
    with pytest.raises(Invalid):
        read_query(b"prefix=a&prefix=b")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"bytes=0-9", Range(0, 9)), (b"bytes=90-", Range(90, 99)), (b"bytes=-8", Range(92, 99)),
        (b"bytes=-1000", Range(0, 99)), (b"bytes=99-500", Range(99, 99)),
        (b"bytes=100-", None), (b"bytes=9-0", None), (b"bytes=-0", None), (b"bytes=-", None),
        (b"bytes=0-1,4-5", None), (b"lines=0-1", None), (b"bytes=0x1-2", None),
        (b"bytes= 0-1", None),
        (b"bytes=" + b"9" * 40 + b"-", None),
    ],
)  # fmt: skip
def test_ranges(text: bytes, part: Range | None) -> None:
    if part is not None:
        assert read_range([(b"range", text)], 100, "t") == part
        return
    with pytest.raises(Invalid):
        read_range([(b"range", text)], 100, "t")


def test_a_range_on_condition() -> None:
    assert read_range([], 100, "t") is None
    given = [(b"range", b"bytes=0-9")]
    assert read_range([*given, (b"if-range", b'"t"')], 100, "t") == Range(0, 9)
    assert read_range([*given, (b"if-range", b'"u"')], 100, "t") is None
    assert EMPTY.startswith("e3b0c44298fc1c14")
