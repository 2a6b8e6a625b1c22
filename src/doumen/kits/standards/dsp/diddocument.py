"""The document of a participant's DID: the keys that speak for it, and where it is reached.

DID Core 1.0 with JSON Web Keys. The root key delegates (`capabilityDelegation`), working keys
invoke (`capabilityInvocation`, as the Decentralized Claims Protocol asks). Services are those of
the Dataspace Protocol, and `SignedLedger`, which tells name and origin of the ledger.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doumen.kits.standards.dsp.binding import VERSIONS
from doumen.kits.standards.dsp.discovery import DidService
from doumen.kits.standards.dsp.document import parse
from doumen.kits.standards.dsp.messages import CONTEXT, DID_CONTEXT, read, write
from doumen.model.errors import Invalid
from doumen.model.message import Message, msg
from doumen.model.participant import Participant

LEDGER = "SignedLedger"
CATALOG = "/catalog"
MAX_BYTES = 1 << 16
_JWK = "https://w3id.org/security/jwk/v1"
_PLAIN = 32


@dataclass(frozen=True, slots=True)
class Described:
    """What a document says.

    Attributes:
        participant: Without an alias; its address is empty where only `versions` leads to it.
        versions: Address at which the connector lists its versions.
    """

    participant: Participant
    versions: str | None


def write_did(own: Participant, base: str, keys: Mapping[str, str]) -> dict[str, Any]:
    """The document of a node.

    Args:
        own: The node.
        base: Its address, without the path of the protocol.
        keys: Id → public half (hex) of the root key, first, and of working keys.
    """
    root, *working = (f"{own.id}#{kid}" for kid in keys)
    return {
        "@context": [DID_CONTEXT, _JWK, CONTEXT],
        "id": own.id,
        "verificationMethod": [
            {
                "id": f"{own.id}#{kid}",
                "type": "JsonWebKey",
                "controller": own.id,
                "publicKeyJwk": {"crv": "Ed25519", "kty": "OKP", "x": _encoded(public)},
            }
            for kid, public in keys.items()
        ],
        "capabilityDelegation": [root],
        "capabilityInvocation": working,
        "service": [
            _service(f"{own.id}#catalog", "CatalogService", own.address + CATALOG),
            _service(f"{own.id}#connector", "DataService", base + VERSIONS.path),
            {
                "id": f"{own.id}#ledger",
                "type": LEDGER,
                "serviceEndpoint": base,
                "name": own.name,
                "origin": own.origin,
            },
        ],
    }


def read_did(document: bytes, did: str) -> Described:
    """What the document of a DID says of its participant.

    Raises:
        Invalid: it is none, of another DID, or does not name one root key, ledger and address.
    """
    body = parse(document, "DID document", MAX_BYTES)
    if not isinstance(body, dict) or body.get("id") != did:
        raise _invalid(did, msg("It is the document of another DID."))
    services = [one for one in _listed(body, "service") if isinstance(one, dict)]
    ledgers = [one for one in services if one.get("type") == LEDGER]
    name, origin = (ledgers[0].get(key) for key in ("name", "origin")) if ledgers else (None, None)
    if len(ledgers) != 1 or not isinstance(name, str) or not isinstance(origin, str):
        raise _invalid(did, msg("It names no ledger of its own, as nodes of Doumen do."))
    catalogs, connectors = (
        [
            read(_told(one), DidService).service_endpoint
            for one in services
            if one.get("type") == kind
        ]
        for kind in ("CatalogService", "DataService")
    )
    address = next((c.removesuffix(CATALOG) for c in catalogs if c.endswith(CATALOG)), "")
    versions = next((c for c in connectors if c.endswith(VERSIONS.path)), None)
    if not address and versions is None:
        raise _invalid(did, msg("It names no endpoint of the Dataspace Protocol."))
    root = _root(body, did)
    return Described(Participant(did, name, "", address, origin, root), versions)


def _root(body: Mapping[str, Any], did: str) -> str:
    """The public half (hex) of the one key that delegates."""
    delegating = _listed(body, "capabilityDelegation")
    methods = [one for one in _listed(body, "verificationMethod") if isinstance(one, dict)]
    found = [one for one in methods if one.get("id") in delegating]
    if len(delegating) != 1 or len(found) != 1:
        raise _invalid(did, msg("It names no root key: one that `capabilityDelegation` lists."))
    jwk = found[0].get("publicKeyJwk")
    x = jwk.get("x") if isinstance(jwk, dict) and jwk.get("crv") == "Ed25519" else None
    try:
        public = base64.urlsafe_b64decode(f"{x}=") if isinstance(x, str) else b""
    except (binascii.Error, ValueError):
        public = b""
    if len(public) != _PLAIN or _encoded(public.hex()) != x:
        raise _invalid(did, msg("Its root key is none of Ed25519."))
    return public.hex()


def _service(id: str, kind: Any, endpoint: str) -> dict[str, Any]:
    written = write(DidService(id, kind, endpoint))
    del written["@context"]  # the document names it once
    return written


def _told(service: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a service that the protocol knows; DID Core lets it have more."""
    return {key: service[key] for key in ("id", "type", "serviceEndpoint") if key in service}


def _listed(body: Mapping[str, Any], name: str) -> Sequence[Any]:
    value = body.get(name, [])
    return value if isinstance(value, list) else []


def _encoded(public: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(public)).rstrip(b"=").decode("ascii")


def _invalid(did: str, why: Message) -> Invalid:
    return Invalid(
        msg("The document of `{did}` does not name a participant.", did=did),
        why=why,
        next=msg("Ask the participant; a node with `did` in doumen.toml serves such a document."),
        detail="did",
    )
