"""How a connector is found: the versions that it speaks, and its entry in a DID document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from doumen.kits.standards.dsp.forms import IDENTIFIER, TEXT, Choice, Many, Member, Record, Text

VERSION = "2025-1"
BINDING = "HTTPS"
PATH = re.compile(r"/|(/(?!\.{1,2}(/|\Z))[A-Za-z0-9._~!$&'()*+,;=:-]+)+/?")
"""Segments of a path without `.`, `..`, empty ones or percent signs: what may follow an address."""
_ENDPOINT = re.compile(r"https?://[^\s\x00-\x1f]+/(catalog|\.well-known/dspace-version)")
"""Of a catalogue, as the schema has it, or of versions, as its example has it."""


@dataclass(frozen=True, slots=True)
class Auth:
    """How an endpoint is secured: a protocol, its version, and profiles of it."""

    protocol: str
    version: str
    profile: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version that a connector speaks.

    Attributes:
        path: Where its endpoints begin, after the address of the connector.
        service_id: Groups the versions of one service.
        identifier_type: What participants are named by, such as `did:web`.
    """

    version: str
    path: str
    binding: str = BINDING
    identifier_type: str | None = None
    service_id: str | None = None
    auth: Auth | None = None


@dataclass(frozen=True, slots=True)
class VersionResponse:
    """What `/.well-known/dspace-version` answers."""

    protocol_versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class DidService:
    """The entry of a catalogue or a connector among the services of a DID document."""

    id: str
    type: Literal["CatalogService", "DataService"]
    service_endpoint: str


_AUTH = Record(
    Auth,
    None,
    (Member("protocol", TEXT), Member("version", TEXT), Member("profile", Many(TEXT, 0), False)),
)
_VERSION = Record(
    Version,
    None,
    (
        Member("version", TEXT),
        Member("path", Text(PATH)),
        Member("binding", Choice((BINDING,))),
        Member("identifierType", TEXT, False),
        Member("serviceId", TEXT, False),
        Member("auth", _AUTH, False),
    ),
)
VERSION_RESPONSE = Record(VersionResponse, None, (Member("protocolVersions", Many(_VERSION)),))
DID_SERVICE = Record(
    DidService,
    None,
    (
        Member("id", IDENTIFIER),
        Member("type", Choice(("CatalogService", "DataService"))),
        Member("serviceEndpoint", Text(_ENDPOINT)),
    ),
)
