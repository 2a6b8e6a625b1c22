"""What a negotiation comes to: the offer that is asked for, the agreement, and its fact.

Pure: from facts and a negotiation to values. An agreement is what the provider wrote and the
consumer verified, word for word; both keep it under the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from doumen.kits import policy
from doumen.kits.standards import odrl
from doumen.kits.standards.dsp import Role
from doumen.model.agreement import Agreement, Side, key_of
from doumen.model.errors import Invalid, NotFound
from doumen.model.fact import Fact, Facts
from doumen.model.message import Message, msg
from doumen.model.participant import Participant
from doumen.rooms.exchange import fitting, packages
from doumen.rooms.exchange.negotiation.deciding import Wish
from doumen.rooms.exchange.negotiation.state import Negotiation

KIND = "agreement"
AHEAD = timedelta(minutes=5)
"""How far the clock of a provider may go ahead of ours."""


def wish(
    facts: Facts, asked: Mapping[str, Any], asker: Participant, own: Participant, today: date
) -> Wish:
    """What a request asks for, held against the offers of this node.

    Who may have an offer is not told with it, so those who ask do not say it either.

    Raises:
        Invalid: its terms say what cannot be enforced here; or it is about another product.
        NotFound: there is no such offer for this participant: withdrawn ones, those for others,
            and those of what is a draft or retired, are as good as absent.
    """
    found = odrl.read_offer(asked)
    body = facts.body("offer", found.uid.rpartition(":")[2])
    if body is None or body["uid"] != found.uid or body["state"] != packages.OPEN:
        raise _no_offer(found.uid)
    offered = policy.terms_from_json(body["terms"])
    product = facts.body("product", body["product"])
    if product is None or product["state"] != packages.PUBLISHED:
        raise _no_offer(found.uid)
    if any(packages.shut(facts, product["datasets"], today)):
        raise _no_offer(found.uid)
    if offered.to and asker.id not in offered.to:
        raise _no_offer(found.uid)
    if found.target not in ("", packages.product_id(own, body["product"])):
        raise Invalid(
            msg("Offer `{uid}` is about another target.", uid=found.uid),
            next=msg("Name the target that the catalogue tells."),
            detail="offer",
        )
    within = {grant.ref for grant in offered.grants}
    beyond = [str(grant.ref) for grant in found.terms.grants if grant.ref not in within]
    if beyond:
        raise Invalid(
            msg("Dataset `{ref}` is not in this offer.", ref=beyond[0]),
            next=msg("Ask for what the catalogue tells."),
            detail="offer",
        )
    names = frozenset({asker.id, asker.alias})
    shown = replace(offered, to=())
    return Wish(body["product"], names, found.terms, unchanged=found.terms == shown)


def check_grantable(
    negotiation: Negotiation, offer: Mapping[str, Any], facts: Facts, today: date
) -> None:
    """Hold what a provider is about to grant to its product, as it holds its offers.

    Raises:
        Invalid, NotFound, Refused: it cannot be granted.
    """
    read = odrl.read_offer(offer)
    _, product = packages.held(facts, packages.short(read.target))
    try:
        fitting.fitting(read.terms, facts, product, today)
    except Invalid as error:
        error.what = msg("These terms cannot be agreed to.")
        error.next = msg("Answer with other terms: doumen negotiation counter {key} --terms FILE",
                         key=negotiation.key)  # fmt: skip
        raise
    fitting.check_free(facts, (grant.ref for grant in read.terms.grants))


def agreement_for(
    negotiation: Negotiation, own: Participant, id: str, now: datetime
) -> dict[str, Any]:
    """The agreement that a provider writes, of the offer that is talked about."""
    offer = odrl.read_offer(negotiation.offer)
    written: dict[str, Any] = odrl.write_agreement(
        offer.terms,
        uid=id,
        target=offer.target,
        assigner=own.id,
        assignee=negotiation.counterparty,
        timestamp=now,
    )
    return written


def misfit(negotiation: Negotiation, own: Participant, now: datetime) -> Message | None:
    """What in the agreement that a provider sent is not what was asked for; None: nothing."""
    assert negotiation.agreement is not None
    try:
        sent = odrl.read_agreement(negotiation.agreement)
        asked = odrl.read_offer(negotiation.offer)
    except Invalid as error:
        return error.what
    if (sent.assigner, sent.assignee) != (negotiation.counterparty, own.id):
        return msg("The agreement is between other participants.")
    if asked.target not in ("", sent.target):
        return msg("The agreement is about another target.")
    if sent.terms != asked.terms:
        return msg("The terms of the agreement are not those of the offer.")
    if sent.timestamp > now + AHEAD:
        return msg("The agreement is dated in the future.")
    return None


def misnamed(negotiation: Negotiation, facts: Facts) -> Message | None:
    """Why the agreement that a provider sent cannot be kept here; None: it can.

    The provider chose its name: it must not stand for another one, with whomever that is.
    """
    assert negotiation.agreement is not None
    key = key_of(str(negotiation.agreement.get("@id")))
    body = facts.body(KIND, key)
    if body is None or body.get("negotiation") == negotiation.key:
        return None
    return msg("The agreement bears the name of one that is there already.")


def broken_off(negotiation: Negotiation, facts: Facts, now: str) -> list[Fact]:
    """The end of the agreement that was in force while the other side ended the negotiation."""
    if negotiation.agreement is None:
        return []
    key = key_of(str(negotiation.agreement.get("@id")))
    body = facts.body(KIND, key)
    if body is None or body.get("negotiation") != negotiation.key or body.get("ended") is not None:
        return []
    who = negotiation.counterparty
    told = {"ended": now, "ended_by": who, "reason": negotiation.reason}
    return [Fact(KIND, key, {**body, **told})]


def concluded(negotiation: Negotiation, product: str) -> Fact:
    """The fact of an agreement that is in force from now on."""
    assert negotiation.agreement is not None
    read = odrl.read_agreement(negotiation.agreement)
    side = Side.PROVIDER if negotiation.role is Role.PROVIDER else Side.CONSUMER
    agreement = Agreement(
        key=key_of(read.uid),
        id=read.uid,
        side=side,
        counterparty=negotiation.counterparty,
        product=product,
        terms=read.terms,
        signed=read.timestamp.isoformat(),
    )
    body = policy.agreement_as_json(agreement) | {
        "policy": dict(negotiation.agreement),
        "negotiation": negotiation.key,
    }
    return Fact(KIND, agreement.key, body)


def product_of(negotiation: Negotiation) -> str:
    """Name of the product that an offer is about: the last part of its target."""
    return str(odrl.read_offer(negotiation.offer).target).rpartition(":")[2]


def _no_offer(uid: str) -> NotFound:
    return NotFound(
        msg("There is no offer `{uid}`.", uid=uid),
        next=msg("Ask for the catalogue anew."),
        detail="offer",
    )
