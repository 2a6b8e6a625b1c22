"""Places of files of every kind, which a test fills, changes and breaks alike."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests import sftp
from tests.relay import Relay, relaying
from tests.webfiles import Web
from tests.webfiles import serving as web_serving

from doumen.model.message import Message
from doumen.rooms.collect.connectors import SHELF, Files, Item, bringing
from doumen.rooms.collect.connectors.interface import Connector

KINDS = ("folder", "sftp", "http", "s3")
BIG = os.urandom(1 << 20) * 3


def quiet(fraction: float | None, doing: Message) -> None:
    """A progress that tells nobody."""


@dataclass
class Place:
    """A place of one kind.

    Attributes:
        put: Writes a file, or another content of it.
        remove: Takes one away.
        cut: Lets the next readings break after so many bytes; None: it never breaks.
        wrong: Options and secrets by which it is not reached, and the code of the error.
    """

    kind: str
    options: Mapping[str, Any]
    secrets: Mapping[str, str]
    put: Callable[[str, bytes], None]
    remove: Callable[[str], object]
    cut: Callable[[list[int]], None] | None = None
    away: Callable[[], None] | None = None
    wrong: list[tuple[dict[str, Any], dict[str, str], str]] = field(default_factory=list)

    @property
    def lists(self) -> bool:
        """Whether it tells which files it has."""
        return SHELF[self.kind].lists

    def connector(self, **options: Any) -> Connector:
        return SHELF[self.kind].connector({**self.options, **options}, self.secrets)

    def items(self, files: Files, *names: str) -> list[Item]:
        """Files of these names; where they are listed, all of one pattern that fits them."""
        return [item for name in names for item in files.items(name)]


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "PAUSE", 0.001)


def _in(root: Path) -> dict[str, Any]:
    """Writes and takes away files of a folder; each content has a time of its own."""
    times = iter(range(1_700_000_000, 1_800_000_000, 7))

    def put(name: str, data: bytes) -> None:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        moment = next(times)
        os.utime(path, (moment, moment))

    return {"put": put, "remove": lambda name: (root / name).unlink()}


@pytest.fixture
def folder_place(tmp_path: Path) -> Place:
    root = tmp_path / "root"
    root.mkdir()
    wrong: list[Any] = [({"path": str(tmp_path / "gone")}, {}, "not-found.path")]
    return Place("folder", {"path": str(root)}, {}, **_in(root), wrong=wrong)


@pytest.fixture
def sftp_server(tmp_path: Path) -> Iterator[sftp.Server]:
    root = tmp_path / "served"
    root.mkdir()
    with sftp.serving(sftp.Server(root)) as server:
        yield server


@pytest.fixture
def sftp_place(sftp_server: sftp.Server) -> Place:
    secrets = {"password": sftp.PASSWORD}

    def away() -> None:
        sftp_server.cuts[:] = [0] * 100

    return Place(
        "sftp", sftp_server.options, secrets, **_in(sftp_server.root),
        cut=sftp_server.cuts.extend, away=away,
        wrong=[
            ({"port": 1}, secrets, "unavailable.source"),
            ({"host": "nowhere.invalid"}, secrets, "unavailable.source"),
            ({"root": "gone"}, secrets, "not-found.folder"),
            ({}, {"password": "wr0ng-secret"}, "refused.source"),
        ],
    )  # fmt: skip


@pytest.fixture
def web() -> Iterator[Web]:
    with web_serving(Web()) as server:
        yield server


@pytest.fixture
def http_place(web: Web) -> Place:
    web.signed = True
    secrets = {"token": "token-1234"}
    options = {"base": f"{web.address}/files", "allow_private": True}

    def away() -> None:
        web.cuts[:] = [0] * 100

    return Place(
        "http", options, secrets,
        put=lambda name, data: web.files.__setitem__(f"/files/{name}", data),
        remove=lambda name: web.files.pop(f"/files/{name}"),
        cut=web.cuts.extend, away=away,
        wrong=[
            ({"base": "http://127.0.0.1:1/"}, secrets, "unavailable.fetch"),
            ({"base": "http://nowhere.invalid/", "allow_http": True}, secrets, "not-found.host"),
            ({}, {"token": "wr0ng-secret"}, "refused.source"),
            ({"allow_private": False}, secrets, "refused.address"),
        ],
    )  # fmt: skip


@pytest.fixture
def relay(objects: Any) -> Iterator[Relay]:
    parts = urlsplit(objects.endpoint)
    with relaying((parts.hostname, parts.port)) as made:
        yield made


@pytest.fixture
def s3_place(objects: Any, relay: Relay) -> Place:
    folder = objects.folder()
    store, secrets = folder.store, folder.secrets
    options = {**folder.options, "endpoint": f"http://127.0.0.1:{relay.port}"}

    def cut(cuts: list[int]) -> None:
        relay.cuts[:] = cuts

    def away() -> None:
        relay.cuts[:] = [2000] * 100

    return Place(
        "s3", options, secrets,
        put=lambda name, data: store.put(name, data) and None,
        remove=store.delete, cut=cut, away=away,
        wrong=[
            ({"endpoint": "http://127.0.0.1:1"}, secrets, "unavailable.source"),
            ({"endpoint": "http://nowhere.invalid", "allow_http": True}, secrets,
             "unavailable.source"),
            ({"bucket": "not-there"}, secrets, "not-found.bucket"),
            ({}, {**secrets, "secret_key": "wr0ng-secret"}, "refused.source"),
            ({}, {**secrets, "access_key": "wr0ng-secret"}, "refused.source"),
        ],
    )  # fmt: skip


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Place:
    """A place of each kind."""
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found
