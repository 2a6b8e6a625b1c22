"""What is sent: forms, files, sizes; nothing of the server's own files is reached."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

Client = Callable[..., httpx2.Client]
CARS = b"id,maker\n1,Ford\n2,Fiat\n"


def collect(client: httpx2.Client, content: bytes, name: str = "cars.csv", **more: str) -> Any:
    data = {"as_dataset": "city.cars", **more}
    return client.post("/v1/collect", data=data, files={"path": (name, content)})


def test_a_file_is_collected_under_the_name_of_its_sender(http: Client, world: Any) -> None:
    made = collect(http(), CARS)
    assert made.status_code == 200, made.text
    assert (made.json()["landed"], made.json()["unchanged"]) == (2, False)
    assert made.headers["doumen-receipt"] == made.json()["receipt"]
    assert collect(http(), CARS).json()["unchanged"] is True
    other = collect(http(), CARS + b"3,Seat\n")
    assert (other.status_code, other.json()["code"]) == (409, "conflict.content")
    assert "`cars.csv`" in other.json()["what"]
    assert collect(http(), CARS + b"3,Seat\n", replace="true").json()["landed"] == 3
    broken = collect(http(), b"", name="../../../etc/passwd")
    assert "`passwd`" in broken.json()["what"]
    assert str(world.temporary) not in broken.text


def test_only_the_owner_collects(http: Client) -> None:
    for actor in ("ana", "sue", "aud"):
        assert collect(http(actor), CARS + b"9,Saab\n").json()["code"] == "refused.role"


def test_documents_are_sent_as_files(http: Client, world: Any) -> None:
    shown = http().get("/v1/rule/export", params={"format": "yaml"}).json()
    text = shown["yaml"] if "yaml" in shown else json.dumps(shown)
    added = http("sue").post("/v1/rule/add", files={"file": ("rules.yaml", text.encode())})
    assert added.status_code == 200, added.text
    bad = http("sue").post("/v1/rule/add", files={"file": ("rules.yaml", b"rules: [")})
    assert bad.status_code == 400
    assert str(world.temporary) not in bad.text
    key = json.dumps(http().get("/v1/key/show").json()).encode()
    receipt = http().post("/v1/query", json={"sql": "select 1"}).json()["receipt"]
    verified = http().post("/v1/receipt/verify", data={"receipt": receipt}, files={"key": key})
    assert verified.status_code in {200, 400}
    replayed = http().post("/v1/receipt/replay", json={"receipt": receipt}).json()
    assert replayed["exact"] is True


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/receipt/show", {"receipt": "/etc/passwd"}),
        ("/v1/receipt/show", {"receipt": "doumen.toml"}),
        ("/v1/receipt/show", {"receipt": "0" * 26, "output": "/tmp/x"}),
        ("/v1/receipt/verify", {"receipt": "0" * 26, "key": "keys/root.key"}),
        ("/v1/contract/diff", {"dataset": "city.people", "new": "/etc/passwd"}),
        ("/v1/contract/diff", {"dataset": "city.people", "new": "doumen.toml"}),
        ("/v1/contract/show", {"dataset": "city.people", "output": "/tmp/x"}),
        ("/v1/contract/infer", {"dataset": "city.x", "source": "/etc/passwd"}),
        ("/v1/contract/edit", {"dataset": "city.people"}),
        ("/v1/contract/edit", {"dataset": "city.people", "file": "/etc/passwd"}),
        ("/v1/ledger/head", {"output": "/tmp/x"}),
        ("/v1/ledger/verify", {"checkpoint": "/etc/passwd"}),
        ("/v1/rule/add", {"file": "/etc/passwd"}),
        ("/v1/rule/export", {"output": "/tmp/x"}),
        ("/v1/query", {"sql": "select 1", "output": "/tmp/x.csv"}),
        ("/v1/query", {"sql": "select * from '/etc/passwd'"}),
        ("/v1/collect", {"path": "/etc/passwd", "as_dataset": "city.x"}),
    ],
)
def test_no_file_of_the_server_is_read_or_written(
    http: Client, path: str, body: dict[str, str]
) -> None:
    response = http().post(path, json=body)
    assert response.status_code in {400, 403}, response.text
    assert "root:" not in response.text
    form = http().post(path, data=body, files={"none": b""})
    assert form.status_code in {400, 403, 415}, form.text


@pytest.mark.parametrize("name", ["init", "serve", "doctor", "key/rotate", "ledger/export"])
def test_what_is_for_the_machine_of_the_node_has_no_address(http: Client, name: str) -> None:
    response = http().post(f"/v1/{name}", json={})
    assert (response.status_code, response.json()["code"]) == (404, "not-found.route")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"x"',
        b"\xff",
        b'{"sql": NaN}',
        b"[" * 100_000,
        b'{"sql": 1}',
        b'{"sql": ["select 1", "select 2"]}',
        b'{"sql": "select 1", "param": [1e999]}',
        b'{"sql": "\\ud800"}',
        b'{"sql": "select 1", "explain": "yes"}',
        b'{"' + b"x" * 1000 + b'": 1}',
        b"1" * 5000,
    ],
)
def test_a_body_that_is_wrong_is_the_senders_fault(http: Client, body: bytes) -> None:
    response = http().post("/v1/query", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_bodies_are_bounded(http: Client, world: Any) -> None:
    def endless() -> Any:
        for _ in range(64):
            yield b" " * 65_536

    large = http().post("/v1/query", json={"sql": "x" * (1 << 20)})
    assert (large.status_code, large.json()["code"]) == (413, "over-budget.body")
    assert collect(http(), b"x" * (5 << 20)).status_code == 413
    chunked = http().post(
        "/v1/query", content=endless(), headers={"Content-Type": "application/json"}
    )
    assert chunked.status_code == 413
    assert not list(world.temporary.glob("doumen-upload-*"))


def test_other_media_and_methods(http: Client) -> None:
    media = http().post("/v1/query", content=b"x", headers={"Content-Type": "text/xml"})
    assert media.status_code == 415
    method = http().delete("/v1/query")
    assert (method.status_code, method.headers["allow"]) == (405, "POST")
    assert http().get("/v1/nothing").json()["code"] == "not-found.route"
    assert http().get("/v1/query").status_code == 405


def test_a_body_that_does_not_come(server: Any, world: Any) -> None:
    place = urlsplit(server.url)
    head = (
        "POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {world.tokens['owner']}\r\nContent-Length: 100\r\n\r\n"
    )
    since = time.monotonic()
    with socket.create_connection((place.hostname, place.port), timeout=10) as line:
        line.sendall(head.encode() + b"{")
        assert line.recv(12) == b"HTTP/1.1 408"
    assert time.monotonic() - since < 5


def test_a_name_of_many_long_characters_is_cut(http: Client) -> None:
    made = collect(http(), CARS, "数据" * 60 + ".csv", as_dataset="city.long_name")
    assert made.status_code == 200, made.text
