"""What waits is sent, what needs no person is decided: a negotiation led on as far as it goes.

Called by the service when something came and from time to time, and by the verbs for people.
Each step is durable before the next; a node that is stopped goes on from the same place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from doumen.gate.desk import Desk
from doumen.kits.standards.dsp import NegotiationMove, Role
from doumen.kits.standards.dsp.negotiation import NegotiationState
from doumen.kits.standards.dsp.states import NegotiationMessage
from doumen.model.errors import DoumenError
from doumen.model.fact import Fact, Facts
from doumen.rooms.exchange import participants
from doumen.rooms.exchange.negotiation import book, deciding, steps
from doumen.rooms.exchange.negotiation.state import KIND, OVER, Negotiation
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.courier import lead, sent
from doumen.rooms.exchange.process.steps import say


def waiting(facts: Facts) -> Iterator[str]:
    """Names of the negotiations in which something is to be done by itself."""
    for key, body in facts.all(KIND):
        if body["state"] in OVER and body["outgoing"] is None:
            continue
        found = Negotiation.from_json(body)
        outgoing = found.outgoing
        if (outgoing is not None and not outgoing.refused) or (
            outgoing is None and _undecided(found)
        ):
            yield key


def attend_all(desk: Desk) -> None:
    """Lead on all negotiations in which something is to be done by itself.

    What goes wrong with one does not keep the others: it is tried again the next time.
    """
    for key in list(waiting(desk.facts())):
        with suppress(DoumenError):
            attend(desk, key)


def _undecided(found: Negotiation) -> bool:
    """Whether its state may be left without a person."""
    states = {
        Role.PROVIDER: {
            NegotiationState.REQUESTED, NegotiationState.ACCEPTED, NegotiationState.VERIFIED,
        },
        Role.CONSUMER: {NegotiationState.AGREED},
    }  # fmt: skip
    return found.state in states[found.role]


def attend(desk: Desk, key: str) -> Negotiation:
    """Lead a negotiation on as far as it goes by itself.

    Args:
        desk: The owner's.
        key: Of the negotiation.

    Raises:
        NotFound: there is none.
    """
    return lead(desk, lambda facts: kept.found(facts, Negotiation, key), _step)


def _step(desk: Desk, facts: Facts, found: Negotiation) -> Negotiation | None:
    """One step; None: nothing is to be done."""
    if found.outgoing is not None:
        return None if found.outgoing.refused else _sent(desk, facts, found)
    now = datetime.now(UTC)
    message = _due(desk, facts, found, now)
    if message is None:
        return None
    led = say(found, message, kept.stamp(now))
    kept.keep(desk, facts, led, settled(led, facts))
    return led


def settled(led: Negotiation, facts: Facts) -> list[Fact]:
    """What becomes true with a message of ours: finalising puts the agreement in force."""
    if led.outgoing is None or led.outgoing.move is not NegotiationMove.FINALIZE:
        return []
    return [book.concluded(led, book.product_of(led))]


def _due(desk: Desk, facts: Facts, found: Negotiation, now: datetime) -> NegotiationMessage | None:
    """The message that follows without a person."""
    if not _undecided(found):
        return None
    own = desk.own()
    if found.role is Role.CONSUMER:
        wrong = book.misfit(found, own, now) or book.misnamed(found, facts)
        if wrong is None:
            return steps.verified(found)
        return steps.terminated(found, "agreement", str(wrong))
    if found.state is NegotiationState.VERIFIED:
        return steps.finalized(found)
    if found.state is NegotiationState.ACCEPTED:
        return steps.agreed(found, book.agreement_for(found, own, kept.new_pid(), now))
    return _answered(desk, facts, found, now)


def _answered(
    desk: Desk, facts: Facts, found: Negotiation, now: datetime
) -> NegotiationMessage | None:
    """The answer to a request by the document of decisions."""
    rows = deciding.decisions_from_json(facts.body(deciding.KIND, deciding.KEY))
    if not rows:
        return None
    asker, own = participants.find(facts, found.counterparty), desk.own()
    try:
        wish = book.wish(facts, found.offer, asker, own, now.date())
    except DoumenError as error:  # withdrawn since it was asked for
        return steps.terminated(found, error.code, str(error.what))
    decision = deciding.decided(rows, wish, now.date())
    if decision is None:
        return None
    if not decision:
        return steps.terminated(found, "rejected", "The provider does not agree.")
    try:
        book.check_grantable(found, found.offer, facts, now.date())
    except DoumenError:  # a person is told why, and may offer other terms
        return None
    return steps.agreed(found, book.agreement_for(found, own, kept.new_pid(), now))


def _sent(desk: Desk, facts: Facts, found: Negotiation) -> Negotiation:
    """Send what waits, and keep how that went."""
    led = sent(desk, found)
    if led != found:
        kept.keep(desk, facts, led)
    return led
