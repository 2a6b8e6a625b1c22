"""What a provider answers to participants: to questions, settlings, receipts, and to nonsense."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from tests import linked
from tests.linked import Linked

from doumen.gate import Counter, peers, record, remote, settle
from doumen.gate.answer import RecordedAnswer
from doumen.kits.evidence import token
from doumen.kits.evidence.canonical import canonical
from doumen.kits.standards import dsp
from doumen.model.agreement import key_of
from doumen.model.errors import Unavailable
from doumen.model.fact import Fact
from doumen.model.message import msg
from doumen.model.peer import Call, Reply
from doumen.session import Node

TERMS = """
for: [research]
datasets: {w.hourly: {columns: [city, temp]}}
quota: {queries: 100000}
"""
ALL = "SELECT city FROM w.hourly ORDER BY city"
QUERY, SETTLE, RECEIPTS = remote.PATH, settle.SETTLE, settle.RECEIPTS


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    rows = {"w.hourly": "city,temp\nRome,1\nOslo,2\n"}
    with linked.linked(tmp_path_factory.mktemp("face"), rows) as found:
        yield found


@pytest.fixture
def key(two: Linked, request: pytest.FixtureRequest) -> str:
    return two.agree(request.node.name, TERMS)


def question(two: Linked, key: str, **changes: Any) -> dict[str, Any]:
    body = two.port.means.catalog.current().body("agreement", key) or {}
    return {
        "format": remote.FORMAT, "agreement": body["id"], "actor": "ana", "purpose": "research",
        "statement": ALL, "parameters": [], "salt": "ab" * 32, "explain": False, **changes,
    }  # fmt: skip


def signed(two: Linked, to: str, body: bytes, **changes: Any) -> Call:
    """A request that the consumer signs, but for what is changed in its token."""
    means, them = two.port.means, two.weather.means.own()
    now, keyring = means.clock(), means.keys()
    issued = int(now.timestamp())
    claims = token.Claims(
        issuer=means.own().id, audience=them.id,
        id=changes.pop("id", None) or record.new_id(now, means.entropy),
        issued=issued, expires=issued + 60, method="POST", path=to,
        digest=token.digest_of(body), certificate=keyring.certificate,
    )  # fmt: skip
    text = token.issue(replace(claims, **changes), keyring.working)
    headers = {"authorization": f"Bearer {text}", "content-type": "application/json"}
    return Call("POST", them.address + to, headers, body)


def send(two: Linked, call: Call) -> Reply:
    return two.wire.call(call, 1 << 24)


def told(two: Linked, path: str, document: Any, **changes: Any) -> tuple[int, Any]:
    reply = send(two, signed(two, path, canonical(document), **changes))
    return reply.status, json.loads(reply.body)


def state(two: Linked) -> tuple[int, int]:
    means = two.weather.means
    with means.database.read() as connection:
        return means.catalog.current().version, means.ledger.size(connection)


NONSENSE: dict[str, Mapping[str, Any]] = {
    "an actor with a participant": {"actor": "did:web:x#ana"},
    "an actor with a slash": {"actor": "a/b"},
    "an actor with control characters": {"actor": "a\x1b[2J\n"},
    "a long actor": {"actor": "a" * 10_000},
    "no actor": {"actor": ""},
    "an actor that is no text": {"actor": 7},
    "a purpose that is a number": {"purpose": 7},
    "a purpose that is naught": {"purpose": 0},
    "a purpose that is false": {"purpose": False},
    "a purpose that is a list": {"purpose": []},
    "a purpose of nothing": {"purpose": ""},
    "a purpose that is unheard of": {"purpose": "x" * 10_000},
    "a statement that is no text": {"statement": ["SELECT 1"]},
    "a statement that is none": {"statement": "DROP TABLE x"},
    "parameters that are no pairs": {"parameters": [1]},
    "parameters that are a text": {"parameters": "12"},
    "parameters of no kind": {"parameters": [["x", "1"]]},
    "parameters that are lists": {"parameters": [["text", ["x"]]]},
    "a number that is a number": {"parameters": [["integer", 7]]},
    "a huge number": {"parameters": [["integer", "9" * 5000]]},
    "a truth that is a number": {"parameters": [["boolean", 1]]},
    "a time that is none": {"parameters": [["timestamp", "now"]]},
    "no salt": {"salt": ""},
    "a short salt": {"salt": "ab"},
    "a salt that is none": {"salt": "x" * 64},
    "another format": {"format": "doumen-query-2"},
    "an agreement that is no text": {"agreement": None},
    "explain that is a text": {"explain": "yes"},
    "more than is asked for": {"extra": 1},
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_question_that_is_none_is_refused_and_changes_nothing(
    two: Linked, key: str, kind: str
) -> None:
    before = state(two)
    status, body = told(two, QUERY, question(two, key, **NONSENSE[kind]))
    assert (status, body["code"].partition(".")[0]) in {(400, "invalid"), (403, "refused")}, body
    assert body["charged"] is False
    assert len(json.dumps(body)) < 30_000
    facts, entries = state(two)
    assert facts == before[0]
    assert entries - before[1] == (body["code"].startswith("refused"))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"7", b"null", b"{", b'{"a": 1}', b"\xff", b"[" * 9999]
)
@pytest.mark.parametrize("path", [QUERY, SETTLE, RECEIPTS])
def test_a_body_that_is_none_is_refused(two: Linked, path: str, body: bytes) -> None:
    before = state(two)
    reply = send(two, signed(two, path, body))
    assert reply.status == 400, reply.body
    assert state(two) == before


def test_a_statement_of_a_mebibyte_is_too_large(two: Linked, key: str) -> None:
    before = state(two)
    body = canonical(question(two, key, statement=f"{ALL} --{'x' * (1 << 20)}"))
    assert send(two, signed(two, QUERY, body)).status == 413
    assert state(two) == before


@pytest.mark.parametrize(
    ("path", "document"),
    [
        (SETTLE, {}),
        (SETTLE, {"agreement": 7}),
        (SETTLE, {"agreement": "A-AAAAAAAA"}),
        (SETTLE, {"agreement": "A-AAAAAAAA", "unsigned": 1}),
        (SETTLE, {"agreement": "A-AAAAAAAA", "requests": [7]}),
        (SETTLE, {"agreement": "A-AAAAAAAA", "requests": ["x"] * 201}),
        (SETTLE, {"agreement": "A-AAAAAAAA", "requests": ["x"]}),
        (SETTLE, {"agreement": "A-AAAAAAAA", "unsigned": True}),
        (RECEIPTS, {}),
        (RECEIPTS, {"receipts": "x"}),
        (RECEIPTS, {"receipts": ["x"]}),
        (RECEIPTS, {"receipts": ["x"] * 201}),
    ],
)
def test_settlings_that_are_none_are_refused(two: Linked, path: str, document: Any) -> None:
    before = state(two)
    status, body = told(two, path, document)
    assert status in {400, 404}, body
    assert state(two) == before


def test_ids_that_are_too_long_are_not_kept(two: Linked, key: str) -> None:
    before = state(two)
    asked = {"agreement": key, "requests": ["x" * 10_000]}
    assert told(two, SETTLE, asked) == (200, {"outcomes": [], "receipts": []})
    assert state(two) == before


def test_a_request_that_is_sent_twice_is_charged_once(two: Linked, key: str) -> None:
    call = signed(two, QUERY, canonical(question(two, key)))
    first, second = send(two, call), send(two, call)
    assert (first.status, second.status) == (200, 409)
    body = json.loads(second.body)
    assert (body["code"], body["charged"]) == ("conflict.request", True)
    assert two.usage(key)[0] == (1, 2)
    claims = token.claimed(call.headers["authorization"].removeprefix("Bearer "))
    other = signed(two, QUERY, canonical(question(two, key, statement="SELECT 1")), id=claims.id)
    assert send(two, other).status in {403, 409}
    assert two.usage(key)[0] == (1, 2)


def wrong_tokens(two: Linked, body: bytes) -> Mapping[str, Call]:
    good = signed(two, QUERY, body)
    return {
        "none": replace(good, headers={}),
        "of an actor": replace(good, headers={"authorization": "Bearer abc"}),
        "for another path": signed(two, QUERY, body, path=SETTLE),
        "for another method": signed(two, QUERY, body, method="GET"),
        "for another node": signed(two, QUERY, body, audience="did:web:x.example"),
        "of another": signed(two, QUERY, body, issuer="did:web:x.example"),
        "over another body": signed(two, QUERY, body, digest=token.digest_of(b"x")),
        "of yesterday": signed(two, QUERY, body, issued=1, expires=61),
        "of a reply": signed(two, QUERY, body, re="x" * 20, status=200),
    }


def test_a_token_is_for_one_request(two: Linked, key: str) -> None:
    before = state(two)
    for name, call in wrong_tokens(two, canonical(question(two, key))).items():
        reply = send(two, call)
        assert (reply.status, peers.SIGNATURE in reply.headers) == (401, False), name
    assert state(two) == before


def test_of_the_agreement_of_a_third_nothing_is_told(two: Linked, key: str) -> None:
    """One who knows its name and its words asks under it, and settles for the others."""
    body = two.weather.means.catalog.current().body("agreement", key) or {}
    spied = {**body, "counterparty": "did:web:third.example"}
    linked.commit(two.weather, Fact("agreement", key, spied))
    absent = question(two, key, agreement="urn:test:nowhere")
    name = key_of("urn:test:nowhere")
    for path, document, other in (
        (QUERY, question(two, key), absent),
        (QUERY, question(two, key, explain=True), {**absent, "explain": True}),
        (SETTLE, {"agreement": key, "requests": ["x"]}, {"agreement": name, "requests": ["x"]}),
        (SETTLE, {"agreement": key, "unsigned": True}, {"agreement": name, "unsigned": True}),
    ):
        there, nowhere = told(two, path, document), told(two, path, other)
        assert there[0] == nowhere[0] == 404
        assert json.dumps(there).replace(key, name) == json.dumps(nowhere)
    assert told(two, SETTLE, {"agreement": key, "requests": ["y"]})[0] == 404


def test_every_answer_is_signed(two: Linked, key: str) -> None:
    cases: list[tuple[str, Any, Callable[[Reply], bytes]]] = [
        (QUERY, question(two, key), lambda reply: b""),
        (QUERY, question(two, key, explain=True), lambda reply: reply.body),
        (QUERY, question(two, key, actor="?"), lambda reply: reply.body),
        (SETTLE, {"agreement": key, "unsigned": True}, lambda reply: reply.body),
        (RECEIPTS, {"receipts": ["x"]}, lambda reply: reply.body),
    ]
    for path, document, over in cases:
        call = signed(two, path, canonical(document))
        reply = send(two, call)
        asked = token.claimed(call.headers["authorization"].removeprefix("Bearer "))
        own = replace(two.weather.means.own(), alias="weather")
        claims = token.check(
            reply.headers[peers.SIGNATURE], participant=own, audience=asked.issuer,
            method="POST", path=path, body=over(reply), now=two.port.means.clock(),
            answers=(asked.id, reply.status),
        )  # fmt: skip
        assert claims.re == asked.id


def test_the_event_loop_waits_for_no_gate(
    two: Linked, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[str] = []

    def watched(owner: type, name: str) -> None:
        whole = getattr(owner, name)

        def watching(*given: Any) -> Any:
            with suppress(RuntimeError):
                asyncio.get_running_loop()
                met.append(f"{name} on the event loop")
            met.append(name)
            return whole(*given)

        monkeypatch.setattr(owner, name, watching)

    call = signed(two, QUERY, canonical(question(two, key)))
    watched(Node, "session")
    for name in ("own", "admit", "replied"):
        watched(Counter, name)
    assert send(two, call).status == 200
    face = two.wire.faces[two.weather.means.own().address]
    for path, status in ((dsp.VERSIONS.path, 200), ("/.well-known/did.json", 404)):
        assert face.ask(Call("GET", f"https://weather.example{path}")).status == status
    assert set(met) == {"session", "own", "admit", "replied"}


def test_an_answer_that_is_not_sent_is_closed(
    two: Linked, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large one is open after its first step; what keeps it from being sent ends its job."""
    closed: list[str] = []
    close = RecordedAnswer.close

    def closing(answer: RecordedAnswer) -> None:
        closed.append(type(answer).__name__)
        close(answer)

    def failing(*_: object) -> str:
        raise Unavailable(msg("No signature."))

    monkeypatch.setattr(RecordedAnswer, "close", closing)
    monkeypatch.setattr(Counter, "replied", failing)
    many = "SELECT repeat(city, 100000) FROM w.hourly, range(1000)"
    reply = send(two, signed(two, QUERY, canonical(question(two, key, statement=many))))
    assert (reply.status, peers.SIGNATURE in reply.headers) == (503, False)
    assert closed == ["RecordedAnswer"]
