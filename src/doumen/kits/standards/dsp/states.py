"""The two state machines of Dataspace Protocol 2025-1: contract negotiation and transfer process.

Where text and figure of the specification differ, the text is followed: a side may terminate a
negotiation in any state that is not terminal, though the figure draws no such step for the
consumer from ACCEPTED and VERIFIED, nor for the provider from AGREED. FINALIZED is terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from doumen.kits.standards.dsp.machine import Machine, Role
from doumen.kits.standards.dsp.negotiation import (
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
)
from doumen.kits.standards.dsp.negotiation import NegotiationState as N
from doumen.kits.standards.dsp.transfer import (
    TransferCompletionMessage,
    TransferRequestMessage,
    TransferStartMessage,
    TransferSuspensionMessage,
    TransferTerminationMessage,
)
from doumen.kits.standards.dsp.transfer import TransferState as T
from doumen.model.message import msg


class NegotiationMove(StrEnum):
    """What a message does to a negotiation; requests and offers begin one or go on with it."""

    REQUEST = "request"
    COUNTER_REQUEST = "counter-request"
    OFFER = "offer"
    COUNTER_OFFER = "counter-offer"
    ACCEPT = "accept"
    AGREE = "agree"
    VERIFY = "verify"
    FINALIZE = "finalize"
    TERMINATE = "terminate"


class TransferMove(StrEnum):
    """What a message does to a transfer."""

    REQUEST = "request"
    START = "start"
    SUSPEND = "suspend"
    COMPLETE = "complete"
    TERMINATE = "terminate"


NegotiationMessage = (
    ContractRequestMessage
    | ContractOfferMessage
    | ContractAgreementMessage
    | ContractAgreementVerificationMessage
    | ContractNegotiationEventMessage
    | ContractNegotiationTerminationMessage
)
TransferMessage = (
    TransferRequestMessage
    | TransferStartMessage
    | TransferSuspensionMessage
    | TransferCompletionMessage
    | TransferTerminationMessage
)
_P, _C = Role.PROVIDER, Role.CONSUMER
_M, _W = NegotiationMove, TransferMove
_OPEN = (N.REQUESTED, N.OFFERED, N.ACCEPTED, N.AGREED, N.VERIFIED)

NEGOTIATION: Machine[N, NegotiationMove] = Machine(
    msg("negotiation"),
    {
        (None, _M.REQUEST, _C): N.REQUESTED,
        (None, _M.OFFER, _P): N.OFFERED,
        (N.REQUESTED, _M.COUNTER_OFFER, _P): N.OFFERED,
        (N.REQUESTED, _M.AGREE, _P): N.AGREED,
        (N.OFFERED, _M.COUNTER_REQUEST, _C): N.REQUESTED,
        (N.OFFERED, _M.ACCEPT, _C): N.ACCEPTED,
        (N.ACCEPTED, _M.AGREE, _P): N.AGREED,
        (N.AGREED, _M.VERIFY, _C): N.VERIFIED,
        (N.VERIFIED, _M.FINALIZE, _P): N.FINALIZED,
        **{(state, _M.TERMINATE, role): N.TERMINATED for state in _OPEN for role in Role},
    },
)
"""Section Contract Negotiation Protocol, states and message types.

Its figure lets but one side terminate each of the last three open states; its text allows either.
"""

TRANSFER: Machine[T, TransferMove] = Machine(
    msg("transfer"),
    {
        (None, _W.REQUEST, _C): T.REQUESTED,
        (T.REQUESTED, _W.START, _P): T.STARTED,
        (T.SUSPENDED, _W.START, _P): T.STARTED,
        (T.SUSPENDED, _W.START, _C): T.STARTED,
        **{(T.STARTED, _W.SUSPEND, role): T.SUSPENDED for role in Role},
        **{(T.STARTED, _W.COMPLETE, role): T.COMPLETED for role in Role},
        **{
            (state, _W.TERMINATE, role): T.TERMINATED
            for state in (T.REQUESTED, T.STARTED, T.SUSPENDED)
            for role in Role
        },
    },
    steady=frozenset({(_W.REQUEST, _C)}),
)
"""Section Transfer Process Protocol; there a request sent once more never changes a state."""

_TRANSFER_MOVES: Mapping[type[TransferMessage], TransferMove] = {
    TransferRequestMessage: TransferMove.REQUEST,
    TransferStartMessage: TransferMove.START,
    TransferSuspensionMessage: TransferMove.SUSPEND,
    TransferCompletionMessage: TransferMove.COMPLETE,
    TransferTerminationMessage: TransferMove.TERMINATE,
}


def negotiation_move(message: NegotiationMessage) -> NegotiationMove:
    """What a message does to a negotiation."""
    if isinstance(message, ContractRequestMessage):
        return _M.REQUEST if message.initial else _M.COUNTER_REQUEST
    if isinstance(message, ContractOfferMessage):
        return _M.OFFER if message.initial else _M.COUNTER_OFFER
    if isinstance(message, ContractAgreementMessage):
        return _M.AGREE
    if isinstance(message, ContractAgreementVerificationMessage):
        return _M.VERIFY
    if isinstance(message, ContractNegotiationEventMessage):
        return _M.ACCEPT if message.event_type == "ACCEPTED" else _M.FINALIZE
    return _M.TERMINATE


def transfer_move(message: TransferMessage) -> TransferMove:
    """What a message does to a transfer."""
    return _TRANSFER_MOVES[type(message)]
