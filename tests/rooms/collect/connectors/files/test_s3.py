"""Buckets: keys and rights, nothing of the environment, and stores that answer as none should."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.objects import ACCESS, BUCKET, SECRET
from tests.rooms.collect.connectors.files.conftest import Place, quiet

from doumen.model.errors import Conflict, DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.collect.connectors import SHELF, bringing, s3, s3_place

SECRETS = {"access_key": ACCESS, "secret_key": SECRET}


def items(options: dict[str, Any], secrets: dict[str, str], pattern: str = "**") -> list[str]:
    with SHELF["s3"].connector(options, secrets).open() as files:
        return [item.name for item in files.items(pattern)]


def fault(options: dict[str, Any], secrets: dict[str, str], pattern: str = "**") -> DoumenError:
    with pytest.raises(DoumenError) as caught:
        items(options, secrets, pattern)
    assert caught.value.next is not None
    return caught.value


def test_nothing_of_the_environment_is_used(objects: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = objects.folder()
    folder.store.put("a.csv", b"a")
    for name, value in {
        "AWS_ACCESS_KEY_ID": "wrong", "AWS_SECRET_ACCESS_KEY": "wrong",
        "AWS_SESSION_TOKEN": "wrong",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_ENDPOINT": "http://127.0.0.1:9", "AWS_REGION": "wrong", "AWS_SKIP_SIGNATURE": "true",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true", "AWS_S3_EXPRESS": "true",
        "HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert items(folder.options, folder.secrets) == ["a.csv"]
    for name, value in (("AWS_ACCESS_KEY_ID", ACCESS), ("AWS_SECRET_ACCESS_KEY", SECRET),
                        ("AWS_SKIP_SIGNATURE", "false")):  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    assert "asks who reads" in str(fault(folder.options, {}).what)


def test_who_may_list_but_not_read(objects: Any, tmp_path: Path) -> None:
    folder = objects.folder()
    folder.store.put("a.csv", b"a")
    secrets = {"access_key": "lister-key", "secret_key": "lister-secret"}
    with SHELF["s3"].connector(folder.options, secrets).open() as files:
        for pattern in ("*", "a.csv"):
            (item,) = files.items(pattern)
            with pytest.raises(Refused) as caught:
                files.bring(item, tmp_path / "out", quiet)
            assert caught.value.code == "refused.closed"
            (tmp_path / "out").unlink()


def test_a_bucket_that_is_open(objects: Any) -> None:
    folder = objects.folder()
    store = type(folder)(folder.endpoint, "open", folder.prefix).store
    store.put("a.csv", b"a")
    assert items({**folder.options, "bucket": "open"}, {}) == ["a.csv"]
    assert items({**folder.options, "bucket": "open"}, {}, "a.csv") == ["a.csv"]


def test_a_session_token_is_sent(objects: Any) -> None:
    folder = objects.folder()
    error = fault(folder.options, {**folder.secrets, "session_token": "not one of theirs"})
    assert error.code == "refused.source"


@pytest.mark.parametrize(("options", "address", "in_path"), [
    ({}, "https://b-1.s3.us-east-1.amazonaws.com", False),
    ({"region": "cn-north-1"}, "https://b-1.s3.cn-north-1.amazonaws.com.cn", False),
    ({"bucket": "b.1"}, "https://s3.us-east-1.amazonaws.com", True),
    ({"path_style": True}, "https://s3.us-east-1.amazonaws.com", True),
    ({"endpoint": "https://s3.example:9000/"}, "https://s3.example:9000", True),
    ({"endpoint": "https://oss.example", "path_style": False}, "https://b-1.oss.example", False),
])  # fmt: skip
def test_addresses(options: dict[str, Any], address: str, in_path: bool) -> None:
    made = s3.Options.model_validate({"bucket": "b-1", **options})
    assert (made.address, made.in_path) == (address, in_path)


@pytest.mark.parametrize(("options", "secrets", "detail"), [
    ({"endpoint": "http://s3.example"}, SECRETS, "tls"),
    ({}, {"access_key": "x"}, "secret"), ({}, {"session_token": "x"}, "secret"),
    ({"prefix": "a//b"}, {}, "options"), ({"authorities": "/nowhere.pem"}, {}, "tls"),
])  # fmt: skip
def test_what_does_not_go_together(
    options: dict[str, Any], secrets: dict[str, str], detail: str
) -> None:
    assert fault({"bucket": "b-1", **options}, secrets).code == f"invalid.{detail}"


def test_authorities_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text(
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    )
    error = fault({"bucket": "b-1", "authorities": str(tmp_path / "a.pem")}, {})
    assert error.code == "invalid.tls"


PAGE = """<?xml version="1.0"?><ListBucketResult><Name>b</Name><KeyCount>1</KeyCount>
<IsTruncated>false</IsTruncated>{0}</ListBucketResult>"""
KEY = """<Contents><Key>{0}</Key><LastModified>2024-01-01T00:00:00.000Z</LastModified>{1}
<Size>3</Size></Contents>"""
Answer = tuple[int, dict[str, str], bytes]


@contextmanager
def answering(answer: Callable[[str], Answer]) -> Iterator[dict[str, Any]]:
    """A server that answers what it is told to; gives the options to ask it by."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = answer(self.path)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            return None

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield {"bucket": "b-1", "endpoint": f"http://127.0.0.1:{server.server_port}"}
        finally:
            server.shutdown()
            thread.join()


def said(status: int, code: str = "", **headers: str) -> Callable[[str], Answer]:
    body = f"<Error><Code>{code}</Code><Message>secret words</Message></Error>" if code else ""
    return lambda path: (status, headers, body.encode())


@pytest.mark.parametrize(("status", "code", "kind", "words"), [
    (301, "PermanentRedirect", Invalid, "is not in region"),
    (301, "", Invalid, "is not in region"),
    (400, "AuthorizationHeaderMalformed", Invalid, "is not in region"),
    (400, "ExpiredToken", Refused, "session token"),
    (403, "InvalidAccessKeyId", Refused, "access key"),
    (403, "RequestTimeTooSkewed", Unavailable, "clock"),
    (403, "AccessDenied", Refused, "does not let us list it"),
    (401, "", Refused, "does not let us list it"),
    (404, "NoSuchBucket", NotFound, "does not exist"),
    (404, "", Invalid, "is no S3 store"),
    (405, "", Invalid, "is no S3 store"),
    (503, "SlowDown", Unavailable, "503"),
])  # fmt: skip
def test_what_stores_answer(
    status: int, code: str, kind: type[DoumenError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_place, "TRIES", 1)
    with answering(said(status, code)) as options:
        error = fault(options, SECRETS)
    assert isinstance(error, kind)
    assert words in f"{error.what} {error.why}"
    assert "secret words" not in f"{error.what} {error.why} {error.next}"


def test_a_page_of_the_web_is_no_store() -> None:
    with answering(lambda path: (200, {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"},
                                 b"<html>A console</html>")) as options:  # fmt: skip
        assert "is no S3 store" in str(fault(options, SECRETS).what)


@pytest.mark.parametrize("key", ["a//b.csv", "../b.csv", "a&#9;b.csv"])
def test_keys_that_are_no_names(key: str) -> None:
    page = PAGE.format(KEY.format(key, "")).encode()
    with answering(lambda path: (200, {}, page)) as options:
        assert fault(options, SECRETS).code == "invalid.key"


def test_many_pages() -> None:
    asked: list[str] = []

    def answer(path: str) -> Answer:
        asked.append(path)
        keys = "".join(KEY.format(f"in/{n:04d}.csv", "") for n in range(1000))
        more = "continuation-token" not in path
        if not more:
            keys = KEY.format("in/x.csv", "") + KEY.format("in/x.txt", "")
        page = PAGE.format(keys).replace("<IsTruncated>false", f"<IsTruncated>{str(more).lower()}")
        token = "<NextContinuationToken>next</NextContinuationToken></ListBucketResult>"
        page = page.replace("</ListBucketResult>", token) if more else page
        return 200, {}, page.encode()

    with answering(answer) as options:
        assert len(items(options, SECRETS, "in/*.csv")) == 1001
    assert len(asked) == 2
    assert all("prefix=in%2F" in path for path in asked)


def test_objects_without_an_etag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "TRIES", 1)
    page = PAGE.format(KEY.format("a.csv", "")).encode()
    content = [b"abc"]

    def answer(path: str) -> Answer:
        if "list-type" in path:
            return 200, {}, page
        return 200, {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}, content[0]

    with answering(answer) as options, SHELF["s3"].connector(options, SECRETS).open() as files:
        (item,) = files.items("*")
        assert (item.size, item.tag) == (3, None)
        files.bring(item, tmp_path / "a", quiet)
        content[0] = b"abcd"
        with pytest.raises(Conflict):
            files.bring(item, tmp_path / "b", quiet)
    assert (tmp_path / "a").read_bytes() == b"abc"


def test_what_is_named_is_not_listed(s3_place: Place, objects: Any) -> None:
    s3_place.put("a.csv", b"a")
    with s3_place.connector().open() as files:
        assert [item.name for item in files.items("./a.csv")] == ["a.csv"]
        assert list(files.items("b.csv")) == []
    assert s3_place.options["bucket"] == BUCKET
