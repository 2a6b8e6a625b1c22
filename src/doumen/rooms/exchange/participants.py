"""Participants: other nodes that this one knows, each with a root key that is pinned when added.

By a card, which a person hands over, or by `did:web`, whose document is fetched over HTTPS. What
is pinned does not change by itself: a participant with another root key is removed and added anew.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from doumen.gate.desk import Desk
from doumen.kits.evidence.keys import kid
from doumen.kits.standards import dsp
from doumen.kits.standards.dsp.didweb import METHOD as WEB
from doumen.kits.standards.dsp.discovery import BINDING, VERSION, VersionResponse
from doumen.model.errors import Conflict, Invalid, NotFound, Refused
from doumen.model.fact import Fact, Facts
from doumen.model.files import already_there, unwritable
from doumen.model.message import Message, msg
from doumen.model.operation import Fields, Outcome, Table, Text
from doumen.model.participant import Participant
from doumen.model.ref import identifier
from doumen.rooms.exchange import card as cards

_PLACE = re.compile(r"[A-Z]{2}")
_UNFIT = re.compile(r"\W+")


def card(desk: Desk, *, output: Path | None = None) -> Outcome:
    """The card of this node, by which others add it.

    Raises:
        Invalid: the node has no address.
        Conflict, Unavailable: `output` is there already, or cannot be written.
    """
    own = desk.own()
    if not own.address:
        raise no_address()
    body = cards.written(own, desk.keys())
    text = json.dumps(body, ensure_ascii=False, indent=2)
    if output is None:
        return Outcome(body, (Text(text),))
    output = output.resolve()
    try:
        with output.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text + "\n")
    except FileExistsError:
        raise already_there(output) from None
    except OSError as error:
        raise unwritable(output, error) from None
    return Outcome(
        {**body, "output": str(output)},
        said=(
            msg("Wrote the card to {output}.", output=output),
            msg("Others add it: doumen participant add {output}", output=output),
            msg("Tell them your root key by another way: {root}", root=own.root),
        ),
    )


def no_address() -> Invalid:
    """The error for a node that others cannot reach, where they have to."""
    return Invalid(
        msg("This node has no address, so others cannot reach it."),
        why=msg("`address` in doumen.toml is empty."),
        next=msg("Write there where it is served, such as `https://port.example:8470`."),
        detail="address",
    )


def add(desk: Desk, card: str, *, alias: str | None = None, place: str | None = None) -> Outcome:
    """Add a participant, or take over a new address of one that is known.

    Args:
        desk: The open gate.
        card: Its `did:web`, or the file of its card.
        alias: What it is called here; otherwise made of its name.
        place: Where it is (ISO 3166-1 alpha-2).

    Raises:
        Invalid: card, document, address, alias or place are malformed.
        Refused: an address leads where it may not; or only owner and steward may.
        NotFound, Unavailable: the file or the document is not there, or cannot be had now.
        Conflict: another participant has this alias or root key, or this one another root key.
        Tampered: the card does not hold.
    """
    if not desk.actor.governs:
        raise Refused(
            msg("Participants are added by owner and steward only."),
            next=msg("Ask the owner or a steward."),
            detail="role",
        )
    told, trusted = _told(desk, card)
    facts = desk.facts()
    old = facts.body("participant", told.id)
    before = None if old is None else Participant.from_json(old)
    if before is not None and before.root != told.root:
        raise _conflict(
            msg("Participant `{alias}` has another root key here.", alias=before.alias),
            msg("A new root key is a new identity: remove it, and add it anew if you believe it."),
        )
    _unlike(facts, told, desk.own())
    name = _alias(facts, told, before, alias)
    where = place if place is not None else before.place if before is not None else ""
    if where and not _PLACE.fullmatch(where):
        raise Invalid(
            msg("`{place}` is no place.", place=where),
            why=msg("Two capital letters are expected (ISO 3166-1), such as `CN`."),
            detail="place",
        )
    made = replace(told, alias=name, place=where)
    receipt = desk.amend(
        [Fact("participant", made.id, made.as_json())], subject=f"participant {name}", seen=facts
    )
    said = (
        msg("Participant `{alias}` is added. Receipt {receipt}.", alias=name, receipt=receipt)
        if before is None
        else msg(
            "Participant `{alias}` is changed. Receipt {receipt}.", alias=name, receipt=receipt
        )
    )
    return Outcome(
        json={**made.as_json(), "receipt": receipt},
        drawn=(_fields(made),),
        said=(said, trusted),
    )


def show_all(desk: Desk) -> Outcome:
    """The participants that the asker may know."""
    known = [Participant.from_json(body) for _, body in desk.facts().all("participant")]
    rows = sorted((one.alias, one.name, one.place, one.address, one.id) for one in known)
    columns = (msg("participant"), msg("name"), msg("place"), msg("address"), msg("id"))
    shown = sorted((one.as_json() for one in known), key=lambda body: str(body["alias"]))
    return Outcome(json={"participants": shown}, drawn=(Table(columns, tuple(rows)),))


def show(desk: Desk, participant: str) -> Outcome:
    """One participant.

    Raises:
        NotFound: there is none of this alias or DID.
    """
    found = find(desk.facts(), participant)
    return Outcome(json=found.as_json(), drawn=(_fields(found),))


def remove(desk: Desk, participant: str) -> Outcome:
    """Remove a participant: its requests are refused from now on; the ledger keeps what was.

    Raises:
        NotFound: there is none of this alias or DID. Refused: only owner and steward may.
    """
    facts = desk.facts()
    found = find(facts, participant)
    receipt = desk.amend(
        [Fact("participant", found.id, None)], subject=f"participant {found.alias}", seen=facts
    )
    return Outcome(
        json={"id": found.id, "alias": found.alias, "receipt": receipt},
        said=(
            msg(
                "Participant `{alias}` is removed. Receipt {receipt}.",
                alias=found.alias,
                receipt=receipt,
            ),
        ),
    )


def find(facts: Facts, participant: str) -> Participant:
    """The participant of an alias or a DID.

    Raises:
        NotFound: there is none.
    """
    for id, body in facts.all("participant"):
        if participant == id or participant.casefold() == body["alias"]:
            return Participant.from_json(body)
    raise NotFound(
        msg("There is no participant `{id}` on this node.", id=participant),
        next=msg("`doumen participant list` shows them."),
        detail="participant",
    )


def alias_of(facts: Facts, did: str) -> str:
    """What a participant is called here; its DID where it is not known any more."""
    body = facts.body("participant", did)
    return did if body is None else str(body["alias"])


def _told(desk: Desk, card: str) -> tuple[Participant, Message]:
    """What is told of a participant, and in words what it is believed by."""
    reach = desk.reach()
    if card.startswith(WEB):
        told = _resolved(desk, card)
        host = dsp.document_address(card, reach).host
        trusted = msg(
            "You trust `{host}`, by its certificate of TLS, for what it says now. The root key is "
            "pinned: {root}",
            host=host,
            root=told.root,
        )
    else:
        told = cards.read(Path(card))
        if told.id.startswith(WEB):
            resolved = _resolved(desk, told.id)
            if resolved.root != told.root:
                raise cards.invalid(msg("The document of its DID names another root key."))
        trusted = msg(
            "You trust whoever gave you the card. Compare the root key by another way: {root}",
            root=told.root,
        )
    return replace(told, address=str(dsp.callback(told.address, reach))), trusted


def _resolved(desk: Desk, did: str) -> Participant:
    """What the document of a `did:web` says, fetched now."""
    address = str(dsp.document_address(did, desk.reach()))
    described = dsp.read_did(desk.look(address), did)
    told = cards.proper(described.participant)
    if told.address or described.versions is None:
        return told
    listed = dsp.read(desk.look(described.versions), VersionResponse)
    for version in listed.protocol_versions:
        if (version.version, version.binding) == (VERSION, BINDING):
            base = described.versions.removesuffix(dsp.VERSIONS.path)
            return replace(told, address=base + version.path.rstrip("/"))
    raise Invalid(
        msg("`{did}` does not speak version {version} over HTTPS.", did=did, version=VERSION),
        next=msg("Ask whoever runs it."),
        detail="did",
    )


def _unlike(facts: Facts, told: Participant, own: Participant) -> None:
    """Check that nobody else has this root key.

    Raises:
        Conflict: another participant has it, or this very node.
    """
    if told.id == own.id or told.root == own.root:
        raise _conflict(msg("This is the card of this node itself."), None)
    for id, body in facts.all("participant"):
        if id != told.id and body["root"] == told.root:
            raise _conflict(
                msg("Participant `{alias}` has this root key already.", alias=body["alias"]),
                msg("Remove it first, if it has another DID now."),
            )


def _alias(facts: Facts, told: Participant, before: Participant | None, given: str | None) -> str:
    """What it is called here."""
    if given is None and before is not None:
        return before.alias
    plain = _UNFIT.sub("_", told.name).strip("_")[:63]
    try:
        alias = identifier(plain if given is None else given, msg("alias"))
    except Invalid as error:
        error.next = msg("Give one with `--alias`.")
        raise
    for id, body in facts.all("participant"):
        if id != told.id and body["alias"] == alias:
            raise _conflict(
                msg("Another participant is called `{alias}` here.", alias=alias),
                msg("Give another name with `--alias`."),
            )
    return alias


def _conflict(what: Message, next: Message | None) -> Conflict:
    return Conflict(what, next=next, detail="participant")


def _fields(one: Participant) -> Fields:
    pairs: tuple[tuple[Message, Any], ...] = (
        (msg("participant"), one.alias),
        (msg("name"), one.name),
        (msg("id"), one.id),
        (msg("address"), one.address),
        (msg("place"), one.place or msg("not told")),
        (msg("ledger"), one.origin),
        (msg("root key"), one.root),
        (msg("id of the key"), kid(one.root)),
    )
    return Fields(pairs, msg("Participant"))
