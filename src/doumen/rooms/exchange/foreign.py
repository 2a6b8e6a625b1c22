"""The offers of other participants, shown."""

from __future__ import annotations

import json
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.policy.offers import terms_as_json, terms_words
from doumen.kits.policy.render import write_terms
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.model.operation import Fields, Outcome, Table, Text
from doumen.rooms.exchange import asking, participants
from doumen.rooms.exchange.asking import Found
from doumen.rooms.exchange.packages import short


def show_all(desk: Desk, at: str) -> Outcome:
    """The offers of a participant that are open to this node.

    Raises:
        NotFound: there is no such participant that the asker may know. Else as `asking.offers`.
    """
    participant = participants.find(desk.facts(), at)
    listed = [_line(one) for one in asking.offers(desk, participant)]
    rows = tuple(
        (
            short(one["id"]),
            short(one["product"]),
            one["title"],
            tuple(one["purposes"]) or msg("any purpose"),
            one["until"] or "",
            one["price"] or "",
        )
        if one["understood"]
        else (short(one["id"]), short(one["product"]), one["title"], msg("not understood"), "", "")
        for one in listed
    )
    heads: tuple[Message, ...] = (
        msg("offer"), msg("product"), msg("title"), msg("for"), msg("until"), msg("price"),
    )  # fmt: skip
    return Outcome(
        json={"participant": participant.id, "offers": listed},
        drawn=(Table(heads, rows),),
        said=(msg("Next: doumen offer show ID --at {name}", name=participant.alias),)
        if listed
        else (msg("`{name}` offers nothing to this node.", name=participant.alias),),
    )


def show(desk: Desk, at: str, id: str, *, format: str | None = None) -> Outcome:
    """An offer of a participant with what is told of its product.

    Raises:
        NotFound: there is no such participant or offer. Else as `asking.offers`.
        Invalid: it is asked for as YAML, and its terms say what ours cannot.
    """
    participant = participants.find(desk.facts(), at)
    one = asking.offer(desk, participant, id)
    if format is not None:
        return _document(one, format)
    words = () if one.terms is None else tuple(terms_words(one.terms, literals=True))
    head: tuple[tuple[Message, Any], ...] = (
        (msg("product"), short(one.dataset.id)),
        (msg("title"), one.title),
    )
    columns = tuple(asking.columns(one.dataset))
    shown = asking.preview(one.dataset)
    drawn: list[Fields | Table] = [
        Fields((*head, *words), title=msg("Offer {id}", id=short(one.uid))),
    ]
    if columns:
        heads = (msg("dataset"), msg("column"), msg("type"), msg("description"))
        drawn.append(Table(heads, columns))
    if shown:
        drawn.append(Table(*shown, msg("preview")))
    return Outcome(
        json={
            **_line(one),
            "participant": participant.id,
            "policy": dict(one.policy),
            "terms": None if one.terms is None else terms_as_json(one.terms),
            "words": [[heading, text] for heading, text in words],
            "columns": [
                dict(zip(("dataset", "name", "type", "description"), c, strict=True))
                for c in columns
            ],
            "preview": {"columns": list(shown[0]), "rows": list(map(list, shown[1]))}
            if shown
            else None,
        },
        drawn=tuple(drawn),
        said=()
        if one.terms
        else (msg("Its terms say what this node does not understand: see `--format odrl`."),),
    )


def _line(one: Found) -> dict[str, Any]:
    terms = one.terms
    return {
        "id": one.uid,
        "product": one.dataset.id,
        "title": one.title,
        "description": one.description,
        "understood": terms is not None,
        "purposes": list(terms.purposes) if terms else [],
        "until": terms.until.isoformat() if terms and terms.until else None,
        "price": terms.price if terms else None,
    }


def _document(one: Found, format: str) -> Outcome:
    if format == "odrl":
        shape = dict(one.policy)
        return Outcome(shape, (Text(json.dumps(shape, ensure_ascii=False, indent=2)),))
    if one.terms is None:
        raise Invalid(
            msg("The terms of `{id}` say what this node does not understand.", id=one.uid),
            next=msg("See them as they are: `--format odrl`."),
            detail="terms",
        )
    return Outcome(terms_as_json(one.terms), (Text(write_terms(one.terms).rstrip("\n")),))
