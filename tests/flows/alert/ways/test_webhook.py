"""Webhooks: signed as Standard Webhooks says, told what it is to be told, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.told import Hook, certified, hooked

from doumen.flows.alert.ways import interface, webhook
from doumen.model.alert import Notice, Secretly, Webhook
from doumen.model.errors import DoumenError, Invalid, NotFound, Unavailable
from doumen.model.message import as_written, msg
from doumen.model.source import Keeps, Secret

KEY = bytes(range(32))
NOW = datetime(2026, 11, 29, 2, 0, 5, 700_000, tzinfo=UTC)
NOTICE = Notice(
    "01NOTICE", "oncall", "failing.begun", "2026-11-29T02:00:00.000000Z",
    {"schedule": "nightly", "code": "unavailable.place"},
    msg("{node}: {what}", node="商店", what=msg("schedule `{schedule}` fails", schedule="nightly")),
    (msg("See it: doumen job show {job}", job="J1"),),
)  # fmt: skip


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + base64.b64encode(KEY).decode())
    with hooked() as made:
        yield made


def send(url: Secretly, **headers: Secretly) -> None:
    way = Webhook(url, Secret(Keeps.ENV, "HOOK_SECRET"), headers)
    webhook.Sender(way).send(NOTICE, as_written, NOW)


def verify(headers: dict[str, str], body: bytes, key: bytes) -> None:
    """What a receiver does, from the words of the specification alone."""
    content = headers["webhook-id"].encode() + b"." + headers["webhook-timestamp"].encode()
    content += b"." + body
    version, _, signature = headers["webhook-signature"].partition(",")
    assert version == "v1"
    pad = key.ljust(64, b"\0")  # HMAC as RFC 2104 defines it, from SHA-256
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in pad) + content).digest()
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in pad) + inner).digest()
    assert base64.b64decode(signature) == outer


def test_a_notice_is_signed_and_says_what_it_is(hook: Hook) -> None:
    send(f"{hook.url}/doumen?team=data")
    ((headers, body),) = hook.came
    verify(headers, body, KEY)
    assert headers[":path"] == "/doumen?team=data"
    assert headers["webhook-id"] == "01NOTICE"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json"
    assert json.loads(body) == {
        "type": "failing.begun",
        "timestamp": "2026-11-29T02:00:00.000000Z",
        "data": {
            "schedule": "nightly",
            "code": "unavailable.place",
            "message": "商店: schedule `nightly` fails\nSee it: doumen job show J1",
        },
    }


def test_the_example_of_the_specification() -> None:
    """The vector that standardwebhooks.com gives, as its libraries test it."""
    secret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    found = webhook.signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', webhook.key(secret)
    )
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_body_is_the_same_at_every_try(hook: Hook) -> None:
    hook.answers = [503, 200]
    with pytest.raises(Unavailable):
        send(hook.url)
    send(hook.url)
    (first, one), (second, two) = hook.came
    assert one == two
    assert first["webhook-id"] == second["webhook-id"]


@pytest.mark.parametrize(
    ("status", "code"),
    [(500, "webhook"), (404, "webhook"), (410, interface.GONE), (301, "webhook"), (100, "webhook")],
)
def test_what_is_not_taken_is_told_by_its_status(hook: Hook, status: int, code: str) -> None:
    hook.answers = [status]
    with pytest.raises(Unavailable) as caught:
        send(hook.url)
    assert caught.value.code == f"unavailable.{code}"
    assert len(hook.came) == 1  # a redirect is not followed
    if status == 301:
        assert caught.value.why == "Redirects are not followed."


def test_headers_and_address_may_be_secret(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOOK_URL", hook.url)
    token = tmp_path / "token"
    token.write_text("Bearer geheim\n")
    token.chmod(0o600)
    kept = Secret(Keeps.FILE, str(token))
    send(Secret(Keeps.ENV, "HOOK_URL"), Authorization=kept, Team="data")
    ((headers, _),) = hook.came
    assert (headers["authorization"], headers["team"]) == ("Bearer geheim", "data")


@pytest.mark.parametrize("secret", ["", "short", "whsec_!!!", "whsec_" + "QUJD", "x" * 200])
def test_a_secret_that_is_none(hook: Hook, monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("HOOK_SECRET", secret)
    with pytest.raises(Invalid if secret else NotFound) as caught:
        send(hook.url)
    assert caught.value.code.endswith(".secret")
    assert not hook.came
    if secret:
        assert secret not in str(caught.value.as_json())


@pytest.mark.parametrize("url", ["http://example.org/", "ftp://x/", "https://a:b@x/", "https://["])
def test_a_secret_address_is_checked_when_it_is_known(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("HOOK_URL", url)
    with pytest.raises(Invalid) as caught:
        send(Secret(Keeps.ENV, "HOOK_URL"))
    assert caught.value.code == "invalid.address"
    assert url not in str(caught.value.as_json())


def test_nobody_there(hook: Hook) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Unavailable) as caught:
        send(f"http://127.0.0.1:{port}/")
    assert caught.value.why == "ConnectionRefusedError on the way to 127.0.0.1."


def test_who_drips_is_broken_off(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "WHOLE", 0.3)
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        line, _ = server.accept()
        with line:
            line.recv(65536)
            while not over.wait(0.05):
                try:
                    line.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        with pytest.raises(Unavailable):
            send(f"http://127.0.0.1:{server.getsockname()[1]}/")
        over.set()
        thread.join()


def test_a_certificate_is_verified(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chain, secret = certified(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    said: list[bytes] = []

    def answer(server: socket.socket) -> None:
        for _ in range(2):
            line, _ = server.accept()
            try:
                with context.wrap_socket(line, server_side=True) as safe:
                    said.append(safe.recv(65536))
                    safe.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except (ssl.SSLError, OSError):
                continue

    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://localhost:{server.getsockname()[1]}/"
        thread = threading.Thread(target=answer, args=(server,))
        thread.start()
        with pytest.raises(Unavailable) as caught:
            send(url)
        assert caught.value.why == "SSLCertVerificationError on the way to localhost."
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
        send(url)
        thread.join()
    assert said[0].startswith(b"POST / HTTP/1.1\r\n")


def test_no_error_tells_a_secret(hook: Hook) -> None:
    hook.answers = [500]
    with pytest.raises(DoumenError) as caught:
        send(f"{hook.url}/services/T000/geheim")
    told: Any = caught.value.as_json()
    assert "geheim" not in str(told)
    assert hmac.new(KEY, b"", hashlib.sha256).hexdigest() not in str(told)
