"""Messages of negotiations that come from another participant: taken, answered, kept.

The face has found out who sent a message and that it is one. What it does is decided here, on
the facts of one version, and recorded before it is acknowledged.
"""

from __future__ import annotations

from datetime import UTC, datetime

from doumen.kits.standards import odrl
from doumen.kits.standards.dsp.negotiation import (
    ContractAgreementMessage,
    ContractNegotiation,
    ContractOfferMessage,
    ContractRequestMessage,
    NegotiationState,
)
from doumen.model.actor import OWNER
from doumen.model.fact import Facts
from doumen.model.participant import Participant
from doumen.rooms.exchange.negotiation import book, steps
from doumen.rooms.exchange.negotiation.state import KIND, Negotiation
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.incoming import Came, DeskOf, base_of, theirs
from doumen.rooms.exchange.process.steps import Heard, Other, hear


def take(desk_of: DeskOf, came: Came) -> ContractNegotiation:
    """Take a message.

    Args:
        desk_of: The gate before an actor, by name.
        came: The message.

    Returns:
        Where the negotiation stands.

    Raises:
        NotFound: there is no such negotiation, or offer, for this sender.
        Conflict: it does not fit the state. Invalid: it says what cannot be agreed to.
    """
    return kept.unchanged(desk_of(OWNER), lambda facts: _taken(desk_of, facts, came))


def where(desk_of: DeskOf, sender: Participant, pid: str) -> ContractNegotiation:
    """Where a negotiation stands, told to the other side of it."""
    return steps.standing(theirs(desk_of(OWNER).facts(), Negotiation, sender, pid))


def _taken(desk_of: DeskOf, facts: Facts, came: Came) -> ContractNegotiation:
    now, own = kept.stamp(datetime.now(UTC)), desk_of(OWNER).own()
    if came.pid is None:
        heard = _begun(facts, own, came, now)
    else:
        found = theirs(facts, Negotiation, came.sender, came.pid)
        heard = hear(found, came.message, came.evidence, now)
    led = heard.process
    if heard.repeated:
        return steps.standing(led)
    _sound(facts, own, came)  # of a message that came before, it was
    also = []
    if led.state is NegotiationState.FINALIZED:
        also.append(book.concluded(led, book.product_of(led)))
    if led.state is NegotiationState.TERMINATED:
        also += book.broken_off(led, facts, now)
    kept.keep(desk_of(came.sender.id), facts, led, also)
    return steps.standing(led)


def _begun(facts: Facts, own: Participant, came: Came, now: str) -> Heard[Negotiation]:
    """A negotiation that the other side begins; the same message again begins no second one."""
    message, sender = came.message, came.sender
    assert isinstance(message, ContractRequestMessage | ContractOfferMessage)
    provider = isinstance(message, ContractRequestMessage)
    given = message.consumer_pid if provider else message.provider_pid
    pid = kept.pid_for(own.id, sender.id, given or "")
    body = facts.body(KIND, Negotiation.kind.name_of(pid))
    if body is not None:
        found = theirs(facts, Negotiation, sender, pid)
        return hear(found, message, came.evidence, now)
    other = Other(sender.id, base_of(sender, message.callback_address or ""))
    return Heard(steps.begun(pid, other, message, came.evidence, now))


def _sound(facts: Facts, own: Participant, came: Came) -> None:
    """Hold what a message proposes to what can be agreed to.

    Raises:
        Invalid, NotFound: it cannot.
    """
    message = came.message
    if isinstance(message, ContractRequestMessage):
        book.wish(facts, message.offer, came.sender, own, datetime.now(UTC).date())
    elif isinstance(message, ContractOfferMessage):
        odrl.read_offer(message.offer)
    elif isinstance(message, ContractAgreementMessage):
        odrl.read_agreement(message.agreement)
