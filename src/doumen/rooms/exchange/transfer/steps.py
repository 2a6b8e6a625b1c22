"""The messages of a transfer: how one begins, and what either side says in it."""

from __future__ import annotations

from doumen.kits.standards.dsp import Role, TransferMove
from doumen.kits.standards.dsp.transfer import (
    DataAddress,
    EndpointProperty,
    TransferCompletionMessage,
    TransferProcess,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from doumen.model.agreement import Agreement
from doumen.model.errors import Refused
from doumen.model.message import msg
from doumen.rooms.exchange.catalogue import QUERY
from doumen.rooms.exchange.process import steps
from doumen.rooms.exchange.process.steps import Evidence, Other
from doumen.rooms.exchange.transfer.state import NUMBER, Transfer


def requested(own: str, agreement: Agreement, *, callback: str, now: str) -> Transfer:
    """A consumer asks for a transfer.

    Args:
        own: Our identifier of the process.
        agreement: Under which.
        callback: Where our endpoints begin, a whole address.
        now: RFC 3339.
    """
    key, other = agreement.key, agreement.counterparty
    fresh = Transfer(Role.CONSUMER, other, "", own, "", None, agreement=key, begun=now)
    return steps.say(fresh, TransferRequestMessage(own, agreement.id, QUERY, callback), now)


def begun(
    own: str,
    other: Other,
    message: TransferRequestMessage,
    came: Evidence,
    *,
    agreement: str,
    now: str,
) -> Transfer:
    """A consumer begins.

    Args:
        own: Our identifier of the process.
        other: The consumer.
        message: Its request.
        came: The request as it came.
        agreement: Short name of the agreement that it names.
        now: RFC 3339.
    """
    theirs = message.consumer_pid
    fresh = Transfer(
        Role.PROVIDER, other.id, other.base, own, theirs, None, agreement=agreement, begun=now
    )
    return steps.hear(fresh, message, came, now).process


def standing(transfer: Transfer) -> TransferProcess:
    """Where it stands, as it is told to the other side."""
    told: TransferProcess = steps.standing(transfer)
    return told


def started(transfer: Transfer, endpoint: str) -> TransferStartMessage:
    """It runs, or goes on: questions are asked at this address."""
    number = EndpointProperty(NUMBER, transfer.number)
    return TransferStartMessage(
        transfer.provider_pid, transfer.consumer_pid, DataAddress(QUERY, endpoint, (number,))
    )


def suspended(transfer: Transfer, reason: str) -> TransferSuspensionMessage:
    """It rests."""
    number = {"@type": NUMBER, "@value": transfer.number}
    told = (*(steps.why(reason) or ()), number)
    return TransferSuspensionMessage(
        transfer.provider_pid, transfer.consumer_pid, "suspended", told
    )


def completed(transfer: Transfer) -> TransferCompletionMessage:
    """It is done."""
    return TransferCompletionMessage(transfer.provider_pid, transfer.consumer_pid)


def terminated(transfer: Transfer, code: str, reason: str) -> TransferTerminationMessage:
    """It is ended."""
    return TransferTerminationMessage(
        transfer.provider_pid, transfer.consumer_pid, code, steps.why(reason)
    )


def rested(transfer: Transfer) -> bool:
    """Whether the provider laid it to rest and has not started it since.

    Only the provider lifts that: a consumer's start is an attempt, which is refused then.
    """
    turns = {TransferMove.START, TransferMove.SUSPEND}
    moves = [one.move for one in transfer.said if one.sender is Role.PROVIDER]
    if transfer.role is Role.PROVIDER and transfer.outgoing is not None:
        moves.append(transfer.outgoing.move)
    turned = [move for move in moves if move in turns]
    return bool(turned) and turned[-1] is TransferMove.SUSPEND


def check_not_rested(transfer: Transfer) -> None:
    """Check that a consumer may let it go on.

    Raises:
        Refused: the provider laid it to rest.
    """
    if rested(transfer):
        raise Refused(
            msg("The provider laid the transfer of agreement `{key}` to rest.",
                key=transfer.agreement),
            next=msg("Ask the provider to let it go on."),
            detail="transfer",
        )  # fmt: skip
