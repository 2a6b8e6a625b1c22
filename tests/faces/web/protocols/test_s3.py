"""Granted files over the wire: read by their keys, and by nobody and nothing else."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from deltalake import DeltaTable
from obstore.exceptions import BaseError
from tests.granted import LOG, House, code, headers, store_of

from doumen.model.errors import DoumenError


def test_no_secret_is_in_a_log(house: House) -> None:
    given = house.files("city.people")
    assert house.ask(given, PATH).status_code == 200
    house.ask(given, "/s3/city.people/x")
    until = time.monotonic() + 20
    lines: list[dict[str, Any]] = []
    while len(lines) < 2 and time.monotonic() < until:
        time.sleep(0.02)
        lines = [line for line in house.server.lines() if line.get("grant") == given["grant"]]
    assert [line["operation"] for line in lines] == ["s3", "s3"]
    assert [line["actor"] for line in lines] == ["ana", "ana"]
    assert [line.get("code") for line in lines] == [None, "not-found.object"]
    text = "\n".join(house.server.log)
    assert given["storage_options"]["aws_secret_access_key"] not in text
    assert "Signature=" not in text
    assert "city.people" not in text


def test_an_object_and_its_parts(house: House) -> None:
    given = house.files("city.people")
    path = "/s3/city.people/part-00000.parquet"
    whole, head = house.ask(given, path), house.ask(given, path, "HEAD")
    assert (whole.status_code, head.status_code) == (200, 200)
    assert whole.content[:4] == whole.content[-4:] == b"PAR1"
    assert head.content == b""
    for name in ("content-length", "etag", "last-modified", "accept-ranges"):
        assert whole.headers[name] == head.headers[name]
    tag, size = whole.headers["etag"], len(whole.content)
    for text, first, last in (
        ("bytes=0-3", 0, 3), ("bytes=4-", 4, size - 1), ("bytes=-4", size - 4, size - 1),
    ):  # fmt: skip
        part = house.ask(given, path, extra={"range": text})
        assert part.status_code == 206
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
        assert part.content == whole.content[first : last + 1]
    for text in (f"bytes={size}-", "bytes=1-0", "bytes=0-1,3-4"):
        part = house.ask(given, path, extra={"range": text})
        assert (part.status_code, code(part)) == (416, "InvalidRange")
    for extra, status in (
        ({"if-none-match": tag}, 304), ({"if-none-match": '"x"'}, 200), ({"if-match": tag}, 200),
        ({"if-match": '"x"'}, 412), ({"if-match": "*"}, 200),
    ):  # fmt: skip
        assert house.ask(given, path, extra=extra).status_code == status
    half = house.ask(given, path, extra={"range": "bytes=0-3", "if-range": '"x"'})
    assert half.status_code == 200


def test_a_bucket_is_there_and_is_listed(house: House) -> None:
    given = house.files("city.people")
    assert house.ask(given, "/s3/city.people", "HEAD").status_code == 200
    own = given["grant"].lower()
    for bucket in ("city.people", own):
        answer = house.ask(given, f"/s3/{bucket}?list-type=2&delimiter=%2F")
        assert answer.status_code == 200
        assert f"<Name>{bucket}</Name>" in answer.text
        assert "<CommonPrefixes><Prefix>_delta_log/</Prefix></CommonPrefixes>" in answer.text
        assert answer.text.count("<Contents>") == 2
    paged = house.ask(given, "/s3/city.people?list-type=2&max-keys=2").text
    assert "<IsTruncated>true</IsTruncated>" in paged
    token = paged.partition("<NextContinuationToken>")[2].partition("<")[0]
    rest = house.ask(given, f"/s3/city.people?list-type=2&continuation-token={token}").text
    assert rest.count("<Contents>") == 1
    assert "part-00001.parquet" in rest


@pytest.mark.parametrize(
    "path",
    [
        "/s3/city.people/part-00002.parquet",
        "/s3/city.people/_delta_log/_last_checkpoint",
        "/s3/city.people/_delta_log/00000000000000000001.json",
        "/s3/city.people/../city.rides/part-00000.parquet",
        "/s3/city.people/../../keys/working.key",
        "/s3/city.people//part-00000.parquet",
        "/s3/city.people/./part-00000.parquet",
        "/s3/city.people/PART-00000.parquet",
        "/s3/city.people/part-00000.parquet/",
    ],
)
def test_other_names_are_not_there(house: House, path: str) -> None:
    """Signed as they are sent, dots and all, by a client that does not tidy them."""
    answer = raw(house, house.files("city.people"), path)
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"<Code>NoSuchKey</Code>" in answer


@pytest.mark.parametrize(
    "path",
    [
        "/s3/city.people/%2E%2E/x", "/s3/city.people%2Fpart-00000.parquet",
        "/s3/city.people/part%2D00000.parquet", "/%733/city.people/part-00000.parquet",
        "/s3/city.people/a\\..\\b", "/s3/city.people/%00", "/s3/city.people/%ff",
    ],
)  # fmt: skip
def test_paths_in_another_form_are_refused(house: House, path: str) -> None:
    answer = raw(house, house.files("city.people"), path)
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 404 "))
    assert b"PAR1" not in answer


def raw(house: House, given: Mapping[str, Any], path: str, *lines: str) -> bytes:
    """What comes to a request that is written by hand, signed for its very path."""
    options, url = given["storage_options"], house.server.url
    told = headers(f"{url}{path}", options["aws_access_key_id"], options["aws_secret_access_key"])
    place = urlsplit(url)
    written = [f"GET {path} HTTP/1.1", *(f"{k}: {v}" for k, v in told.items()), *lines]
    written.append("connection: close\r\n\r\n")
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as line:
        line.sendall("\r\n".join(written).encode("latin-1"))
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


PATH = "/s3/city.people/part-00000.parquet"


def test_no_other_way_leads_in(house: House) -> None:
    given, other = house.files("city.people"), house.files("city.rides")
    secret = other["storage_options"]["aws_secret_access_key"]
    now = datetime.now(UTC)
    bare = httpx2.get(house.server.url + PATH)
    told = {bare.text.partition("<RequestId>")[0]}
    assert (bare.status_code, code(bare)) == (403, "AccessDenied")
    for changed in (
        {"secret": secret},
        {"secret": ""},
        {"key": other["grant"]},
        {"key": "0" * 26},
        {"extra": {"authorization": "Bearer doumen_0_0"}},
        {"extra": {"authorization": ""}},
        {"extra": {"x-amz-date": f"{now - timedelta(seconds=9):%Y%m%dT%H%M%SZ}"}},
        {"extra": {"x-amz-meta-more": "smuggled"}},
        {"extra": {"host": "elsewhere.example"}},
        {"more": {"x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}},
        {"more": {"x-amz-content-sha256": "0" * 64}},
    ):
        answer = house.ask(given, PATH, **changed)
        assert answer.status_code == 403, changed
        told.add(answer.text.partition("<RequestId>")[0])
    assert len(told) == 1
    assert house.ask(given, PATH).status_code == 200


def test_keys_are_for_their_bucket(house: House) -> None:
    given, other = house.files("city.people"), house.files("city.rides")
    told = set()
    for bucket in ("city.rides", "city.people__quarantine", "no.such", other["grant"].lower()):
        answer = house.ask(given, f"/s3/{bucket}/part-00000.parquet")
        assert (answer.status_code, code(answer)) == (403, "AccessDenied")
        told.add(answer.text.partition("<RequestId>")[0])
    assert len(told) == 1
    assert house.ask(given, "/s3/").status_code == 403


def test_a_request_is_of_its_time(house: House) -> None:
    given, now = house.files("city.people"), datetime.now(UTC)
    for minutes in (-16, 16):
        late = house.ask(given, PATH, moment=now + timedelta(minutes=minutes))
        assert (late.status_code, code(late)) == (403, "RequestTimeTooSkewed")
    for minutes in (-14, 14):
        assert house.ask(given, PATH, moment=now + timedelta(minutes=minutes)).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_is_written(house: House, method: str) -> None:
    given = house.files("city.people")
    for path in (PATH, "/s3/city.people", "/s3/city.people?uploads"):
        answer = house.ask(given, path, method, body=b"x" if method != "OPTIONS" else b"")
        assert (answer.status_code, code(answer)) == (405, "MethodNotAllowed")
        assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"{PATH}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0", (403, "AccessDenied")),
        (f"{PATH}?versionId=1", (501, "NotImplemented")),
        (f"{PATH}?response-content-type=text%2Fhtml", (501, "NotImplemented")),
        (f"{PATH}?x-id=PutObject", (501, "NotImplemented")),
        ("/s3/city.people", (501, "NotImplemented")),
        ("/s3/city.people?acl", (501, "NotImplemented")),
        ("/s3/city.people?list-type=1", (501, "NotImplemented")),
        ("/s3/city.people?list-type=2&max-keys=x", (501, "NotImplemented")),
        ("/s3/city.people?list-type=2&prefix=a&prefix=b", (400, "InvalidRequest")),
    ],
)
def test_what_is_not_done(house: House, path: str, told: tuple[int, str]) -> None:
    answer = house.ask(house.files("city.people"), path)
    assert (answer.status_code, code(answer)) == told


def test_bodies_and_smuggled_lengths(house: House) -> None:
    given = house.files("city.people")
    assert house.ask(given, f"{PATH}?x-id=GetObject").status_code == 200
    for lines in (
        ["content-length: 5"], ["transfer-encoding: chunked"],
        ["content-length: 0", "transfer-encoding: chunked"], ["expect: 100-continue"],
    ):  # fmt: skip
        answer = raw(house, given, PATH, *lines)
        assert answer.startswith(b"HTTP/1.1 400 "), lines
    for lines in (["range: bytes=0-1", "range: bytes=0-9"], ["host: other"], ["x-amz-date: 1"]):
        assert raw(house, given, PATH, *lines)[9:12] in (b"403", b"400")


def test_a_session_token_is_told_apart(house: House) -> None:
    answer = house.ask(house.files("city.people"), PATH, more={"x-amz-security-token": "t"})
    assert code(answer) == "InvalidToken"
    assert "AWS_SESSION_TOKEN" in answer.text


def test_errors_are_told_in_the_language_of_the_client(house: House) -> None:
    answer = house.ask(
        house.files("city.people"), "/s3/city.people/x", extra={"accept-language": "zh-CN"}
    )
    assert code(answer) == "NoSuchKey"
    assert "没有" in answer.text


def test_the_rules_of_now_hold(house: House) -> None:
    given = house.files("city.people")
    options, owner = given["storage_options"], house.node.session()
    assert store_of(given["uri"], options).get(LOG).bytes()
    (house.folder / "more.yaml").write_text(
        "rules: [{id: few, permit: query, who: {actor: ana}, on: city.people, "
        "duties: [{filter: 'id > 1'}]}]"
    )
    owner.do("rule add", file=house.folder / "more.yaml")
    ended = house.ask(given, PATH)
    assert (ended.status_code, code(ended)) == (403, "ExpiredToken")
    assert "few" not in ended.text
    with pytest.raises(BaseError):
        store_of(given["uri"], options).get(LOG)
    with pytest.raises(DoumenError, match="more than an answer"):
        house.files("city.people")
    owner.do("rule remove", id="few")
    assert house.ask(given, PATH).status_code == 200
    house.node.session("ana").do("dataset revoke", id=given["grant"])
    revoked = house.ask(given, PATH)
    assert (revoked.status_code, code(revoked)) == (403, "AccessDenied")


def test_it_is_given_over_the_network_too(house: House) -> None:
    """By a token that may write: it makes keys of its own, which a token to read with may not."""
    owner = house.node.session()
    answers = []
    for scope in ("read", "write"):
        token = owner.do("token add", actor="ana", scope=(scope,)).json["token"]
        answers.append(
            httpx2.post(
                f"{house.server.url}/v1/dataset/files",
                json={"dataset": "city.people", "endpoint": house.server.url},
                headers={"authorization": f"Bearer {token}"},
            )
        )
    assert [one.status_code for one in answers] == [403, 200]
    given = answers[1].json()
    assert (
        DeltaTable(given["uri"], storage_options=given["storage_options"])
        .to_pyarrow_table()
        .num_rows
        == 3
    )
    assert answers[1].headers["cache-control"] == "no-store"
    assert given["storage_options"]["aws_secret_access_key"] not in "\n".join(house.server.log)
