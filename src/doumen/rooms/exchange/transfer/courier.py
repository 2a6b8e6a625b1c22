"""Transfers led on by themselves: asked for, started, ended with their agreement, told.

Called by the service when something came and from time to time, and by the verbs for people.
A consumer asks once by itself, as soon as an agreement is in force; a provider starts what is
asked for, unless it laid one to rest or ended one before: then a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards.dsp import Role, TransferMove
from doumen.kits.standards.dsp.states import TransferMessage
from doumen.kits.standards.dsp.transfer import TransferState
from doumen.model.agreement import ENDPOINT, Agreement, Side
from doumen.model.errors import DoumenError
from doumen.model.fact import Facts
from doumen.rooms.exchange import participants
from doumen.rooms.exchange.process import courier, kept
from doumen.rooms.exchange.process.steps import say
from doumen.rooms.exchange.transfer import book, steps
from doumen.rooms.exchange.transfer.state import KIND, OVER, Transfer


def attend_all(desk: Desk) -> None:
    """Ask for the transfers that are due, and lead on all in which something is to be done.

    What goes wrong with one does not keep the others: it is tried again the next time.
    """
    facts = desk.facts()
    for agreement in list(unasked(facts, desk)):
        with suppress(DoumenError):
            ask(desk, facts, agreement, kept.pid_for(desk.own().id, KIND, agreement.id))
    facts = desk.facts()
    for key, body in list(facts.all(KIND)):
        if body["state"] in OVER and body["outgoing"] is None:
            continue
        with suppress(DoumenError):
            if _waits(facts, Transfer.from_json(body)):
                attend(desk, key)


def unasked(facts: Facts, desk: Desk) -> Iterator[Agreement]:
    """Agreements as a consumer that are in force, and of which no transfer ever was."""
    asked = {body["agreement"] for _, body in facts.all(KIND)}
    now = datetime.now(UTC)
    for key, body in facts.all(book.AGREEMENT):
        if key not in asked and body["side"] == Side.CONSUMER:
            agreement = policy.agreement_from_json(key, body)
            if book.wanted(agreement, desk.own(), now):
                yield agreement


def ask(desk: Desk, facts: Facts, agreement: Agreement, pid: str) -> Transfer:
    """Begin to ask for a transfer, under an identifier of ours; it is sent afterwards."""
    now = kept.stamp(datetime.now(UTC))
    begun = steps.requested(pid, agreement, callback=desk.own().address, now=now)
    kept.keep(desk, facts, begun)
    return begun


def attend(desk: Desk, key: str) -> Transfer:
    """Lead a transfer on as far as it goes by itself.

    Args:
        desk: Of who governs.
        key: Of the transfer.

    Raises:
        NotFound: there is none.
    """
    return courier.lead(desk, lambda facts: kept.found(facts, Transfer, key), _step)


def tell(desk: Desk, facts: Facts, found: Transfer, message: TransferMessage) -> str:
    """Say something in a transfer: it binds here from now on; the id of the receipt."""
    return _keep(desk, facts, say(found, message, kept.stamp(datetime.now(UTC))))


def _keep(desk: Desk, facts: Facts, led: Transfer) -> str:
    """Keep a transfer, with what becomes true of its agreement; the id of the receipt."""
    now = kept.stamp(datetime.now(UTC))
    return kept.keep(desk, facts, led, book.noted(facts, led, now))


def _step(desk: Desk, facts: Facts, found: Transfer) -> Transfer | None:
    """One step; None: nothing is to be done."""
    message = _due(desk, facts, found)
    if message is not None:
        led = say(found, message, kept.stamp(datetime.now(UTC)))
    elif found.outgoing is None or found.outgoing.refused:
        return None
    else:
        led = courier.sent(desk, found)
    if led != found:
        _keep(desk, facts, led)
    return led


def _waits(facts: Facts, found: Transfer) -> bool:
    """Whether something is to be done by itself."""
    outgoing = found.outgoing
    if outgoing is not None and not outgoing.refused:
        return True
    return _obsolete(facts, found) or _startable(facts, found)


def _due(desk: Desk, facts: Facts, found: Transfer) -> TransferMessage | None:
    """The message that follows without a person."""
    if _obsolete(facts, found):
        reason = str((facts.body(book.AGREEMENT, found.agreement) or {}).get("reason", ""))
        return steps.terminated(found, book.ENDED, reason)
    if not _startable(facts, found):
        return None
    agreement = policy.agreement_of(facts, found.agreement)
    try:
        consumer = participants.find(facts, found.counterparty)
        book.check_transferable(agreement, consumer, datetime.now(UTC))
    except DoumenError as error:  # not in force any more since it was asked for
        return steps.terminated(found, error.code, str(error.what))
    return steps.started(found, desk.own().address + ENDPOINT)


def _obsolete(facts: Facts, found: Transfer) -> bool:
    """Whether its agreement was ended, which the other side is to learn."""
    body = facts.body(book.AGREEMENT, found.agreement) or {}
    ends = {TransferMove.COMPLETE, TransferMove.TERMINATE}
    said = found.outgoing is not None and found.outgoing.move in ends
    open_ = found.state is not None and found.state not in OVER
    return body.get("ended") is not None and open_ and not said


def _startable(facts: Facts, found: Transfer) -> bool:
    """Whether a request is answered with a start by itself."""
    asked = found.role is Role.PROVIDER and found.state is TransferState.REQUESTED
    if not asked or found.outgoing is not None:
        return False
    use = policy.agreement_of(facts, found.agreement).use
    return use is None or not use.held
