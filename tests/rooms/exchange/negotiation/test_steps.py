"""Negotiations led on by both sides over a way that loses, repeats and delays messages."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.standards import dsp
from doumen.kits.standards.dsp import NEGOTIATION, NegotiationMove, Role, route_of
from doumen.kits.standards.dsp.binding import ROUTES
from doumen.kits.standards.dsp.negotiation import ContractNegotiation, NegotiationState
from doumen.kits.standards.dsp.states import NegotiationMessage, negotiation_move
from doumen.model.errors import Conflict, DoumenError, Invalid
from doumen.rooms.exchange.negotiation import steps
from doumen.rooms.exchange.negotiation.state import Negotiation
from doumen.rooms.exchange.process import steps as process
from doumen.rooms.exchange.process.state import Said
from doumen.rooms.exchange.process.steps import Evidence, Heard, Other

NOW = "2026-11-29T12:00:00.000000Z"
CONSUMER, PROVIDER = Other("did:web:port.example", "/dsp"), Other("did:web:weather.example", "/dsp")
CALLBACK = "https://port.example/dsp"
OFFER = {
    "@type": "Offer", "@id": "urn:offer:1", "target": "urn:product:1",
    "permission": [{"action": "read", "constraint": []}],
}  # fmt: skip
AGREEMENT = {
    **OFFER, "@type": "Agreement", "@id": "urn:agreement:1", "assigner": PROVIDER.id,
    "assignee": CONSUMER.id, "timestamp": "2026-11-29T12:00:00Z",
}  # fmt: skip
OTHER = {**OFFER, "@id": "urn:offer:2"}
OVER = {NegotiationState.FINALIZED, NegotiationState.TERMINATED}


def begin() -> Negotiation:
    return steps.requested("urn:c", PROVIDER, OFFER, callback=CALLBACK, now=NOW)


def message_of(text: str) -> NegotiationMessage:
    kind = json.loads(text)["@type"]
    (taken,) = {r.takes for r in ROUTES if r.takes is not None and r.takes.__name__ == kind}
    found: Any = dsp.read(text, taken)
    return found  # type: ignore[no-any-return]


def ways(one: Negotiation) -> dict[NegotiationMove, Any]:
    """What a side can say, whether it fits or not."""
    return {
        NegotiationMove.ACCEPT: lambda: steps.accepted(one),
        NegotiationMove.AGREE: lambda: steps.agreed(one, AGREEMENT),
        NegotiationMove.VERIFY: lambda: steps.verified(one),
        NegotiationMove.FINALIZE: lambda: steps.finalized(one),
        NegotiationMove.COUNTER_OFFER: lambda: steps.countered(one, OTHER),
        NegotiationMove.TERMINATE: lambda: steps.terminated(one, "x", "because"),
    }


@dataclass
class World:
    """Both sides, each as it is kept."""

    consumer: Negotiation
    provider: Negotiation | None = None

    def one(self, role: Role) -> Negotiation | None:
        return self.consumer if role is Role.CONSUMER else self.provider

    def keep(self, role: Role, negotiation: Negotiation) -> None:
        if role is Role.CONSUMER:
            self.consumer = negotiation
        else:
            self.provider = negotiation

    def send(self, role: Role, *, arrives: bool = True, returns: bool = True) -> None:
        """Send what waits; the message or its acknowledgement may be lost."""
        one = self.one(role)
        if one is None or one.outgoing is None or one.outgoing.refused or not arrives:
            return
        sent = one.outgoing
        try:
            answer = self.take(role.other, sent.text)
        except DoumenError as error:
            if returns and self.one(role) == one:
                self.keep(role, process.troubled(one, error.what, refused=True))
            return
        if returns and self.one(role) == one:
            text = json.dumps(dsp.write(answer))
            self.keep(role, process.acknowledged(one, text, "token", "reply", NOW))

    def take(self, role: Role, text: str) -> ContractNegotiation:
        message, came = message_of(text), Evidence(text, "token")
        one = self.one(role)
        if one is None:
            one = steps.begun("urn:p", CONSUMER, message, came, NOW)
        else:
            one = process.hear(one, message, came, NOW).process
        self.keep(role, one)
        return steps.standing(one)

    def settle(self) -> None:
        """Let all that waits arrive."""
        for _ in range(6):
            for role in Role:
                self.send(role)


roles = st.sampled_from(Role)
acts = st.one_of(
    st.tuples(st.just("say"), roles, st.sampled_from(NegotiationMove)),
    st.tuples(st.just("send"), roles, st.tuples(st.booleans(), st.booleans())),
    st.tuples(st.just("again"), roles, st.integers(0, 5)),
)


def play(world: World, run: list[tuple[str, Role, Any]]) -> None:
    """Do what a run says, as far as it fits; what does not fit changes nothing."""
    sent: list[tuple[Role, str]] = []
    for act, role, what in run:
        one = world.one(role)
        if one is None:
            continue
        if one.outgoing is not None:
            sent.append((role, one.outgoing.text))
        if act == "say":
            say(world, role, what)
        elif act == "send":
            world.send(role, arrives=what[0], returns=what[1])
        elif sent:
            again(world, *sent[what % len(sent)])


def say(world: World, role: Role, move: NegotiationMove) -> None:
    one = world.one(role)
    assert one is not None
    make = ways(one).get(move)
    try:
        world.keep(role, process.say(one, make(), NOW) if make else one)
    except (Conflict, Invalid):
        assert world.one(role) == one


def again(world: World, by: Role, text: str) -> None:
    """An old message comes once more."""
    before = world.one(by.other)
    try:
        world.take(by.other, text)
    except DoumenError:
        assert world.one(by.other) == before


@settings(max_examples=count(400), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(acts, max_size=40))
def test_both_sides_come_to_the_same(run: list[tuple[str, Role, Any]]) -> None:
    """Whatever is lost, repeated or crossed: in the end neither believes what the other does not.

    A side that sent a message which the other refused knows that it was refused.
    """
    world = World(begin())
    play(world, run)
    world.settle()
    consumer, provider = world.consumer, world.provider
    if provider is None:
        assert consumer.state in {None, NegotiationState.TERMINATED} or consumer.outgoing
        return
    left = [one for one in (consumer.outgoing, provider.outgoing) if one is not None]
    assert all(one.refused for one in left)
    assert left or consumer.state == provider.state


@pytest.mark.parametrize("lost", range(3))
def test_who_goes_on_has_got_what_was_sent(lost: int) -> None:
    """An acknowledgement is lost; the next message of the other side tells that ours arrived."""
    world = World(begin())
    moves = [NegotiationMove.AGREE, NegotiationMove.VERIFY, NegotiationMove.FINALIZE]
    speakers = [Role.CONSUMER, Role.PROVIDER, Role.CONSUMER, Role.PROVIDER]
    for place, role in enumerate(speakers):
        if place:
            say(world, role, moves[place - 1])
        world.send(role, returns=place != lost)
    assert world.provider is not None
    assert world.consumer.state == world.provider.state == NegotiationState.FINALIZED
    assert world.consumer.outgoing is world.provider.outgoing is None
    assert len(world.consumer.said) == len(world.provider.said) == 4


def test_a_whole_negotiation() -> None:
    world = World(begin())
    assert world.consumer.outgoing is not None
    assert world.consumer.outgoing.path == "/dsp/negotiations/request"
    world.send(Role.CONSUMER)
    assert world.provider is not None
    assert (world.consumer.theirs, world.provider.theirs) == ("urn:p", "urn:c")
    for role, message in (
        (Role.PROVIDER, lambda: steps.agreed(world.provider, AGREEMENT)),
        (Role.CONSUMER, lambda: steps.verified(world.consumer)),
        (Role.PROVIDER, lambda: steps.finalized(world.provider)),
    ):
        one = world.one(role)
        assert one is not None
        world.keep(role, process.say(one, message(), NOW))
        world.send(role)
    assert world.consumer.state == world.provider.state == NegotiationState.FINALIZED
    assert world.consumer.agreement == world.provider.agreement == AGREEMENT
    moves = [(one.sender, one.move) for one in world.consumer.said]
    assert moves == [(one.sender, one.move) for one in world.provider.said]
    assert len(moves) == 4
    assert [json.loads(one.text) for one in world.consumer.said] == [
        json.loads(one.text) for one in world.provider.said
    ]


STATES = [None, *NegotiationState]


def reached(role: Role, state: NegotiationState | None) -> Negotiation:
    """A negotiation in a state, with the messages that led there."""
    text = json.dumps(dsp.write(steps.terminated(base(role), "x", "because")))
    said = tuple(
        Said(by, move, text, "token", NOW)
        for (_, move, by), after in NEGOTIATION.steps.items()
        if after == state
    )
    return replace(base(role), state=state, said=said)


def base(role: Role) -> Negotiation:
    own, theirs = ("urn:p", "urn:c") if role is Role.PROVIDER else ("urn:c", "urn:p")
    other = CONSUMER if role is Role.PROVIDER else PROVIDER
    return Negotiation(role, other.id, "/dsp", own, theirs, None, OFFER)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", list(ways(base(Role.PROVIDER))))
def test_every_message_in_every_state(
    role: Role, state: NegotiationState | None, move: NegotiationMove
) -> None:
    """Heard and said, in every state, by either side: as the table, and nothing else changes."""
    one = reached(role, state)
    spoken = ways(replace(one, role=role.other, own=one.theirs, theirs=one.own))[move]()
    actual = negotiation_move(spoken)
    came = Evidence(json.dumps(dsp.write(spoken)), "token")
    wanted = NEGOTIATION.steps.get((state, actual, role.other))
    if wanted is not None:
        heard = process.hear(one, spoken, came, NOW)
        assert (heard.process.state, heard.repeated) == (wanted, False)
        assert heard.process.said[-1].move is actual
    elif any(s.move is actual and s.sender is role.other for s in one.said):
        if actual is NegotiationMove.TERMINATE:
            assert process.hear(one, spoken, came, NOW) == Heard(one, repeated=True)
        else:
            with pytest.raises(Conflict, match="another content"):
                process.hear(one, spoken, came, NOW)
    else:
        with pytest.raises(Conflict):
            process.hear(one, spoken, came, NOW)
    ours = ways(one)[move]()
    fits = (state, negotiation_move(ours), role) in NEGOTIATION.steps
    if fits:
        led = process.say(one, ours, NOW)
        assert led.state == state
        assert led.outgoing is not None
        assert led.outgoing.path.startswith("/dsp/negotiations/")
        assert route_of(ours, role).served is role.other
    else:
        with pytest.raises(Conflict):
            process.say(one, ours, NOW)


def test_another_process_is_not_this_one() -> None:
    one = replace(base(Role.PROVIDER), state=NegotiationState.REQUESTED)
    for other in (replace(one, own="urn:x"), replace(one, theirs="urn:x")):
        message = steps.terminated(other, "x", "")
        came = Evidence(json.dumps(dsp.write(message)), "token")
        with pytest.raises(Invalid, match="another process"):
            process.hear(one, message, came, NOW)


def test_what_is_kept_is_read_again() -> None:
    world = World(begin())
    assert Negotiation.from_json(json.loads(json.dumps(world.consumer.as_json()))) == world.consumer
    world.send(Role.CONSUMER)
    assert world.provider is not None
    for one in (world.consumer, world.provider):
        assert Negotiation.from_json(json.loads(json.dumps(one.as_json()))) == one
        assert one.key == Negotiation.kind.name_of(one.own)


def test_one_message_of_ours_waits_at_a_time() -> None:
    one = process.say(
        replace(base(Role.PROVIDER), state=NegotiationState.REQUESTED),
        steps.agreed(base(Role.PROVIDER), AGREEMENT),
        NOW,
    )
    with pytest.raises(Conflict, match="on its way"):
        process.say(one, steps.countered(one, OTHER), NOW)
    ended = process.say(one, steps.terminated(one, "x", ""), NOW)
    assert ended.outgoing is not None
    assert ended.outgoing.move is NegotiationMove.TERMINATE


def test_an_acknowledgement_of_another_process_is_none() -> None:
    answer = json.dumps(dsp.write(ContractNegotiation("urn:p", "urn:other", "REQUESTED")))
    with pytest.raises(Invalid, match="another process"):
        process.acknowledged(begin(), answer, "token", None, NOW)
