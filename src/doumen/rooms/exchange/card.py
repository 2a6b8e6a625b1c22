"""The card of a participant: what one hands to another so that its node is known there.

JSON: DID, name, address of the endpoints, and the key file of the node. A card is not signed: it
is worth as much as the hands that it came by, and its `did:key` is checked against its root key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from doumen.kits.evidence.didkey import did_key
from doumen.kits.evidence.keys import check_certificate, read_key_file
from doumen.kits.standards.dsp.didweb import METHOD as WEB
from doumen.kits.standards.dsp.document import parse
from doumen.model.errors import Invalid, NotFound
from doumen.model.files import no_file, unreadable
from doumen.model.message import Message, enumerated, msg
from doumen.model.participant import Participant

MAX_BYTES = 1 << 18
MEMBERS = ("id", "name", "address", "keys")
_ORIGIN = re.compile(r"[^\s+]{1,200}")


def written(own: Participant, keys: Mapping[str, object]) -> dict[str, Any]:
    """The card of a node, with its key file."""
    return {"id": own.id, "name": own.name, "address": own.address, "keys": dict(keys)}


def read(path: Path) -> Participant:
    """The participant of a card, without an alias; its address and its `did:web` are not judged.

    Raises:
        NotFound, Unavailable: the file is not there, or cannot be read.
        Invalid: it is no card, or its DID is not that of its root key.
        Tampered: a certificate in it does not hold.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _no_card(path) from None
    except OSError as error:
        raise unreadable(path, error) from None
    body = parse(text, "card", MAX_BYTES)
    if not isinstance(body, dict) or set(body) != set(MEMBERS):
        raise invalid(
            msg("It is JSON with {members}, and nothing else.", members=enumerated(MEMBERS))
        )
    id, name, address = (body[member] for member in MEMBERS[:3])
    if not all(isinstance(one, str) for one in (id, name, address)):
        raise invalid(msg("Its id, name and address are texts."))
    keys = read_key_file(json.dumps(body["keys"]))
    for certificate in keys.certificates:
        check_certificate(certificate, keys.root)
        if certificate["origin"] != keys.origin:
            raise invalid(msg("A certificate in it is for another ledger."))
    if not id.startswith(WEB) and did_key(keys.root) != id:
        raise invalid(msg("Its DID is no `did:web`, and not the `did:key` of its root key."))
    return proper(Participant(id, name, "", address, keys.origin, keys.root))


def proper(told: Participant) -> Participant:
    """What a stranger tells of itself, once it is fit to be shown.

    Raises:
        Invalid: a text of it is empty, too long, or holds what does not print; or it has no
            root key that can be believed.
    """
    did_key(told.root)
    if not 0 < len(told.name) <= 200 or not told.name.isprintable() or not told.name.strip():
        raise invalid(msg("Its name is 1 to 200 characters that print."))
    if not _ORIGIN.fullmatch(told.origin) or not told.origin.isprintable():
        raise invalid(msg("The origin of its ledger is 1 to 200 characters without blanks."))
    return told


def invalid(why: Message) -> Invalid:
    """The error for what is no card."""
    return Invalid(
        msg("This is no participant's card."),
        why=why,
        next=msg("Its node prints one: `doumen participant card -o card.json`."),
        detail="card",
    )


def _no_card(path: Path) -> NotFound:
    error = no_file(path)
    error.next = msg("Give the file of a card, or a `did:web:…`.")
    return error
