"""Requests to servers that do what servers do: refuse, break, lie, drip and lead astray."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.engines.peers.conftest import Authority, Server, give, raw

from doumen.engines.peers import Reachable, reach
from doumen.kits.standards.dsp import Reach
from doumen.model.errors import DoumenError, Faulty, Invalid, Refused, Unavailable
from doumen.model.peer import Call
from doumen.model.wanted import WANTED, Wanted

MOST = 1 << 20


@pytest.fixture
def peers() -> Iterator[Reachable]:
    made = Reachable(Reach.LOOPBACK)
    yield made
    made.close()


def at(server: Server, path: str = "/a", method: str = "GET", body: bytes | None = None) -> Call:
    address = f"http://127.0.0.1:{server.server_port}{path}"
    return Call(method, address, {"authorization": "Bearer x"}, body)


def test_a_request_and_its_answer(server: Server, peers: Reachable) -> None:
    server.replies = {
        "/a/urn%3Auuid%3A1": give(b"yes", 201, Doumen_Signature="s", X="1"),
        "/none": give(b"", 204),
    }
    reply = peers.call(at(server, "/a/urn%3Auuid%3A1", "POST", b"{}"), MOST)
    assert (reply.status, reply.body, reply.headers["doumen-signature"]) == (201, b"yes", "s")
    method, path, headers, body = server.asked[0]
    assert (method, path, body) == ("POST", "/a/urn%3Auuid%3A1", b"{}")
    assert headers["authorization"] == "Bearer x"
    assert headers["host"] == f"127.0.0.1:{server.server_port}"
    assert headers["accept-encoding"] == "identity"
    assert peers.call(at(server, "/none"), MOST).body == b""


def test_a_line_is_kept_for_the_next_request(server: Server, peers: Reachable) -> None:
    server.replies = {"/a": give(b"yes")}
    for _ in range(5):
        assert peers.call(at(server), MOST).body == b"yes"
    assert len(set(server.lines)) == 1


def test_a_line_that_was_closed_meanwhile_is_not_used(server: Server, peers: Reachable) -> None:
    def once(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        give(b"yes")(handler, body)
        handler.close_connection = True

    server.replies = {"/a": once}
    for _ in range(3):
        assert peers.call(at(server, body=b"1", method="POST"), MOST).body == b"yes"
        time.sleep(0.05)
    assert len(set(server.lines)) == 3


def test_a_line_is_not_kept_for_long(
    server: Server, peers: Reachable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "IDLE", 0.0)
    server.replies = {"/a": give(b"yes"), "/b": give(b"no", Connection="close")}
    for path in ("/a", "/a", "/b", "/a"):
        peers.call(at(server, path), MOST)
    assert len(set(server.lines)) == 4


def test_many_threads_have_a_line_each(server: Server, peers: Reachable) -> None:
    gate = threading.Barrier(12)

    def slow(handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        gate.wait(10)
        give(body)(handler, body)

    server.replies = {"/a": slow}
    seen: dict[int, bytes] = {}

    def ask(number: int) -> None:
        seen[number] = peers.call(at(server, "/a", "POST", b"%d" % number), MOST).body

    for _ in range(2):
        threads = [threading.Thread(target=ask, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == {n: b"%d" % n for n in range(12)}
    assert len(set(server.lines)) == 12 + 12 - reach.KEPT


def test_redirects_are_not_followed(server: Server, peers: Reachable) -> None:
    server.replies = {"/a": give(b"", 307, Location="/b"), "/b": give(b"secret")}
    assert peers.call(at(server), MOST).status == 307
    assert [path for _, path, _, _ in server.asked] == ["/a"]


def test_proxies_of_the_environment_are_not_used(
    server: Server, peers: Reachable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.replies = {"/a": give(b"yes")}
    assert peers.call(at(server), MOST).body == b"yes"


def code(peers: Reachable, call: Call, kind: type[DoumenError], most: int = MOST) -> str:
    with pytest.raises(kind) as caught:
        peers.call(call, most)
    return caught.value.code


def chunked(handler: http.server.BaseHTTPRequestHandler, pieces: list[bytes]) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for piece in pieces:
        handler.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        handler.wfile.flush()


def test_an_answer_comes_piece_by_piece(server: Server, peers: Reachable) -> None:
    go = threading.Event()

    def reply(handler: http.server.BaseHTTPRequestHandler, _: bytes) -> None:
        chunked(handler, [b"one"])
        go.wait(10)
        handler.wfile.write(b"3\r\ntwo\r\n0\r\n\r\n")

    server.replies = {"/a": reply}
    for _ in range(2):
        go.clear()
        with peers.stream(at(server)) as streamed:
            pieces = streamed.pieces
            assert (streamed.status, next(pieces)) == (200, b"one")
            go.set()
            assert list(pieces) == [b"two"]
    assert len(set(server.lines)) == 1
    server.replies = {"/a": give(bytes(600_000))}
    with peers.stream(at(server)) as streamed:
        assert sum(map(len, streamed.pieces)) == 600_000


def test_a_stream_that_is_left_is_not_used_again(server: Server, peers: Reachable) -> None:
    server.replies = {"/a": give(bytes(600_000)), "/b": give(b"yes")}
    with peers.stream(at(server)) as streamed:
        next(streamed.pieces)
    with pytest.raises(RuntimeError), peers.stream(at(server)):
        raise RuntimeError
    assert peers.call(at(server, "/b"), MOST).body == b"yes"
    assert len(set(server.lines)) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
    ],
)
def test_an_answer_that_breaks_off_is_never_taken_for_whole(
    server: Server, peers: Reachable, data: bytes
) -> None:
    server.replies = {"/a": raw(data)}
    assert code(peers, at(server), Unavailable) == "unavailable.peer"


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nno length, so nobody knows whether this is all",
        b"HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\na: " + b"b" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_http_is_told(server: Server, peers: Reachable, data: bytes) -> None:
    server.replies = {"/a": raw(data)}
    assert code(peers, at(server), Faulty) == "faulty.peer"


def test_an_answer_is_not_longer_than_asked_for(server: Server, peers: Reachable) -> None:
    server.replies = {"/a": give(bytes(1000))}
    assert len(peers.call(at(server), 1000).body) == 1000
    assert code(peers, at(server), Faulty, most=999) == "faulty.peer"


def test_a_server_that_drips_is_left(
    server: Server, peers: Reachable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "WHOLE", 0.3)

    def drip(handler: http.server.BaseHTTPRequestHandler, _: bytes) -> None:
        for byte in b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 50:
            handler.wfile.write(bytes([byte]))
            time.sleep(0.02)

    server.replies = {"/a": drip}
    begun = time.monotonic()
    assert code(peers, at(server), Unavailable) == "unavailable.peer"
    assert time.monotonic() - begun < 2


def test_silence_ends(server: Server, peers: Reachable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "SILENCE", 0.2)
    server.replies = {"/a": lambda *_: time.sleep(1)}
    assert code(peers, at(server), Unavailable) == "unavailable.peer"


def test_what_nobody_waits_for_is_ended(server: Server, peers: Reachable) -> None:
    server.replies = {"/a": lambda *_: time.sleep(5), "/b": give(b"yes")}
    wanted = Wanted()
    mark = WANTED.set(wanted)
    try:
        assert peers.call(at(server, "/b"), MOST).body == b"yes"
        threading.Timer(0.2, wanted.end).start()
        begun = time.monotonic()
        assert code(peers, at(server), Unavailable) == "unavailable.abandoned"
        assert time.monotonic() - begun < 3
        assert code(peers, at(server), Unavailable) == "unavailable.abandoned"
    finally:
        WANTED.reset(mark)


def test_the_end_of_one_request_leaves_the_next_alone(server: Server, peers: Reachable) -> None:
    server.replies = {"/b": give(b"yes")}
    wanted = Wanted()
    mark = WANTED.set(wanted)
    peers.call(at(server, "/b"), MOST)
    WANTED.reset(mark)
    wanted.end()  # the line is kept for others now
    assert peers.call(at(server, "/b"), MOST).body == b"yes"
    assert len(set(server.lines)) == 1


@pytest.mark.parametrize(
    "address",
    ["", "127.0.0.1/a", "http://127.0.0.1", "http://127.0.0.1/a?b", "http://127.0.0.1/a#b",
     "http://127.0.0.1/a b", "http://127.0.0.1/a\r\nX: y", "ftp://127.0.0.1/a",
     "http://u:p@127.0.0.1/a", "http://127.0.0.1:0/a", "http://127.1/a", "http://127.0.0.1/ä"],
)  # fmt: skip
def test_addresses_that_are_none(peers: Reachable, address: str) -> None:
    with pytest.raises(Invalid):
        peers.call(Call("GET", address), MOST)


@pytest.mark.parametrize(
    "address", ["http://port.example/a", "https://10.0.0.1/a", "https://[fd00::1]/a",
                "https://169.254.169.254/latest", "https://printer.local/a", "https://intranet/a"],
)  # fmt: skip
def test_no_address_leads_within(peers: Reachable, address: str) -> None:
    with pytest.raises(Refused):
        peers.call(Call("GET", address), MOST)


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.1", "::1", "fd00::1", "169.254.169.254",
                                   "::ffff:10.0.0.1", "fe80::1%1", "168.63.129.16"])  # fmt: skip
def test_no_name_leads_within(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, inner: str
) -> None:
    def connect(*args: object) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", connect)
    names["port.example"] = ["93.184.215.14", inner]  # one that may be, and one that may not
    peers = Reachable(Reach.PUBLIC)
    with pytest.raises(Refused) as caught:
        peers.call(Call("GET", "https://port.example/a"), MOST)
    assert caught.value.code == "refused.peer-address"


def test_the_address_that_was_judged_is_the_one_connected_to(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def connect(place: object, timeout: float) -> socket.socket:
        asked.append(place)
        names["port.example"] = ["127.0.0.1"]  # what a second look would find
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    names["port.example"] = ["93.184.215.14", "93.184.215.14", "93.184.215.15"]
    with pytest.raises(Unavailable):
        Reachable(Reach.PUBLIC).call(Call("GET", "https://port.example/a"), MOST)
    assert asked == [("93.184.215.14", 443), ("93.184.215.15", 443)]


def test_who_does_not_answer_is_told(peers: Reachable) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    call = Call("GET", f"http://127.0.0.1:{port}/a")
    assert code(peers, call, Unavailable) == "unavailable.peer"
    assert code(peers, Call("GET", "https://no.such.invalid/a"), Unavailable) == "unavailable.peer"


Start = Callable[..., Server]


def test_a_certificate_is_held_to_the_authorities(secure: Start, authority: Authority) -> None:
    server = secure("127.0.0.1", "localhost")
    server.replies = {"/a": give(b"yes")}
    peers = Reachable(Reach.LOOPBACK, authority.file)
    for host in ("127.0.0.1", "localhost", "127.0.0.1"):
        call = Call("GET", f"https://{host}:{server.server_port}/a")
        assert peers.call(call, MOST).body == b"yes"
        with peers.stream(call) as streamed:
            assert list(streamed.pieces) == [b"yes"]
    assert len(set(server.lines)) == 2
    peers.close()
    strange = Reachable(Reach.LOOPBACK)
    call = Call("GET", f"https://127.0.0.1:{server.server_port}/a")
    with pytest.raises(Unavailable) as caught:
        strange.call(call, MOST)
    assert "certificate does not hold" in str(caught.value.why)
    assert len(server.asked) == 6


@pytest.mark.parametrize(("host", "days"), [("other.example", 1), ("127.0.0.1", -1)])
def test_certificates_of_others_and_of_yesterday(
    secure: Start, authority: Authority, host: str, days: int
) -> None:
    server = secure(host, days=days)
    peers = Reachable(Reach.LOOPBACK, authority.file)
    call = Call("GET", f"https://127.0.0.1:{server.server_port}/a")
    assert code(peers, call, Unavailable) == "unavailable.peer"
    assert server.asked == []


def test_what_does_not_speak_tls_is_told(server: Server, peers: Reachable) -> None:
    call = Call("GET", f"https://127.0.0.1:{server.server_port}/a")
    assert code(peers, call, Unavailable) == "unavailable.peer"


def test_authorities_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("nothing")
    for name in ("none.pem", "empty.pem"):
        peers = Reachable(Reach.PUBLIC, tmp_path / name)
        call = Call("GET", "https://port.example/a")
        assert code(peers, call, Unavailable) == "unavailable.settings"


def test_a_request_costs_little(server: Server, peers: Reachable) -> None:
    server.replies = {"/a": give(b"yes")}
    peers.call(at(server), MOST)
    begun = time.monotonic()
    for _ in range(50):
        peers.call(at(server, method="POST", body=b"{}"), MOST)
    assert (time.monotonic() - begun) / 50 < 0.02
