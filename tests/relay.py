"""A relay of TCP on loopback that cuts connections after so many bytes of what comes back.

It notes what is asked by HTTP on the way, and can be told to let nothing through.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_REQUEST = re.compile(rb"(GET|HEAD|PUT|POST|DELETE) (\S+) HTTP/1\.1\r\n")


@dataclass
class Relay:
    """A relay.

    Attributes:
        target: Where it leads.
        cuts: Bytes that come back before a connection is cut, one for each that anything comes back
            on; none left: it is not cut.
        asked: Method and path of each request that was seen.
        dead: Whether all connections are cut, those that are there too.
    """

    target: tuple[str, int]
    cuts: list[int] = field(default_factory=list)
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    dead: bool = False


@contextmanager
def relaying(target: tuple[str, int]) -> Iterator[Relay]:
    """Relay, on a port of its own."""
    relay = Relay(target)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay.port = listening.getsockname()[1]
        listening.settimeout(0.05)
        over = threading.Event()
        thread = threading.Thread(target=_accept, args=(relay, listening, over))
        thread.start()
        try:
            yield relay
        finally:
            over.set()
            thread.join()


def _accept(relay: Relay, listening: socket.socket, over: threading.Event) -> None:
    threads = []
    while not over.is_set():
        try:
            near, _ = listening.accept()
        except TimeoutError:
            continue
        one = threading.Thread(target=_relay, args=(relay, near, over))
        one.start()
        threads.append(one)
    for one in threads:
        one.join()


def _relay(relay: Relay, near: socket.socket, over: threading.Event) -> None:
    left: int | None = None
    with near, socket.create_connection(relay.target) as far, contextlib.suppress(OSError):
        if relay.dead:
            return
        back = threading.Thread(target=_forward, args=(relay, near, far, over))
        back.start()
        far.settimeout(0.05)
        while not (over.is_set() or relay.dead):
            try:
                data = far.recv(1 << 16)
            except TimeoutError:
                continue
            if left is None and relay.cuts:
                left = relay.cuts.pop(0)
            if not data or (left is not None and len(data) >= left):
                near.sendall(data[:left] if left is not None else data)
                break
            left = None if left is None else left - len(data)
            near.sendall(data)
        for each in (near, far):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        back.join()


def _forward(relay: Relay, near: socket.socket, far: socket.socket, over: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while not over.is_set() and (data := near.recv(1 << 16)):
            for method, path in _REQUEST.findall(data):
                relay.asked.append((method.decode(), path.decode()))
            far.sendall(data)
