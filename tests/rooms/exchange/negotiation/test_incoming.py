"""Negotiations of two nodes over their faces: what is lost, repeated, forged and in the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests import linked
from tests.linked import Linked, losing, lost, only

from doumen.gate import Counter, peers
from doumen.kits import policy
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp import Role
from doumen.kits.standards.dsp.negotiation import NegotiationState
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.errors import Conflict, DoumenError, NotFound, Refused, Unavailable
from doumen.model.fact import Fact
from doumen.model.life import Life
from doumen.model.peer import Call, Streamed
from doumen.rooms.exchange.negotiation import book, courier, incoming, steps
from doumen.rooms.exchange.negotiation.state import Negotiation
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.incoming import Came, DeskOf
from doumen.rooms.exchange.process.steps import Evidence, hear
from doumen.session.node import silent

TERMS = "for: [research]\nuntil: 2099-12-31\ndatasets: {w.hourly: {columns: [city]}}\n"
OTHER = "for: [research]\nuntil: 2098-12-31\ndatasets: {w.hourly: {columns: [city]}}\n"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Linked, Path]]:
    folder = tmp_path_factory.mktemp("negotiated")
    with linked.linked(folder, {"w.hourly": "city,temp\nRome,1\n"}) as two:
        (folder / "terms.yaml").write_text(TERMS)
        (folder / "other.yaml").write_text(OTHER)
        owner = two.weather.session()
        owner.do("product create", name="weather", title="Weather", dataset=("w.hourly",))
        owner.do("offer create", product="weather", terms=str(folder / "terms.yaml"))
        owner.do("product publish", name="weather")
        yield two, folder


@pytest.fixture
def two(both: tuple[Linked, Path]) -> Iterator[Linked]:
    yield both[0]
    both[0].restore()


def start(two: Linked, **given: Any) -> str:
    """Ask for the offer; the name of the negotiation at the consumer."""
    (offer,) = two.port.session().do("offer list", at="weather").json["offers"]
    told = two.port.session().do(
        "negotiation start", offer=offer["id"], at="weather", wait=0, **given
    )
    return str(told.json["negotiation"])


def of(two: Linked, key: str) -> tuple[Negotiation, Negotiation | None]:
    """A negotiation as consumer and provider have it."""
    ours = Negotiation.from_json(facts(two.port).body("negotiation", key) or {})
    for _, body in facts(two.weather).all("negotiation"):
        if body["theirs"] == ours.own:
            return ours, Negotiation.from_json(body)
    return ours, None


def facts(node: Any) -> Any:
    return node.means.catalog.current()


def decide(two: Linked, key: str, verb: str = "accept", **given: Any) -> None:
    there = of(two, key)[1]
    assert there is not None
    given = {"wait": 0, **given} if verb != "reject" else given
    two.weather.session().do(f"negotiation {verb}", negotiation=there.key, **given)


def attend(two: Linked) -> None:
    for _ in range(4):
        for node in (two.port, two.weather):
            courier.attend_all(node.session().desk)


def agreement_of(two: Linked, key: str) -> str:
    return key_of(str((of(two, key)[0].agreement or {})["@id"]))


def test_a_negotiation_comes_to_one_agreement_on_both_sides(two: Linked) -> None:
    key = start(two)
    decide(two, key)
    attend(two)
    ours, theirs = of(two, key)
    assert theirs is not None
    assert ours.state is theirs.state is NegotiationState.FINALIZED
    name = agreement_of(two, key)
    bodies = [facts(node).body("agreement", name) for node in (two.port, two.weather)]
    same = {"id", "terms", "policy", "product", "signed"}
    assert all(bodies[0][one] == bodies[1][one] for one in same)
    assert [body["side"] for body in bodies] == ["consumer", "provider"]
    for mine, other in zip(ours.said, theirs.said, strict=True):
        assert (mine.text, mine.token) == (other.text, other.token)


class Every:
    """Loses each message once, on its way there or back."""

    def __init__(self, *, back: bool) -> None:
        self.back = back
        self.lost: set[bytes] = set()

    def before(self, call: Call) -> None:
        if not self.back and call.body not in self.lost:
            self.lost.add(call.body or b"")
            raise lost()

    def bend(self, call: Call, answer: Streamed) -> Streamed:
        if self.back and call.body not in self.lost:
            self.lost.add(call.body or b"")
            b"".join(answer.pieces)
            raise lost()
        return answer


@pytest.mark.parametrize("back", [False, True])
def test_every_message_is_lost_once_and_all_is_well(two: Linked, back: bool) -> None:
    begun = start(two)
    every = Every(back=back)
    for wire in (two.wire, two.back):
        wire.before, wire.bend = every.before, every.bend
    decide(two, begun)
    for _ in range(6):
        attend(two)
    ours, theirs = of(two, begun)
    assert theirs is not None
    assert ours.state is theirs.state is NegotiationState.FINALIZED
    assert ours.over
    assert theirs.over


def came(two: Linked, message: Any, sender: str = "", pid: str | None = None) -> Came:
    """A message as if the consumer had sent it to the provider."""
    text = json.dumps(dsp.write(message))
    known = peers.of(facts(two.weather), two.port.means.own().id)
    known = replace(known, id=sender or known.id)
    return Came(known, pid, message, Evidence(text, "t"))


def desks(two: Linked) -> DeskOf:
    return lambda actor: Counter(two.weather.gate, actor, None, silent)


def test_a_third_cannot_speak_in_a_negotiation(two: Linked) -> None:
    key = start(two)
    ours, theirs = of(two, key)
    assert theirs is not None
    spy = replace(two.port.means.own(), id="did:web:spy.example", alias="spy")
    linked.commit(two.weather, Fact("participant", spy.id, spy.as_json()))
    message = steps.terminated(ours, "x", "because")
    with pytest.raises(NotFound):
        incoming.take(desks(two), came(two, message, spy.id, theirs.own))
    with pytest.raises(NotFound):
        incoming.where(desks(two), spy, theirs.own)
    assert of(two, key)[1] == theirs


def test_names_that_meet_do_not_mix_negotiations(
    two: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name has 40 bits, and the other side has a part in it: it can be made to meet another."""
    key = start(two)
    ours, theirs = of(two, key)
    assert theirs is not None
    spy = replace(two.port.means.own(), id="did:web:spy.example", alias="spy")
    linked.commit(two.weather, Fact("participant", spy.id, spy.as_json()))
    monkeypatch.setattr(kept, "pid_for", lambda *_: theirs.own)
    message = dsp.read(ours.said[0].text, dsp.negotiation.ContractRequestMessage)
    with pytest.raises(NotFound):
        incoming.take(desks(two), came(two, message, spy.id))
    assert of(two, key)[1] == theirs


def test_a_request_that_comes_again_is_acknowledged_though_the_offer_is_gone(
    two: Linked,
) -> None:
    key = start(two)
    ours, theirs = of(two, key)
    assert theirs is not None
    message = dsp.read(ours.said[0].text, dsp.negotiation.ContractRequestMessage)
    name = str(message.offer["@id"]).rpartition(":")[2]
    body = facts(two.weather).body("offer", name)
    linked.commit(two.weather, Fact("offer", name, {**body, "state": "withdrawn"}))
    try:
        told = incoming.take(desks(two), came(two, message))
        assert told.provider_pid == theirs.own
        fresh = replace(message, consumer_pid="urn:uuid:other")
        with pytest.raises(NotFound, match="There is no offer"):
            incoming.take(desks(two), came(two, fresh))
    finally:
        linked.commit(two.weather, Fact("offer", name, body))


@pytest.mark.parametrize("state", ["draft", "retired"])
def test_of_what_is_a_draft_or_retired_there_is_no_offer(two: Linked, state: str) -> None:
    key = start(two)
    ours, _ = of(two, key)
    message = dsp.read(ours.said[0].text, dsp.negotiation.ContractRequestMessage)
    linked.commit(two.weather, Fact("state", "w.hourly", Life(state).as_json()))
    try:
        with pytest.raises(NotFound, match="There is no offer"):
            incoming.take(desks(two), came(two, replace(message, consumer_pid=f"urn:{state}")))
        assert two.port.session().do("offer list", at="weather").json["offers"] == []
    finally:
        linked.commit(two.weather, Fact("state", "w.hourly", None))


def test_true_is_not_one_in_a_repeated_message(two: Linked) -> None:
    key = start(two)
    ours, _ = of(two, key)
    message = dsp.read(ours.said[0].text, dsp.negotiation.ContractRequestMessage)
    body = json.loads(ours.said[0].text)
    for one, other in ((True, 1), (1.0, 1)):
        first, again = ({**body, "x": value} for value in (one, other))
        said = replace(ours.said[0], text=json.dumps(first))
        held = replace(of(two, key)[1] or ours, said=(said,))
        with pytest.raises(Conflict, match="another content"):
            hear(held, message, Evidence(json.dumps(again), "t"), "now")


def test_what_is_in_force_is_ended_not_rejected(two: Linked) -> None:
    key = start(two)
    two.back.before = only("events", losing)
    decide(two, key)
    attend(two)
    theirs = of(two, key)[1]
    assert theirs is not None
    assert theirs.outgoing is not None
    name = agreement_of(two, key)
    assert facts(two.weather).body("agreement", name) is not None
    with pytest.raises(Conflict, match="in force"):
        decide(two, key, "reject", reason="no")
    assert facts(two.weather).body("agreement", name).get("ended") is None


def test_an_agreement_ends_with_a_negotiation_that_was_not_over_there(two: Linked) -> None:
    """The consumer ends it before it heard that it is in force: it never is, on either side."""
    key = start(two)
    two.back.before = only("events", losing)
    decide(two, key)
    attend(two)
    name = agreement_of(two, key)
    two.port.session().do("negotiation reject", negotiation=key, reason="changed my mind")
    two.restore()
    attend(two)
    ours, theirs = of(two, key)
    assert theirs is not None
    assert ours.state is theirs.state is NegotiationState.TERMINATED
    assert facts(two.port).body("agreement", name) is None
    body = facts(two.weather).body("agreement", name)
    assert body["ended"]
    assert body["ended_by"] == two.port.means.own().id


def test_the_name_of_another_agreement_is_not_taken(two: Linked) -> None:
    """A provider gives its agreement the name of one that we have with somebody else."""
    key = start(two)
    id = "urn:uuid:11111111-1111-1111-1111-111111111111"
    held = Agreement(
        key_of(id), id, Side.CONSUMER, "did:web:third.example", "x",
        policy.read_terms(TERMS), "2026-01-01T00:00:00Z",
    )  # fmt: skip
    body = policy.agreement_as_json(held) | {"policy": {}, "negotiation": "N-AAAAAAAA"}
    linked.commit(two.port, Fact("agreement", held.key, body))
    before = facts(two.port).body("agreement", held.key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("doumen.rooms.exchange.process.kept.new_pid", lambda: id)
        decide(two, key)
    attend(two)
    ours, _ = of(two, key)
    assert ours.state is NegotiationState.TERMINATED
    assert "bears the name" in ours.reason
    assert facts(two.port).body("agreement", held.key) == before


def test_what_was_agreed_never_changes(two: Linked) -> None:
    name = two.agree("fixed", TERMS)
    desk = two.port.session().desk
    body = dict(facts(two.port).body("agreement", name))
    for changed in (
        None,
        {**body, "terms": {**body["terms"], "until": "2199-12-31"}},
        {**body, "counterparty": "did:web:x.example"},
        {**body, "side": "provider"},
        {**body, "signed": "2020-01-01T00:00:00Z"},
        {**body, "policy": {"x": 1}},
    ):
        with pytest.raises(Conflict, match="stays what it is"):
            desk.amend([Fact("agreement", name, changed)], subject="x")
    ended = {**body, "ended": "2026-02-02T00:00:00Z", "reason": "x"}
    desk.amend([Fact("agreement", name, ended)], subject="x")
    for revived in (body, {**body, "ended": "2099-01-01T00:00:00Z"}):
        with pytest.raises(Conflict):
            desk.amend([Fact("agreement", name, revived)], subject="x")
    spy = replace(two.port.means.own(), id="did:web:spy.example", alias="spy")
    linked.commit(two.port, Fact("participant", spy.id, spy.as_json()))
    forged = {**ended, "counterparty": spy.id}
    with pytest.raises(Conflict):
        two.port.session(spy.id).desk.amend([Fact("agreement", name, forged)], subject="x")
    with pytest.raises(Refused):
        two.port.session(spy.id).desk.amend([Fact("agreement", name, ended)], subject="x")


def test_other_terms_are_talked_about(two: Linked, both: tuple[Linked, Path]) -> None:
    other = str(both[1] / "other.yaml")
    key = start(two, terms=other)
    decide(two, key, "counter", terms=str(both[1] / "terms.yaml"))
    assert of(two, key)[0].state is NegotiationState.OFFERED
    with pytest.raises(Conflict, match="Nothing is to be accepted"):
        decide(two, key)
    two.port.session().do("negotiation counter", negotiation=key, terms=other, wait=0)
    assert of(two, key)[0].state is NegotiationState.REQUESTED
    decide(two, key, "counter", terms=str(both[1] / "terms.yaml"))
    two.port.session().do("negotiation accept", negotiation=key, wait=0)
    attend(two)
    assert of(two, key)[0].state is NegotiationState.FINALIZED
    body = facts(two.port).body("agreement", agreement_of(two, key))
    assert body["terms"]["until"] == "2099-12-31"
    for node, name in ((two.port, key), (two.weather, (of(two, key)[1] or of(two, key)[0]).key)):
        assert node.session().do("negotiation show", negotiation=name).json["over"]
        assert node.session().do("negotiation list").json["negotiations"]


def test_what_is_refused_waits_for_a_person(two: Linked) -> None:
    key = start(two)
    two.back.bend = lambda call, answer: Streamed(400, {}, iter([b'{"reason": ["no"]}']))
    decide(two, key)
    theirs = of(two, key)[1]
    assert theirs is not None
    assert theirs.outgoing is not None
    assert theirs.outgoing.refused
    assert theirs.outgoing.trouble.endswith("400: no")
    for words in (b"[]", b"{}", b"x", b'{"reason": 7}', b'{"reason": [{"@value": "why"}]}'):
        two.back.bend = lambda call, answer, words=words: Streamed(500, {}, iter([words]))  # type: ignore[misc]
        two.weather.session().do("negotiation resume", negotiation=theirs.key, wait=0)
    two.restore()
    two.weather.session().do("negotiation resume", negotiation=theirs.key, wait=0)
    attend(two)
    assert of(two, key)[0].state is NegotiationState.FINALIZED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"assigner": "did:web:x.example"}, "between other participants"),
        ({"target": "urn:x:product:x"}, "about another target"),
        ({"timestamp": "2099-01-01T00:00:00Z"}, "in the future"),
        ({"@id": ""}, ""),
    ],
)
def test_an_agreement_that_is_not_what_was_asked_for_is_not_signed(
    two: Linked, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], words: str
) -> None:
    key = start(two)
    true = book.agreement_for
    monkeypatch.setattr(
        "doumen.rooms.exchange.negotiation.book.agreement_for",
        lambda *given: {**true(*given), **change},
    )
    try:
        decide(two, key)
        attend(two)
    except DoumenError:
        assert not words
    ours, _ = of(two, key)
    assert ours.state in {NegotiationState.TERMINATED, NegotiationState.REQUESTED}
    assert words in ours.reason


def test_a_provider_that_cannot_be_reached_is_told(two: Linked) -> None:
    two.wire.before = losing
    with pytest.raises(Unavailable):
        start(two)
    assert Role.PROVIDER is Role.CONSUMER.other
