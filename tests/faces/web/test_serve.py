"""The service starts and stops: addresses, TLS, processes, what runs when it is told to stop."""

from __future__ import annotations

import importlib.util
import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import doumen
from doumen.faces.web.serve import serve
from doumen.faces.web.terms import Terms
from doumen.model.errors import Invalid, Unavailable

Client = Callable[..., httpx2.Client]
SECONDS = "select count(*) from range(6000) a, range(60000) b where a.range % 7 = b.range % 11"


def test_health_needs_no_token(http: Client) -> None:
    assert http("").get("/health/live").json() == {"live": True}
    assert http("").get("/health/ready").json() == {"ready": True}


def test_every_answer_has_the_id_of_its_request(http: Client) -> None:
    given = http("", "", **{"X-Request-Id": "abc-1.2_3"}).get("/v1/nothing")
    assert given.headers["x-request-id"] == "abc-1.2_3"
    assert given.json()["instance"] == "urn:doumen:request:abc-1.2_3"
    for wrong in ("a b", "x" * 65, ""):
        made = http("", "", **{"X-Request-Id": wrong}).get("/health/live")
        assert len(made.headers["x-request-id"]) == 16


def test_no_page_of_another_origin_may_call_it(http: Client) -> None:
    response = http("", "", Origin="https://elsewhere.example").get("/health/live")
    assert "access-control-allow-origin" not in response.headers


def test_it_finishes_what_runs_when_it_is_stopped(start: Any, world: Any) -> None:
    server = start("--origin", "https://here.example", "--rate", "1")
    found: dict[str, Any] = {}

    def ask() -> None:
        with doumen.connect(server.url, world.tokens["owner"]) as node:
            found["rows"] = node.query(SECONDS).rows()

    allowed = httpx2.get(f"{server.url}/health/live", headers={"Origin": "https://here.example"})
    assert allowed.headers["access-control-allow-origin"] == "https://here.example"
    asking = threading.Thread(target=ask)
    asking.start()
    headers = {"Authorization": f"Bearer {world.tokens['ana']}"}
    url = f"{server.url}/v1/purpose/list"
    often = [httpx2.get(url, headers=headers) for _ in range(6)]
    assert [one.status_code for one in often][:2] == [200, 200]
    late = next(one for one in often if one.status_code == 429)
    assert late.json()["code"] == "over-budget.rate"
    assert int(late.headers["retry-after"]) >= 1
    time.sleep(0.5)
    assert server.stop() == 0
    asking.join()
    assert found["rows"][0][0] > 0


@pytest.mark.soak
def test_it_gives_up_what_does_not_end_in_time(start: Any, world: Any) -> None:
    server = start("--grace", "1", "--workers", "2")
    with doumen.connect(server.url, world.tokens["owner"]) as node:
        assert node.query("select 1").rows() == [(1,)]
    long = SECONDS.replace("6000)", "600000)")

    def ask() -> None:
        with doumen.connect(server.url, world.tokens["owner"]) as node, pytest.raises(Exception):  # noqa: B017, PT011
            node.query(long)

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(1.0)
    since = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - since < 15
    asking.join()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "doumen test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, private


def test_tls(start: Any, world: Any, tmp_path: Path) -> None:
    cert, key = certificate(tmp_path)
    server = start("--tls-cert", str(cert), "--tls-key", str(key))
    assert server.url.startswith("https://")
    with doumen.connect(server.url, world.tokens["owner"], ca=cert) as node:
        assert node.query("select 1").rows() == [(1,)]
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"{server.url}/health/live", verify=ssl.create_default_context())


def test_a_place_that_is_taken(server: Any, world: Any) -> None:
    port = server.url.rpartition(":")[2]
    command = [sys.executable, "-m", "doumen", "--json", "--node", str(world.folder), "serve"]
    done = subprocess.run([*command, "--port", port], capture_output=True, text=True, check=False)
    assert done.returncode == 4
    assert json.loads(done.stderr.splitlines()[-1])["error"]["code"] == "unavailable.listen"


def test_options_that_do_not_fit_are_told_at_once(world: Any, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as error:
        serve(
            world.folder,
            host="0.0.0.0",
            port=70000,
            tls_key=tmp_path / "none.pem",
            workers=0,
            origin=("*",),
        )
    why = error.value.why or ""
    for said in ("go together", "no file", "reached by others", "70000", "--workers", "--origin"):
        assert said in why
    for host in ("example.org", "192.0.2.1"):
        with pytest.raises(Invalid, match="cannot start"):
            serve(world.folder, host=host)


def test_terms_are_told_to_other_processes() -> None:
    terms = Terms("/node", jobs=3, rate=2.5, origins=("https://a.example",))
    assert Terms.read(terms.written()) == terms


def test_without_the_extra(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr("doumen.faces.web.serve.find_spec", lambda name: None)
    for start in (lambda: serve(world.folder), lambda: doumen.connect("http://x", "y")):
        with pytest.raises(Unavailable, match="not installed") as error:
            start()
        assert error.value.next == "pip install 'doumen[service]'"


def test_nothing_of_it_costs_a_command_that_does_not_need_it() -> None:
    heavy = "{'starlette', 'uvicorn', 'httpx2', 'anyio', 'asyncio', 'python_multipart'}"
    code = (
        "import sys, doumen; from doumen.faces.cli.app import main; main(['dataset', '--help']);"
        f"assert not {heavy} & set(sys.modules), {heavy} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
