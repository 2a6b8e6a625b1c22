"""A web server on loopback that gives files: ETags, ranges, sign-in, and ways to break."""

from __future__ import annotations

import base64
import hashlib
import http.server
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote

USER, PASSWORD, TOKEN = "reader", "pass:word 名", "token-1234"


@dataclass
class Web:
    """A server.

    Attributes:
        files: Path → content.
        etags: Whether it gives ETags: `strong`, `weak` or none.
        dated: Whether it gives the time of the last change.
        head: Whether it knows HEAD.
        ranges: Whether it gives parts.
        sized: Whether it says how long a file is.
        signed: Whether it asks who reads.
        cuts: Bytes after which a connection is cut, one for each GET.
        statuses: Answered in place of the next files.
        leads: Path → where it leads.
        asked: Method, path, range and authorisation of each request.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    etags: str = "strong"
    dated: bool = True
    head: bool = True
    ranges: bool = True
    sized: bool = True
    signed: bool = False
    cuts: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    leads: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)
    address: str = ""

    def etag(self, data: bytes) -> str | None:
        digest = hashlib.sha256(data).hexdigest()[:16]
        return {"strong": f'"{digest}"', "weak": f'W/"{digest}"'}.get(self.etags)

    def lets_in(self, authorization: str | None) -> bool:
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return not self.signed or authorization in {f"Basic {pair}", f"Bearer {TOKEN}"}


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def do_GET(self) -> None:
        web, path = self.web, unquote(self.path.partition("?")[0])
        signs = self.headers.get("Authorization")
        web.asked.append((self.command, self.path, self.headers.get("Range"), signs))
        if path in web.leads:
            self._plain(302, Location=web.leads[path])
        elif self.command == "HEAD" and not web.head:
            self._plain(405)
        elif not web.lets_in(signs):
            self._plain(401)
        elif web.statuses:
            self._plain(web.statuses.pop(0))
        elif path not in web.files:
            self._plain(404)
        else:
            self._give(web.files[path])

    do_HEAD = do_GET

    def _give(self, data: bytes) -> None:
        web, etag, start = self.web, self.web.etag(data), 0
        asked = self.headers.get("Range")
        if asked and web.ranges and self.headers.get("If-Range") == etag:
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        if etag:
            self.send_header("ETag", etag)
        if web.dated:
            self.send_header("Last-Modified", formatdate(len(data), usegmt=True))
        if web.sized:
            self.send_header("Content-Length", str(len(data) - start))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if self.command == "HEAD":
            return
        end = min(len(data), start + web.cuts.pop(0)) if web.cuts else len(data)
        try:
            self.wfile.write(data[start:end])
        except OSError:
            self.close_connection = True
        if end < len(data):
            self.close_connection = True

    def _plain(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        return None


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """One who goes away early is none."""


@contextmanager
def serving(web: Web, tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Let it serve, on a port of its own."""
    handler = type("Handler", (_Handler,), {"web": web})
    with _Server(("127.0.0.1", 0), handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        web.address = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
