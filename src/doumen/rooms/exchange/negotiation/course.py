"""The course of a negotiation: what each message proposed, and what that changed. Pure.

A proposal is held against the one before it, whoever made that; the first one against the offer
that it answers to, where this node made it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from doumen.kits import policy
from doumen.kits.standards import dsp, odrl
from doumen.kits.standards.dsp import NegotiationMove, Role
from doumen.kits.standards.dsp.negotiation import ContractOfferMessage, ContractRequestMessage
from doumen.model.errors import Invalid
from doumen.model.fact import Facts
from doumen.model.terms import Terms
from doumen.rooms.exchange.negotiation.state import Negotiation
from doumen.rooms.exchange.process.state import Said

_PROPOSES: Mapping[NegotiationMove, type[ContractRequestMessage | ContractOfferMessage]] = {
    NegotiationMove.REQUEST: ContractRequestMessage,
    NegotiationMove.COUNTER_REQUEST: ContractRequestMessage,
    NegotiationMove.OFFER: ContractOfferMessage,
    NegotiationMove.COUNTER_OFFER: ContractOfferMessage,
}


def course(found: Negotiation, facts: Facts) -> Iterator[dict[str, Any]]:
    """Each message as JSON: who, what, when; of a proposal its terms, and what it changes.

    Args:
        found: The negotiation.
        facts: As far as who asks may know; the offers of this node among them.
    """
    before = _offered(found, facts)
    for one in found.said:
        told: dict[str, Any] = {"from": one.sender.value, "says": one.move.value, "time": one.time}
        if one.move in _PROPOSES:
            terms = _proposed(one)
            told |= {
                "terms": None if terms is None else policy.terms_as_json(terms),
                "changes": None if terms is None or before is None else _changes(before, terms),
            }
            before = terms
        yield told


def _changes(before: Terms, after: Terms) -> list[dict[str, Any]]:
    return [
        {"heading": one.heading, "gone": list(one.gone), "come": list(one.come)}
        for one in policy.terms_changes(before, after, literals=True)
    ]


def _offered(found: Negotiation, facts: Facts) -> Terms | None:
    """The terms of our offer that it began from, to whom left out; None: it is not ours."""
    uid = str(found.offer.get("@id", ""))
    body = facts.body("offer", uid.rpartition(":")[2])
    if found.role is not Role.PROVIDER or body is None or body["uid"] != uid:
        return None
    return replace(policy.terms_from_json(body["terms"]), to=())


def _proposed(one: Said[NegotiationMove]) -> Terms | None:
    """The terms that a message proposes; None: they say what ours cannot."""
    try:
        return odrl.read_offer(dsp.read(one.text, _PROPOSES[one.move]).offer).terms
    except Invalid:
        return None
