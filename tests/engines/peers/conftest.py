"""Servers on loopback, with and without TLS, and an authority that certifies them."""

from __future__ import annotations

import http.server
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Reply = Callable[[http.server.BaseHTTPRequestHandler, bytes], None]


class Server(http.server.ThreadingHTTPServer):
    """Answers by a table of paths; keeps requests, and the ports that they came from."""

    daemon_threads = True
    replies: dict[str, Reply]
    asked: list[tuple[str, str, dict[str, str], bytes]]
    lines: list[int]

    def handle_error(self, request: object, client_address: object) -> None:
        return None


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        server.asked.append((self.command, self.path, headers, body))
        server.lines.append(self.client_address[1])
        server.replies[self.path](self, body)

    do_POST = do_GET

    def log_message(self, format: str, *args: object) -> None:
        return None


def give(body: bytes, status: int = 200, **headers: str) -> Reply:
    """An answer with its length."""

    def reply(handler: http.server.BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def raw(data: bytes) -> Reply:
    """These very bytes, and the end of the line."""

    def reply(handler: http.server.BaseHTTPRequestHandler, _: bytes) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return reply


def _serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as one:
        one.replies, one.asked, one.lines = {}, [], []
        if context is not None:
            one.socket = context.wrap_socket(one.socket, server_side=True)
        thread = threading.Thread(target=one.serve_forever, args=(0.01,))
        thread.start()
        yield one
        one.shutdown()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from _serving()


@dataclass
class Authority:
    """One that certifies hosts, in a folder."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def made(self) -> Authority:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")])
        certificate = (
            self._begun(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return self

    def context(self, *hosts: str, days: int = 1) -> ssl.SSLContext:
        """A server's, certified for these hosts."""
        key = ec.generate_private_key(ec.SECP256R1())
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        names: list[x509.GeneralName] = [
            x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
            for host in hosts
        ]
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")])
        certificate = (
            self._begun(named, days)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        path = self.folder / "server.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _begun(self, name: x509.Name, days: int = 1) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        first, last = sorted([now - timedelta(hours=1), now + timedelta(days=days)])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .serial_number(x509.random_serial_number())
            .not_valid_before(first)
            .not_valid_after(last)
        )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path).made()


@pytest.fixture
def secure(authority: Authority) -> Iterator[Callable[..., Server]]:
    """Starts servers that are certified for hosts."""
    running: list[Iterator[Server]] = []

    def start(*hosts: str, days: int = 1) -> Server:
        serving = _serving(authority.context(*hosts, days=days))
        running.append(serving)
        return next(serving)

    yield start
    for serving in running:
        next(serving, None)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Host → the addresses that name servers give for it, from now on."""
    table: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def resolved(host: str, port: int, *args: object, **kwargs: object) -> object:
        if host not in table:
            return real(host, port, type=socket.SOCK_STREAM)
        return [(2, 1, 6, "", (address, port)) for address in table[host]]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    return table
