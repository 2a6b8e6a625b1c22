"""The messages of a negotiation: how one begins, and what either side says in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from doumen.kits.standards.dsp import Role
from doumen.kits.standards.dsp.negotiation import (
    ContractAgreementMessage,
    ContractAgreementVerificationMessage,
    ContractNegotiation,
    ContractNegotiationEventMessage,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
)
from doumen.kits.standards.dsp.states import NegotiationMessage
from doumen.rooms.exchange.negotiation.state import Negotiation
from doumen.rooms.exchange.process import steps as process
from doumen.rooms.exchange.process.steps import Evidence, Other, hear, say, why

Policy = Mapping[str, Any]


def requested(own: str, other: Other, offer: Policy, *, callback: str, now: str) -> Negotiation:
    """A consumer begins to ask for an offer.

    Args:
        own: Our identifier of the process.
        other: The provider.
        offer: What is asked for.
        callback: Where our endpoints begin, a whole address.
        now: RFC 3339.
    """
    fresh = Negotiation(Role.CONSUMER, other.id, other.base, own, "", None, offer)
    return say(fresh, ContractRequestMessage(own, offer, callback_address=callback), now)


def begun(
    own: str, other: Other, message: NegotiationMessage, came: Evidence, now: str
) -> Negotiation:
    """The other side begins: a consumer with a request, a provider with an offer.

    Raises:
        Conflict: the message begins nothing.
    """
    provider = isinstance(message, ContractRequestMessage)
    role = Role.PROVIDER if provider else Role.CONSUMER
    theirs = message.consumer_pid if provider else message.provider_pid
    fresh = Negotiation(role, other.id, other.base, own, theirs or "", None, {})
    return hear(fresh, message, came, now).process


def standing(negotiation: Negotiation) -> ContractNegotiation:
    """Where it stands, as it is told to the other side."""
    told: ContractNegotiation = process.standing(negotiation)
    return told


def accepted(negotiation: Negotiation) -> ContractNegotiationEventMessage:
    """A consumer accepts the offer."""
    return ContractNegotiationEventMessage(
        negotiation.provider_pid, negotiation.consumer_pid, "ACCEPTED"
    )


def finalized(negotiation: Negotiation) -> ContractNegotiationEventMessage:
    """A provider closes the negotiation: the agreement is in force."""
    return ContractNegotiationEventMessage(
        negotiation.provider_pid, negotiation.consumer_pid, "FINALIZED"
    )


def agreed(negotiation: Negotiation, agreement: Policy) -> ContractAgreementMessage:
    """A provider agrees."""
    return ContractAgreementMessage(negotiation.provider_pid, negotiation.consumer_pid, agreement)


def verified(negotiation: Negotiation) -> ContractAgreementVerificationMessage:
    """A consumer confirms the agreement."""
    return ContractAgreementVerificationMessage(negotiation.provider_pid, negotiation.consumer_pid)


def countered(negotiation: Negotiation, offer: Policy) -> NegotiationMessage:
    """Either side answers with other terms."""
    if negotiation.role is Role.PROVIDER:
        return ContractOfferMessage(
            negotiation.provider_pid, offer, consumer_pid=negotiation.consumer_pid
        )
    return ContractRequestMessage(
        negotiation.consumer_pid, offer, provider_pid=negotiation.provider_pid
    )


def terminated(negotiation: Negotiation, code: str, reason: str) -> NegotiationMessage:
    """Either side ends it."""
    return ContractNegotiationTerminationMessage(
        negotiation.provider_pid, negotiation.consumer_pid, code, why(reason)
    )
