"""Transfers led on by both sides over a way that loses, repeats and delays messages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counts import count

from doumen.kits.standards import dsp
from doumen.kits.standards.dsp import TRANSFER, Role, TransferMove, route_of, transfer_move
from doumen.kits.standards.dsp.binding import ROUTES
from doumen.kits.standards.dsp.states import TransferMessage
from doumen.kits.standards.dsp.transfer import (
    TransferProcess,
    TransferRequestMessage,
    TransferStartMessage,
    TransferState,
    TransferSuspensionMessage,
)
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.errors import Conflict, DoumenError, Invalid
from doumen.model.terms import Terms
from doumen.rooms.exchange.catalogue import QUERY
from doumen.rooms.exchange.process.state import Said
from doumen.rooms.exchange.process.steps import (
    Evidence,
    Heard,
    Other,
    acknowledged,
    hear,
    say,
    troubled,
)
from doumen.rooms.exchange.transfer import steps
from doumen.rooms.exchange.transfer.state import Transfer

NOW = "2026-11-29T12:00:00.000000Z"
CONSUMER, PROVIDER = Other("did:web:port.example", "/dsp"), Other("did:web:weather.example", "/dsp")
CALLBACK, ENDPOINT = "https://port.example/dsp", "https://weather.example/dsp/exchange/query"
ID = "urn:agreement:1"
AGREEMENT = Agreement(key_of(ID), ID, Side.CONSUMER, PROVIDER.id, "weather", Terms(()), NOW)
STATES = [None, *TransferState]


def begin() -> Transfer:
    return steps.requested("urn:c", AGREEMENT, callback=CALLBACK, now=NOW)


def message_of(text: str) -> TransferMessage:
    kind = json.loads(text)["@type"]
    (taken,) = {r.takes for r in ROUTES if r.takes is not None and r.takes.__name__ == kind}
    found: Any = dsp.read(text, taken)
    return found  # type: ignore[no-any-return]


def text_of(message: TransferMessage) -> str:
    return json.dumps(dsp.write(message))


def ways(one: Transfer) -> dict[TransferMove, Any]:
    """What a side can say, whether it fits or not."""
    return {
        TransferMove.REQUEST: lambda: TransferRequestMessage(one.own, ID, QUERY, CALLBACK),
        TransferMove.START: lambda: steps.started(one, ENDPOINT),
        TransferMove.SUSPEND: lambda: steps.suspended(one, "because"),
        TransferMove.COMPLETE: lambda: steps.completed(one),
        TransferMove.TERMINATE: lambda: steps.terminated(one, "x", "because"),
    }


@dataclass
class World:
    """Both sides, each as it is kept, and what was sent and not refused."""

    consumer: Transfer
    provider: Transfer | None = None
    sent: list[tuple[Role, str]] = field(default_factory=list)

    def one(self, role: Role) -> Transfer | None:
        return self.consumer if role is Role.CONSUMER else self.provider

    def keep(self, role: Role, transfer: Transfer) -> None:
        if role is Role.CONSUMER:
            self.consumer = transfer
        else:
            self.provider = transfer

    def send(self, role: Role, *, arrives: bool = True, returns: bool = True) -> None:
        """Send what waits; the message or its acknowledgement may be lost."""
        one = self.one(role)
        if one is None or one.outgoing is None or one.outgoing.refused:
            return
        sent = one.outgoing
        self.sent.append((role, sent.text))
        if not arrives:
            return
        try:
            answer = self.take(role.other, sent.text)
        except DoumenError as error:
            if returns and self.one(role) == one:
                self.sent = [each for each in self.sent if each != (role, sent.text)]
                self.keep(role, troubled(one, error.what, refused=True))
            return
        if returns and self.one(role) == one:
            text = json.dumps(dsp.write(answer))
            self.keep(role, acknowledged(one, text, "token", "reply", NOW))

    def take(self, role: Role, text: str) -> TransferProcess:
        message, came = message_of(text), Evidence(text, "token")
        one = self.one(role)
        if one is None:
            assert isinstance(message, TransferRequestMessage)
            one = steps.begun("urn:p", CONSUMER, message, came, agreement=AGREEMENT.key, now=NOW)
        else:
            one = hear(one, message, came, NOW).process
        self.keep(role, one)
        return steps.standing(one)

    def settle(self) -> None:
        """Let all that waits arrive."""
        for _ in range(6):
            for role in Role:
                self.send(role)


roles = st.sampled_from(Role)
moves = st.sampled_from([move for move in TransferMove if move is not TransferMove.REQUEST])
acts = st.one_of(
    st.tuples(st.just("say"), roles, moves),
    st.tuples(st.just("send"), roles, st.tuples(st.booleans(), st.booleans())),
    st.tuples(st.just("again"), roles, st.integers(0, 5)),
)


def play(world: World, run: list[tuple[str, Role, Any]]) -> None:
    """Do what a run says, as far as it fits; what does not fit changes nothing."""
    for act, role, what in run:
        if act == "say":
            speak(world, role, what)
        elif act == "send":
            world.send(role, arrives=what[0], returns=what[1])
        elif world.sent:
            again(world, *world.sent[-1 - what % len(world.sent)])


def speak(world: World, role: Role, move: TransferMove) -> None:
    one = world.one(role)
    if one is None:
        return
    try:
        world.keep(role, say(one, ways(one)[move](), NOW))
    except (Conflict, Invalid):
        assert world.one(role) == one


def again(world: World, by: Role, text: str) -> None:
    """A message that was sent comes late, or once more."""
    before = world.one(by.other)
    try:
        world.take(by.other, text)
    except DoumenError:
        assert world.one(by.other) == before


def started() -> World:
    """A transfer that runs, which runs begin with: there is most to be said."""
    world = World(begin())
    world.send(Role.CONSUMER)
    speak(world, Role.PROVIDER, TransferMove.START)
    world.send(Role.PROVIDER)
    assert world.provider is not None
    assert world.consumer.state == world.provider.state == TransferState.STARTED
    return world


@settings(max_examples=count(250), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.booleans(), st.lists(acts, max_size=30))
def test_both_sides_come_to_the_same(running: bool, run: list[tuple[str, Role, Any]]) -> None:
    """Whatever is lost, late, repeated or crossed: in the end both believe the same.

    A side that sent a message which the other refused knows that it was refused.
    """
    world = started() if running else World(begin())
    play(world, run)
    world.settle()
    consumer, provider = world.consumer, world.provider
    if provider is None:
        assert consumer.state is None or consumer.outgoing
        return
    left = [one.outgoing for one in (consumer, provider) if one.outgoing is not None]
    assert all(one.refused for one in left)
    assert left or consumer.state == provider.state


def reached(role: Role, state: TransferState | None) -> Transfer:
    """A transfer in a state, with the messages that led there."""
    text = text_of(steps.terminated(base(role), "x", "because"))
    said = tuple(
        Said(by, move, text, "token", NOW)
        for (_, move, by), after in TRANSFER.steps.items()
        if after == state
    )
    return replace(base(role), state=state, said=said)


def base(role: Role) -> Transfer:
    own, theirs = ("urn:p", "urn:c") if role is Role.PROVIDER else ("urn:c", "urn:p")
    other = CONSUMER if role is Role.PROVIDER else PROVIDER
    return Transfer(role, other.id, "/dsp", own, theirs, None, agreement="A-1", begun=NOW)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("move", TransferMove)
def test_every_message_in_every_state(
    role: Role, state: TransferState | None, move: TransferMove
) -> None:
    """Heard and said, in every state, by either side: as the table, and nothing else changes."""
    one = reached(role, state)
    spoken = ways(replace(one, role=role.other, own=one.theirs, theirs=one.own))[move]()
    came = Evidence(text_of(spoken), "token")
    wanted = TRANSFER.steps.get((state, move, role.other))
    if move is TransferMove.REQUEST and role is Role.CONSUMER:
        with pytest.raises(Invalid, match="another process"):  # providers request nothing
            hear(one, spoken, came, NOW)
    elif wanted is not None:
        heard = hear(one, spoken, came, NOW)
        assert (heard.process.state, heard.repeated) == (wanted, False)
        assert heard.process.said[-1].move is move
    elif state is TransferState.TERMINATED and move is TransferMove.TERMINATE:
        assert hear(one, spoken, came, NOW) == Heard(one, repeated=True)
    else:
        with pytest.raises(Conflict):
            hear(one, spoken, came, NOW)
    ours = ways(one)[move]()
    if (state, transfer_move(ours), role) in TRANSFER.steps:
        led = say(one, ours, NOW)
        assert led.state == state
        assert led.outgoing is not None
        assert led.outgoing.path.startswith("/dsp/transfers/")
        assert route_of(ours, role).served is role.other
    else:
        with pytest.raises(Conflict):
            say(one, ours, NOW)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", TransferState)
def test_the_same_message_again_changes_nothing(role: Role, state: TransferState) -> None:
    """What led to a state comes once more, with an acknowledgement of ours lost or not."""
    for before, move, by in TRANSFER.steps:
        if by is role or TRANSFER.steps[before, move, by] is not state:
            continue
        one = reached(role, before)
        spoken = ways(replace(one, role=by, own=one.theirs, theirs=one.own))[move]()
        came = Evidence(text_of(spoken), "token")
        led = hear(one, spoken, came, NOW).process
        assert hear(led, spoken, came, NOW) == Heard(led, repeated=True)


def test_an_older_message_is_late() -> None:
    """The network kept a suspension back: it does not lay to rest what goes on since."""
    world = started()
    speak(world, Role.PROVIDER, TransferMove.SUSPEND)
    world.send(Role.PROVIDER)
    for move in (TransferMove.START, TransferMove.SUSPEND, TransferMove.START):
        speak(world, Role.PROVIDER, move)
        world.send(Role.PROVIDER)
    assert world.consumer.state is TransferState.STARTED
    for by, text in world.sent[2:-1]:
        with pytest.raises(Conflict, match="others after it"):
            world.take(by.other, text)
    assert world.consumer.state is TransferState.STARTED


def test_a_side_learns_that_its_message_arrived() -> None:
    """The acknowledgement of a suspension is lost: the start of the other side tells of it."""
    world = started()
    speak(world, Role.CONSUMER, TransferMove.SUSPEND)
    world.send(Role.CONSUMER, returns=False)
    speak(world, Role.PROVIDER, TransferMove.START)
    world.send(Role.PROVIDER)
    assert world.provider is not None
    assert world.consumer.outgoing is world.provider.outgoing is None
    assert [one.move for one in world.consumer.said] == [one.move for one in world.provider.said]
    assert world.consumer.state is world.provider.state is TransferState.STARTED


def test_a_repeated_start_swallows_no_suspension() -> None:
    """The consumer sends its start again while our suspension has not arrived: that stays."""
    world = started()
    speak(world, Role.CONSUMER, TransferMove.SUSPEND)
    world.send(Role.CONSUMER)
    speak(world, Role.CONSUMER, TransferMove.START)
    world.send(Role.CONSUMER, returns=False)
    speak(world, Role.PROVIDER, TransferMove.SUSPEND)
    world.send(Role.CONSUMER)
    assert world.provider is not None
    assert world.provider.outgoing is not None
    world.send(Role.PROVIDER)
    assert world.consumer.state is world.provider.state is TransferState.SUSPENDED


def test_both_say_the_same_at_once() -> None:
    world = started()
    for role in Role:
        speak(world, role, TransferMove.SUSPEND)
    world.settle()
    assert world.provider is not None
    assert world.consumer.outgoing is world.provider.outgoing is None
    assert world.consumer.state is world.provider.state is TransferState.SUSPENDED


def test_messages_of_others_carry_no_number() -> None:
    """They are taken by the table, as the protocol says, and their reasons are read."""
    one = reached(Role.CONSUMER, TransferState.STARTED)
    plain = TransferSuspensionMessage("urn:p", "urn:c", "99", ("Policy violation",))
    led = hear(one, plain, Evidence(text_of(plain), "token"), NOW).process
    assert (led.state, led.reason) == (TransferState.SUSPENDED, "Policy violation")
    bare = TransferSuspensionMessage("urn:p", "urn:c", "99")
    assert hear(one, bare, Evidence(text_of(bare), "token"), NOW).process.reason == "99"
    start = TransferStartMessage("urn:p", "urn:c")
    gone = hear(led, start, Evidence(text_of(start), "token"), NOW).process
    assert (gone.state, gone.reason) == (TransferState.STARTED, "")
    odd = replace(plain, reason=({"@type": "doumen:number", "@value": 7},))
    assert hear(one, odd, Evidence(text_of(odd), "t"), NOW).process.state == "SUSPENDED"


def test_what_is_kept_is_read_again() -> None:
    world = started()
    assert world.provider is not None
    speak(world, Role.PROVIDER, TransferMove.SUSPEND)
    for one in (begin(), world.consumer, world.provider):
        assert Transfer.from_json(json.loads(json.dumps(one.as_json()))) == one
        assert one.key.startswith("T-")
    assert world.consumer.endpoint == ENDPOINT


def test_another_process_is_not_this_one() -> None:
    one = reached(Role.PROVIDER, TransferState.STARTED)
    for other in (replace(one, own="urn:x"), replace(one, theirs="urn:x")):
        message = steps.terminated(other, "x", "")
        with pytest.raises(Invalid, match="another process"):
            hear(one, message, Evidence(text_of(message), "token"), NOW)


def test_the_provider_alone_lifts_its_rest() -> None:
    world = started()
    assert world.provider is not None
    assert not steps.rested(world.provider)
    speak(world, Role.CONSUMER, TransferMove.SUSPEND)
    world.send(Role.CONSUMER)
    assert not steps.rested(world.provider)
    speak(world, Role.CONSUMER, TransferMove.START)
    world.send(Role.CONSUMER)
    speak(world, Role.PROVIDER, TransferMove.SUSPEND)
    assert steps.rested(world.provider)
    world.send(Role.PROVIDER)
    assert steps.rested(world.provider)
    assert steps.rested(world.consumer)
    speak(world, Role.PROVIDER, TransferMove.START)
    assert not steps.rested(world.provider)


@pytest.mark.parametrize(
    ("state", "move", "after"),
    [
        (TransferState.SUSPENDED, TransferMove.COMPLETE, TransferState.COMPLETED),
        (TransferState.COMPLETED, TransferMove.SUSPEND, TransferState.COMPLETED),
        (TransferState.COMPLETED, TransferMove.TERMINATE, TransferState.TERMINATED),
    ],
)
def test_an_acknowledgement_after_the_state_moved_on(
    state: TransferState, move: TransferMove, after: TransferState
) -> None:
    """Theirs came between ours and its acknowledgement: ours was taken after it, but for an end."""
    one = reached(Role.PROVIDER, TransferState.STARTED)
    waiting = replace(say(one, ways(one)[move](), NOW), state=state)
    led = acknowledged(waiting, None, "token", None, NOW)
    assert (led.state, led.outgoing) == (after, None)
    assert acknowledged(led, None, "token", None, NOW) == led
