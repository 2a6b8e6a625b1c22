"""What the service makes of what goes wrong inside, and of the answers that a room gives."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import doumen
from doumen.faces.web.app import application
from doumen.faces.web.protocols import dsp as module
from doumen.faces.web.protocols import failure
from doumen.faces.web.terms import Terms
from doumen.gate import Means, peers
from doumen.kits.evidence import token
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp import catalog, negotiation
from doumen.model.errors import (
    Conflict,
    Faulty,
    Invalid,
    NotFound,
    OverBudget,
    Refused,
    Unavailable,
)
from doumen.model.fact import Fact
from doumen.model.message import msg
from doumen.model.peer import Call, Reply
from doumen.session import create

ASK = json.dumps(dsp.write(catalog.CatalogRequestMessage())).encode()
PATH = "/catalog/request"
Ask = Callable[..., tuple[int, dict[str, str], bytes]]


class Caught:
    """Implements `Peers`: keeps what would be sent."""

    call_: Call

    def call(self, call: Call, most: int) -> Reply:
        self.call_ = call
        return Reply(200, {}, b"")

    def stream(self, call: Call) -> Any:
        raise NotImplementedError


@pytest.fixture(scope="module")
def nodes(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Means]]:
    """The folder of a node that is served, and another one that it knows."""
    folder = tmp_path_factory.mktemp("inside")
    for name in ("here", "there"):
        create(folder / name, name)
        file = folder / name / "doumen.toml"
        text = file.read_text("utf-8").replace(
            'address = ""', f'address = "https://{name}.example"'
        )
        file.write_text(text, "utf-8")
    with doumen.open(folder / "here") as here, doumen.open(folder / "there") as there:
        for one, other in ((here, there), (there, here)):
            own = other.means.own()
            one.session().desk.amend([Fact("participant", own.id, own.as_json())], subject="x")
    with doumen.open(folder / "there") as there:
        yield folder / "here", there.means


@pytest.fixture
def ask(nodes: tuple[Path, Means]) -> Ask:
    """Sends a signed request to the application, without a network; gives what it answers."""
    folder, means = nodes

    def go(
        method: str = "POST", path: str = PATH, body: bytes = ASK, *, rate: float = 50.0
    ) -> tuple[int, dict[str, str], bytes]:
        wire = Caught()
        ((id, _),) = means.catalog.current().all("participant")
        them = peers.of(means.catalog.current(), id)
        peers.call(replace(means, peers=wire), them, method, path, body or None, most=1)
        signed = wire.call_.headers["authorization"]
        app = application(Terms(str(folder), background=0, rate=rate, burst=1))
        return asyncio.run(_run(app, method, path, body, signed))

    return go


async def _run(
    app: Any, method: str, path: str, body: bytes, signed: str
) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []
    begun, over = asyncio.Event(), asyncio.Event()

    async def life() -> dict[str, Any]:
        if not begun.is_set():
            begun.set()
            return {"type": "lifespan.startup"}
        await over.wait()
        return {"type": "lifespan.shutdown"}

    started = asyncio.Event()

    async def lived(message: Any) -> None:
        started.set()

    living = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}}, life, lived))
    await started.wait()
    scope = {
        "type": "http", "method": method, "path": f"/dsp{path}",
        "raw_path": f"/dsp{path}".encode(), "query_string": b"", "root_path": "",
        "headers": [(b"authorization", signed.encode()), (b"content-type", b"application/json")],
    }  # fmt: skip
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if given:
            return given.pop()
        await asyncio.sleep(3600)
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    over.set()
    await living
    headers = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(m.get("body", b"") for m in sent[1:])


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[tuple[Any, ...]]:
    """The room answers so, or raises it; gives the arguments that it got."""
    seen: list[tuple[Any, ...]] = []

    def respond(*given: Any, evidence: Any) -> Any:
        seen.append((*given, evidence))
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(module, "respond", respond)
    return seen


def test_an_answer_of_the_room_is_sent_and_signed(
    ask: Ask, nodes: tuple[Path, Means], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = answering(monkeypatch, (200, {"a": "陡门"}))
    status, headers, body = ask()
    assert (status, json.loads(body)) == (200, {"a": "陡门"})
    signed = token.claimed(headers["doumen-signature"])
    assert (signed.digest, signed.status) == (token.digest_of(body), 200)
    ((desk_of, sender, route, identifiers, message, evidence),) = seen
    assert sender.id == nodes[1].own().id
    assert (route.path, dict(identifiers)) == (PATH, {})
    assert message == catalog.CatalogRequestMessage()
    assert evidence.text == ASK.decode()
    assert token.claimed(evidence.token).digest == token.digest_of(ASK)
    with pytest.raises(NotFound, match="nobody"):  # it finds actors by their names
        desk_of("nobody")


def test_an_answer_may_have_no_document(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, (200, None))
    status, headers, body = ask()
    assert (status, body, headers["content-length"]) == (200, b"", "0")
    assert "content-type" not in headers
    assert token.claimed(headers["doumen-signature"]).digest == token.digest_of(b"")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid(msg("x")), 400),
        (Conflict(msg("x")), 400),
        (Faulty(msg("x")), 400),
        (Refused(msg("x")), 403),
        (OverBudget(msg("x")), 429),
        (Unavailable(msg("x")), 503),
        (RuntimeError("a secret"), 500),
    ],
)
def test_errors_are_told_as_the_route_asks(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    answering(monkeypatch, error)
    got, headers, body = ask()
    assert got == status
    told = dsp.read(body, catalog.CatalogError)
    assert b"secret" not in body
    assert told.code == ("internal" if status == 500 else getattr(error, "code", ""))
    assert "doumen-signature" in headers
    assert ("retry-after" in headers) == (status in {429, 503})


def test_the_side_is_told_by_the_process(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = answering(monkeypatch, (200, None))
    event = negotiation.ContractNegotiationEventMessage("urn:p:1", "urn:c:1", "FINALIZED")
    body = json.dumps(dsp.write(event)).encode()
    for path, side in (("urn:p:1", dsp.Role.PROVIDER), ("urn:c:1", dsp.Role.CONSUMER)):
        assert ask("POST", f"/negotiations/{path}/events", body)[0] == 200
        _, _, route, identifiers, message, _ = seen.pop()
        assert (route.served, message) == (side, event)
        assert list(identifiers.values()) == [path]


def test_errors_name_the_process_as_far_as_it_is_known() -> None:
    found = dsp.match("POST", "/negotiations/request", dsp.Role.PROVIDER)
    assert found is not None
    told = failure.document(*found, None, Invalid(msg("x"), why=msg("y"), next=msg("z")))
    assert (told["providerPid"], told["consumerPid"]) == (failure.NOBODY, failure.NOBODY)
    assert told["reason"] == ["x", "y", "z"]


def test_a_node_without_an_address_takes_no_part(nodes: tuple[Path, Means], tmp_path: Path) -> None:
    create(tmp_path / "alone", "alone")
    app = application(Terms(str(tmp_path / "alone"), background=0))
    status, _, body = asyncio.run(_run(app, "POST", PATH, ASK, "Bearer x"))
    assert (status, json.loads(body)["code"]) == (404, "not-found.route")
