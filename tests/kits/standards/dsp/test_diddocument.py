"""Documents of DIDs: what is written is read back, what others write is read or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from doumen.kits.evidence import keys
from doumen.kits.standards.dsp import read_did, write_did
from doumen.kits.standards.dsp.didweb import METHOD
from doumen.model.errors import Invalid
from doumen.model.participant import Participant

ROOT, WORKING = (keys.public_hex(keys.new_key(bytes([n] * 32))) for n in (1, 2))
DID = f"{METHOD}port.example%3A8470"
OWN = Participant(DID, "Port 港", "", "https://port.example:8470/dsp", "port-1", ROOT)
BASE = "https://port.example:8470"


def document() -> dict[str, Any]:
    return write_did(OWN, BASE, {keys.kid(ROOT): ROOT, keys.kid(WORKING): WORKING})


def read(body: Any) -> Any:
    return read_did(json.dumps(body).encode(), DID)


def test_what_is_written_is_read_back() -> None:
    told = read(document())
    assert told.participant == OWN
    assert told.versions == f"{BASE}/.well-known/dspace-version"


def test_the_form_is_that_of_the_standards() -> None:
    body = document()
    assert body["@context"][0] == "https://www.w3.org/ns/did/v1"
    assert body["id"] == DID
    root, working = body["verificationMethod"]
    assert root["id"] == f"{DID}#{keys.kid(ROOT)}"
    assert root["controller"] == DID
    assert set(root["publicKeyJwk"]) == {"kty", "crv", "x"}  # RFC 8037, section 2
    assert body["capabilityDelegation"] == [root["id"]]
    assert body["capabilityInvocation"] == [working["id"]]  # DCP 1.0, validation, step 3
    catalog, connector, _ = body["service"]
    assert catalog["type"] == "CatalogService"
    assert connector["type"] == "DataService"
    assert "@context" not in catalog


def test_what_else_a_document_holds_is_let_pass() -> None:
    body = document()
    body["alsoKnownAs"] = ["https://port.example"]
    body["service"].append({"id": f"{DID}#x", "type": "LinkedDomains", "serviceEndpoint": {}})
    body["service"].append("text")
    body["verificationMethod"].insert(0, "text")
    assert read(body).participant == OWN


def test_an_address_may_stand_behind_the_versions() -> None:
    body = document()
    del body["service"][0]
    told = read(body)
    assert told.participant == replace(OWN, address="")
    assert told.versions is not None


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.update(id="did:web:weather.example"),
        lambda b: b.pop("id"),
        lambda b: b.pop("service"),
        lambda b: b.update(service="text"),
        lambda b: b["service"].pop(2),
        lambda b: b["service"].append(b["service"][2]),
        lambda b: b["service"][2].pop("origin"),
        lambda b: b["service"][2].update(name=7),
        lambda b: b.update(service=b["service"][2:]),
        lambda b: b["service"][0].update(serviceEndpoint="ftp://port.example/catalog"),
        lambda b: b["service"][0].pop("id"),
        lambda b: b.pop("capabilityDelegation"),
        lambda b: b.update(capabilityDelegation=[]),
        lambda b: b["capabilityDelegation"].append(b["capabilityInvocation"][0]),
        lambda b: b.update(capabilityDelegation=["#x"]),
        lambda b: b["verificationMethod"].append(b["verificationMethod"][0]),
        lambda b: b["verificationMethod"][0].pop("publicKeyJwk"),
        lambda b: b["verificationMethod"][0]["publicKeyJwk"].update(crv="X25519"),
        lambda b: b["verificationMethod"][0]["publicKeyJwk"].update(x=7),
        lambda b: b["verificationMethod"][0]["publicKeyJwk"].update(x="é"),
        lambda b: b["verificationMethod"][0]["publicKeyJwk"].update(x="AAAA"),
        lambda b: b["verificationMethod"][0]["publicKeyJwk"].update(x="A" * 42 + "B"),
        lambda b: b["verificationMethod"][0]["publicKeyJwk"].update(x="A"),
    ],
)
def test_what_names_no_participant_is_refused(change: Change) -> None:
    body = document()
    change(body)
    with pytest.raises(Invalid):
        read(body)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"7", b'{"id": 1, "id": 2}', b"[" * 100_000,
                                  b" " * (1 << 17)])  # fmt: skip
def test_what_is_no_document_is_refused(text: bytes) -> None:
    with pytest.raises(Invalid):
        read_did(text, DID)
