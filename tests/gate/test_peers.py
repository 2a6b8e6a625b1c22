"""Signed requests between two nodes, over a wire that the test holds in its hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

import doumen
from doumen.gate import Counter, Gate, Means, peers
from doumen.kits.evidence import token
from doumen.kits.evidence.didkey import root_of
from doumen.kits.standards.dsp import Reach
from doumen.model.errors import DoumenError, NotFound, Refused, Unavailable
from doumen.model.fact import Fact
from doumen.model.participant import Participant
from doumen.model.peer import Call, Reply, Streamed
from doumen.session import create
from doumen.session.node import silent

MOST = 1 << 16


@dataclass
class Wire:
    """Implements `Peers` between two nodes; `bend` changes what comes back."""

    other: Means | None = None
    seen: list[Call] = field(default_factory=list)
    bend: Callable[[Reply], Reply] = lambda reply: reply
    public: dict[str, Reply] = field(default_factory=dict)

    def call(self, call: Call, most: int) -> Reply:
        self.seen.append(call)
        if call.address in self.public:
            return self.public[call.address]
        assert self.other is not None
        path = call.address.removeprefix("https://b.example/dsp")
        signed = call.headers["authorization"].removeprefix("Bearer ")
        body = call.body or b""
        _, claims = peers.admit(self.other, signed, call.method, path, body)
        answer = b"echo:" + body
        seal = b"" if path == "/stream" else answer
        headers = {peers.SIGNATURE: peers.replied(self.other, claims, 201, seal)}
        return self.bend(Reply(201, headers, answer))

    @contextmanager
    def stream(self, call: Call) -> Iterator[Streamed]:
        reply = self.call(call, MOST)
        yield Streamed(reply.status, reply.headers, iter([reply.body]))


@dataclass
class Two:
    """Two nodes that know each other, as a and b."""

    a: Means
    b: Means
    wire: Wire
    desk: Counter

    @property
    def them(self) -> Participant:
        return peers.of(self.a.catalog.current(), self.b.own().id)


@pytest.fixture(scope="module")
def nodes(store: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    folder = tmp_path_factory.mktemp("peers")
    for name in "ab":
        create(folder / name, name)
        settings = folder / name / "doumen.toml"
        text = settings.read_text("utf-8")
        settings.write_text(
            text.replace('address = ""', f'address = "https://{name}.example"'), "utf-8"
        )
    with doumen.open(folder / "a") as a, doumen.open(folder / "b") as b:
        a.session().do("actor add", name="ana", role=("analyst",))
        for one, other in ((a, b), (b, a)):
            them = other.means.own()
            fact = Fact("participant", them.id, them.as_json())
            one.session().desk.amend([fact], subject="participant")
        yield a, b


@pytest.fixture
def two(nodes: tuple[Any, Any]) -> Two:
    a, b = nodes
    wire = Wire(b.means)
    means = replace(a.means, peers=wire)
    return Two(means, b.means, wire, Counter(Gate(means), "owner", None, silent))


def test_a_node_is_named_by_its_root_key(two: Two) -> None:
    own = two.desk.own()
    assert root_of(own.id) == own.root == two.a.keys().root_public
    assert (own.name, own.address, own.alias) == ("a", "https://a.example/dsp", "")
    assert two.desk.reach() is Reach.PUBLIC


def test_a_request_and_its_reply_are_signed(two: Two) -> None:
    heard = two.desk.call(two.b.own().id, "POST", "/catalog/request", {"b": 1, "a": 2})
    assert (heard.status, heard.body) == (201, b'echo:{"a":2,"b":1}')
    (call,) = two.wire.seen
    assert call.address == "https://b.example/dsp/catalog/request"
    assert call.headers["content-type"] == "application/json"
    asked, answered = token.claimed(heard.token), token.claimed(heard.reply or "")
    assert (answered.re, answered.status) == (asked.id, 201)
    assert (answered.issuer, answered.audience) == (asked.audience, asked.issuer)
    got = two.desk.call(two.b.own().id, "GET", "/negotiations/urn%3A1")
    assert got.body == b"echo:"
    assert "content-type" not in two.wire.seen[1].headers


def test_an_answer_that_is_not_signed_is_told_as_such(two: Two) -> None:
    two.wire.bend = lambda reply: Reply(reply.status, {}, reply.body)
    assert two.desk.call(two.b.own().id, "GET", "/x").reply is None
    with peers.stream(two.a, two.them, "POST", "/stream", b"{}") as hearing:
        assert hearing.reply is None


def _other_call(two: Two) -> str:
    wire = Wire(two.b)
    elsewhere = replace(two.a, peers=wire)
    return peers.call(elsewhere, two.them, "GET", "/x", None, most=MOST).reply or ""


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (lambda r: Reply(200, r.headers, r.body), "refused.token-request"),
        (lambda r: Reply(r.status, r.headers, r.body + b" "), "tampered.token-body"),
        (lambda r: Reply(r.status, {peers.SIGNATURE: "x"}, r.body), "tampered.token-form"),
    ],
)
def test_a_reply_that_was_changed_is_found(
    two: Two, bend: Callable[[Reply], Reply], code: str
) -> None:
    two.wire.bend = bend
    with pytest.raises(DoumenError) as caught:
        two.desk.call(two.b.own().id, "GET", "/x")
    assert caught.value.code == code


def test_a_reply_to_another_request_is_found(two: Two) -> None:
    old = _other_call(two)
    two.wire.bend = lambda reply: Reply(reply.status, {peers.SIGNATURE: old}, reply.body)
    with pytest.raises(Refused) as caught:
        two.desk.call(two.b.own().id, "GET", "/x")
    assert caught.value.code == "refused.token-request"


def test_the_head_of_a_stream_is_signed(two: Two) -> None:
    with peers.stream(two.a, two.them, "POST", "/stream", b"{}") as hearing:
        assert (hearing.status, b"".join(hearing.pieces)) == (201, b"echo:{}")
        assert token.claimed(hearing.reply or "").digest == token.digest_of(b"")
    two.wire.bend = lambda reply: Reply(202, reply.headers, reply.body)
    with pytest.raises(Refused), peers.stream(two.a, two.them, "POST", "/stream", b"{}"):
        pass


def test_who_is_not_a_participant_is_not_let_in(two: Two) -> None:
    stranger = replace(two.a, own=lambda: replace(two.a.own(), id="did:web:c.example"))
    with pytest.raises(NotFound) as caught:
        peers.call(stranger, two.them, "GET", "/x", None, most=MOST)
    assert caught.value.code == "not-found.participant"
    with pytest.raises(NotFound):
        two.desk.call("did:web:c.example", "GET", "/x")


def test_a_token_is_for_one_node_path_and_time(two: Two) -> None:
    two.desk.call(two.b.own().id, "POST", "/x", {})
    signed = two.wire.seen[0].headers["authorization"].removeprefix("Bearer ")
    assert peers.admit(two.b, signed, "POST", "/x", b"{}")[0].id == two.a.own().id
    elsewhere = replace(two.b, own=lambda: replace(two.b.own(), id="did:web:c.example"))
    later = replace(two.b, clock=lambda: two.a.clock() + timedelta(minutes=3))
    for means, path, body, code in (
        (two.b, "/y", b"{}", "refused.token-request"),
        (two.b, "/x", b"[]", "tampered.token-body"),
        (elsewhere, "/x", b"{}", "refused.token-audience"),
        (later, "/x", b"{}", "refused.token-expired"),
    ):
        with pytest.raises(DoumenError) as caught:
            peers.admit(means, signed, "POST", path, body)
        assert caught.value.code == code


def test_a_rotated_key_signs_from_then_on(two: Two, nodes: tuple[Any, Any]) -> None:
    before = token.claimed(two.desk.call(two.b.own().id, "GET", "/x").token).certificate
    nodes[0].session().do("key rotate")
    after = token.claimed(two.desk.call(two.b.own().id, "GET", "/x").token).certificate
    assert before["kid"] != after["kid"]


def test_public_documents_are_looked_at(two: Two) -> None:
    at = "https://c.example/.well-known/did.json"
    two.wire.public = {at: Reply(200, {}, b"{}")}
    assert two.desk.look(at) == b"{}"
    assert two.wire.seen[0].headers == {"accept": "application/json"}
    two.wire.public = {at: Reply(404, {}, b"")}
    with pytest.raises(NotFound):
        two.desk.look(at)
    two.wire.public = {at: Reply(302, {"location": "https://10.0.0.1/"}, b"")}
    with pytest.raises(Unavailable):
        two.desk.look(at)


def test_only_who_governs_speaks_for_the_node(two: Two) -> None:
    claims = token.claimed(two.desk.call(two.b.own().id, "GET", "/x").token)
    desk = Counter(Gate(two.a), "ana", None, silent)
    for ask in (
        lambda: desk.call(two.b.own().id, "GET", "/x"),
        lambda: desk.look("https://c.example/"),
        lambda: desk.admit("", "GET", "/x", b""),
        lambda: desk.replied(claims, 200, b""),
    ):
        with pytest.raises(Refused, match="may not speak"):
            ask()
    other = Counter(Gate(two.b), "owner", None, silent)
    signed = token.issue(claims, two.a.keys().working)
    sender, same = other.admit(signed, "GET", "/x", b"")
    assert (sender.id, same) == (two.a.own().id, claims)
    assert token.claimed(other.replied(same, 204, b"")).re == claims.id
