"""Participants by `did:web` (W3C CCG): from the identifier to its document's address, and back.

One participant has one spelling: the host in lower case, `%3A` before a port, no address literal,
no dots that lead elsewhere. Two identifiers that are the same text are the same participant, and
no other pair is.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from doumen.kits.standards.dsp.addresses import MAX_ADDRESS, Endpoint, Reach, callback
from doumen.kits.standards.dsp.document import shown
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg

METHOD = "did:web:"
WELL_KNOWN = "/.well-known"
DOCUMENT = "/did.json"
_HOST = re.compile(r"([a-z0-9.-]*[a-z][a-z0-9.-]*)(?:%3A([1-9][0-9]{0,4}))?")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._-]|%[0-9A-F]{2})+")
_HIDDEN = re.compile(r"[/\\\s\x00-\x20\x7f%?#:]")


def document_address(did: str, reach: Reach = Reach.PUBLIC) -> Endpoint:
    """Where the document of a participant lies, always over HTTPS.

    Raises:
        Invalid: it is no identifier of this method in its one spelling.
        Refused: its host is not public.

    Example:
        >>> str(document_address("did:web:example.com%3A3000:user:alice"))
        'https://example.com:3000/user/alice/did.json'
    """
    if len(did) > MAX_ADDRESS or not did.startswith(METHOD):
        raise _invalid(did, msg("It starts with `did:web:`, and has at most 2048 characters."))
    host, *segments = did.removeprefix(METHOD).split(":")
    found = _HOST.fullmatch(host)
    if found is None:
        raise _invalid(
            did, msg("Its host is a name in lower case, with `%3A` before a port if it has one.")
        )
    if not all(map(_plain, segments)) or segments == [WELL_KNOWN[1:]]:
        raise _invalid(did, msg("Its path leads elsewhere, or holds what a path cannot."))
    name, port = found.groups()
    base = callback(f"https://{name}" + (f":{port}" if port else ""), reach)
    path = "".join(f"/{segment}" for segment in segments) or WELL_KNOWN
    return base.below(path + DOCUMENT)


def did_of(address: str, reach: Reach = Reach.PUBLIC) -> str:
    """The identifier whose document lies at an address; the inverse of `document_address`.

    Raises:
        Invalid: no identifier has its document there.
        Refused: its host is not public.

    Example:
        >>> did_of("https://w3c-ccg.github.io/.well-known/did.json")
        'did:web:w3c-ccg.github.io'
    """
    place = callback(address, reach)
    folder = place.path.removesuffix(DOCUMENT)
    segments = [] if folder == WELL_KNOWN else folder.split("/")[1:]
    did = ":".join(
        (METHOD + place.host + ("" if place.port is None else f"%3A{place.port}"), *segments)
    )
    if str(document_address(did, reach)) != address:
        raise _invalid(address, msg("No `did:web` has its document there."))
    return did


def _plain(segment: str) -> bool:
    """Whether a segment of a path leads nowhere else, encoded or not."""
    decoded = unquote(segment)
    return bool(
        _SEGMENT.fullmatch(segment) and decoded not in {".", ".."} and not _HIDDEN.search(decoded)
    )


def _invalid(did: str, why: Message) -> Invalid:
    return Invalid(
        msg("`{did}` names no participant.", did=shown(did)),
        why=why,
        next=msg("Give it like `did:web:example.org` or `did:web:example.org%3A8443:port`."),
        detail="dsp-did",
    )
