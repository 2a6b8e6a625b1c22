"""Messages of transfers that come from another participant: taken, answered, kept.

The face has found out who sent a message and that it is one. What it does is decided here, on
the facts of one version, and recorded before it is acknowledged.
"""

from __future__ import annotations

from datetime import UTC, datetime

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.standards.dsp import Role
from doumen.kits.standards.dsp.transfer import (
    TransferProcess,
    TransferRequestMessage,
    TransferStartMessage,
    TransferTerminationMessage,
)
from doumen.model.actor import OWNER
from doumen.model.agreement import ENDPOINT, Agreement, Side, key_of
from doumen.model.errors import Conflict, Invalid
from doumen.model.fact import Fact, Facts
from doumen.model.message import msg
from doumen.model.participant import Participant
from doumen.rooms.exchange.catalogue import QUERY
from doumen.rooms.exchange.process import kept
from doumen.rooms.exchange.process.incoming import Came, DeskOf, base_of, theirs
from doumen.rooms.exchange.process.steps import Heard, Other, hear
from doumen.rooms.exchange.transfer import book, steps
from doumen.rooms.exchange.transfer.state import KIND, Transfer


def take(desk_of: DeskOf, came: Came) -> TransferProcess:
    """Take a message.

    Args:
        desk_of: The gate before an actor, by name.
        came: The message.

    Returns:
        Where the transfer stands.

    Raises:
        NotFound: there is no such transfer, or agreement, for this sender.
        Refused: the agreement is not in force, or the provider holds the transfer.
        Conflict: it does not fit the state. Invalid: it asks for what is not given here.
    """
    own = desk_of(OWNER).own()
    return kept.unchanged(
        desk_of(OWNER), lambda facts: _taken(desk_of(came.sender.id), facts, own, came)
    )


def where(desk_of: DeskOf, sender: Participant, pid: str) -> TransferProcess:
    """Where a transfer stands, told to the other side of it."""
    return steps.standing(theirs(desk_of(OWNER).facts(), Transfer, sender, pid))


def _taken(desk: Desk, facts: Facts, own: Participant, came: Came) -> TransferProcess:
    moment = datetime.now(UTC)
    now = kept.stamp(moment)
    if came.pid is None:
        heard = _begun(facts, own, came, moment)
    else:
        found = theirs(facts, Transfer, came.sender, came.pid)
        heard = hear(found, came.message, came.evidence, now)
        if not heard.repeated:
            _sound(facts, found, came, moment)
    led = heard.process
    if not heard.repeated:
        kept.keep(desk, facts, led, book.noted(facts, led, now, _ended(facts, led, came, now)))
    return steps.standing(led)


def _begun(facts: Facts, own: Participant, came: Came, now: datetime) -> Heard[Transfer]:
    """A transfer that a consumer begins; the same message again begins no second one."""
    message, sender = came.message, came.sender
    assert isinstance(message, TransferRequestMessage)
    pid = kept.pid_for(own.id, sender.id, message.consumer_pid)
    body = facts.body(KIND, Transfer.kind.name_of(pid))
    if body is not None:
        found = theirs(facts, Transfer, sender, pid)
        return hear(found, message, came.evidence, kept.stamp(now))
    agreement = _asked(facts, message, sender, now)
    other = Other(sender.id, base_of(sender, message.callback_address))
    return Heard(
        steps.begun(
            pid, other, message, came.evidence, agreement=agreement.key, now=kept.stamp(now)
        )
    )


def _asked(
    facts: Facts, message: TransferRequestMessage, sender: Participant, now: datetime
) -> Agreement:
    """The agreement that a request names.

    Raises:
        NotFound: there is none that is theirs, or nothing of ours is in it.
        Refused: it is not in force. Invalid: another way of transfer is asked for.
        Conflict: a transfer of it is open already.
    """
    key = key_of(message.agreement_id)
    agreement = policy.agreement_of(facts, key, sender.id)
    if agreement.side is not Side.PROVIDER or agreement.id != message.agreement_id:
        raise policy.agreement_absent(key)
    if message.format != QUERY or message.data_address is not None:
        raise Invalid(
            msg("Data is not transferred in format `{format}` here.", format=message.format),
            why=msg("It stays here: questions are asked, and answers are given."),
            next=msg("Ask for format `{format}`, without an address to send to.", format=QUERY),
            detail="transfer",
        )
    book.check_transferable(agreement, sender, now)
    for one in book.of_agreement(facts, key):
        if not one.over:
            raise Conflict(
                msg("A transfer of agreement `{key}` is open already.", key=key),
                next=msg("Go on with `{pid}`, or end it first.", pid=one.own),
                detail="transfer",
            )
    return agreement


def _sound(facts: Facts, found: Transfer, came: Came, now: datetime) -> None:
    """Hold a start to what may be started.

    Raises:
        Refused: the provider laid it to rest, and a consumer lifts that; or the agreement is
            not in force. Invalid: questions are to be asked elsewhere, or in another way.
    """
    message = came.message
    if not isinstance(message, TransferStartMessage):
        return
    if found.role is Role.CONSUMER:
        _addressed(message, came.sender)
        return
    steps.check_not_rested(found)
    agreement = policy.agreement_of(facts, found.agreement)
    book.check_transferable(agreement, came.sender, now)


def _addressed(message: TransferStartMessage, sender: Participant) -> None:
    """Hold the address of a provider to the one that is known of it: nobody is sent elsewhere.

    Raises:
        Invalid: it is another.
    """
    told = message.data_address
    if told is None:
        return
    known = sender.address.rstrip("/") + ENDPOINT
    if told.endpoint_type != QUERY or told.endpoint not in (None, known):
        raise Invalid(
            msg("Questions are not asked at the address that the start names."),
            why=msg("Only `{known}` is asked, in format `{format}`.", known=known, format=QUERY),
            next=msg("Name that, or let your new address be added here."),
            detail="dsp-address",
        )


def _ended(facts: Facts, led: Transfer, came: Came, now: str) -> Fact | None:
    """The agreement's fact, where the other side tells that it ended it."""
    message = came.message
    if not isinstance(message, TransferTerminationMessage) or message.code != book.ENDED:
        return None
    if (facts.body(book.AGREEMENT, led.agreement) or {}).get("ended") is not None:
        return None
    return book.ended(facts, led.agreement, by=came.sender.id, reason=led.reason, now=now)
