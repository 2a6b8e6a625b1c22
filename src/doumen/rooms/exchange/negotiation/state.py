"""A negotiation as one side holds it: a process with the offer and the agreement it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from doumen.kits.standards.dsp import NEGOTIATION, NegotiationMove, negotiation_move
from doumen.kits.standards.dsp.negotiation import (
    ContractAgreementMessage,
    ContractNegotiation,
    ContractNegotiationTerminationMessage,
    ContractOfferMessage,
    ContractRequestMessage,
    NegotiationState,
)
from doumen.kits.standards.dsp.states import NegotiationMessage
from doumen.rooms.exchange.process.state import Kind, Process

KIND = "negotiation"
OVER = frozenset({NegotiationState.FINALIZED, NegotiationState.TERMINATED})


@dataclass(frozen=True, slots=True)
class Negotiation(Process[NegotiationState, NegotiationMove]):
    """A negotiation.

    Attributes:
        offer: The offer that is talked about, as ODRL.
        agreement: What the provider agreed to, as ODRL.
    """

    kind: ClassVar[Kind[NegotiationState, NegotiationMove]] = Kind(
        KIND,
        NEGOTIATION,
        NegotiationState,
        NegotiationMove,
        negotiation_move,
        NegotiationState.REQUESTED,
        OVER,
        NegotiationMove.TERMINATE,
        ContractNegotiation,
    )

    offer: Mapping[str, Any]
    agreement: Mapping[str, Any] | None = None

    def taking(self, message: NegotiationMessage) -> Negotiation:
        """The negotiation with the offer, the agreement or the reason that a message brings."""
        if isinstance(message, ContractRequestMessage | ContractOfferMessage):
            return replace(self, offer=dict(message.offer))
        if isinstance(message, ContractAgreementMessage):
            return replace(self, agreement=dict(message.agreement))
        if isinstance(message, ContractNegotiationTerminationMessage):
            told = json.dumps([message.code, *(message.reason or ())], ensure_ascii=False)
            return replace(self, reason=told)
        return self
