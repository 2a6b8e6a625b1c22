"""Offers: the terms on which a product is to be had, made, listed, shown and withdrawn.

An offer is never changed, for its terms are what others answer to: another one is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits import policy
from doumen.kits.policy.offers import terms_as_json, terms_from_json, terms_words
from doumen.kits.policy.render import write_terms
from doumen.kits.standards import odrl
from doumen.model.errors import Conflict, NotFound, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.message import Message, msg
from doumen.model.operation import Fields, Outcome, Table, Text
from doumen.model.terms import Terms
from doumen.rooms.exchange import foreign
from doumen.rooms.exchange.fitting import check_free, check_room, fitting, free_id, terms_of
from doumen.rooms.exchange.packages import (
    OPEN,
    PUBLISHED,
    WITHDRAWN,
    held,
    product_id,
    read_name,
)
from doumen.rooms.exchange.reading import text_of

STATES: Mapping[str, Message] = {OPEN: msg("open"), WITHDRAWN: msg("withdrawn")}
LONGEST = 80
"""Characters of the id of an offer: those of a product, and a number."""


def create(desk: Desk, product: str, *, terms: str, id: str | None = None) -> Outcome:
    """Offer a product on the terms of a file, YAML or an Offer of ODRL.

    Args:
        desk: The open gate.
        product: Its name.
        terms: Path of the file.
        id: Of the offer; None: the name of the product and a number.

    Raises:
        Invalid: the terms have faults, or do not fit the product; all of them are told at once.
        NotFound: there is no such product that the asker may know, or no such file.
        Conflict: the product is withdrawn, or there is an offer of this id.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    policy.may_amend(desk.actor, Fact("offer", id or read_name(product), {}))
    key, body = held(facts, product)
    if body["state"] == WITHDRAWN:
        raise Conflict(
            msg("Product `{name}` is withdrawn.", name=key),
            next=msg("Publish it again: doumen product publish {name}", name=key),
            detail="withdrawn",
        )
    now = datetime.now(UTC)
    me = desk.own()
    asked = fitting(terms_of(text_of(Path(terms)), key, me), facts, body, now.date())
    check_free(facts, (grant.ref for grant in asked.grants))
    check_room(facts, key, asked, now.date())
    own = free_id(facts, key) if id is None else read_name(id, LONGEST)
    if facts.body("offer", own) is not None:
        raise Conflict(
            msg("There is an offer `{id}` already.", id=own),
            why=msg("An offer is never changed: its terms are what others answer to."),
            next=msg("Make another one, and withdraw this one where it shall not hold any more."),
            detail="offer",
        )
    made = {
        "product": key,
        "terms": terms_as_json(asked),
        "uid": f"urn:doumen:offer:{me.origin}:{own}",
        "created": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "state": OPEN,
    }
    receipt = desk.amend([Fact("offer", own, made)], subject=f"offer {own}", seen=facts)
    return Outcome(
        json={"id": own, "product": key, "uid": made["uid"], "state": OPEN, "receipt": receipt},
        said=(
            msg("Offer `{id}` of product `{product}` is made.", id=own, product=key),
            msg("Receipt {receipt}.", receipt=receipt),
            *(
                ()
                if body["state"] == PUBLISHED
                else (
                    msg("Nobody sees it before the product is published."),
                    msg("Next: doumen product publish {name}", name=key),
                )
            ),
        ),
    )


def show_all(desk: Desk, *, at: str | None = None) -> Outcome:
    """The offers that the asker may know; of another participant, those open to this node.

    Args:
        desk: The open gate.
        at: DID or alias of a participant, whose catalogue is asked for.

    Raises:
        NotFound: there is no such participant that the asker may know.
        Unavailable, Refused, Tampered, Faulty: the other node gives no catalogue.
    """
    if at is not None:
        return foreign.show_all(desk, at)
    listed = [_line(id, body) for id, body in desk.facts().all("offer")]
    rows = tuple(
        (one["id"], one["product"], STATES[one["state"]],
         tuple(one["to"]) or msg("any participant"), tuple(one["purposes"]) or msg("any purpose"),
         one["until"] or "", one["price"] or "")
        for one in listed
    )  # fmt: skip
    heads = (msg("offer"), msg("product"), msg("state"), msg("to"), msg("for"), msg("until"),
             msg("price"))  # fmt: skip
    said = () if listed else (msg("There is no offer that you may know of."),)
    return Outcome(json={"offers": listed}, drawn=(Table(heads, rows),), said=said)


def show(desk: Desk, id: str, *, format: str | None = None, at: str | None = None) -> Outcome:
    """An offer in words, or as the document that it was made of.

    Args:
        desk: The open gate.
        id: Of the offer; of another participant also its IRI.
        format: `yaml` or `odrl`; None: in words.
        at: DID or alias of the participant who makes it; None: this node.

    Raises:
        NotFound: there is none of this id that the asker may know.
        Refused: a document is for owner and steward only.
        Unavailable, Tampered, Faulty: the other node gives no catalogue.
    """
    if at is not None:
        return foreign.show(desk, at, id, format=format)
    facts = desk.facts()
    own, body = _held(facts, id)
    terms = terms_from_json(body["terms"])
    if format is not None:
        if not desk.actor.governs:
            raise Refused(
                msg("Terms are given out as a document to owner and steward only."),
                why=msg("It holds the conditions of filters, which nobody else is told."),
                next=msg("`doumen offer show {id}` says them in words.", id=own),
                detail="offer",
            )
        shape, text = _document(terms, body, desk, format)
        return Outcome(shape, (Text(text.rstrip("\n")),))
    words = terms_words(terms, literals=desk.actor.governs)
    head = (
        (msg("product"), body["product"]),
        (msg("state"), STATES[body["state"]]),
        (msg("made"), body["created"]),
    )
    return Outcome(
        json={"id": own, **body, "words": [[heading, text] for heading, text in words]},
        drawn=(Fields((*head, *words), title=msg("Offer {id}", id=own)),),
    )


def withdraw(desk: Desk, id: str) -> Outcome:
    """Take an offer back: nobody can accept it any more; agreements go on.

    Raises:
        NotFound: there is none of this id that the asker may know.
        Refused: only owner and steward may.
    """
    facts = desk.facts()
    own, body = _held(facts, id)
    policy.may_amend(desk.actor, Fact("offer", own, body))
    receipt = None
    if body["state"] == OPEN:
        changed = Fact("offer", own, {**body, "state": WITHDRAWN})
        receipt = desk.amend([changed], subject=f"offer {own}", seen=facts)
    return Outcome(
        json={"id": own, "state": WITHDRAWN, "receipt": receipt},
        said=(
            msg("Offer `{id}` is withdrawn; agreements that were made go on.", id=own),
            *((msg("Receipt {receipt}.", receipt=receipt),) if receipt else ()),
        ),
    )


def _held(facts: Facts, id: str) -> tuple[str, Mapping[str, Any]]:
    own = read_name(id, LONGEST)
    body = facts.body("offer", own)
    if body is None:
        raise NotFound(
            msg("There is no offer `{id}`.", id=own),
            why=msg("It does not exist, or it is not for you to know."),
            next=msg("`doumen offer list` shows those that you may know."),
            detail="offer",
        )
    return own, body


def _line(id: str, body: Mapping[str, Any]) -> dict[str, Any]:
    terms = body["terms"]
    return {
        "id": id,
        "product": body["product"],
        "state": body["state"],
        "to": list(terms.get("to", ())),
        "purposes": list(terms.get("for", ())),
        "until": terms.get("until"),
        "price": terms.get("price"),
    }


def _document(
    terms: Terms, body: Mapping[str, Any], desk: Desk, format: str
) -> tuple[dict[str, Any], str]:
    """The terms as JSON, and as the text of a format."""
    if format == "yaml":
        return terms_as_json(terms), write_terms(terms)
    me = desk.own()
    shape = odrl.write_offer(terms, body["uid"], product_id(me, body["product"]), me.id)
    return shape, json.dumps(shape, ensure_ascii=False, indent=2) + "\n"
