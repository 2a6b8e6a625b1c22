"""What answers in the place of a server is told; it gets neither the password nor a file."""

from __future__ import annotations

import hashlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from pymysql.constants import CLIENT

from doumen.model.errors import DoumenError, Invalid, Refused, Unavailable
from doumen.rooms.collect.connectors import SHELF, Connector, mysql_connection

PASSWORD = "geheim"
OK = b"\0\0\0\x02\0\0\0"
Serve = Callable[["Peer"], None]


class Peer:
    """The side of a server on one connection."""

    def __init__(self, taken: socket.socket) -> None:
        self._taken = taken
        self.file = taken.makefile("rb")
        self._turn = 0

    def send(self, payload: bytes) -> None:
        self._taken.sendall(struct.pack("<I", len(payload))[:3] + bytes([self._turn]) + payload)
        self._turn += 1

    def take(self) -> bytes:
        head = self.file.read(4)
        self._turn = head[3] + 1 if head else 0
        return self.file.read(head[0] | head[1] << 8 | head[2] << 16) if head else b""

    def raw(self, sent: bytes) -> None:
        self._taken.sendall(sent)


def greeting(plugin: bytes = b"mysql_native_password", flags: int = 0) -> bytes:
    """A greeting of version 10 of the protocol."""
    flags |= CLIENT.PROTOCOL_41 | CLIENT.SECURE_CONNECTION | CLIENT.PLUGIN_AUTH
    return (
        b"\x0a5.7.0\0" + bytes(4) + b"12345678\0" + struct.pack("<H", flags & 0xFFFF)
        + b"\x2d\x02\0" + struct.pack("<H", flags >> 16) + b"\x15" + bytes(10)
        + b"123456789012\0" + plugin + b"\0"
    )  # fmt: skip


@contextmanager
def served(serve: Serve, **options: object) -> Iterator[tuple[Connector, list[bytes]]]:
    """A place where `serve` answers, and all that is sent there."""
    sent: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            with suppress(OSError):
                taken, _ = server.accept()
                peer = Peer(taken)
                with taken, peer.file:
                    take = peer.take

                    def kept() -> bytes:
                        sent.append(take())
                        return sent[-1]

                    peer.take = kept  # type: ignore[method-assign]  # to see all of it
                    serve(peer)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        written = {
            "host": "127.0.0.1",
            "port": server.getsockname()[1],
            "database": "d",
            "user": "u",
            **options,
        }
        yield SHELF["mysql"].connector(written, {"password": PASSWORD}), sent
        thread.join(5)


def unopened(place: Connector, kind: type[DoumenError]) -> DoumenError:
    """Why it cannot be reached."""
    with pytest.raises(kind) as caught, place.open():
        pass
    assert PASSWORD not in str(caught.value.as_json())
    error: DoumenError = caught.value
    return error


@pytest.mark.parametrize(
    "said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n", b"\x05\0\0\0\x09abcd"]
)
def test_a_stranger_is_no_database(said: bytes) -> None:
    with served(lambda peer: peer.raw(said)) as (place, _):
        assert "is no MySQL" in str(unopened(place, Invalid))


def test_who_says_nothing_or_little_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql_connection, "PATIENCE", 0.2)
    with served(lambda peer: peer.raw(b"")) as (place, _):
        assert unopened(place, Unavailable).why == "The connection broke."

    def silent(peer: Peer) -> None:
        peer.take()

    with served(silent) as (place, _):
        assert unopened(place, Unavailable).why == "It does not answer in time."

    def little(peer: Peer) -> None:
        peer.raw(b"\x05")
        peer.take()

    with served(little) as (place, _):
        assert "is no MySQL" in str(unopened(place, Invalid))


@pytest.mark.parametrize(
    ("failed", "why"),
    [(TimeoutError(), "It does not answer in time."), (OSError(113, ""), "No way leads there.")],
)
def test_who_is_not_reached_is_told(
    monkeypatch: pytest.MonkeyPatch, failed: OSError, why: str
) -> None:
    def fails(*_: object) -> socket.socket:
        raise failed

    options = {"host": "192.0.2.1", "database": "d", "user": "u"}
    monkeypatch.setattr(socket, "create_connection", fails)
    assert unopened(SHELF["mysql"].connector(options, {}), Unavailable).why == why


def test_a_server_that_takes_nobody_says_why() -> None:
    full = b"\xff" + struct.pack("<H", 1040) + b"#08004geheim"
    with served(lambda peer: peer.send(full)) as (place, _):
        assert unopened(place, Unavailable).why == "It takes no more connections."


@pytest.mark.parametrize("way", [b"mysql_clear_password", b"dialog"])
@pytest.mark.parametrize("mode", ["disable", "prefer"])
def test_a_password_goes_out_in_the_clear_to_nobody(way: bytes, mode: str) -> None:
    def asks(peer: Peer) -> None:
        peer.send(greeting())
        peer.take()
        peer.send(b"\xfe" + way + b"\0\x02Password: ")
        peer.take()

    with served(asks, sslmode=mode) as (place, sent):
        assert "in the clear" in str(unopened(place, Refused).why)
    assert PASSWORD.encode() not in b"".join(sent)


@pytest.mark.parametrize("way", [b"mysql_old_password", b"client_ed25519", b"of_its_own"])
def test_a_way_to_log_in_that_is_not_gone_is_told(way: bytes) -> None:
    def asks(peer: Peer) -> None:
        peer.send(greeting())
        peer.take()
        peer.send(b"\xfe" + way + b"\0" + bytes(32))
        peer.take()

    with served(asks) as (place, sent):
        assert "a way to log in that Doumen does not have" in str(unopened(place, Refused).why)
    assert hashlib.sha512(PASSWORD.encode()).digest() not in b"".join(sent)


def test_without_tls_there_nothing_is_sent() -> None:
    def plain(peer: Peer) -> None:
        peer.send(greeting())
        peer.take()

    with served(plain, sslmode="require") as (place, sent):
        assert unopened(place, Unavailable).code == "unavailable.tls"
    assert sent in ([], [b""])


def test_a_file_that_a_server_asks_for_is_not_sent() -> None:
    def asks(peer: Peer) -> None:
        peer.send(greeting(flags=CLIENT.LOCAL_FILES))
        peer.take()
        peer.send(OK)
        while said := peer.take():
            peer.send(OK if b"SET NAMES" in said else b"\xfb/etc/hostname")

    with served(asks) as (place, sent):
        assert unopened(place, Unavailable).why == "The connection broke."
    login = sent[0]
    assert not struct.unpack("<I", login[:4])[0] & (CLIENT.LOCAL_FILES | CLIENT.MULTI_STATEMENTS)
    assert [said[:1] for said in sent[1:4]] == [b"\x03", b"\x03", b"\x01"]  # two queries, and quit
    assert not any(sent[4:])


@pytest.mark.parametrize("answer", [b"\x05\0\0", b"\x01", b"\xff", b"\xfe\0\0\x02\0" * 9, b""])
def test_a_server_that_breaks_the_protocol_is_told(answer: bytes) -> None:
    def breaks(peer: Peer) -> None:
        peer.send(greeting())
        peer.take()
        peer.send(OK)
        peer.take()
        peer.send(OK)
        peer.take()
        peer.send(answer)

    with served(breaks) as (place, _):
        unopened(place, Unavailable)
