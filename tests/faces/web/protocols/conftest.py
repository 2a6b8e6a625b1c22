"""Two services on loopback that know each other: one by its root key, one by `did:web` over TLS."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.engines.peers.conftest import Authority
from tests.granted import House, granting
from tests.served import Server, serve

import doumen
from doumen.gate import Means, peers
from doumen.gate.record import new_id
from doumen.kits.evidence import token
from doumen.kits.evidence.token import Claims
from doumen.model.peer import Call, Reply
from doumen.session import Node, create

MOST = 1 << 21


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port: int = one.getsockname()[1]
        return port


@dataclass
class Pair:
    """The nodes `port` and `weather`, open, and their services."""

    port: Node
    weather: Node
    services: Mapping[str, Server]
    folder: Path

    @property
    def means(self) -> Means:
        """Of the node that asks."""
        return self.port.means

    def claims(self, method: str, path: str, body: bytes, **changed: Any) -> Claims:
        """What an honest token of `port` to `weather` says, but for what is changed."""
        now, keyring = self.means.clock(), self.means.keys()
        issued = int(now.timestamp())
        told = Claims(
            issuer=self.means.own().id,
            audience=self.weather.means.own().id,
            id=new_id(now, self.means.entropy),
            issued=issued,
            expires=issued + 60,
            method=method,
            path=path,
            digest=token.digest_of(body),
            certificate=keyring.certificate,
        )
        return replace(told, **changed)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        signed: str | None = None,
        address: str | None = None,
        **headers: str,
    ) -> Reply:
        """A request to `weather`, signed as it should be unless it is given otherwise."""
        if signed is None:
            signed = token.issue(self.claims(method, path, body or b""), self.means.keys().working)
        given = {"authorization": f"Bearer {signed}", "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        base = self.weather.means.own().address
        call = Call(method, address or base + path, given, body)
        return self.means.peers.call(call, MOST)

    def state(self) -> tuple[int, int]:
        """Facts and entries of `weather`."""
        means = self.weather.means
        with means.database.read() as connection:
            return means.catalog.current().version, means.ledger.size(connection)


@pytest.fixture(scope="package")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    authority = Authority(folder).made()
    authority.context("localhost", "127.0.0.1")  # writes server.pem
    ports = {"port": free(), "weather": free()}
    settings = {
        "port": {"address": f"http://127.0.0.1:{ports['port']}"},
        "weather": {
            "address": f"https://localhost:{ports['weather']}",
            "did": f"did:web:localhost%3A{ports['weather']}",
        },
    }
    for name, given in settings.items():
        create(folder / name, f"The {name}")
        file = folder / name / "doumen.toml"
        text = file.read_text("utf-8")
        for key, value in {**given, "reach": "loopback", "authorities": "../authority.pem"}.items():
            default = "public" if key == "reach" else ""
            assert f'{key} = "{default}"' in text
            text = text.replace(f'{key} = "{default}"', f"{key} = {json.dumps(value)}")
        file.write_text(text, "utf-8")
    pem = str(folder / "server.pem")
    services = {
        "port": serve(folder / "port", "--port", str(ports["port"])),
        "weather": serve(
            folder / "weather", "--port", str(ports["weather"]), "--rate", "100000",
            "--tls-cert", pem, "--tls-key", pem,
        ),
    }  # fmt: skip
    with doumen.open(folder / "port") as port, doumen.open(folder / "weather") as weather:
        card = folder / "port.json"
        port.session().do("participant card", output=card)
        weather.session().do("participant add", card=str(card), alias="port", place="CN")
        port.session().do("participant add", card=weather.means.own().id, alias="weather")
        yield Pair(port, weather, services, folder)
    for service in services.values():
        service.close()


def signature(reply: Reply) -> str | None:
    """The token of a reply."""
    return reply.headers.get(peers.SIGNATURE)


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A node whose datasets are granted as files, and its service."""
    with granting(tmp_path_factory.mktemp("s3")) as house:
        yield house
