"""Messages of the contract negotiation: requests, offers, the agreement, its events and errors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from doumen.kits.standards.dsp.forms import IDENTIFIER, TEXT, Choice, Member, Record, Values
from doumen.kits.standards.dsp.policy import AGREEMENT, ASKED_OFFER, MADE_OFFER, Policy

Event = Literal["ACCEPTED", "FINALIZED"]


class NegotiationState(StrEnum):
    """What both sides hold a negotiation to be."""

    REQUESTED = "REQUESTED"
    OFFERED = "OFFERED"
    ACCEPTED = "ACCEPTED"
    AGREED = "AGREED"
    VERIFIED = "VERIFIED"
    FINALIZED = "FINALIZED"
    TERMINATED = "TERMINATED"


@dataclass(frozen=True, slots=True)
class ContractRequestMessage:
    """A consumer asks for a contract, first or in answer to an offer.

    Attributes:
        provider_pid: In answer to an offer; None: it begins a negotiation.
        callback_address: Where messages to the consumer go; given where it begins one.
    """

    consumer_pid: str
    offer: Policy
    provider_pid: str | None = None
    callback_address: str | None = None

    @property
    def initial(self) -> bool:
        """Whether it begins a negotiation."""
        return self.provider_pid is None


@dataclass(frozen=True, slots=True)
class ContractOfferMessage:
    """A provider makes an offer, first or in answer to a request.

    Attributes:
        consumer_pid: In answer to a request; None: it begins a negotiation.
        callback_address: Where messages to the provider go; given where it begins one.
    """

    provider_pid: str
    offer: Policy
    consumer_pid: str | None = None
    callback_address: str | None = None

    @property
    def initial(self) -> bool:
        """Whether it begins a negotiation."""
        return self.consumer_pid is None


@dataclass(frozen=True, slots=True)
class ContractAgreementMessage:
    """A provider agrees, with the whole agreement."""

    provider_pid: str
    consumer_pid: str
    agreement: Policy


@dataclass(frozen=True, slots=True)
class ContractAgreementVerificationMessage:
    """A consumer confirms the agreement that it got."""

    provider_pid: str
    consumer_pid: str


@dataclass(frozen=True, slots=True)
class ContractNegotiationEventMessage:
    """A consumer accepts the offer, or a provider finalizes the agreement."""

    provider_pid: str
    consumer_pid: str
    event_type: Event


@dataclass(frozen=True, slots=True)
class ContractNegotiationTerminationMessage:
    """Either side ends a negotiation."""

    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reason: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class ContractNegotiation:
    """Where a negotiation stands."""

    provider_pid: str
    consumer_pid: str
    state: str


@dataclass(frozen=True, slots=True)
class ContractNegotiationError:
    """Why a message had no effect."""

    provider_pid: str
    consumer_pid: str
    code: str | None = None
    reason: tuple[Any, ...] | None = None


PIDS = (Member("providerPid", IDENTIFIER), Member("consumerPid", IDENTIFIER))
"""The identifiers that the two sides gave a process."""
WHY = (Member("code", TEXT, False), Member("reason", Values(1), False))
"""Why something ended or failed."""
CONTRACT_REQUEST = Record(
    ContractRequestMessage,
    "ContractRequestMessage",
    (
        Member("consumerPid", IDENTIFIER),
        Member("offer", ASKED_OFFER),
        Member("providerPid", IDENTIFIER, False),
        Member("callbackAddress", IDENTIFIER, False),
    ),
    either=("callbackAddress", "providerPid"),
)
CONTRACT_OFFER = Record(
    ContractOfferMessage,
    "ContractOfferMessage",
    (
        Member("providerPid", IDENTIFIER),
        Member("offer", MADE_OFFER),
        Member("consumerPid", IDENTIFIER, False),
        Member("callbackAddress", IDENTIFIER, False),
    ),
    either=("callbackAddress", "consumerPid"),
)
CONTRACT_AGREEMENT = Record(
    ContractAgreementMessage,
    "ContractAgreementMessage",
    (*PIDS, Member("agreement", AGREEMENT)),
)
AGREEMENT_VERIFICATION = Record(
    ContractAgreementVerificationMessage, "ContractAgreementVerificationMessage", PIDS
)
NEGOTIATION_EVENT = Record(
    ContractNegotiationEventMessage,
    "ContractNegotiationEventMessage",
    (*PIDS, Member("eventType", Choice(("ACCEPTED", "FINALIZED")))),
)
NEGOTIATION_TERMINATION = Record(
    ContractNegotiationTerminationMessage,
    "ContractNegotiationTerminationMessage",
    (*PIDS, *WHY),
)
NEGOTIATION = Record(
    ContractNegotiation,
    "ContractNegotiation",
    (*PIDS, Member("state", Choice(tuple(NegotiationState)))),
)
NEGOTIATION_ERROR = Record(ContractNegotiationError, "ContractNegotiationError", (*PIDS, *WHY))
