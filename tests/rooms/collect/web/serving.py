"""A little server on loopback that does what interfaces do: page, throttle, fail, cut, forget."""

from __future__ import annotations

import gzip
import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, fallen: str = "") -> str:
        return self.query.get(name, [fallen])[0]


@dataclass(frozen=True)
class Reply:
    """What is answered; `cut` bytes of it, where it breaks off."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str | list[str]] = field(default_factory=dict)
    cut: int | None = None
    framed: bool = True
    packed: bool = False

    @property
    def content(self) -> bytes:
        raw = self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()
        return gzip.compress(raw) if self.packed else raw


Replies = Callable[[Asked], Reply]


class Web:
    """What a server answers, by path, and what it was asked."""

    def __init__(self, port: int, scheme: str = "http") -> None:
        self.port = port
        self.url = f"{scheme}://127.0.0.1:{port}"
        self.replies: dict[str, Replies] = {}
        self.asked: list[Asked] = []
        self.opened = 0

    def give(self, path: str, *replies: Any) -> None:
        """Answer one after another; the last stays. What is no reply is a body."""
        left = [one if isinstance(one, Reply) else Reply(one) for one in replies]
        self.replies[path] = lambda asked: left.pop(0) if len(left) > 1 else left[0]

    def paths(self) -> list[str]:
        return [one.path for one in self.asked]


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    def setup(self) -> None:
        super().setup()
        self.server.web.opened += 1  # type: ignore[attr-defined]

    def _reply(self) -> None:
        web: Web = self.server.web  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        query = parse_qs(parts.query, keep_blank_values=True)
        asked = Asked(self.command, parts.path, query, dict(self.headers.items()), body)
        web.asked.append(asked)
        found = web.replies.get(parts.path)
        reply = found(asked) if found else Reply(status=404)
        content = reply.content
        self.send_response(reply.status)
        for name, values in reply.headers.items():
            for value in [values] if isinstance(values, str) else values:
                self.send_header(name, value)
        if reply.packed:
            self.send_header("Content-Encoding", "gzip")
        if reply.framed:
            self.send_header("Content-Length", str(len(content)))
        else:
            self.close_connection = True
        self.end_headers()
        self.wfile.write(content if reply.cut is None else content[: reply.cut])
        if reply.cut is not None:
            self.close_connection = True

    do_GET = do_POST = _reply

    def log_message(self, format: str, *args: object) -> None:
        return None


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    web: Web

    def handle_error(self, request: Any, client_address: Any) -> None:
        return None


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A server that runs."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.web = Web(server.server_port, "http" if context is None else "https")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.web
        finally:
            server.shutdown()
            thread.join()
