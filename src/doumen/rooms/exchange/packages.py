"""What a data product is: its name, what of the node may be in it, what it tells of that. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from doumen.kits.standards import odcs
from doumen.model.errors import Conflict, Invalid, NotFound
from doumen.model.fact import Facts
from doumen.model.life import DRAFT as NOT_YET
from doumen.model.life import RETIRED, STATE, Life
from doumen.model.message import Message, enumerated, msg, plain
from doumen.model.participant import Participant
from doumen.model.ref import Ref

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"
OPEN = "open"
STATES: Mapping[str, Message] = {
    DRAFT: msg("draft"),
    PUBLISHED: msg("published"),
    WITHDRAWN: msg("withdrawn"),
}
MOST = 100
"""Datasets of one product."""
_NAME = re.compile(r"[^\W_][\w-]*")
LONGEST = 63
"""Characters of the name of a product."""
_TITLE, _DESCRIPTION = 200, 4000


def read_name(text: str, most: int = LONGEST) -> str:
    """The name of a product or an offer as it is kept.

    Raises:
        Invalid: it is none.
    """
    name = unicodedata.normalize("NFC", text).casefold()
    if len(name) > most or not _NAME.fullmatch(name):
        raise Invalid(
            msg("`{text}` is not a name for a product or an offer.", text=text),
            why=msg(
                "Letters, digits, `-` and `_` are allowed, no sign first, {most} characters "
                "at most.",
                most=most,
            ),
            detail="name",
        )
    return name


def held(facts: Facts, name: str) -> tuple[str, Mapping[str, Any]]:
    """Name and body of a product.

    Raises:
        NotFound: there is none of this name that the asker may know.
    """
    key = read_name(name)
    body = facts.body("product", key)
    if body is None:
        raise NotFound(
            msg("There is no product `{name}`.", name=key),
            why=msg("It does not exist, or it is not for you to know."),
            next=msg("`doumen product list` shows those that you may know."),
            detail="product",
        )
    return key, body


def product_id(own: Participant, name: str) -> str:
    """IRI of a product of a node."""
    return f"urn:doumen:product:{own.origin}:{name}"


def open_offers(facts: Facts, product: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Id and body of the offers of a product that are not withdrawn."""
    return [
        (id, body)
        for id, body in facts.all("offer")
        if body["product"] == product and body["state"] == OPEN
    ]


def columns_of(facts: Facts, ref: Ref) -> list[dict[str, Any]]:
    """Name, type and description of each column of a dataset, by its contract."""
    kept = facts.body("contract", str(ref))
    contract = None if kept is None else odcs.read_contract(str(kept["text"]))
    body = facts.dataset(ref) or {"columns": ()}
    told = []
    for column in body["columns"]:
        promised = contract.property(column["name"]) if contract else None
        words = promised.description if promised else ""
        told.append({"name": column["name"], "type": column["type"], "description": words or None})
    return told


def text_faults(title: str, description: str) -> Iterator[Message]:
    """What is wrong with the words of a product."""
    if not (title.strip() and title.isprintable() and len(title) <= _TITLE):
        yield msg("the title is not one line of 1 to {most} characters", most=_TITLE)
    lines = description.splitlines()
    if len(description) > _DESCRIPTION or not all(line.isprintable() for line in lines):
        yield msg("the description is no text of at most {most} characters", most=_DESCRIPTION)


def dataset_faults(names: Iterable[str], facts: Facts) -> Iterator[Message]:
    """What is wrong with the datasets of a product."""
    given = list(names)
    if not 1 <= len(given) <= MOST:
        yield msg("a product has 1 to {most} datasets (`--dataset domain.name`)", most=MOST)
    for name in given:
        try:
            ref = Ref.parse(name)
        except Invalid as error:
            yield plain(error.what.rstrip("."))
            continue
        if ref.is_system or ref.is_quarantine or ref.node is not None:
            yield msg("`{ref}` is not offered: it is no data of this node", ref=ref)
        elif facts.dataset(ref) is None:
            yield msg("there is no dataset `{ref}`", ref=ref)
        elif facts.body("contract", str(ref)) is None:
            yield msg("`{ref}` has no contract, so nobody could know what is offered", ref=ref)


def shut(facts: Facts, names: Iterable[str], day: date) -> Iterator[Message]:
    """Why datasets are given to nobody on a day: drafts, and those that are retired."""
    for name in names:
        state = Life.of_json(facts.body(STATE, name)).on(day).state
        if state == NOT_YET:
            yield msg("`{ref}` is a draft", ref=name)
        elif state == RETIRED:
            yield msg("`{ref}` is retired", ref=name)


def check_changeable(
    facts: Facts, key: str, before: Mapping[str, Any], refs: Sequence[str]
) -> None:
    """Check that what others may have seen does not change under them.

    Raises:
        Conflict: it would.
    """
    if before["datasets"] == refs:
        return
    if before["state"] == PUBLISHED:
        raise Conflict(
            msg("The datasets of product `{name}` do not change while it is published.", name=key),
            next=msg("Withdraw it first: doumen product withdraw {name}", name=key),
            detail="published",
        )
    lost = set(before["datasets"]) - set(refs)
    needed = [
        id
        for id, offer in facts.all("offer")
        if offer["product"] == key
        and offer["state"] == OPEN
        and lost & {*offer["terms"]["datasets"]}
    ]
    if needed:
        raise Conflict(
            msg("Offers of product `{name}` are made for datasets that it would lose.", name=key),
            why=msg("They are {offers}.", offers=enumerated(needed)),
            next=msg("Withdraw them first: doumen offer withdraw {offer}", offer=needed[0]),
            detail="offered",
        )


def short(iri: str) -> str:
    """The name at the end of an IRI of Doumen, for people; another IRI as it is."""
    return iri.rpartition(":")[2] if iri.startswith("urn:doumen:") else iri
