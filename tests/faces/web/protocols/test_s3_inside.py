"""What the face of granted files makes of what goes wrong inside, without a network."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests import granted

import doumen
from doumen.faces.web.entrance import Rate
from doumen.faces.web.log import Line
from doumen.faces.web.outer import Gone
from doumen.faces.web.protocols.s3 import routes
from doumen.faces.web.terms import Terms
from doumen.faces.web.verb import House
from doumen.faces.web.work import Work
from doumen.kits.standards.s3 import keys_unknown
from doumen.model.errors import Unavailable
from doumen.model.handed import FileGrant, Item
from doumen.model.message import msg
from doumen.model.ref import Ref
from doumen.session import Node, create

URL = "http://127.0.0.1:8470/s3/a.b/part"
SIZE = 1 << 20
GRANT = FileGrant("01", "ana", Ref("a", "b"), 1, None, "2026-11-30T00:00:00Z", "")


@dataclass
class Shelf:
    """Implements `Shelf`: one file, perhaps shorter than it is said to be."""

    content: bytes
    grant: FileGrant = GRANT
    items: Mapping[str, Item] = field(default_factory=lambda: {"part": Item(SIZE, "tag")})
    given: list[io.BytesIO] = field(default_factory=list)

    def open(self, name: str) -> io.BytesIO:
        self.given.append(io.BytesIO(self.content))
        return self.given[-1]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder: Path = tmp_path_factory.mktemp("s3-inside") / "node"
    create(folder, "n")
    with doumen.open(folder) as node:
        yield node


Say = list[dict[str, Any]]


def ask(
    node: Node,
    shelf: Callable[[Any], Any],
    *,
    method: str = "GET",
    rate: Rate | None = None,
    slow: bool = False,
    house: Callable[[], House] | None = None,
) -> tuple[Say, Line, BaseException | None]:
    """Messages of the answer, the line of the log, and what was raised."""
    terms = Terms("", patience=0.05)
    door = node.session()
    door.desk.shelf = shelf  # type: ignore[assignment,method-assign]
    told: Say = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            line.status = message["status"]
        told.append(message)
        if slow and message.get("body"):
            await asyncio.sleep(60)

    async def receive() -> Any:
        await asyncio.sleep(60)

    given = granted.headers(URL, "01", "secret", method=method)
    scope: dict[str, Any] = {
        "type": "http", "method": method, "path": "/s3/a.b/part", "raw_path": b"/s3/a.b/part",
        "query_string": b"", "root_path": "", "state": {},
        "headers": [(k.encode(), v.encode()) for k, v in given.items()],
    }  # fmt: skip
    line = scope["state"]["line"] = Line(scope)
    raised: list[BaseException] = []

    async def run() -> None:
        work = Work(terms)
        made = House(node, door, terms, work, rate or Rate(50, 100), Rate(50, 100))
        (mount,) = routes(house or (lambda: made))
        scope.update(mount.matches(scope)[1])
        try:
            await mount.handle(scope, receive, send)
        except Exception as error:
            raised.append(error)
        work.close()

    asyncio.run(run())
    return told, line, raised[0] if raised else None


def test_a_whole_file_is_sent_in_pieces(node: Node) -> None:
    shelf = Shelf(bytes(SIZE))
    told, line, raised = ask(node, lambda _: shelf)
    assert raised is None
    assert b"".join(m.get("body", b"") for m in told) == bytes(SIZE)
    assert len(told) == 1 + 4 + 1
    assert shelf.given[0].closed
    assert (line.said["actor"], line.said["grant"]) == ("ana", "01")


def test_a_file_that_ends_early_is_broken_off(node: Node) -> None:
    shelf = Shelf(bytes(SIZE - 1))
    told, _, raised = ask(node, lambda _: shelf)
    assert isinstance(raised, Unavailable)
    assert told[0]["status"] == 200
    assert told[-1]["more_body"]
    assert shelf.given[0].closed


def test_who_does_not_take_what_is_sent_is_left(node: Node) -> None:
    shelf = Shelf(bytes(SIZE))
    _, _, raised = ask(node, lambda _: shelf, slow=True)
    assert isinstance(raised, Gone)
    assert shelf.given[0].closed


def test_a_grant_that_asks_too_often_is_told_to_slow_down(node: Node) -> None:
    rate, shelf = Rate(1, 1), Shelf(bytes(SIZE))
    ask(node, lambda _: shelf, rate=rate)
    told, line, _ = ask(node, lambda _: shelf, rate=rate)
    assert told[0]["status"] == 503
    assert b"<Code>SlowDown</Code>" in told[1]["body"]
    assert dict(told[0]["headers"])[b"retry-after"] == b"1"
    assert line.said["code"] == "over-budget.rate"
    assert len(shelf.given) == 1


def test_who_is_not_let_in_uses_up_nothing_of_a_grant(node: Node) -> None:
    def refuse(_: Any) -> Any:
        raise keys_unknown()

    rate = Rate(1, 1)
    for _ in range(3):
        assert ask(node, refuse, rate=rate)[0][0]["status"] == 403
    assert ask(node, lambda _: Shelf(bytes(SIZE)), rate=rate)[0][0]["status"] == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_of_what_nobody_knows_nothing_is_told(node: Node, method: str) -> None:
    def fail(_: Any) -> Any:
        raise RuntimeError("a value of a row")

    told, line, _ = ask(node, fail, method=method)
    assert told[0]["status"] == 500
    assert b"a value" not in told[1]["body"]
    assert (b"InternalError" in told[1]["body"]) == (method == "GET")
    assert line.said["error"] == "RuntimeError"


def test_a_service_that_is_closing(node: Node) -> None:
    def closed() -> House:
        raise Unavailable(msg("The service is not open."), detail="closed")

    told, _, _ = ask(node, lambda _: None, house=closed)
    assert told[0]["status"] == 503
    assert b"ServiceUnavailable" in told[1]["body"]
