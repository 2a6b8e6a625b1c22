"""Participants: other organisations that this node knows, each by the root key that is pinned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from doumen.faces.web.page import Done, Page, Reply, View, Visit
from doumen.faces.web.pages.market.names import MARKET, participants, rights, sentences
from doumen.model.errors import DoumenError, Invalid
from doumen.model.message import Message, msg

GROUP = 4
"""Characters of a group of a fingerprint, as people read them to each other."""


def view(visit: Visit) -> View:
    """The participants that the visitor may know, and the card of this node."""
    words = visit.asked("q").casefold()
    listed = sorted(participants(visit), key=lambda one: str(one["alias"]))
    told = [
        {**one, "fingerprint": fingerprint(one["root"])}
        for one in listed
        if words in f"{one['alias']} {one['name']} {one['id']}".casefold()
    ]
    body = {
        "participants": told,
        "total": len(listed),
        "q": visit.asked("q"),
        "own": _own(visit),
        "may": rights(visit),
    }
    return View(msg("Participants"), body, (MARKET,))


def fingerprint(root: str) -> list[str]:
    """A root key (hex) in groups, to be compared by another way."""
    return [root[at : at + GROUP] for at in range(0, len(root), GROUP)]


def _own(visit: Visit) -> dict[str, Any]:
    """The card of this node; or why it has none."""
    try:
        card = visit.do("participant card")
    except DoumenError as error:
        return {"card": None, "fingerprint": [], "problem": error.as_json()}
    return {"card": card, "fingerprint": fingerprint(card["keys"]["root"]), "problem": None}


def _add(visit: Visit) -> Done:
    """By a file, by the text of a card, or by a DID, whichever is given."""
    file, text, did = visit.file("file"), visit.given("card"), visit.given("did")
    if file is not None and not file.stat().st_size:
        file = None
    if sum(map(bool, (file, text, did))) != 1:
        raise Invalid(
            msg("Give one of these: the file of a card, its text, or a DID."),
            next=msg("Leave the others empty."),
            detail="form",
        )
    card = did or file or visit.written("card.json", text)
    done = visit.outcome(
        "participant add",
        card=card,
        alias=visit.given("alias") or None,
        place=visit.given("place") or None,
    )
    return Done("/market/participants", _compared(done.said, done.json["root"]))


def _compared(said: Sequence[Message], root: str) -> tuple[Message, ...]:
    """The news, with the key as people compare it."""
    grouped = " ".join(fingerprint(root))
    return (*sentences(said[:1]), msg("Compare its root key by another way: {key}", key=grouped))


def _remove(visit: Visit) -> Done:
    done = visit.outcome("participant remove", participant=visit.needed("participant"))
    return Done("/market/participants", sentences(done.said))


def _card(visit: Visit) -> Reply:
    """The card of this node as a file, to be handed to others."""
    text = json.dumps(visit.do("participant card"), ensure_ascii=False, indent=2) + "\n"
    name = f"{visit.house.node.settings.name}-card.json"
    return Reply(text.encode(), "application/json", name)


PAGES = (
    Page(
        "/market/participants",
        "market/participants.html",
        view,
        "market",
        actions={"add": _add, "remove": _remove, "card": _card},
    ),
)
