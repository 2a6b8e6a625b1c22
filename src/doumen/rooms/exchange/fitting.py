"""Whether terms can be an offer of a product: they are read, and held against product and node."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from doumen.kits import policy
from doumen.kits.policy.offers import read_terms, terms_as_json
from doumen.kits.standards import odrl
from doumen.kits.standards.odrl import document
from doumen.model.errors import Conflict, Invalid, Refused
from doumen.model.fact import Facts
from doumen.model.message import enumerated, msg, sentence
from doumen.model.participant import Participant
from doumen.model.ref import Ref
from doumen.model.terms import Terms
from doumen.rooms.exchange.packages import open_offers, product_id, shut

MOST, LARGEST = 50, 16 << 10
"""Open offers of one product to one participant; bytes of the terms of one."""


def terms_of(text: str, product: str, own: Participant) -> Terms:
    """The terms of a document, YAML or an Offer of ODRL.

    Raises:
        Invalid: it has faults, or is an offer of something else.
    """
    if not odrl.looks_like_policy(text):
        return read_terms(text)
    given = offer_of(text)
    target = product_id(own, product)
    known = {"@id": ("uid", f"{target}:offer"), "target": ("", target), "assigner": ("", own.id)}
    filled = dict(given)
    for name, (other, value) in known.items():
        if not {name, other, f"odrl:{other or name}"} & given.keys():
            filled[name] = value
    offered = odrl.read_offer(filled)
    wrong = [
        msg("it is made for `{given}`, not for `{target}`", given=given, target=target)
        for given, target in ((offered.target, target), (offered.assigner, own.id))
        if given != target
    ]
    if wrong:
        raise Invalid(
            msg("No offer is made."),
            why=sentence(wrong),
            next=msg("Leave `target` and `assigner` out: they follow from the product."),
            detail="terms",
        )
    return offered.terms


def offer_of(text: str) -> Mapping[str, Any]:
    """The one Offer of a document of ODRL, as it stands.

    Raises:
        Invalid: it is no JSON, or holds several.
    """
    given = document.parse(text)
    if not isinstance(given, Mapping):
        raise Invalid(
            msg("No offer is made."),
            why=msg("A document of terms is one Offer, and not a list."),
            next=msg("Give each by itself."),
            detail="terms",
        )
    return given


def fitting(terms: Terms, facts: Facts, product: Mapping[str, Any], today: date) -> Terms:
    """The terms with participants by their DIDs, once they are found to fit the product.

    Raises:
        Invalid: they do not; with all faults at once.
    """
    known = {str(body["alias"]): did for did, body in facts.all("participant")}
    known |= {did: did for did in known.values()}
    wrong = [
        msg("there is no participant `{name}`", name=name) for name in terms.to if name not in known
    ]
    wrong += policy.purpose_faults(terms.purposes, facts)
    for grant in terms.grants:
        if str(grant.ref) not in product["datasets"]:
            wrong.append(
                msg(
                    "`{ref}` is not in the product; it holds {datasets}",
                    ref=grant.ref,
                    datasets=enumerated(product["datasets"]),
                )
            )
        else:
            wrong += policy.grant_faults(grant, facts)
            wrong += shut(facts, [str(grant.ref)], today)
    if terms.until is not None and terms.until < today:
        wrong.append(msg("its last day, {until}, is over", until=terms.until))
    size = len(json.dumps(terms_as_json(terms), ensure_ascii=False).encode("utf-8"))
    if size > LARGEST:
        wrong.append(msg("the terms have {size} bytes; {most} fit", size=size, most=LARGEST))
    if wrong:
        raise Invalid(
            msg("{count} faults: no offer is made.", count=len(wrong))
            if len(wrong) > 1
            else msg("No offer is made."),
            why=sentence(wrong),
            next=msg("Correct the file and give it again."),
            detail="terms",
        )
    return replace(terms, to=tuple(sorted({known[name] for name in terms.to})))


def check_free(facts: Facts, refs: Iterable[Ref]) -> None:
    """Check that nothing that came under agreements for us alone is offered on.

    Raises:
        Refused: it is; with the clause of every agreement.
    """
    bound = list(policy.offering_faults(facts, refs))
    if bound:
        raise Refused(
            msg("This cannot be offered to others."),
            why=sentence(bound),
            next=msg("Leave it out, or negotiate with the provider: `doumen agreement list`."),
            detail="agreement",
        )


def check_room(facts: Facts, product: str, terms: Terms, today: date) -> None:
    """Check that nobody gets more offers of a product than a catalogue can tell.

    Raises:
        Conflict: somebody would.
    """
    others = [
        frozenset(body["terms"].get("to", ()))
        for _, body in open_offers(facts, product)
        if body["terms"].get("until", "9") >= today.isoformat()
    ]
    named = Counter(did for to in others for did in to)
    most = max((named[did] for did in terms.to or named), default=0)
    if sum(not to for to in others) + most >= MOST:
        raise Conflict(
            msg("A participant has {most} offers of `{name}` at most.", most=MOST, name=product),
            next=msg("Withdraw one that nobody needs: doumen offer withdraw ID"),
            detail="offers",
        )


def free_id(facts: Facts, product: str) -> str:
    """The name of the product and the first number that no offer has."""
    number = 1
    while facts.body("offer", f"{product}-{number}") is not None:
        number += 1
    return f"{product}-{number}"
