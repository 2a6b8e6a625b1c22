"""Files from a server on loopback that does what servers do: redirect, break, lie."""

from __future__ import annotations

import gzip
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from doumen.model.errors import DoumenError, Invalid, NotFound, Refused, Unavailable
from doumen.rooms.collect import fetch as module
from doumen.rooms.collect import unpack
from doumen.rooms.collect.fetch import fetch, is_address
from doumen.rooms.collect.unpack import Holding

ROWS = b"id,n\n" + b"".join(b"%d,row\n" % n for n in range(60_000))
Reply = Callable[[http.server.BaseHTTPRequestHandler], None]


class Server(http.server.ThreadingHTTPServer):
    """Answers by a table of paths and keeps what it was asked."""

    replies: dict[str, Reply]
    asked: list[tuple[str, str | None]]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        server.asked.append((self.path, self.headers.get("Range")))
        reply = server.replies.get(self.path.partition("?")[0])
        if reply is None:
            self.send_error(404)
        else:
            reply(self)

    def log_message(self, format: str, *args: object) -> None:
        return None


def give(data: bytes, *, cut: int | None = None, etag: str | None = '"v1"', **more: str) -> Reply:
    """Content, broken off after `cut` bytes, with ranges where it has an ETag."""

    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        start = 0
        asked = handler.headers.get("Range")
        if asked and etag and handler.headers.get("If-Range") == etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            handler.send_response(206)
            handler.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            handler.send_response(200)
        if etag:
            handler.send_header("ETag", etag)
        for name, value in more.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data) - start))
        handler.end_headers()
        end = len(data) if cut is None else start + cut
        handler.wfile.write(data[start:end])
        if end < len(data):
            handler.close_connection = True

    return reply


def lead(target: str, status: int = 302) -> Reply:
    def reply(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return reply


def refuse(status: int) -> Reply:
    return lambda handler: handler.send_error(status)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as one:
        one.replies, one.asked = {}, []
        thread = threading.Thread(target=one.serve_forever, args=(0.01,))
        thread.start()
        yield one
        one.shutdown()
        thread.join()


@pytest.fixture
def into(tmp_path: Path) -> Holding:
    return Holding(tmp_path)


@pytest.fixture
def get(server: Server, into: Holding) -> Callable[..., bytes]:
    def go(path: str, *, private: bool = True) -> bytes:
        address = f"http://127.0.0.1:{server.server_port}{path}"
        got = fetch(address, into, lambda *_: None, private=private)
        assert got.address.startswith(address[:20])
        return got.path.read_bytes()

    return go


Get = Callable[..., bytes]


def test_a_file_comes_whole(server: Server, get: Get) -> None:
    server.replies = {"/a.csv": give(ROWS), "/none": give(b""), "/%E5%9F%8E.csv": give(ROWS)}
    assert get("/a.csv?key=secret") == ROWS
    assert server.asked == [("/a.csv?key=secret", None)]
    assert get("/城.csv") == ROWS
    assert get("/none") == b""


def test_a_broken_download_goes_on_where_it_stopped(server: Server, get: Get) -> None:
    server.replies = {"/a.csv": give(ROWS, cut=200_000)}
    assert get("/a.csv") == ROWS
    assert server.asked == [
        ("/a.csv", None), ("/a.csv", "bytes=200000-"), ("/a.csv", "bytes=400000-"),
    ]  # fmt: skip


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
def test_without_a_strong_etag_it_begins_anew(server: Server, get: Get, etag: str | None) -> None:
    server.replies = {"/a.csv": give(ROWS, cut=100, etag=etag)}
    with pytest.raises(Unavailable):
        get("/a.csv")
    assert server.asked == [("/a.csv", None)] * module.TRIES


def test_content_that_changes_meanwhile_is_never_mixed(server: Server, get: Get) -> None:
    first, second = give(ROWS, cut=300_000), give(ROWS[::-1], etag='"v2"')

    def changing(handler: http.server.BaseHTTPRequestHandler) -> None:
        reply = first if len(server.asked) == 1 else second
        reply(handler)

    server.replies = {"/a.csv": changing}
    assert get("/a.csv") == ROWS[::-1]


def test_a_range_that_was_not_asked_for_is_not_believed(server: Server, get: Get) -> None:
    def wrong(handler: http.server.BaseHTTPRequestHandler) -> None:
        if not handler.headers.get("Range"):
            give(ROWS, cut=50)(handler)
            return
        handler.send_response(206)
        handler.send_header("Content-Range", "bytes 7-9/10")
        handler.send_header("Content-Length", "3")
        handler.end_headers()
        handler.wfile.write(b"abc")

    server.replies = {"/a.csv": wrong}
    with pytest.raises(Unavailable):
        get("/a.csv")


def test_redirects_are_followed_a_few_times(server: Server, get: Get) -> None:
    server.replies = {"/a": lead("/b", 301), "/b": lead("c/d.csv", 307), "/c/d.csv": give(ROWS)}
    assert get("/a") == ROWS
    server.replies["/round"] = lead("/round")
    with pytest.raises(Unavailable, match="cannot be fetched"):
        get("/round")


@pytest.mark.parametrize(
    "target", ["https://127.0.0.1/a", "ftp://127.0.0.1/a", "file:///etc/passwd"]
)
def test_no_redirect_leads_to_another_scheme(server: Server, get: Get, target: str) -> None:
    server.replies = {"/a": lead(target)}
    with pytest.raises((Refused, Invalid)):
        get("/a")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0",
     "[::ffff:127.0.0.1]", "[fe80::1]", "[fd00::1]", "2130706433", "[64:ff9b::7f00:1]",
     "[2002:7f00:1::]", "224.0.0.1", "100.64.0.1", "[::7f00:1]", "168.63.129.16", "192.88.99.1",
     "[fec0::1]", "[2001::1]", "[fe80::1%lo]"],
)  # fmt: skip
def test_what_is_within_is_refused_unless_it_is_meant(host: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        fetch(f"http://{host}:9/a.csv", Holding(tmp_path), lambda *_: None)
    assert "--allow-private" in str(caught.value.next)


def test_a_redirect_into_the_inner_network_is_refused(
    server: Server, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.replies = {"/a": lead("http://10.0.0.1/secret")}
    judge = module._public
    monkeypatch.setattr(module, "_public", lambda one: one == "127.0.0.1" or judge(one))
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        get("/a", private=False)


@pytest.mark.parametrize(("status", "kind"), [(404, NotFound), (410, NotFound), (500, Unavailable),
                                              (403, Unavailable), (204, Unavailable)])  # fmt: skip
def test_answers_that_are_no_file(
    server: Server, get: Get, status: int, kind: type[DoumenError]
) -> None:
    server.replies = {"/a": refuse(status)}
    with pytest.raises(kind):
        get("/a")


def test_packing_unasked_and_no_http_are_told(server: Server, get: Get) -> None:
    server.replies = {"/a": give(gzip.compress(ROWS), Content_Encoding="gzip")}
    with pytest.raises(DoumenError, match="cannot be fetched"):
        get("/a")
    server.replies["/b"] = lambda handler: setattr(handler, "close_connection", True)
    with pytest.raises(Unavailable):
        get("/b")


@pytest.mark.parametrize(
    "address",
    ["http://", "https:///a", "http://h:x/", "http://h:0/", "http://a b/", "http://h/\n",
     "http://user:pw@h/a", "http://[::1/a"],
)  # fmt: skip
def test_addresses_that_are_none(address: str, tmp_path: Path) -> None:
    assert is_address(address)
    with pytest.raises(Invalid):
        fetch(address, Holding(tmp_path), lambda *_: None)


def test_unknown_hosts_closed_ports_and_sizes(
    server: Server, get: Get, into: Holding, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotFound):
        fetch("http://nowhere.invalid/a", into, lambda *_: None)
    port = server.server_port
    with pytest.raises(Unavailable):
        fetch("http://127.0.0.1:1/a", into, lambda *_: None, private=True)
    with pytest.raises(Unavailable):
        fetch(f"https://127.0.0.1:{port}/a", into, lambda *_: None, private=True)
    server.replies = {"/a": give(ROWS)}
    monkeypatch.setattr(unpack, "MOST", 1000)
    with pytest.raises(DoumenError) as caught:
        get("/a")
    assert caught.value.code == "faulty.unpacked"


def test_a_path_is_no_address() -> None:
    assert not is_address("in/a.csv")
    assert is_address("HTTPS://h/a")
